//! Records as rows of a table (RFC 4180), for spreadsheets and databases.
//!
//! One row a record under one row of names. What is a list is joined by `; `, and what the page
//! does not state is empty. Text stands as it is: line breaks inside quotes, and a cell that begins
//! with `=` is not defused, so import the columns as text.

use std::io::{self, Write};

use serde::Serialize;

use super::{Record, Sink};
use crate::date::Moment;
use crate::extract::Article;

/// Writes records as CSV.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Csv};
/// let mut out = Vec::new();
/// let mut sink = Csv::new(&mut out);
/// sink.put(&Record::of_failure("https://news.example/", Outcome::Timeout, "after 60 s"))?;
/// sink.finish()?;
/// let text = String::from_utf8(out).expect("CSV of ours is UTF-8");
/// let mut rows = text.lines();
/// assert!(rows.next().is_some_and(|names| names.starts_with("url,final_url,status,")));
/// assert!(rows.next().is_some_and(|row| row.contains(",timeout,after 60 s,")));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
    named: bool,
}

impl<W: Write + Send> Csv<W> {
    /// Writes to `out`, a whole row at a time; it needs no buffer of its own.
    pub fn new(out: W) -> Self {
        Self { out, named: false }
    }

    /// Writes a row, and before the first one the names.
    fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new()
            .has_headers(!self.named)
            .from_writer(Vec::new());
        writer.serialize(row).map_err(io::Error::other)?;
        let bytes = writer.into_inner().map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        self.named = true;
        self.out.flush()
    }
}

impl<W: Write + Send> Sink for Csv<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.write(&Row::of(record))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The columns, in order.
#[derive(Debug, Default, Serialize)]
struct Row<'a> {
    url: &'a str,
    final_url: Option<&'a str>,
    status: Option<u16>,
    fetched_at: Option<String>,
    charset: Option<&'a str>,
    outcome: &'static str,
    reason: Option<&'a str>,
    headline: Option<&'a str>,
    standfirst: Option<&'a str>,
    authors: String,
    published: Option<String>,
    modified: Option<String>,
    printed_date: Option<&'a str>,
    dateline: Option<&'a str>,
    places: String,
    agencies: String,
    language: Option<&'a str>,
    section: Option<&'a str>,
    tags: String,
    site_name: Option<&'a str>,
    canonical_url: Option<&'a str>,
    image: Option<&'a str>,
    kind: Option<String>,
    free: Option<bool>,
    credit: Option<&'a str>,
    text: Option<&'a str>,
    /// Last, and never quoted: a row that was not written to its end is short of columns.
    confidence: Option<f32>,
}

impl<'a> Row<'a> {
    fn of(record: &'a Record) -> Self {
        let article = record.article.as_ref();
        let mut row = article.map(Self::of_article).unwrap_or_default();
        row.url = &record.url;
        row.final_url = record.final_url.as_deref();
        row.status = record.status;
        row.fetched_at = record.fetched_at.map(|at| at.to_string());
        row.charset = record.charset.as_deref();
        row.outcome = record.outcome.as_str();
        row.reason = record.reason.as_deref();
        row
    }

    fn of_article(article: &'a Article) -> Self {
        let lead = article.dateline.lead.as_ref();
        Self {
            headline: article.headline.as_deref(),
            standfirst: article.standfirst.as_deref(),
            authors: joined(article.authors.iter().map(|author| author.name.as_str())),
            published: article.published.as_ref().map(Moment::to_string),
            modified: article.modified.as_ref().map(Moment::to_string),
            printed_date: article.dateline.printed.as_deref(),
            dateline: lead.map(|lead| lead.text.as_str()),
            places: lead.map(|lead| joined(&lead.places)).unwrap_or_default(),
            agencies: lead.map(|lead| joined(&lead.agencies)).unwrap_or_default(),
            language: article.language.as_deref(),
            section: article.section.as_deref(),
            tags: joined(&article.tags),
            site_name: article.site_name.as_deref(),
            canonical_url: article.canonical_url.as_deref(),
            image: article.image.as_ref().map(|image| image.url.as_str()),
            kind: article.kind.and_then(name_of),
            free: article.free,
            credit: article.credit.as_deref(),
            text: Some(&article.text),
            confidence: Some(article.confidence),
            ..Self::default()
        }
    }
}

/// The name of a kind as it stands in JSON.
fn name_of(kind: impl Serialize) -> Option<String> {
    let name = serde_json::to_value(kind).ok()?;
    name.as_str().map(str::to_owned)
}

fn joined(parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut whole = String::new();
    for part in parts {
        if !whole.is_empty() {
            whole.push_str("; ");
        }
        whole.push_str(part.as_ref());
    }
    whole
}
