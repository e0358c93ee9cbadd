//! When the story was last changed.

use super::published::{plausible, push, same_day, value_of};
use super::seen::CHANGED;
use super::{Candidate, Source, View, choose};
use crate::date::Moment;
use crate::document::Tag;
use crate::extract::report::FieldDecision;

/// Metas that state when the story was changed.
const MODIFIED: &[(&str, f32)] = &[
    ("article:modified_time", 4.5),
    ("og:updated_time", 4.2),
    ("og:article:modified_time", 4.2),
    ("datemodified", 4.4),
    ("dcterms.modified", 4.0),
    ("dc.date.modified", 4.0),
    ("article.updated", 4.0),
    ("last-modified", 3.0),
    ("lastmod", 3.5),
    ("revised", 3.0),
    ("article:modified", 4.0),
    ("shareaholic:article_modified_time", 4.0),
];

/// When the page was changed, as metadata states it.
pub(super) fn changes(view: &View<'_>) -> Vec<Candidate<Moment>> {
    let mut out = Vec::new();
    if let Some(value) = view.facts.story().and_then(|s| s.modified.as_deref()) {
        push(&mut out, view, value, (Source::JsonLd("dateModified"), 1.5));
    }
    for &(name, _) in MODIFIED {
        for value in view.facts.found.metas.raw(name).take(1) {
            push(&mut out, view, value, (Source::Meta(name), 1.4));
        }
    }
    out.retain(|c| plausible(view, c.value));
    out
}

/// Whether a candidate is stated as a moment of change.
pub(super) fn states_change(candidate: &Candidate<Moment>) -> bool {
    candidate.why == CHANGED
        || match candidate.source {
            Source::JsonLd(name) | Source::Microdata(name) => name == "dateModified",
            Source::Meta(name) => MODIFIED.iter().any(|(meta, _)| *meta == name),
            _ => false,
        }
}

/// Chooses the moment of the last change; none if it is the moment of publication. `shown` are the
/// moments that readers are told to be those of a change.
pub(super) fn modified(
    view: &View<'_>,
    published: Option<Moment>,
    shown: Vec<Candidate<Moment>>,
    notes: &mut Vec<FieldDecision>,
) -> Option<Moment> {
    let facts = view.facts;
    let mut candidates = Vec::new();
    if let Some(value) = facts.story().and_then(|s| s.modified.as_deref()) {
        push(
            &mut candidates,
            view,
            value,
            (Source::JsonLd("dateModified"), 5.0),
        );
    }
    for &(name, weight) in MODIFIED {
        for value in facts.found.metas.raw(name).take(2) {
            push(&mut candidates, view, value, (Source::Meta(name), weight));
        }
    }
    for &(prop, node) in &facts.found.items {
        if prop == "dateModified" && facts.scene.doc.tag(node) != Tag::Meta {
            let value = value_of(view, node);
            push(
                &mut candidates,
                view,
                &value,
                (Source::Microdata("dateModified"), 4.0),
            );
        }
    }
    candidates.extend(shown);
    candidates.retain(|c| plausible(view, c.value));
    let chosen = choose("modified", candidates, &same_day(0.3), notes)?.value;
    let earlier = published.is_some_and(|p| is_before(chosen, p));
    let told = published.is_some_and(|p| chosen.day() == p.day() && chosen.time().is_none());
    let same = published.is_some_and(|p| {
        let instants = chosen.instant().zip(p.instant());
        chosen == p || instants.is_some_and(|(a, b)| a == b)
    });
    (!same && !earlier && !told).then_some(chosen)
}

/// Whether a moment lies before another, as far as both tell.
fn is_before(one: Moment, other: Moment) -> bool {
    match (one.instant(), other.instant()) {
        (Some(one), Some(other)) => one < other,
        _ => one.day() < other.day(),
    }
}
