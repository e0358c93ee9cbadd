//! Section and tags, as stated.

use super::headline::description;
use super::{Candidate, Facts, Source, choose_text};
use crate::document::{NodeIx, Tag};
use crate::extract::report::{CandidateNote, FieldDecision};
use crate::text;

/// Chooses the section.
pub(super) fn section(facts: &Facts<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
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
        // A list of sections; the story stands in the first.
        let value = &candidate.value;
        let comma = value
            .find(',')
            .filter(|at| !value[at + 1..].starts_with(' '));
        if let Some(at) = comma.filter(|at| *at > 1) {
            candidate.value.truncate(at);
        }
    }
    candidates.retain(|c| {
        let length = c.value.chars().count();
        let site = facts.is_site(&c.value);
        (2..=60).contains(&length) && !site && !c.value.starts_with("http")
    });
    choose_text("section", candidates, notes).map(|c| c.value)
}

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

/// The tags of the first source that states any, without duplicates.
pub(super) fn tags(facts: &Facts<'_>, notes: &mut Vec<FieldDecision>) -> Vec<String> {
    let metas = &facts.found.metas;
    let story = facts
        .story()
        .map(|s| s.keywords.clone())
        .unwrap_or_default();
    let each = |name| metas.raw(name).map(super::json::plain).collect::<Vec<_>>();
    let sources = [
        (Source::JsonLd("keywords"), story),
        (Source::Meta("article:tag"), each("article:tag")),
        (Source::Meta("news_keywords"), each("news_keywords")),
        (Source::Meta("parsely-tags"), each("parsely-tags")),
        (Source::Meta("sailthru.tags"), each("sailthru.tags")),
        (Source::Meta("keywords"), each("keywords")),
    ];
    let mut listed = Vec::new();
    let mut out = Vec::new();
    for (source, values) in sources {
        let values = split(&values);
        if values.is_empty() || echoes(facts, &values) {
            continue;
        }
        listed.push(CandidateNote {
            value: values.join(", "),
            source: source.to_string(),
            chosen: out.is_empty(),
            why: String::new(),
        });
        if out.is_empty() {
            out = values;
        }
    }
    if !listed.is_empty() {
        notes.push(FieldDecision {
            field: "tags",
            candidates: listed,
        });
    }
    out
}

/// Fewer single words than these may be tags.
const ECHO: usize = 5;

/// Whether tags are but the words of the title or of the description, one by one.
fn echoes(facts: &Facts<'_>, tags: &[String]) -> bool {
    let metas = &facts.found.metas;
    let said = [
        metas.text("og:title"),
        metas.text("title"),
        description(facts),
    ];
    let words = |t: &str| text::hashes(t).collect::<Vec<_>>();
    let single: Vec<u64> = tags.iter().flat_map(|tag| words(tag)).collect();
    let each = tags.len() >= ECHO && single.len() <= tags.len();
    each && said.iter().flatten().any(|said| {
        let mut rest = words(said).into_iter();
        single.iter().all(|word| rest.any(|w| w == *word))
    })
}

/// Tags are listed with commas or semicolons, in one value or many.
fn split(values: &[String]) -> Vec<String> {
    // `topic/fish, place/skarvik`: all of them name their kind first.
    let kind = |tag: &str| {
        let (kind, name) = tag.split_once('/').unwrap_or_default();
        let word = kind.len() >= 4 && kind.bytes().all(|b| b.is_ascii_lowercase());
        word && !name.is_empty() && !name.contains('/')
    };
    let all: Vec<&str> = values.iter().flat_map(|v| v.split(',')).collect();
    let kinds = all.len() > 1 && all.iter().all(|tag| kind(tag.trim()));
    let mut out: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let one = values.len() == 1;
    let parts = values.iter().flat_map(|v| {
        let comma = one || v.chars().count() > 60 || v.matches(',').count() > 1;
        v.split(move |c| matches!(c, ';' | '，' | '、' | '|') || (comma && matches!(c, ',' | '،')))
    });
    for part in parts {
        let part = if kinds {
            part.split_once('/').map_or(part, |(_, name)| name)
        } else {
            part
        };
        let tag = text::fold_space(part.trim_matches(['#', '"', ' ', '[', ']']));
        let length = tag.chars().count();
        // Keys and numbers of content systems are no tags.
        let key =
            tag.contains(':') && !tag.contains(' ') || tag.chars().all(|c| c.is_ascii_digit());
        if (1..=80).contains(&length) && !key && out.len() < 100 && seen.insert(text::fold(&tag)) {
            out.push(tag);
        }
    }
    out
}
