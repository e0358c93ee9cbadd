//! What pages without a story call themselves.

use std::collections::HashMap;

use serde::Deserialize;

use crate::text;

/// A kind of page that holds no story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PageKind {
    /// Says that something went wrong or is not there.
    Error,
    /// Lists other pages.
    Listing,
    /// Asks for consent, a log-in or a proof of being human.
    Wall,
}

/// The names that such pages give themselves.
#[derive(Debug, Default)]
pub struct Pages {
    names: HashMap<String, PageKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    page: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: PageKind,
    titles: Vec<String>,
}

impl Pages {
    pub(super) fn embedded() -> Self {
        let table: Table =
            toml::from_str(include_str!("pages.toml")).expect("the embedded page table is sound");
        let names = table
            .page
            .into_iter()
            .flat_map(|e| e.titles.into_iter().map(move |t| (text::fold(&t), e.kind)))
            .collect();
        Self { names }
    }

    /// The kind that a title or headline names: a part of it, between bars and dashes, is one of
    /// the names, or begins with a name of several words.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::rules::{PageKind, Rules};
    /// let pages = Rules::embedded().pages();
    /// assert_eq!(pages.kind_of("Page not found | The Courier"), Some(PageKind::Error));
    /// assert_eq!(pages.kind_of("Search for the missing boat goes on"), None);
    /// ```
    pub fn kind_of(&self, title: &str) -> Option<PageKind> {
        let folded = text::fold(title);
        folded
            .split(['|', '·', '»', '«'])
            .flat_map(|p| p.split(" - "))
            .find_map(|part| {
                let part = part.trim_matches(|c: char| !c.is_alphanumeric() && c != ':');
                self.names
                    .get(part.trim_end_matches(':'))
                    .copied()
                    .or_else(|| self.begins(part))
            })
    }

    fn begins(&self, part: &str) -> Option<PageKind> {
        let ends = part
            .char_indices()
            .filter(|(_, c)| !c.is_alphanumeric())
            .map(|(i, _)| i);
        ends.take(12).find_map(|end| {
            let (head, tail) = part.split_at(end);
            let marked = tail.starts_with(':');
            let whole = if marked { &part[..=end] } else { head };
            let telling = marked || head.contains(' ');
            telling
                .then(|| self.names.get(whole).or_else(|| self.names.get(head)))
                .flatten()
                .copied()
        })
    }
}
