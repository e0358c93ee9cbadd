//! The copyright or credit line at the end of the story.

use super::json;
use super::{Candidate, Source, View, choose_text};
use crate::extract::report::FieldDecision;

/// How far behind the last paragraph the line may stand, in blocks.
const BEHIND: usize = 6;

/// Chooses the credit line.
pub(super) fn credit(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
    let facts = view.facts;
    let mut candidates = Vec::new();
    let blocks = &view.body.blocks;
    let from = view.place.last.saturating_sub(2).max(view.place.first);
    let to = (view.place.last + BEHIND).min(blocks.len());
    for judged in blocks.get(from..to).unwrap_or_default() {
        let text = &judged.block.text;
        if text.chars().count() <= 160 && is_credit(text) {
            let found = Candidate::new(text.replace('\n', " "), Source::Visible("credit"), 3.0);
            candidates.push(found.at(judged.block.node));
        }
    }
    if let Some(value) = facts.story().and_then(|s| s.credit.clone()) {
        candidates.push(Candidate::new(value, Source::JsonLd("creditText"), 2.5));
    }
    if let Some(value) = facts.found.metas.text("copyright") {
        let value = json::plain(&value);
        candidates.push(Candidate::new(value, Source::Meta("copyright"), 1.5));
    }
    choose_text("credit", candidates, notes).map(|c| c.value)
}

fn is_credit(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.starts_with('©')
        || lower.starts_with("(c) ")
        || lower.starts_with("copyright ")
        || (lower.starts_with("quelle:")
            || lower.starts_with("source:")
            || lower.starts_with("fonte:"))
        || lower.contains("© ") && text.chars().count() < 90
}
