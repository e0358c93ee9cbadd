//! The standfirst: the dek or summary that stands above the text.

use super::headline::description;
use super::title::Bag;
use super::{Candidate, Source, View, choose_text};
use crate::document::Tag;
use crate::extract::report::FieldDecision;
use crate::text;

/// Chooses the standfirst among visible texts at the head of the story.
pub(super) fn standfirst(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
    let facts = view.facts;
    let doc = facts.scene.doc;
    let described = description(facts);
    let stated = [
        described.as_deref(),
        facts.story().and_then(|s| s.description.as_deref()),
        facts.story().and_then(|s| s.alternative.as_deref()),
    ]
    .map(|text| text.map(Bag::of));
    let headline = view.headline.map(Bag::of);
    let mut candidates = Vec::new();
    let head = view.place.headline;
    let from = head.map_or(0, |h| h.saturating_sub(4));
    let to = (view.place.first + 3).min(view.body.blocks.len());
    for index in from..to {
        let block = &view.body.blocks[index].block;
        let words = text::count(&block.text).words;
        let bag = Bag::of(&block.text);
        if !(5..=120).contains(&words) || headline.as_ref().is_some_and(|h| h.likeness(&bag) > 0.8)
        {
            continue;
        }
        let up = [Some(block.node), doc.parent(block.node)];
        let named = up
            .into_iter()
            .flatten()
            .any(|n| facts.found.standfirsts.binary_search(&n).is_ok());
        let agreeing = stated
            .iter()
            .flatten()
            .map(|s| s.likeness(&bag))
            .fold(0.0, f32::max);
        let heading = matches!(doc.tag(block.node), Tag::H2 | Tag::H3 | Tag::H4);
        let after = head.is_some_and(|h| index > h && index <= h + 6);
        let kept = view.body.blocks[index].kept;
        let strong = facts
            .scene
            .measures
            .span(block.span.start, block.span.end)
            .link_share()
            < 0.5;
        let signs = [
            (named, 2.0),
            (agreeing > 0.7, 2.0),
            (heading && after, 1.5),
            (index < view.place.first, 0.7),
            (!strong, -2.0),
            (kept && !named, -1.0),
        ];
        let weight: f32 = signs.iter().filter(|s| s.0).map(|s| s.1).sum();
        if weight < 1.5 {
            continue;
        }
        let source = if named {
            Source::Visible("standfirst")
        } else {
            Source::Visible("description")
        };
        let why = if agreeing > 0.7 {
            "agrees with the description"
        } else {
            "stands above the text"
        };
        let found = Candidate::new(
            block.text.replace('\n', " "),
            source,
            weight - 0.02 * index as f32,
        );
        candidates.push(found.at(block.node).because(why));
    }
    choose_text("standfirst", candidates, notes).map(|c| c.value)
}
