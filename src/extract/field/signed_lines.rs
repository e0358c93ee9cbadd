//! Bylines that only their words and their place show: "By …" at the head or the end of the story,
//! a name beside a date, a name that ends the text.

use super::byline::{NEAR, Names, bare, plain};
use super::name_forms::is_person;
use super::names::without_lead;
use super::stated_authors::the_site;
use super::{Candidate, Source, View};
use crate::document::{NodeIx, Tag};

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
    let dated = |i: usize| {
        blocks.get(i).is_some_and(|j| {
            j.block.text().len() < 120 && crate::date::spot(j.block.text(), &view.reading).is_some()
        })
    };
    for (index, judged) in blocks.iter().enumerate().take(to).skip(from) {
        let block = &judged.block;
        let (text, near) = match crate::date::spot(block.text(), &view.reading) {
            _ if block.text().chars().count() > 60 => continue,
            Some(spotted) if spotted.from < 3 => (&block.text()[spotted.to..], true),
            Some(spotted) => (&block.text()[..spotted.from], true),
            None => (
                block.text(),
                view.place.is_head(index)
                    && (index.saturating_sub(1)..index + 2).any(dated)
                    && !opens_menu(view, index),
            ),
        };
        let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        let plainly = text.split(' ').all(|w| {
            w.chars()
                .all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-'))
        });
        let shouted = !text.chars().any(char::is_lowercase);
        let heading = doc.tag(block.node).heading_level().is_some();
        let in_title = view.headline.is_some_and(|h| h.contains(text));
        if near
            && plainly
            && !shouted
            && !heading
            && !in_title
            && is_person(text)
            && text.split(' ').count() <= 4
        {
            let found = Candidate::new(plain(text), Source::Visible("name line"), 2.4);
            out.push(found.at(block.node).because("a name beside a date"));
        }
    }
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
        if distance > NEAR && end > 4 || judged.block.text().chars().count() > 120 {
            continue;
        }
        let text = behind_date(view, judged.block.text());
        let (rest, lead) = without_lead(text);
        if !lead {
            continue;
        }
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
        let weight = 3.6 - 0.05 * distance.min(20) as f32;
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
