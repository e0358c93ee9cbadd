//! The standfirst: the dek or summary that stands above the text.
//!
//! It may be a line, several lines or a list; what one named element holds is one standfirst. It
//! leaves the body where the caller asks for that. Where the page describes itself by its first
//! paragraph and only its type sets that apart, it is the standfirst too, and always stays.

use std::ops::Range;

use super::headline::description;
use super::name_words::without_lead;
use super::names::labels_picture;
use super::title::{Bag, without_site};
use super::{Candidate, Source, View, choose_text};
use crate::date;
use crate::document::{NodeIx, Tag};
use crate::extract::report::FieldDecision;
use crate::text;

/// How many elements up the one stands that says it holds the standfirst.
const UP: usize = 4;

/// A standfirst, and its blocks if they are no part of the body.
#[derive(Debug, Default)]
pub(super) struct Standfirst {
    pub(super) text: Option<String>,
    pub(super) above: Range<usize>,
}

/// Chooses the standfirst among visible texts at the head of the story.
pub(super) fn standfirst(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Standfirst {
    let head = view.place.headline;
    let from = head.map_or(0, |h| h.saturating_sub(4));
    let to = (view.place.first + 3).min(view.body.blocks.len());
    let known = Known::of(view);
    let (mut candidates, mut apart) = (Vec::new(), Vec::new());
    let mut index = from;
    while index < to {
        let holder = holder(view, index);
        let end = match holder {
            Some(holder) => end_of(view, index, holder).max(end_of_row(view, index)),
            None => end_of_list(view, index).max(end_of_row(view, index)),
        };
        let end = (index + 1..end)
            .find(|&i| is_of_byline(view, i))
            .unwrap_or(end);
        let named = holder.is_some() || is_named(view, index);
        if let Some(found) = weigh(view, &known, index..end, (named, index - from)) {
            if named || is_apart(view, index..end) {
                apart.push((found.node, index..end));
            }
            candidates.push(found);
        }
        index = end;
    }
    let Some(chosen) = choose_text("standfirst", candidates, notes) else {
        return Standfirst::default();
    };
    let above = apart.into_iter().find(|(node, _)| *node == chosen.node);
    Standfirst {
        text: Some(chosen.value),
        above: above.map(|(_, blocks)| blocks).unwrap_or_default(),
    }
}

/// What the page states that a standfirst repeats, or must not repeat.
struct Known {
    descriptions: Vec<Bag>,
    titles: Vec<(Vec<u64>, Bag)>,
}

impl Known {
    fn of(view: &View<'_>) -> Self {
        let facts = view.facts;
        let story = facts.story();
        let stated = |value: Option<&String>| value.cloned();
        let descriptions = [
            description(facts),
            stated(story.and_then(|s| s.description.as_ref())),
            stated(story.and_then(|s| s.alternative.as_ref())),
        ];
        let metas = &facts.found.metas;
        let titles = [
            view.headline.map(str::to_owned),
            metas.text("og:title"),
            metas.text("twitter:title"),
            facts.found.title.clone(),
            stated(story.and_then(|s| s.headline.as_ref())),
        ];
        let titles = titles.into_iter().flatten();
        Self {
            descriptions: descriptions
                .into_iter()
                .flatten()
                .map(|text| Bag::of(&text))
                .collect(),
            titles: titles
                .map(|title| without_site(&title, &facts.sites))
                .map(|title| (text::hashes(&title).take(40).collect(), Bag::of(&title)))
                .collect(),
        }
    }
}

/// The nearest element around a block that says it holds a standfirst, and holds little else.
fn holder(view: &View<'_>, index: usize) -> Option<NodeIx> {
    let facts = view.facts;
    let doc = facts.scene.doc;
    let node = view.body.blocks.get(index)?.block.node;
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .take(UP)
        .filter(|n| facts.found.standfirsts.binary_search(n).is_ok())
        .find(|&n| {
            let range = doc.subtree(n);
            let other = range
                .map(NodeIx::new)
                .any(|n| matches!(doc.tag(n), Tag::H1 | Tag::Time));
            let head = view.place.headline.and_then(|h| view.body.blocks.get(h));
            let around = head.is_some_and(|h| doc.subtree(n).contains(&h.block.node.index()));
            holds_little(view, n) && !other && !around
        })
}

/// Whether an element is short enough to be a standfirst and nothing else.
fn holds_little(view: &View<'_>, node: NodeIx) -> bool {
    let range = view.facts.scene.doc.subtree(node);
    let measures = &view.facts.scene.measures;
    measures.span(range.start, range.end).words <= LONGEST
}

/// Words of the longest standfirst.
const LONGEST: u32 = 160;

/// Whether a block or the element around it says that it is a standfirst.
fn is_named(view: &View<'_>, index: usize) -> bool {
    let facts = view.facts;
    let node = view.body.blocks[index].block.node;
    let around = [Some(node), facts.scene.doc.parent(node)];
    around
        .into_iter()
        .flatten()
        .any(|n| facts.found.standfirsts.binary_search(&n).is_ok() && holds_little(view, n))
}

/// The number of the first block behind those that stand beside a block and are named as it is:
/// a standfirst of several paragraphs.
fn end_of_row(view: &View<'_>, index: usize) -> usize {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let node = blocks[index].block.node;
    if view.facts.found.standfirsts.binary_search(&node).is_err() {
        return index + 1;
    }
    let alike = |other: NodeIx| {
        doc.parent(other) == doc.parent(node)
            && doc.tag(other) == doc.tag(node)
            && doc.attr(other, "class") == doc.attr(node, "class")
    };
    let rest = blocks.iter().skip(index + 1);
    let measures = &view.facts.scene.measures;
    let row = rest.take_while(|j| {
        let span = j.block.span();
        alike(j.block.node) && measures.span(span.start, span.end).link_share() < 0.5
    });
    let row = row.count();
    if row < A_ROW {
        index + 1 + row
    } else {
        index + 1
    }
}

/// Paragraphs that bear one name and are more than these are the story's.
const A_ROW: usize = 4;

/// The number of the first block behind the list that a block's item stands in.
fn end_of_list(view: &View<'_>, index: usize) -> usize {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let list = |i: usize| {
        let node = blocks.get(i)?.block.node;
        let item = std::iter::once(node)
            .chain(doc.ancestors(node))
            .take(3)
            .find(|&n| doc.tag(n) == Tag::Li)?;
        doc.parent(item)
    };
    let Some(own) = list(index) else {
        return index + 1;
    };
    (index + 1..blocks.len())
        .find(|&i| list(i) != Some(own))
        .unwrap_or(blocks.len())
}

/// The number of the first block behind an element, or behind what stands before its picture.
fn end_of(view: &View<'_>, index: usize, holder: NodeIx) -> usize {
    let doc = view.facts.scene.doc;
    let from = view.body.blocks[index].block.span().end;
    let end = doc.subtree(holder).end;
    let mut inner = (from..end).map(NodeIx::new);
    let picture = inner.find(|&n| doc.tag(n) == Tag::Figure);
    let end = picture.map_or(end, NodeIx::index);
    let rest = view.body.blocks.iter().skip(index);
    index + rest.take_while(|j| j.block.span().start < end).count()
}

/// Whether a text says whose a picture is: "The quay at dawn. Photo: Ben Harrow".
fn credits_picture(text: &str) -> bool {
    text.split([' ', '\n']).any(labels_picture)
}

/// How well some blocks fit: their name, what the page says of itself, their place.
fn weigh(
    view: &View<'_>,
    known: &Known,
    blocks: Range<usize>,
    (named, rank): (bool, usize),
) -> Option<Candidate<String>> {
    let facts = view.facts;
    let doc = facts.scene.doc;
    let index = blocks.start;
    let group = &view.body.blocks[blocks.clone()];
    let block = &group.first()?.block;
    let lines: Vec<String> = group
        .iter()
        .map(|j| j.block.text().replace('\n', " "))
        .collect();
    let value = lines.join("\n\n");
    let words = text::count(&value).words;
    let bag = Bag::of(&value);
    let like = |known: &Bag| known.likeness(&bag);
    let dense = value
        .chars()
        .any(|c| text::is_dense(c) || text::is_hangul(c));
    let few = if dense { 3 } else { 5 };
    let said: Vec<u64> = text::hashes(&value).take(80).collect();
    let titled = known
        .titles
        .iter()
        .any(|(title, bag)| like(bag) > 0.6 || repeats(title, &said));
    let dated = blocks.clone().any(|i| is_date(view, i));
    let agreeing = known.descriptions.iter().map(like).fold(0.0, f32::max);
    let caption = agreeing < 0.6 && credits_picture(&value);
    if !(few..=LONGEST).contains(&words) || titled || dated || caption {
        return None;
    }
    let head = view.place.headline;
    let heading = matches!(doc.tag(block.node), Tag::H2 | Tag::H3 | Tag::H4);
    let after = head.is_some_and(|h| index > h && index <= h + 6);
    // A heading of several lines right above the text.
    let deck = heading
        && head.is_none_or(|h| index > h)
        && (index + 3..=index + 6).contains(&(view.place.first + 3))
        && value.contains(' ')
        && block.text().contains('\n');
    let kept = group.iter().any(|j| j.kept);
    let linked = facts
        .scene
        .measures
        .span(block.span().start, group.last()?.block.span().end)
        .link_share();
    let figure = doc
        .ancestors(block.node)
        .take(6)
        .any(|n| matches!(doc.tag(n), Tag::Figure | Tag::Figcaption));
    let opens = index == view.place.first && agreeing > 0.7 && words <= 60;
    let apart = is_apart(view, blocks.clone());
    let first = opens && (apart || is_bold(view, index));
    let parted = !named && is_parted(view, blocks.clone(), words);
    let signs = [
        (named, 2.0),
        (agreeing > 0.7, 2.0),
        (heading && after || deck, 1.5),
        (deck, 1.0),
        (index < view.place.first || parted, 0.7),
        (parted, 1.3),
        // Boxes of the site stand above the headline, too.
        (head.is_some_and(|h| index < h) && agreeing < 0.3, -1.5),
        (first, 1.0),
        (is_bold_lead(view, index, words), 2.6),
        (linked >= 0.5, -2.5),
        (figure, -2.0),
        (kept && !named && !parted, -1.0),
    ];
    let weight: f32 = signs.iter().filter(|s| s.0).map(|s| s.1).sum();
    if weight < 1.5 {
        return None;
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
    let found = Candidate::new(value, source, weight - 0.02 * rank as f32);
    Some(found.at(block.node).because(why))
}

/// Words of a block that is more than a line of the head.
const SENTENCE: u32 = 8;

/// Whether sentences stand between the headline and the story's byline or day, and neither of those
/// before them, where a note about the author would: what stands above those is no part of the text.
fn is_parted(view: &View<'_>, blocks: Range<usize>, words: u32) -> bool {
    let doc = view.facts.scene.doc;
    let all = &view.body.blocks;
    let group = &all[blocks.clone()];
    let prose = words >= SENTENCE
        && group.iter().all(|j| j.rule().is_empty())
        && group
            .last()
            .is_some_and(|j| text::ends_sentence(j.block.text()));
    if !prose || view.place.headline.is_none_or(|h| h >= blocks.start) {
        return false;
    }
    let heading = |i: usize| matches!(doc.tag(all[i].block.node), Tag::H1 | Tag::H2 | Tag::H3);
    let long = |i: usize| all[i].kept || text::count(all[i].block.text()).words >= SENTENCE;
    let from = view.place.headline.map_or(0, |h| h + 1);
    let opens = !(from..blocks.start).any(|i| is_of_head(view, i) || long(i) && !heading(i));
    let to = all.len().min(blocks.end + HEAD);
    let head = (blocks.end..to).find(|&i| is_of_head(view, i) || long(i));
    opens && head.is_some_and(|i| is_of_head(view, i))
}

/// Whether a block is a line of the story's head: a day, or who wrote it.
fn is_of_head(view: &View<'_>, index: usize) -> bool {
    let judged = &view.body.blocks[index];
    let text = judged.block.text();
    let signed = || text::count(text).words <= 16 && without_lead(text).1;
    !judged.kept && (is_of_byline(view, index) || signed())
}

/// Lines of the head that may stand behind a standfirst at most.
const HEAD: usize = 12;

/// Whether a block is part of the byline, or the day beside it: no standfirst goes further.
fn is_of_byline(view: &View<'_>, index: usize) -> bool {
    let facts = view.facts;
    let node = view.body.blocks[index].block.node;
    let around = [Some(node), facts.scene.doc.parent(node)];
    let named = |n: NodeIx| facts.found.bylines.binary_search(&n).is_ok();
    is_date(view, index) || around.into_iter().flatten().any(named)
}

/// Whether a block is a line that states a day and little else.
fn is_date(view: &View<'_>, index: usize) -> bool {
    let text = view.body.blocks[index].block.text();
    let dated = |text: &str| date::spot(text, &view.reading).filter(|s| s.day.is_some());
    let words = text::count(text).words;
    if words > 12 {
        return false;
    }
    let Some(first) = dated(text) else {
        return false;
    };
    // A day with the hour, or two of them: that of publication and that of a change.
    let rest = || text::count(&text[..first.from]).words + text::count(&text[first.to..]).words;
    words <= 6 || rest() <= 3 || dated(&text[first.to..]).is_some()
}

/// Whether a line is a title with a kicker: it holds nearly all words of the title, and few others.
fn repeats(title: &[u64], line: &[u64]) -> bool {
    let common = || title.iter().filter(|w| line.contains(w)).count();
    title.len() >= 4 && line.len() <= title.len() + 5 && common() * 10 >= title.len() * 8
}

/// Whether the page sets its first paragraph, and no other, all in bold: in an interview the
/// questions are bold.
fn is_bold_lead(view: &View<'_>, index: usize, words: u32) -> bool {
    let blocks = &view.body.blocks;
    let long = |i: usize| blocks[i].kept && text::count(blocks[i].block.text()).words >= 8;
    let mut others = (index + 1..blocks.len()).filter(|&i| long(i));
    index == view.place.first
        && (8..=70).contains(&words)
        && is_bold(view, index)
        && others.clone().next().is_some()
        && !others.any(|i| is_bold(view, i))
}

fn is_bold(view: &View<'_>, index: usize) -> bool {
    let doc = view.facts.scene.doc;
    let block = &view.body.blocks[index].block;
    let start = block.span().start.saturating_sub(2);
    (start..block.span().end).take(6).map(NodeIx::new).any(|n| {
        matches!(doc.tag(n), Tag::Strong | Tag::B)
            && text::fold_space(&doc.text_of(n)).len() + 3 >= block.text().len()
    })
}

/// Whether the page sets some blocks apart from the text below them: another element around them,
/// another tag or another class.
fn is_apart(view: &View<'_>, blocks: Range<usize>) -> bool {
    let doc = view.facts.scene.doc;
    let own = view.body.blocks[blocks.start].block.node;
    let next = view.body.blocks.iter().skip(blocks.end).find(|j| j.kept);
    next.is_some_and(|next| {
        let other = next.block.node;
        doc.parent(own) != doc.parent(other)
            || doc.tag(own) != doc.tag(other)
            || doc.attr(own, "class") != doc.attr(other, "class")
    })
}
