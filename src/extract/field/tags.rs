//! Tags, as stated.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::headline::description;
use super::{Facts, Source, View};
use crate::extract::report::{CandidateNote, FieldDecision};
use crate::text;

/// The tags of the first source that states any, without duplicates.
pub(super) fn tags(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Vec<String> {
    let facts = view.facts;
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
        let mut values = split(&values);
        values.retain(|tag| !names_page(view, tag));
        if values.is_empty() || echoes(view, &values) {
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

/// Whether a tag is the name of the site, or the headline: neither files the story.
fn names_page(view: &View<'_>, tag: &str) -> bool {
    let title = view
        .headline
        .is_some_and(|h| text::fold(h) == text::fold(tag));
    title && tag.split(' ').count() > 2 || view.facts.is_site(tag)
}

/// Whether tags are but the words of the title or of the description, one by one.
fn echoes(view: &View<'_>, tags: &[String]) -> bool {
    let facts: &Facts<'_> = view.facts;
    let metas = &facts.found.metas;
    let said = [
        view.headline.map(str::to_owned),
        facts.found.title.clone(),
        metas.text("og:title"),
        metas.text("title"),
        description(facts),
    ];
    let words = |t: &str| text::hashes(t).collect::<Vec<_>>();
    // "couvre-feu" is one word of a title that is cut at its spaces.
    let single: Vec<u64> = tags.iter().flat_map(|tag| words(tag)).collect();
    let each = tags.len() >= ECHO && tags.iter().all(|tag| !tag.contains(' '));
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
    let mut seen: HashMap<String, usize> = HashMap::new();
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
        let key = is_key(&tag);
        if !(1..=80).contains(&length) || key || out.len() >= 100 {
            continue;
        }
        // `night-ferry` beside "Night Ferry": the one is the address of the other.
        match seen.entry(text::fold(&tag).replace('-', " ")) {
            Entry::Vacant(new) => {
                new.insert(out.len());
                out.push(tag);
            }
            Entry::Occupied(first) if !tag.contains('-') => {
                let first = &mut out[*first.get()];
                if first.contains('-') {
                    *first = tag;
                }
            }
            Entry::Occupied(_) => {}
        }
    }
    out
}

/// Words before a colon by which content systems say what a value is, lower case.
const KEYS: &[&str] = &[
    "category",
    "section",
    "subsection",
    "type",
    "content-type",
    "locale",
    "layout",
    "template",
    "channel",
    "tag",
];

/// Whether a tag is for machines: a number, an id, a key with its value, a name that no reader would
/// be shown.
fn is_key(tag: &str) -> bool {
    let number = tag.chars().all(|c| c.is_ascii_digit());
    let hex = tag.len() >= 16 && tag.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let (key, value) = tag.split_once(':').unwrap_or_default();
    let label = key.rsplit(' ').next().unwrap_or_default();
    // `contentId: …`, `NLP Category: …`; "Chapter 1: Prologue" is a tag.
    let camel = !key.contains(' ')
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.contains(|c: char| c.is_ascii_uppercase());
    let keyed = !value.is_empty()
        && (camel || !tag.contains(' ') || KEYS.contains(&&*label.to_lowercase()));
    number || hex || keyed || tag.starts_with('_')
}
