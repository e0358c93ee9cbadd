//! The words beside a date that say what happened then.

use std::sync::LazyLock;

use serde::Deserialize;

/// What a date is said to be the date of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The publication.
    Published,
    /// A change.
    Updated,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    published: Vec<String>,
    updated: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("labels.toml")).expect("the table is tested to parse")
});

/// Whether a line has a word of a label.
pub(super) fn mentions(line: &str, label: Label) -> bool {
    let lower = line.to_lowercase();
    let words = match label {
        Label::Published => &TABLE.published,
        Label::Updated => &TABLE.updated,
    };
    words.iter().any(|w| lower.contains(w.as_str()))
}

/// The last label in a text.
pub(super) fn last(text: &str) -> Option<Label> {
    let lower = text.to_lowercase();
    let end = |words: &[String]| {
        let ends = words
            .iter()
            .filter_map(|w| lower.rfind(w.as_str()).map(|at| at + w.len()));
        ends.max()
    };
    match (end(&TABLE.published), end(&TABLE.updated)) {
        (None, None) => None,
        (published, updated) if published > updated => Some(Label::Published),
        _ => Some(Label::Updated),
    }
}
