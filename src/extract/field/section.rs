//! The section, as stated.

use super::{Candidate, Facts, Source, View, choose_text};
use crate::document::{NodeIx, Tag};
use crate::extract::report::FieldDecision;
use crate::text;

/// Chooses the section.
pub(super) fn section(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
    let facts = view.facts;
    let metas = &facts.found.metas;
    let mut candidates = Vec::new();
    if let Some(value) = facts.story().and_then(|s| s.sections.first().cloned()) {
        candidates.push(Candidate::new(value, Source::JsonLd("articleSection"), 3.0));
    }
    for (name, weight) in [
        ("article:section", 3.0),
        ("parsely-section", 2.8),
        ("sailthru.section", 2.4),
        ("cxenseparse:recs:category", 2.0),
        ("section", 2.2),
        ("dc.subject", 1.2),
        ("category", 1.5),
    ] {
        if let Some(value) = metas.text(name) {
            candidates.push(Candidate::new(value, Source::Meta(name), weight));
        }
    }
    let trail = &facts.found.stated.breadcrumb;
    if trail.len() > 2 {
        let value = trail[trail.len() - 2].clone();
        candidates.push(Candidate::new(value, Source::JsonLd("BreadcrumbList"), 1.6));
    }
    let doc = facts.scene.doc;
    let marked = facts
        .found
        .items
        .iter()
        .find(|(prop, _)| *prop == "articleSection");
    if let Some(&(prop, node)) = marked {
        let value = doc
            .attr(node, "content")
            .map_or_else(|| doc.text_of(node), text::fold_space);
        candidates.push(Candidate::new(value, Source::Microdata(prop), 2.5).at(node));
    }
    if let Some((value, node)) = shown_trail(facts) {
        candidates.push(Candidate::new(value, Source::Visible("trail"), 1.4).at(node));
    }
    for candidate in &mut candidates {
        candidate.value = first(&candidate.value).to_owned();
    }
    let headline = view.headline.map(text::fold);
    candidates.retain(|c| {
        let length = c.value.chars().count();
        let site = facts.is_site(&c.value);
        let folded = text::fold(&c.value);
        let none = NONE.contains(&&*folded) || FRONT.contains(&&*folded);
        let story = headline.as_ref() == Some(&folded);
        (2..=60).contains(&length) && !site && !none && !story && !c.value.starts_with("http")
    });
    choose_text("section", candidates, notes).map(|c| c.value)
}

/// What systems call the section of a story that is in none.
const NONE: &[&str] = &[
    "uncategorized",
    "uncategorised",
    "unkategorisiert",
    "nicht kategorisiert",
    "non classé",
    "sin categoría",
    "sin categoria",
    "senza categoria",
    "sem categoria",
    "geen categorie",
    "bez kategorii",
    "ukategoriseret",
    "ukategorisert",
    "okategoriserade",
    "без рубрики",
    "kategorisiz",
    "未分类",
    "未分類",
];

/// The first of a list of sections, without a label before it: the story stands in the first.
fn first(value: &str) -> &str {
    let value = ["Category: ", "Section: ", "Kategorie: "]
        .iter()
        .find_map(|label| value.strip_prefix(label))
        .unwrap_or(value);
    let glued = value
        .find(',')
        .filter(|at| *at > 1 && !value[at + 1..].starts_with(' '));
    // "Arts, Culture and Sport" is one section; three parts without a joining word are a list.
    let parts = value.split(", ").count();
    let last = value.rsplit(", ").next().unwrap_or_default();
    let joined = last.contains(['&', '/']) || last.split(' ').any(|w| JOINS.contains(&w));
    let spaced = value
        .find(", ")
        .filter(|at| parts > 2 && !joined && *at > 1);
    let end = glued.or(spaced).unwrap_or(value.len());
    value[..end].trim()
}

/// Words that join the parts of one section's name.
const JOINS: &[&str] = &["and", "und", "et", "y", "e", "en", "og", "och", "i"];

/// Words of the longest trail, and its links: what holds more is a menu.
const TRAIL: (u32, usize) = (40, 8);

/// What leads to the front page, in a trail.
const FRONT: &[&str] = &[
    "home",
    "start",
    "startseite",
    "homepage",
    "accueil",
    "inicio",
    "início",
    "forside",
    "hem",
    "etusivu",
    "search",
];

/// The last link of the trail that the page shows, behind the one to its front page.
fn shown_trail(facts: &Facts<'_>) -> Option<(String, NodeIx)> {
    let doc = facts.scene.doc;
    let trail = doc.subtree(*facts.found.trails.first()?);
    let words = facts.scene.measures.span(trail.start, trail.end).words;
    let links: Vec<NodeIx> = trail
        .map(NodeIx::new)
        .filter(|&n| doc.tag(n) == Tag::A && !doc.text_of(n).is_empty())
        .take(TRAIL.1 + 1)
        .collect();
    let own = facts.context.url;
    // Links of a trail lead up, and stay on the site.
    let leads_up = |node: NodeIx| {
        let to = facts.absolute(doc.attr(node, "href")?)?;
        let to = url::Url::parse(&to).ok()?;
        let inner = to.path().trim_matches('/').len() > 3;
        let near = own.is_none_or(|own| own.host() == to.host() && own.path() != to.path());
        (inner && near).then_some(())
    };
    let last = links.iter().rev().find(|&&n| leads_up(n).is_some())?;
    let value = doc.text_of(*last);
    let value = value.trim_start_matches(['/', '>', '›', '»', ' ']);
    let back = value.starts_with(['<', '‹', '«', '←']);
    let named = value.chars().any(char::is_alphabetic) && !FRONT.contains(&&*value.to_lowercase());
    let is_trail = words <= TRAIL.0 && links.len() <= TRAIL.1;
    (is_trail && named && !back).then(|| (value.to_owned(), *last))
}
