//! The pages of an archive.
//!
//! 1. The head of each record says whether it is an answer, of whom and when ([`Filter`]).
//! 2. The head of the answer says its status and type ([`Filter`] again).
//! 3. Only then is the body taken, its chunks joined and its content coding undone, both within
//!    limits ([`Limits`]).
//!
//! Every record ends in exactly one number of the [`Tally`], so the numbers add up.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use url::Url;

use super::Error;
use super::coding::{Undone, undo};
use super::filter::{Filter, Skipped};
use super::http::{self, ResponseHead, joined};
use super::reader::{Head, Reader};
use crate::outcome::Outcome;
use crate::page::RawPage;

/// How much a page of an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body as it was kept.
    pub kept: usize,
    /// Bytes of a body, counted after its content coding was undone.
    pub decoded: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            kept: 20 * 1024 * 1024,
            decoded: 20 * 1024 * 1024,
        }
    }
}

/// A page with the place it was found at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchivedPage {
    /// Place in the file, in bytes, of its record, or of the compressed member that holds it.
    pub offset: u64,
    /// The page; `url` and, where the record states it, `fetched_at` are those of the capture.
    pub page: RawPage,
}

/// What became of the records of an archive.
///
/// `records` is the sum of the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Tally {
    /// Records met, damaged ones included. What lies between damage and the next whole record
    /// counts as one.
    pub records: u64,
    /// Pages handed out.
    pub pages: u64,
    /// Records passed over, by reason.
    pub skipped: BTreeMap<Skipped, u64>,
    /// Records whose page could not be had ([`Error::Page`]).
    pub unusable: u64,
    /// Records that are damaged ([`Error::Damaged`]).
    pub damaged: u64,
}

/// The pages of an archive that pass a filter.
///
/// An iterator of results: after [`Error::Damaged`] and [`Error::Page`] it goes on, after
/// [`Error::Read`] it ends.
///
/// # Examples
/// ```
/// use cleancopy::archive::warc::{Filter, Pages};
/// let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Ferry returns";
/// let archive = format!(
///     "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://news.example/\r\n\
///      WARC-Date: 2026-03-02T06:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n\
///      Content-Length: {}\r\n\r\n{answer}\r\n\r\n",
///     answer.len()
/// );
/// let mut pages = Pages::new("memory.warc", archive.as_bytes(), Filter::default());
/// let found = pages.next().expect("a page")?;
/// assert_eq!(found.page.body, b"<p>Ferry returns");
/// assert_eq!(found.page.fetched_at, "2026-03-02T06:00:00Z".parse().ok());
/// assert!(pages.next().is_none());
/// assert_eq!(pages.tally().pages, 1);
/// # Ok::<(), cleancopy::archive::warc::Error>(())
/// ```
#[derive(Debug)]
pub struct Pages<R> {
    reader: Reader<R>,
    filter: Filter,
    limits: Limits,
    tally: Tally,
}

/// What a record is for a reader of pages.
enum Found {
    Page(RawPage),
    Skipped(Skipped),
    Unusable(Outcome, String),
}

impl<R: Read> Pages<R> {
    /// The pages in `from` that pass the filter; `file` is its name in errors.
    pub fn new(file: &str, from: R, filter: Filter) -> Self {
        Self {
            reader: Reader::new(file, from),
            filter,
            limits: Limits::default(),
            tally: Tally::default(),
        }
    }

    /// The same pages under other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What became of the records so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The bytes of the file read so far.
    pub fn offset(&self) -> u64 {
        self.reader.offset()
    }

    /// What the record with this head holds; its end is read, too.
    fn found(&mut self, head: &Head, url: Url) -> Result<Found, Error> {
        let answer = if head.kind() == "resource" {
            ResponseHead::of_resource(head.fields.get("Content-Type"))
        } else {
            let lines = self.reader.inner_head()?;
            let Some(answer) = http::head(&lines) else {
                self.reader.finish()?;
                let reason = "the record holds no HTTP answer".to_owned();
                return Ok(Found::Unusable(Outcome::BadBody, reason));
            };
            answer
        };
        let content_type = answer.fields.get("content-type");
        if let Err(reason) = self.filter.answer(answer.status, content_type) {
            self.reader.finish()?;
            return Ok(Found::Skipped(reason));
        }
        let Some(kept) = self.reader.block(self.limits.kept)? else {
            let reason = format!("the kept body is larger than {} bytes", self.limits.kept);
            return Ok(Found::Unusable(Outcome::WireTooLarge, reason));
        };
        Ok(match self.decoded(head, &answer, kept) {
            Ok(body) => Found::Page(RawPage {
                url: Some(url),
                fetched_at: head.date(),
                status: answer.status,
                headers: answer.fields.into_inner(),
                body,
            }),
            Err((outcome, reason)) => Found::Unusable(outcome, reason),
        })
    }

    /// The body with its framing and its content coding undone.
    fn decoded(
        &self,
        head: &Head,
        answer: &ResponseHead,
        mut body: Vec<u8>,
    ) -> Result<Vec<u8>, (Outcome, String)> {
        let max = self.limits.decoded;
        if answer
            .fields
            .get("transfer-encoding")
            .is_some_and(is_chunked)
        {
            body = joined(body);
        }
        let codings = answer.fields.get("content-encoding").unwrap_or_default();
        let cut = head.fields.get("WARC-Truncated").is_some();
        undo(codings, body, max, cut).map_err(|undone| match undone {
            Undone::TooLarge => {
                let reason = format!("the body decodes to more than {max} bytes");
                (Outcome::TooLarge, reason)
            }
            Undone::Broken(what) => (Outcome::BadEncoding, format!("the body is {what}")),
        })
    }

    /// The next record: a page, or nothing when it was passed over.
    fn record(&mut self, head: &Head) -> Result<Option<ArchivedPage>, Error> {
        let url = match self.filter.record(head) {
            Ok(url) => url,
            Err(reason) => {
                self.reader.finish()?;
                *self.tally.skipped.entry(reason).or_default() += 1;
                return Ok(None);
            }
        };
        match self.found(head, url.clone())? {
            Found::Page(page) => {
                self.tally.pages += 1;
                let offset = head.offset;
                Ok(Some(ArchivedPage { offset, page }))
            }
            Found::Skipped(reason) => {
                *self.tally.skipped.entry(reason).or_default() += 1;
                Ok(None)
            }
            Found::Unusable(outcome, reason) => {
                self.tally.unusable += 1;
                Err(Error::Page {
                    file: Arc::clone(self.reader.file()),
                    offset: head.offset,
                    url: Box::new(url),
                    outcome,
                    reason,
                })
            }
        }
    }
}

impl<R: Read> Iterator for Pages<R> {
    type Item = Result<ArchivedPage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let result = match self.reader.next()? {
                Ok(head) => self.record(&head),
                Err(error) => Err(error),
            };
            if !matches!(result, Err(Error::Read { .. })) {
                self.tally.records += 1;
            }
            match result {
                Ok(None) => {}
                Ok(Some(page)) => return Some(Ok(page)),
                Err(error) => {
                    self.tally.damaged += u64::from(matches!(error, Error::Damaged { .. }));
                    return Some(Err(error));
                }
            }
        }
    }
}

fn is_chunked(transfer_encoding: &str) -> bool {
    let mut codings = transfer_encoding.rsplit(',');
    codings
        .next()
        .is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
}
