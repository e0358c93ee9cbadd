//! `cleancopy extract`: saved pages to records, without any network.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use cleancopy::archive::folder;
use cleancopy::clean::Memory;
use cleancopy::outcome::Outcome;
use cleancopy::{Options, RawPage, Record, Sink, read};
use url::Url;

use super::archives::{self, WarcArgs};
use super::log::say;
use super::output::{Format, OutputArgs};

/// A compressed page may not unpack to more bytes than this.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// Flags of `cleancopy extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExtractArgs {
    /// HTML files (also .gz), folders of them, folders of saved pages; `-` is standard input. With
    /// --warc, web archives
    #[arg(required_unless_present = "list", value_name = "FILE|DIR|-")]
    inputs: Vec<PathBuf>,
    /// The page's address: links are resolved against it
    #[arg(long)]
    url: Option<Url>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Overwrite the output if it is there
    #[arg(long)]
    fresh: bool,
    /// Read the pages as neighbours: text that recurs on several pages of a host is furniture. Every
    /// page is opened twice
    #[arg(long)]
    together: bool,
    #[command(flatten)]
    archives: WarcArgs,
}

/// One page to read.
enum Input {
    Stdin,
    File(PathBuf),
    Folder(PathBuf),
}

pub(crate) fn run(args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    if args.archives.warc {
        return archives::run(&args.archives, &args.inputs, &args.output, args.together);
    }
    if let Some(path) = &args.output.output {
        let taken = fs::metadata(path).is_ok_and(|data| data.len() > 0);
        if taken && !args.fresh {
            bail!("{} is not empty; --fresh overwrites it", path.display());
        }
    }
    let mut sink = args.output.create()?;
    let mut options = args.output.reading();
    if args.together {
        options.memory = Some(Arc::new(remember(args)));
    }
    let mut counts = Counts::default();
    for path in &args.inputs {
        match inputs(path) {
            Ok(found) => {
                for input in found {
                    let record = record(&input, args.url.as_ref(), &options);
                    counts.put(&mut *sink, &record)?;
                }
            }
            Err(error) => {
                let record = unreadable(path, &error);
                counts.put(&mut *sink, &record)?;
            }
        }
    }
    sink.finish()?;
    if counts.records == 0 {
        bail!("no page found: a folder is searched for .html, .htm, .xhtml and saved pages");
    }
    if counts.records > 1 || args.output.format() == Format::Jsonl && args.output.output.is_some() {
        let Counts {
            records,
            articles,
            unreadable,
        } = counts;
        say(format_args!(
            "{records} pages: {articles} articles, {unreadable} unreadable"
        ));
    }
    Ok(ExitCode::from(u8::from(counts.unreadable > 0)))
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    records: usize,
    articles: usize,
    unreadable: usize,
}

impl Counts {
    fn put(&mut self, sink: &mut dyn Sink, record: &Record) -> io::Result<()> {
        self.records += 1;
        self.articles += usize::from(record.outcome == Outcome::Article);
        if !record.outcome.was_read() {
            self.unreadable += 1;
            let reason = record.reason.as_deref().unwrap_or_default();
            say(format_args!("{}: {reason}", record.url));
        }
        sink.put(record)
    }
}

/// The pages a name on the command line stands for, in order of their names.
fn inputs(path: &Path) -> io::Result<Vec<Input>> {
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

/// What all pages teach about their hosts; one that cannot be read is told of later.
fn remember(args: &ExtractArgs) -> Memory {
    let mut memory = Memory::default();
    let paths = args.inputs.iter().filter(|path| path.as_os_str() != "-");
    for input in paths.filter_map(|path| inputs(path).ok()).flatten() {
        if let Ok(page) = load(&input, args.url.as_ref()).1 {
            memory.learn(&page);
        }
    }
    memory
}

/// What an input is called, and its page.
fn load(input: &Input, url: Option<&Url>) -> (String, anyhow::Result<RawPage>) {
    let (name, page) = match input {
        Input::Stdin => ("-".to_owned(), bytes_of(io::stdin().lock(), false)),
        Input::File(path) => {
            let page = page_of(path);
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

fn record(input: &Input, url: Option<&Url>, options: &Options) -> Record {
    match load(input, url) {
        (name, Ok(page)) => {
            let found = read(&page, options);
            Record::of_page(&name, &page, found)
        }
        (name, Err(error)) => unreadable(Path::new(&name), &error),
    }
}

/// The page in an HTML file, unpacked if its name ends in `.gz`.
pub(super) fn page_of(path: &Path) -> io::Result<RawPage> {
    let packed = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    bytes_of(fs::File::open(path)?, packed)
}

fn bytes_of(mut from: impl io::Read, packed: bool) -> io::Result<RawPage> {
    let mut body = Vec::new();
    if packed {
        let unpacked = flate2::read::MultiGzDecoder::new(from);
        unpacked.take(MAX_BODY + 1).read_to_end(&mut body)?;
        if body.len() as u64 > MAX_BODY {
            return Err(io::Error::other(format!(
                "unpacks to more than {MAX_BODY} bytes"
            )));
        }
    } else {
        from.read_to_end(&mut body)?;
    }
    Ok(RawPage::from_bytes(body))
}

fn unreadable(path: &Path, error: &(impl std::fmt::Display + ?Sized)) -> Record {
    let name = path.display().to_string();
    Record::of_failure(&name, Outcome::Unreadable, &format!("{error:#}"))
}
