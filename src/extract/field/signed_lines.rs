//! Bylines that only their words and their place show: "By …" at the head or the end of the story,
//! a name beside a date, a name that ends the text.

use super::byline::{NEAR, Names, bare, plain};
use super::dateline::{is_agency, is_place};
use super::name_forms::is_person;
use super::name_words::{begins_with_others, is_role, without_lead};
use super::stated_authors::the_site;
use super::{Candidate, Source, View};
use crate::document::{NodeIx, Tag};
use crate::text::BARS;

/// A byline often ends in the date.
pub(super) fn before_date(view: &View<'_>, text: &str) -> String {
    match crate::date::spot(text, &view.reading) {
        Some(spotted) if spotted.from > 3 => text[..spotted.from].to_owned(),
        Some(spotted) => text[spotted.to..].to_owned(),
        None => text.to_owned(),
    }
}

/// "4 May 2024 by Ada Quill": what begins like a byline behind a date.
fn behind_date<'t>(view: &View<'_>, text: &'t str) -> &'t str {
    if text.chars().count() > 120 || without_lead(text).1 {
        return text;
    }
    match crate::date::spot(text, &view.reading) {
        Some(spotted) => &text[spotted.to..],
        None => text,
    }
}

/// What stands behind a word like "By" that begins a line, or a part of a line of facts ("News | 4 May | By
/// Ada Quill").
fn signed<'t>(view: &View<'_>, line: &'t str) -> Option<&'t str> {
    let length = line.chars().count();
    if length <= 120
        && let (rest, true) = without_lead(behind_date(view, line))
    {
        return Some(rest);
    }
    if length > 240 {
        return None;
    }
    let parts = line
        .split(['|', '•', '·', '\n'])
        .flat_map(|p| p.split(" — "));
    parts
        .skip(1)
        .find_map(|part| match without_lead(part.trim()) {
            (rest, true) if rest.chars().count() <= 80 => Some(rest),
            _ => None,
        })
}

/// A line at the head of the story that is nothing but a person's name, beside a date.
pub(super) fn name_line(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let from = view
        .place
        .headline
        .unwrap_or(view.place.first)
        .saturating_sub(4);
    let to = (view.place.first + 1).min(blocks.len());
    let text_of = |i: usize| blocks.get(i).map_or("", |j| j.block.text());
    let is_dated =
        |text: &str| text.len() < 120 && crate::date::spot(text, &view.reading).is_some();
    let dated =
        |i: usize| is_dated(text_of(i)) || stands_between(text_of(i)) && is_dated(text_of(i + 1));
    for (index, judged) in blocks.iter().enumerate().take(to).skip(from) {
        let block = &judged.block;
        let whole = block.text();
        if whole.chars().count() > 60 {
            continue;
        }
        let (text, own_date) = match crate::date::spot(whole, &view.reading) {
            Some(spotted) if spotted.from < 3 => (&whole[spotted.to..], true),
            Some(spotted) => (&whole[..spotted.from], true),
            None => (whole, false),
        };
        let near = || {
            view.place.is_head(index)
                && ((index.saturating_sub(1)..index + 2).any(dated) || tells_when(whole))
                && !opens_menu(view, index)
        };
        let text = text.split(BARS).find(|part| !part.trim().is_empty());
        let text = text.unwrap_or_default();
        let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        let plainly = text.split(' ').all(|w| {
            w.chars()
                .all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-'))
        });
        let shouted = !text.chars().any(char::is_lowercase);
        let heading = doc.tag(block.node).heading_level().is_some();
        let in_title = view.headline.is_some_and(|h| h.contains(text));
        if plainly
            && !shouted
            && !heading
            && !in_title
            && is_person(text)
            && text.split(' ').count() <= 4
            && (own_date || near())
        {
            let names = plain(text);
            if names.iter().all(|a| is_person(&a.name)) {
                let found = Candidate::new(names, Source::Visible("name line"), 2.4);
                out.push(found.at(block.node).because("a name beside a date"));
            }
        }
    }
}

/// Whether a line may stand between a name and a date: a place, a role, a word for the date.
fn stands_between(line: &str) -> bool {
    let label = || crate::date::label(line).is_some();
    line.len() <= 50
        && !line.is_empty()
        && (is_place(line) || line.split([' ', '-']).any(is_role) || label())
}

/// Whether a line has a part that says of what kind a moment is, without a date that can be read:
/// "Ada Quill|Published 4 months ago".
fn tells_when(line: &str) -> bool {
    let mut parts = line.split(BARS).skip(1);
    parts.any(|part| crate::date::label(part).is_some())
}

/// Whether the block stands among links that are no people's pages: a menu or a list of sections.
fn opens_menu(view: &View<'_>, index: usize) -> bool {
    let doc = view.facts.scene.doc;
    let node = view.body.blocks[index].block.node;
    let linked = view.facts.scene.measures.link_around(node).is_some();
    let range = doc.subtree(node);
    let inside = || range.clone().take(12).map(NodeIx::new);
    let person = inside().any(|n| view.facts.found.people_links.contains(&n));
    (linked || inside().any(|n| doc.tag(n) == Tag::A)) && !person
}

/// Short lines that begin with a word like "By" and go on with what looks like a name.
pub(super) fn lines(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let distance = view.place.distance(index);
        let end = index.abs_diff(view.place.last);
        if distance > NEAR && end > 4 {
            continue;
        }
        let Some(rest) = signed(view, judged.block.text()) else {
            continue;
        };
        let site = the_site(view, rest);
        let mut value =
            site.map_or_else(|| plain(&before_date(view, rest)), |site| bare(vec![site]));
        if rest.is_empty() {
            // "Written by" on a line of its own: the name is on the next.
            let next = view.body.blocks.get(index + 1);
            value = next.map(|j| plain(j.block.text())).unwrap_or_default();
        }
        // "Ada Quill/SP-X": who signs beside a person may be an agency.
        let agency = |name: &str| !name.contains(' ') && name.chars().count() <= 12;
        if !value.first().is_some_and(|a| is_person(&a.name))
            || !value.iter().all(|a| is_person(&a.name) || agency(&a.name))
        {
            continue;
        }
        let edits = begins_with_others(judged.block.text());
        let weight = if edits { 2.8 } else { 3.6 } - 0.05 * distance.min(20) as f32;
        let candidate = Candidate::new(value, Source::Visible("line"), weight);
        out.push(
            candidate
                .at(judged.block.node)
                .because("begins like a byline"),
        );
    }
}

/// A name on a line of its own that ends the story, set in bold, italics or at the right.
pub(super) fn last_line(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let end = (view.place.last + 3).min(blocks.len());
    for judged in blocks.get(view.place.last..end).unwrap_or_default() {
        let text = judged.block.text().trim_matches(['(', ')', '.']);
        let node = judged.block.node;
        let right = doc
            .attr(node, "style")
            .is_some_and(|s| s.replace(' ', "").contains("text-align:right"))
            || doc
                .attr(node, "align")
                .is_some_and(|a| a.eq_ignore_ascii_case("right"));
        let set = doc
            .children(node)
            .any(|n| matches!(doc.tag(n), Tag::Strong | Tag::B | Tag::Em | Tag::I));
        let linked =
            view.facts.scene.measures.link_around(node).is_some() || doc.tag(node) == Tag::Li;
        // Set at the right it is a signature, whatever the body made of it.
        // A heading of more to come ends in a colon.
        let heading = doc.tag(node).heading_level().is_some() || text.ends_with(':');
        let signs = right || judged.kept && set && !heading;
        if signs && !linked && text.chars().count() <= 40 && is_person(text) {
            let names = plain(text);
            if names.iter().all(|a| is_person(&a.name)) {
                let found = Candidate::new(names, Source::Visible("last line"), 3.1);
                out.push(found.at(node));
            }
        }
    }
}

/// The agency that a line at the head of the story gives as its source: "Quelle: dpa".
pub(super) fn source_line(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    const WORDS: &[&str] = &[
        "source",
        "quelle",
        "fuente",
        "fonte",
        "bron",
        "źródło",
        "kilde",
        "källa",
    ];
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let Some((word, agency)) = judged.block.text().split_once(':') else {
            continue;
        };
        let agency = agency.trim();
        let source = WORDS.contains(&word.trim().to_lowercase().as_str());
        if source && view.place.is_head(index) && is_agency(agency) {
            let found = Candidate::new(
                bare(vec![agency.to_owned()]),
                Source::Visible("source line"),
                1.8,
            );
            out.push(found.at(judged.block.node));
        }
    }
}
