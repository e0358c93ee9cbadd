//! Each article as a Markdown file of its own, in a folder by host, beside another sink.
//!
//! 1. A file's name is made of its address alone: what the address ends in, for people, and a hash
//!    of it, for certainty. So a page that is had again replaces its own file and no other.
//! 2. A file is written under a name that ends in `.new` and then renamed: whoever looks into the
//!    folder sees whole articles.
//! 3. The file comes before the record, and is synced before the record is settled: whatever has
//!    a record has its file. It may be there without one, when a crawl dies between the two; the
//!    page is read again then, and the file replaced.
//!
//! A file of its own for each article is as many syncs as articles, and a disk takes several at a
//! time: so files are written ahead where somebody does that ([`Ahead::write`]).

use std::fs::{self, File};
use std::io::{self, BufRead, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::simhash::fnv;
use super::{Ahead, Kept, Markdown, Ready, Record, Sink};

/// So many characters of what an address ends in stand in a name.
const MAX_NAME: usize = 80;

/// A sink in front of another: writes articles as files and hands all records on.
///
/// # Examples
/// ```
/// use cleancopy::sink::{Files, Jsonl};
/// use cleancopy::{Options, RawPage, Record, Sink, read};
///
/// # let scratch = tempfile::tempdir()?;
/// # let folder = scratch.path().join("articles");
/// let text = "The night ferry came back to the harbour on Monday after eleven weeks in the yard.";
/// let page = RawPage::from_text(&format!("<h1>Ferry returns</h1><p>{text}</p><p>{text} Hurrah!</p>"));
/// let record = Record::of_page("https://a.example/2026/ferry.html", &page, read(&page, &Options::default()));
/// let mut sink = Files::new(&folder, Jsonl::new(Vec::new()))?;
/// sink.put(&record)?;
/// sink.sync()?;
/// let file = std::fs::read_dir(folder.join("a.example"))?.next().expect("a file")?;
/// assert!(file.file_name().to_string_lossy().starts_with("ferry-"));
/// assert!(std::fs::read_to_string(file.path())?.starts_with("# Ferry returns\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Files<S> {
    folder: Arc<Articles>,
    sink: S,
    /// Files that were written since the last sync.
    unsynced: Vec<File>,
}

impl<S: Sink> Files<S> {
    /// Writes files into `folder`, which is made if need be, and hands records to `sink`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: &Path, sink: S) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: Arc::new(Articles(folder.to_owned())),
            sink,
            unsynced: Vec::new(),
        })
    }

    /// Writes the files that are missing, or older than their records, of records that were put
    /// without this sink, as JSON lines; returns how many.
    ///
    /// # Errors
    /// When the lines cannot be read or a file cannot be written.
    pub fn make_missing(&self, lines: impl BufRead) -> io::Result<usize> {
        let mut made = 0;
        for line in lines.lines() {
            let line = line?;
            // What is no record is no article either.
            let Ok(Had { url, fetched_at }) = serde_json::from_str(&line) else {
                continue;
            };
            let file = fs::metadata(self.folder.0.join(place(&url)));
            let written = file.and_then(|file| file.modified());
            let written = written.ok().and_then(|at| Timestamp::try_from(at).ok());
            if written.is_some_and(|at| fetched_at.is_none_or(|fetched| at >= fetched)) {
                continue;
            }
            let record: Record = serde_json::from_str(&line)?;
            if record.article.is_some() {
                self.folder.write_through(&record)?;
                made += 1;
            }
        }
        Ok(made)
    }

    fn write_article(&mut self, record: &Record) -> io::Result<()> {
        if record.article.is_none() {
            return Ok(());
        }
        let written = self.folder.write(record).map_err(|error| {
            let folder = self.folder.0.display();
            let told = format!("the article of {} in {folder}: {error}", record.url);
            io::Error::new(error.kind(), told)
        });
        self.unsynced.push(written?);
        Ok(())
    }
}

/// What a record says of whether its article needs a file.
#[derive(Deserialize)]
struct Had {
    url: String,
    fetched_at: Option<Timestamp>,
}

/// The folder of the files.
#[derive(Debug)]
pub(super) struct Articles(PathBuf);

impl Articles {
    /// Writes a record's article, if it has one, so that it outlasts the machine's power.
    pub(super) fn write_through(&self, record: &Record) -> io::Result<()> {
        match record.article {
            Some(_) => self.write(record)?.sync_data(),
            None => Ok(()),
        }
    }

    fn write(&self, record: &Record) -> io::Result<File> {
        let path = self.0.join(place(&record.url));
        if let Some(host) = path.parent() {
            fs::create_dir_all(host)?;
        }
        let mut page = Vec::new();
        Markdown::new(&mut page).put(record)?;
        let new = path.with_extension("md.new");
        let mut file = File::create(&new)?;
        file.write_all(&page)?;
        fs::rename(&new, &path)?;
        Ok(file)
    }
}

impl<S: Sink> Sink for Files<S> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.write_article(record)?;
        self.sink.put(record)
    }

    fn ahead(&self) -> Ahead {
        self.sink.ahead().with_files(Arc::clone(&self.folder))
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        if !ready.is_written() {
            self.write_article(ready.record())?;
        }
        self.sink.put_ready(ready)
    }

    fn begin(&mut self, fence: u64) -> io::Result<()> {
        self.sink.begin(fence)
    }

    fn keep(&mut self, kept: &Kept) -> io::Result<()> {
        self.sink.keep(kept)
    }

    fn sync(&mut self) -> io::Result<()> {
        for file in self.unsynced.drain(..) {
            file.sync_data()?;
        }
        self.sink.sync()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sink.finish()
    }
}

/// Where the article of an address lies in the folder: `host/name-hash.md`, in characters that
/// every system takes.
pub(crate) fn place(address: &str) -> PathBuf {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("files");
    let path = url.as_ref().map_or(address, Url::path);
    let last = path.rsplit('/').find(|part| !part.is_empty());
    let last = last.unwrap_or("index");
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let name: String = plain(stem).chars().take(MAX_NAME).collect();
    let file = format!("{name}-{:016x}.md", fnv(address.as_bytes()));
    // A host of nothing but dots would be another folder.
    let host = plain(host);
    let host = host.trim_matches('.');
    Path::new(if host.is_empty() { "files" } else { host }).join(file)
}

fn plain(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use std::fs;

    use super::{Files, Record, Sink, place};
    use crate::extract::Article;
    use crate::outcome::Outcome;
    use crate::sink::Jsonl;

    #[test]
    fn what_cannot_be_written_ahead_is_an_error_in_its_turn() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let folder = scratch.path().join("articles");
        let mut sink = Files::new(&folder, Jsonl::new(Vec::new())).expect("a folder");
        let mut ready = |url: &str| {
            let mut record = Record::of_failure(url, Outcome::Article, "");
            record.article = Some(Article::default());
            let ahead = sink.ahead();
            let mut ready = ahead.record(record);
            ahead.write(&mut ready);
            (ready.is_written(), sink.put_ready(&ready).is_ok())
        };
        assert_eq!(ready("https://a.example/1"), (true, true));
        assert!(folder.join("a.example").is_dir());
        fs::remove_dir_all(&folder).expect("it goes");
        fs::write(&folder, "in the way").expect("it is written");
        assert_eq!(ready("https://a.example/2"), (false, false));
    }

    #[test]
    fn names_stay_in_the_folder_and_apart() {
        let told = |address: &str| place(address).to_string_lossy().into_owned();
        let ferry = told("https://news.example/2026/03/ferry-returns.html?page=2");
        assert!(ferry.starts_with("news.example/ferry-returns-"));
        assert_eq!(
            Path::new(&ferry)
                .extension()
                .and_then(std::ffi::OsStr::to_str),
            Some("md")
        );
        assert_ne!(
            ferry,
            told("https://news.example/2026/03/ferry-returns.html")
        );
        assert_eq!(
            ferry,
            told("https://news.example/2026/03/ferry-returns.html?page=2")
        );
        for address in [
            "https://news.example/",
            "https://news.example/..%2f..%2fetc/passwd",
            "https://[2001:db8::1]/a:b\\c",
            "https://news.example/..",
            "../../../etc/passwd",
            "pages/..",
            &format!("https://news.example/{}", "ö".repeat(500)),
        ] {
            let place = place(address);
            assert_eq!(place.components().count(), 2, "{address}: {place:?}");
            let all_normal = place
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            assert!(
                all_normal && place.to_string_lossy().len() < 160,
                "{address}: {place:?}"
            );
        }
    }
}
