//! The whole reading half in one call.

use std::sync::Arc;

use url::Url;

use crate::clean::Memory;
use crate::decode::{self, Foreign};
use crate::document::Document;
use crate::extract::{self, Extraction, Favour, Keep, Model};
use crate::page::RawPage;

/// What the caller wants otherwise than by default. It may get more fields, so it is not written out
/// as a whole: take the default, and assign the fields that are meant.
///
/// # Examples
/// ```
/// use cleancopy::Options;
/// use cleancopy::extract::Favour;
/// let mut options = Options::default();
/// (options.keep.elements, options.keep.links) = (true, true);
/// options.favour = Favour::Precision;
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Keep with each score the inputs that moved it most (costs time).
    pub explain: bool,
    /// The address of the page where the page itself does not carry it.
    pub url: Option<Url>,
    /// Another model than the one that comes with the crate.
    pub model: Option<Arc<Model>>,
    /// Ids of rules that mark nothing, for finding out what a rule does; see `docs/rules.md`. Nothing
    /// is said of an id that no rule has, as reading has no error:
    /// [`Rules::entries`](crate::rules::Rules::entries) has all ids, to check against.
    pub without_rules: Vec<String>,
    /// Take the dateline at the head of the story (`OSLO, March 4 (Reuters) -`) out of the body; it
    /// stays in [`crate::extract::Dateline::lead`] either way.
    pub without_dateline: bool,
    /// Take the standfirst (the dek or summary above the text) out of the body; it stays in
    /// [`crate::extract::Article::standfirst`] either way. A first paragraph that is no more than set
    /// in bold stays.
    pub without_standfirst: bool,
    /// What other pages of the same host have: text that recurs on them is furniture.
    pub memory: Option<Arc<Memory>>,
    /// What is kept beyond the text: elements, links, images, comments; and whether tables are.
    pub keep: Keep,
    /// Whether precision or recall of the body counts for more.
    pub favour: Favour,
}

/// Reads a page: decodes, parses, cleans, extracts.
///
/// There is no error: a page without an article gives `article: None` and a report whose verdict
/// says why. So do bytes that are no HTML, such as a PDF document ([`decode::Foreign`]).
///
/// # Examples
/// ```
/// use cleancopy::{Options, RawPage, read};
/// let found = read(&RawPage::from_text("<p>Nothing here.</p>"), &Options::default());
/// assert!(found.article.is_none());
/// ```
pub fn read(page: &RawPage, options: &Options) -> Extraction {
    if let Some(foreign) = Foreign::of(&page.body) {
        return Extraction::of_foreign(foreign);
    }
    let decoded = decode::decode(page);
    if Foreign::is_binary(&decoded.text) {
        return Extraction::of_foreign(Foreign::Binary);
    }
    let doc = Document::parse(&decoded.text);
    // The document has its own text: a page that was decoded is not held twice.
    drop(decoded.text);
    let url = page.url.as_ref().or(options.url.as_ref());
    let context = extract::Context {
        url,
        fetched_at: page.fetched_at,
        charset: decoded.charset,
        content_language: page.header("content-language"),
        explain: options.explain,
        model: options.model.as_deref(),
        without_rules: &options.without_rules,
        without_dateline: options.without_dateline,
        without_standfirst: options.without_standfirst,
        memory: options.memory.as_deref(),
        keep: options.keep,
        favour: options.favour,
    };
    extract::extract(doc, &context)
}
