//! Section and tags, as stated.

use super::{Candidate, Facts, Source, choose_text};
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
        if values.is_empty() {
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

/// Tags are listed with commas or semicolons, in one value or many.
fn split(values: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let one = values.len() == 1;
    let parts = values.iter().flat_map(|v| {
        let comma = one || v.chars().count() > 60 || v.matches(',').count() > 1;
        v.split(move |c| matches!(c, ';' | '，' | '、' | '|') || (comma && matches!(c, ',' | '،')))
    });
    for part in parts {
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
