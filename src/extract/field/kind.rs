//! What kind of piece the page says it is, and whether it may be read without paying.

use super::{Agreement, Candidate, Facts, Source, View, choose};
use crate::extract::article::Kind;
use crate::extract::body::Says;
use crate::extract::report::FieldDecision;

/// Chooses the kind: none unless the page says.
pub(super) fn kind(facts: &Facts<'_>, notes: &mut Vec<FieldDecision>) -> Option<Kind> {
    let metas = &facts.found.metas;
    let mut candidates = Vec::new();
    for story in &facts.found.stated.stories {
        if let Some(kind) = story.kind {
            // A video inside a story does not make the story a video.
            let weight = if kind == Kind::Video { 1.0 } else { 3.0 };
            candidates.push(Candidate::new(kind, Source::JsonLd("@type"), weight));
        }
    }
    if let Some(value) = metas.text("og:type") {
        let kind = match value.to_ascii_lowercase().as_str() {
            "video" | "video.other" | "video.episode" => Some(Kind::Video),
            "blog" => Some(Kind::Post),
            _ => None,
        };
        candidates.extend(kind.map(|k| Candidate::new(k, Source::Meta("og:type"), 2.0)));
    }
    let opinion = metas
        .text("article:opinion")
        .is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if opinion {
        let found = Candidate::new(Kind::Opinion, Source::Meta("article:opinion"), 3.5);
        candidates.push(found);
    }
    let rule = Agreement {
        least: 0.0,
        key: &|kind: &Kind| format!("{kind:?}"),
        bonus: 0.2,
        show: &|k: &Kind| format!("{k:?}").to_lowercase(),
    };
    choose("kind", candidates, &rule, notes).map(|c| c.value)
}

/// What the metadata say that the page is, in short: for the model.
pub(super) fn says(facts: &Facts<'_>) -> Says {
    let metas = &facts.found.metas;
    let stories = &facts.found.stated.stories;
    let is = |kinds: &[Kind]| {
        stories
            .iter()
            .any(|s| s.kind.is_some_and(|k| kinds.contains(&k)))
    };
    let any = |names: &[&str]| names.iter().any(|name| metas.raw(name).next().is_some());
    Says {
        news: is(&[Kind::News, Kind::Opinion, Kind::LiveBlog]),
        post: is(&[Kind::Post]),
        dated: stories.iter().any(|s| s.published.is_some()) || any(&["article:published_time"]),
        section: stories.iter().any(|s| !s.sections.is_empty())
            || any(&["article:section", "news_keywords"]),
        amp: metas.link("amphtml").is_some(),
        media: stories.iter().any(|s| s.media),
    }
}

/// Whether the page may be read without paying: as it states, or as its notice at the end says.
pub(super) fn free(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<bool> {
    let facts = view.facts;
    let mut candidates = Vec::new();
    for story in &facts.found.stated.stories {
        if let Some(free) = story.free {
            let source = Source::JsonLd("isAccessibleForFree");
            candidates.push(Candidate::new(free, source, 3.0));
        }
    }
    if let Some(tier) = facts.found.metas.text("article:content_tier") {
        let free = match tier.to_ascii_lowercase().as_str() {
            "free" => Some(true),
            "locked" | "metered" => Some(false),
            _ => None,
        };
        let source = Source::Meta("article:content_tier");
        candidates.extend(free.map(|f| Candidate::new(f, source, 2.5)));
    }
    if is_cut_short(view) {
        candidates.push(Candidate::new(
            false,
            Source::Visible("paywall notice"),
            2.0,
        ));
    }
    let rule = Agreement {
        least: 0.0,
        key: &bool::to_string,
        bonus: 0.2,
        show: &bool::to_string,
    };
    choose("free", candidates, &rule, notes).map(|c| c.value)
}

/// Whether the notice of a paywall stands where the text ends.
fn is_cut_short(view: &View<'_>) -> bool {
    let blocks = &view.body.blocks;
    let to = (view.place.last + 6).min(blocks.len());
    let end = blocks.get(view.place.last..to).unwrap_or_default();
    end.iter().any(|j| j.rule().starts_with("phrases.paywall."))
}
