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

/// A word with what it says.
type Labelled = (&'static [u8], Label);

/// The words of both labels by their first byte: a text is looked through once for all of them.
static BY_FIRST_BYTE: LazyLock<Vec<Vec<Labelled>>> = LazyLock::new(|| {
    let mut words = vec![Vec::new(); 256];
    let labels = [
        (&TABLE.published, Label::Published),
        (&TABLE.updated, Label::Updated),
    ];
    for (list, label) in labels {
        for word in list.iter().map(String::as_bytes) {
            if let Some(&first) = word.first() {
                words[usize::from(first)].push((word, label));
            }
        }
    }
    words
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
    let (mut published, mut updated) = (None, None);
    let by_first_byte = &*BY_FIRST_BYTE;
    for (at, first) in lower.bytes().enumerate() {
        let rest = &lower.as_bytes()[at..];
        for (word, label) in &by_first_byte[usize::from(first)] {
            let second = word.get(1);
            if second.is_none_or(|b| rest.get(1) == Some(b)) && rest.starts_with(word) {
                let end = match label {
                    Label::Published => &mut published,
                    Label::Updated => &mut updated,
                };
                *end = (*end).max(Some(at + word.len()));
            }
        }
    }
    match (published, updated) {
        (None, None) => None,
        (published, updated) if published > updated => Some(Label::Published),
        _ => Some(Label::Updated),
    }
}
