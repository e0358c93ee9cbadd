//! A record as a row of a table: one column a field, in a fixed order. What is a list is joined by
//! `; `; the rest of an article's parts (blocks, links) is left to JSON.

use serde::Serialize;

use super::Record;
use crate::date::Moment;
use crate::extract::Article;

/// The columns, in order.
#[derive(Debug, Default, Serialize)]
pub(super) struct Row<'a> {
    pub(super) url: &'a str,
    pub(super) final_url: Option<&'a str>,
    pub(super) status: Option<u16>,
    pub(super) fetched_at: Option<String>,
    pub(super) charset: Option<&'a str>,
    pub(super) outcome: &'static str,
    pub(super) reason: Option<&'a str>,
    pub(super) twin_of: Option<&'a str>,
    pub(super) near_duplicate_of: Option<&'a str>,
    pub(super) headline: Option<&'a str>,
    pub(super) standfirst: Option<&'a str>,
    pub(super) authors: String,
    pub(super) published: Option<String>,
    pub(super) published_is_change: Option<bool>,
    pub(super) modified: Option<String>,
    pub(super) dateline_printed: Option<&'a str>,
    pub(super) dateline_lead: Option<&'a str>,
    pub(super) places: String,
    pub(super) agencies: String,
    pub(super) language: Option<&'a str>,
    pub(super) section: Option<&'a str>,
    pub(super) tags: String,
    pub(super) site_name: Option<&'a str>,
    pub(super) canonical_url: Option<&'a str>,
    pub(super) image: Option<&'a str>,
    pub(super) kind: Option<String>,
    pub(super) free: Option<bool>,
    pub(super) credit: Option<&'a str>,
    pub(super) text: Option<&'a str>,
    /// Last, and never quoted: a row that was not written to its end is short of columns.
    pub(super) confidence: Option<f32>,
}

impl<'a> Row<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        let article = record.article.as_ref();
        let mut row = article.map(Self::of_article).unwrap_or_default();
        row.url = &record.url;
        row.final_url = record.final_url.as_deref();
        row.status = record.status;
        row.fetched_at = record.fetched_at.map(|at| at.to_string());
        row.charset = record.charset.as_deref();
        row.outcome = record.outcome.as_str();
        row.reason = record.reason.as_deref();
        row.twin_of = record.twin_of.as_deref();
        row.near_duplicate_of = record.near_duplicate_of.as_deref();
        row
    }

    fn of_article(article: &'a Article) -> Self {
        let lead = article.dateline.lead.as_ref();
        Self {
            headline: article.headline.as_deref(),
            standfirst: article.standfirst.as_deref(),
            authors: joined(article.authors.iter().map(|author| author.name.as_str())),
            published: article.published.as_ref().map(Moment::to_string),
            published_is_change: article.published.map(|_| article.published_is_change),
            modified: article.modified.as_ref().map(Moment::to_string),
            dateline_printed: article.dateline.printed.as_deref(),
            dateline_lead: lead.map(|lead| lead.text.as_str()),
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
