//! Records and where they go: one output format a file.
//!
//! A sink knows nothing of crawling. It deliberately does not buffer on its own account: what was
//! put is on its way, so that a run that is killed has lost nothing it reported.

mod ahead;
#[cfg(feature = "warc")]
mod archived;
mod csv;
mod files;
mod html;
mod jsonl;
mod markdown;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod simhash;
mod text;
mod twins;

pub use ahead::{Ahead, Kept, Pack, Ready};
#[cfg(feature = "warc")]
pub use archived::Archived;
pub use csv::Csv;
pub use files::Files;
#[cfg(feature = "crawl")]
pub(crate) use files::place as article_file;
pub use html::Html;
pub use jsonl::{Brief, Jsonl, ResumeError, Resumed, briefs, resume, resume_from};
pub use markdown::Markdown;
#[cfg(feature = "parquet")]
pub use parquet::Parquet;
pub use simhash::{NotASimhash, Simhash};
pub use text::Text;
pub use twins::Twins;

use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::extract::{Article, Extraction, Stated, Verdict};
use crate::outcome::Outcome;
use crate::page::{Found, RawPage};

/// What became of one address: one record a URL, with the article or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// The address as it was asked for, or the path of a file.
    pub url: String,
    /// The address that answered, after redirects.
    pub final_url: Option<String>,
    /// HTTP status code of the last answer.
    pub status: Option<u16>,
    /// When the answer arrived, or when it was clear that none would, in UTC.
    pub fetched_at: Option<Timestamp>,
    /// Name of the encoding the page was decoded from.
    pub charset: Option<String>,
    /// What became of the address.
    pub outcome: Outcome,
    /// Why there is no article, in words; `None` where there is one.
    pub reason: Option<String>,
    /// Whether the page was asked for without a look at robots.txt; left out where it was not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub robots_ignored: bool,
    /// The `ETag` of the answer, in a crawl: what the server calls this version of the page; left out
    /// where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` of the answer, in a crawl, as it was sent; left out where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// How the address was found; left out where it stood in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// The address of the first record of the same page, by the canonical addresses that pages
    /// state ([`Twins`]); left out where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin_of: Option<String>,
    /// The address of the first record of nearly the same story ([`Twins`]); left out where there
    /// was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_duplicate_of: Option<String>,
    /// The fingerprint of the article's text; left out where it is too short to have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simhash: Option<Simhash>,
    /// The article.
    pub article: Option<Article>,
    /// What the page says of itself, if it holds no article; left out where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Stated>,
}

impl Record {
    /// The record of a page that was read.
    pub fn of_page(url: &str, page: &RawPage, found: Extraction) -> Self {
        let outcome = match found.report.verdict {
            Verdict::NotHtml(_) => Outcome::NotHtml,
            _ if found.article.is_some() => Outcome::Article,
            _ => Outcome::NoArticle,
        };
        let reason = found
            .article
            .is_none()
            .then(|| found.report.verdict.as_str().to_owned());
        let article = found.article.as_ref();
        let simhash = article.and_then(|article| Simhash::of(&article.text));
        Self {
            final_url: page.url.as_ref().map(ToString::to_string),
            status: Some(page.status),
            fetched_at: page.fetched_at,
            charset: Some(found.charset.to_owned()).filter(|name| !name.is_empty()),
            simhash,
            article: found.article,
            stated: found.stated,
            ..Self::bare(url, outcome, reason)
        }
    }

    /// The record of an address that gave no page.
    pub fn of_failure(url: &str, outcome: Outcome, reason: &str) -> Self {
        Self::bare(url, outcome, Some(reason.to_owned()))
    }

    /// A record of an end and no more.
    fn bare(url: &str, outcome: Outcome, reason: Option<String>) -> Self {
        Self {
            url: url.to_owned(),
            final_url: None,
            status: None,
            fetched_at: None,
            charset: None,
            outcome,
            reason,
            robots_ignored: false,
            etag: None,
            last_modified: None,
            found: None,
            twin_of: None,
            near_duplicate_of: None,
            simhash: None,
            article: None,
            stated: None,
        }
    }
}

/// Who wrote a story and when, as lines, for the formats that people read.
fn head_lines(article: &Article) -> Vec<String> {
    let mut lines = Vec::new();
    let authors: Vec<&str> = article.authors.iter().map(|a| a.name.as_str()).collect();
    if !authors.is_empty() {
        lines.push(authors.join(", "));
    }
    let printed = article.dateline.printed.clone();
    let date = printed.or_else(|| article.published.map(|moment| moment.to_string()));
    lines.extend(date);
    lines
}

/// Somewhere records go, one after another.
///
/// A record is handed over whole and is on its way to disk or wherever it belongs when `put`
/// returns; what was put before an error is not lost by it.
pub trait Sink: Send {
    /// Takes one record.
    ///
    /// # Errors
    /// When the record could not be written; the caller stops the run.
    fn put(&mut self, record: &Record) -> io::Result<()>;

    /// What this sink wants to be made of records and exchanges before they are put: most of its
    /// work, as a rule, which can be done for several at a time. By default nothing.
    fn ahead(&self) -> Ahead {
        Ahead::default()
    }

    /// As [`put`](Self::put), of a record of which what this sink wants may have been made ahead.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        self.put(ready.record())
    }

    /// Says under which lease of a host the next records come about, by its fence. Only a sink of
    /// one among many workers keeps it, so that records of a lease that was lost can be told from
    /// those that count; all others leave it, as this does.
    ///
    /// # Errors
    /// When it could not be kept; the caller stops the run.
    fn begin(&mut self, fence: u64) -> io::Result<()> {
        let _ = fence;
        Ok(())
    }

    /// Takes one exchange as it was on the wire, before the records that come of it. Only a sink
    /// that keeps archives does anything with it; all others leave it, as this does.
    ///
    /// # Errors
    /// When it could not be kept; the caller stops the run.
    fn keep(&mut self, kept: &Kept) -> io::Result<()> {
        let _ = kept;
        Ok(())
    }

    /// Makes sure that what was put outlasts the machine's power, where that is possible.
    ///
    /// A crawl calls it after putting some records and before the frontier forgets their
    /// addresses. What was put before the call before this one has been settled by then.
    ///
    /// # Errors
    /// When it could not be made sure of; the caller stops the run.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Ends the output: writes what is still buffered.
    ///
    /// # Errors
    /// When it could not be written.
    fn finish(&mut self) -> io::Result<()>;
}

/// A sink behind a pointer, and one that somebody else owns, are sinks.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Sink + ?Sized> Sink for $pointer {
            fn put(&mut self, record: &Record) -> io::Result<()> {
                (**self).put(record)
            }

            fn ahead(&self) -> Ahead {
                (**self).ahead()
            }

            fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
                (**self).put_ready(ready)
            }

            fn begin(&mut self, fence: u64) -> io::Result<()> {
                (**self).begin(fence)
            }

            fn keep(&mut self, kept: &Kept) -> io::Result<()> {
                (**self).keep(kept)
            }

            fn sync(&mut self) -> io::Result<()> {
                (**self).sync()
            }

            fn finish(&mut self) -> io::Result<()> {
                (**self).finish()
            }
        }
    )*};
}

forward!(Box<S>, &mut S);
