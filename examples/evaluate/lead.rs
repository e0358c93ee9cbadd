//! How a dateline that was found compares with the labelled one.

use crate::field::fold;

/// What became of the dateline at the head of a story.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lead {
    Exact,
    Other,
    Missed,
    Invented,
    RightlyNone,
}

impl Lead {
    /// Compares a label with what was found.
    pub(crate) fn of(label: Option<&str>, found: Option<&str>) -> Self {
        match (label, found) {
            (None, None) => Self::RightlyNone,
            (None, Some(_)) => Self::Invented,
            (Some(_), None) => Self::Missed,
            (Some(a), Some(b)) if fold(a) == fold(b) => Self::Exact,
            (Some(_), Some(_)) => Self::Other,
        }
    }
}
