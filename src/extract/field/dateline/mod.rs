//! The dateline in both senses: the printed date line, and the place and agency at the story's head.

use super::View;
use crate::date::Moment;
use crate::extract::article::Dateline;
use crate::extract::report::FieldDecision;

/// Chooses both.
pub(super) fn dateline(
    view: &View<'_>,
    published: Option<Moment>,
    notes: &mut Vec<FieldDecision>,
) -> Dateline {
    let printed = super::printed::printed(view, published, notes);
    Dateline {
        printed_date: printed.as_ref().and_then(|p| p.moment),
        printed: printed.map(|p| p.text),
        lead: None,
    }
}
