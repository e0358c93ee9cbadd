//! The dateline in both senses: the printed date line, and the place and agency at the story's head.
//!
//! [`lead`] is a grammar, not a guess: places, region, date, agency and reporter in the orders that
//! wires and papers use, closed by one of their marks; what is not certain by form must be in the
//! tables of places and agencies that stand beside this file.

mod cjk;
mod close;
mod day;
mod evidence;
mod gazetteer;
mod head;
mod wire;

#[cfg(test)]
mod tests;

use super::View;
use crate::date::Moment;
use crate::extract::article::{Dateline, LeadDateline};
use crate::extract::report::{CandidateNote, FieldDecision};
use evidence::Around;

/// How many paragraphs at the head of the story may carry the dateline: a dek may come first.
const PARAGRAPHS: usize = 3;

/// Whether a name is that of an agency in the table.
pub(super) fn is_agency(name: &str) -> bool {
    gazetteer::gazetteer().is_agency(name)
}

/// Whether a name is that of a place in the table.
pub(super) fn is_place(name: &str) -> bool {
    gazetteer::gazetteer().is_place(name)
}

/// Chooses both.
pub(super) fn dateline(
    view: &View<'_>,
    dates: (Option<Moment>, Option<Moment>),
    notes: &mut Vec<FieldDecision>,
) -> Dateline {
    let printed = super::printed::printed(view, dates, notes);
    let found = first_lead(view);
    if let Some(line) = &found {
        notes.push(FieldDecision {
            field: "dateline.lead",
            candidates: vec![CandidateNote {
                value: line.text.clone(),
                source: "visible head of the story".to_owned(),
                chosen: true,
                why: String::new(),
            }],
        });
    }
    Dateline {
        printed_date: printed.as_ref().and_then(|p| p.moment),
        printed: printed.map(|p| p.text),
        lead: found,
    }
}

/// The first dateline among the first paragraphs, or on a line of its own before them.
fn first_lead(view: &View<'_>) -> Option<LeadDateline> {
    let blocks = &view.body.blocks;
    let language = view.reading.language;
    let kept = (view.place.first..blocks.len()).filter(|&i| blocks[i].kept);
    let paragraphs: Vec<usize> = kept.take(PARAGRAPHS).collect();
    let head = view.place.headline.map_or(view.place.first, |h| h + 1);
    // The dek stands above the kept paragraphs and often carries the dateline.
    let dek = (head..view.place.first).rev().take(4).collect::<Vec<_>>();
    let story = dek
        .iter()
        .rev()
        .chain(&paragraphs)
        .filter(|&&i| blocks[i].block.text().chars().count() > 80)
        .find_map(|&i| {
            let text = blocks[i].block.text();
            lead(text, language).or_else(|| lead(behind_label(text)?, language))
        });
    story.or_else(|| {
        let from = view.place.headline.map_or(view.place.first, |h| h + 1);
        let from = from.max(view.place.first.saturating_sub(3));
        (from..=view.place.first)
            .filter_map(|i| blocks.get(i))
            .filter(|j| j.block.text().chars().count() <= 60)
            .filter(|j| {
                view.facts
                    .scene
                    .measures
                    .link_around(j.block.node)
                    .is_none()
            })
            .filter(|j| {
                let span = j.block.span();
                view.facts.scene.measures.span(span.start, span.end).links == 0
            })
            .find_map(|j| lead(j.block.text(), language))
    })
}

/// Words of a line that only says who tells the story.
const LABEL_WORDS: usize = 8;

/// A paragraph behind a short first line of its own, as where a correspondent is named above the
/// dateline.
pub(crate) fn behind_label(text: &str) -> Option<&str> {
    let (label, rest) = text.trim_start().split_once('\n')?;
    (label.split_whitespace().count() <= LABEL_WORDS).then_some(rest)
}

/// The dateline that a paragraph begins with.
///
/// `language` is the paragraph's language as a primary tag; month names and some forms depend on
/// it.
///
/// # Examples
/// ```
/// use cleancopy::extract::lead;
/// let found = lead("OSLO, March 4 (Reuters) - The ferry came back on Monday.", Some("en"));
/// let found = found.expect("a dateline");
/// assert_eq!(found.text, "OSLO, March 4 (Reuters) -");
/// assert_eq!(found.places, ["OSLO"]);
/// assert_eq!(found.agencies, ["Reuters"]);
/// assert!(lead("UPDATE: The ferry came back on Monday.", Some("en")).is_none());
/// ```
pub fn lead(text: &str, language: Option<&str>) -> Option<LeadDateline> {
    let text = text.trim_start();
    let start: String = text.chars().take(40).collect();
    if start.chars().any(gazetteer::is_cjk) {
        return cjk::lead(text);
    }
    for (head, close, end) in head::heads(text, language) {
        let around = Around {
            rest: &text[end..],
            close,
            language,
        };
        if evidence::accept(&head, &around) {
            return Some(LeadDateline {
                text: text[..end].trim_end().to_owned(),
                ..head.line
            });
        }
    }
    None
}
