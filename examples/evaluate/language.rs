//! The fields' figures for each language of the gold, so that a language that lags is seen.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::score::{Page, Summary};

/// The columns of the table.
const FIGURES: &[&str] = &[
    "headline",
    "standfirst_f1",
    "authors",
    "date",
    "printed",
    "printed_date",
];

/// A row of a Markdown table for every language, the most frequent first: set, language, pages, figures.
pub(crate) fn rows(set: &str, pages: &[Page]) -> String {
    let mut groups: BTreeMap<&str, Vec<&Page>> = BTreeMap::new();
    for page in pages {
        groups.entry(page.lang.as_str()).or_default().push(page);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, pages)| std::cmp::Reverse(pages.len()));
    let mut out = String::new();
    for (lang, pages) in groups {
        let summary = Summary::of_fields(set, &pages);
        let lang = if lang.is_empty() { "not stated" } else { lang };
        let _ = write!(out, "| {set} | {lang} | {} |", pages.len());
        for figure in FIGURES {
            let found = summary.figures.iter().find(|(name, _)| name == figure);
            let _ = match found {
                Some((_, value)) => write!(out, " {value:.3} |"),
                None => write!(out, " – |"),
            };
        }
        out.push('\n');
    }
    out
}
