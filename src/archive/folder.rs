//! A page as a folder: the form of fixtures, made for reading and editing by hand.
//!
//! `page.html` is the body as the server sent it, after content decoding (gzip, br …) and before
//! charset decoding. `page.toml` is what else reading needs: address, time, status, and those
//! headers that reading looks at. All other headers are dropped on purpose: they are noise in a
//! review and often name the machine that asked.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::page::RawPage;

/// Name of the file with the body.
pub const BODY: &str = "page.html";
/// Name of the file with everything else.
pub const META: &str = "page.toml";

/// The headers kept, in lower case, sorted: each is one that reading looks at or may look at.
pub const KEPT_HEADERS: [&str; 5] = [
    "content-language",
    "content-type",
    "last-modified",
    "link",
    "x-robots-tag",
];

/// A page that lies in a folder, with what its keeper wrote about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedPage {
    /// The page itself.
    pub page: RawPage,
    /// Why the page is kept, in the words of who kept it.
    pub note: Option<String>,
}

/// Why a folder could not be written or read as a page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `page.toml` does not have the form described here.
    #[error("{} is not a page description", path.display())]
    Meta {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
}

/// `page.toml` as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched_at: Option<Timestamp>,
    #[serde(default = "ok")]
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
}

fn ok() -> u16 {
    200
}

/// Whether the folder holds a page.
pub fn is_page(folder: &Path) -> bool {
    folder.join(META).is_file() && folder.join(BODY).is_file()
}

/// Reads a page from its folder.
///
/// # Errors
/// [`Error::Read`] and [`Error::Meta`], each naming the file.
pub fn load(folder: &Path) -> Result<SavedPage, Error> {
    let meta_path = folder.join(META);
    let text = fs::read_to_string(&meta_path).map_err(|source| Error::Read {
        path: meta_path.clone(),
        source,
    })?;
    let meta: Meta = toml::from_str(&text).map_err(|source| Error::Meta {
        path: meta_path,
        source: Box::new(source),
    })?;
    let path = folder.join(BODY);
    let body = fs::read(&path).map_err(|source| Error::Read { path, source })?;
    let page = RawPage {
        url: meta.url,
        fetched_at: meta.fetched_at,
        status: meta.status,
        headers: meta.headers.into_iter().collect(),
        body,
    };
    Ok(SavedPage {
        page,
        note: meta.note,
    })
}

/// Writes a page into a folder, which is made if need be; what was there is replaced.
///
/// The body is written first: a folder with a `page.toml` is whole.
///
/// # Errors
/// [`Error::Write`], naming the file or folder.
///
/// # Examples
/// ```
/// use cleancopy::{RawPage, archive::folder};
/// let dir = std::env::temp_dir().join(format!("cleancopy-doc-{}", std::process::id()));
/// let page = RawPage::from_bytes(b"<p>Gr\xfc\xdfe".to_vec())
///     .with_header("content-type", "text/html; charset=latin1");
/// folder::store(&dir, &page, Some("an old charset"))?;
/// let back = folder::load(&dir)?;
/// assert_eq!(back.page, page);
/// assert_eq!(back.note.as_deref(), Some("an old charset"));
/// # std::fs::remove_dir_all(&dir).expect("the folder was written above");
/// # Ok::<(), folder::Error>(())
/// ```
pub fn store(folder: &Path, page: &RawPage, note: Option<&str>) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_owned(),
        source,
    })?;
    let meta = Meta {
        url: page.url.clone(),
        fetched_at: page.fetched_at,
        status: page.status,
        note: note.map(str::to_owned),
        headers: kept_headers(page),
    };
    let path = folder.join(META);
    let text = toml::to_string(&meta).map_err(|error| Error::Write {
        path: path.clone(),
        source: io::Error::other(error),
    })?;
    write(folder.join(BODY), &page.body)?;
    write(path, text.as_bytes())
}

/// The headers worth keeping; a repeated one is joined by commas (RFC 9110, section 5.3).
fn kept_headers(page: &RawPage) -> BTreeMap<String, String> {
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &page.headers {
        let name = name.to_ascii_lowercase();
        if !KEPT_HEADERS.contains(&name.as_str()) {
            continue;
        }
        kept.entry(name)
            .and_modify(|whole| {
                whole.push_str(", ");
                whole.push_str(value);
            })
            .or_insert_with(|| value.clone());
    }
    kept
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    fs::write(&path, bytes).map_err(|source| Error::Write { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_needed_headers_are_kept_and_repeated_ones_joined() {
        let page = RawPage::from_bytes(Vec::new())
            .with_header("Set-Cookie", "a=1")
            .with_header("Link", "</a>; rel=canonical")
            .with_header("link", "</b>; rel=amphtml");
        let kept = kept_headers(&page);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept["link"], "</a>; rel=canonical, </b>; rel=amphtml");
    }

    #[test]
    fn kept_headers_are_sorted() {
        assert!(KEPT_HEADERS.is_sorted());
    }
}
