//! Pages at rest, by the names on a command line: files, folders, standard input.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use cleancopy::RawPage;
use cleancopy::archive::folder;
use cleancopy::decode::Foreign;
use url::Url;

/// A compressed page may not unpack to more bytes than this.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// What gzip begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// One page to read.
pub(super) enum Input {
    Stdin,
    File(PathBuf),
    Folder(PathBuf),
}

impl Input {
    /// The one page that a name stands for.
    pub(super) fn of_one(path: &Path) -> Self {
        if path.as_os_str() == "-" {
            Self::Stdin
        } else if folder::is_page(path) {
            Self::Folder(path.to_owned())
        } else {
            Self::File(path.to_owned())
        }
    }

    /// The files that are read for it.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        match self {
            // Where the system has no such name, nothing is found there.
            Self::Stdin => vec![PathBuf::from("/dev/stdin")],
            Self::File(path) => vec![path.clone()],
            Self::Folder(path) => vec![path.join(folder::BODY), path.join(folder::META)],
        }
    }
}

/// The pages a name on the command line stands for, in order of their names.
pub(super) fn inputs(path: &Path) -> io::Result<Vec<Input>> {
    if path.as_os_str() == "-" {
        return Ok(vec![Input::Stdin]);
    }
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![Input::File(path.to_owned())]);
    }
    let mut found = Vec::new();
    walk(path, &mut found)?;
    Ok(found)
}

fn walk(dir: &Path, found: &mut Vec<Input>) -> io::Result<()> {
    if folder::is_page(dir) {
        found.push(Input::Folder(dir.to_owned()));
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // The entry's own type: a link to a folder above would lead in a circle.
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() {
            walk(&path, found)?;
        } else if is_html(&path) {
            found.push(Input::File(path));
        }
    }
    Ok(())
}

fn is_html(path: &Path) -> bool {
    let is = |path: &Path, wanted: &[&str]| {
        let end = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        wanted.iter().any(|w| end.eq_ignore_ascii_case(w))
    };
    let inner = if is(path, &["gz"]) {
        path.with_extension("")
    } else {
        path.to_owned()
    };
    is(&inner, &["html", "htm", "xhtml"])
}

/// What an input is called, and its page.
pub(super) fn load(input: &Input, url: Option<&Url>) -> (String, anyhow::Result<RawPage>) {
    let (name, page) = match input {
        Input::Stdin => ("-".to_owned(), bytes_of(io::stdin().lock(), false)),
        Input::File(path) => {
            let page = fs::File::open(path).and_then(|file| bytes_of(file, is_packed(path)));
            (path.display().to_string(), page)
        }
        Input::Folder(path) => match folder::load(path) {
            Ok(saved) => {
                let own = saved.page.url.as_ref().map(ToString::to_string);
                let name = own.unwrap_or_else(|| path.display().to_string());
                (name, Ok(saved.page))
            }
            Err(error) => return (path.display().to_string(), Err(error.into())),
        },
    };
    let addressed = page.map(|mut page| {
        if let Some(url) = url {
            page.url = Some(url.clone());
        }
        page
    });
    (name, addressed.map_err(Into::into))
}

fn is_packed(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
}

/// A page from its bytes, which are unpacked if they are said to be packed or begin so (gzip).
fn bytes_of(mut from: impl io::Read, packed: bool) -> io::Result<RawPage> {
    let mut body = Vec::new();
    from.by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut body)?;
    if !packed && body != GZIP {
        from.read_to_end(&mut body)?;
        return Ok(RawPage::from_bytes(body));
    }
    let from = io::Cursor::new(std::mem::take(&mut body)).chain(from);
    let unpacked = flate2::read::MultiGzDecoder::new(from);
    unpacked.take(MAX_BODY + 1).read_to_end(&mut body)?;
    // What is no page is told so, at any length.
    if body.len() as u64 > MAX_BODY && Foreign::of(&body).is_none() {
        let limit = MAX_BODY / (1024 * 1024);
        return Err(io::Error::other(format!(
            "unpacks to more than {limit} MiB"
        )));
    }
    Ok(RawPage::from_bytes(body))
}
