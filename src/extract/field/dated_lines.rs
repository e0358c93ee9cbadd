//! Dates in short visible lines, and the one with which a story opens.

use super::seen::{CLOSES, Dated, NEAR, Place, date_class, label_before, named_as_published};
use super::{Candidate, Source, View};
use crate::date::{self, Label, Moment, Reading};
use crate::document::NodeIx;
use crate::extract::body::Judged;
use crate::extract::report::Because;
use crate::text;

/// Dates that a line states at most.
const A_LINE: usize = 3;

/// Dates in short visible lines.
pub(super) fn lines(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let mut out = Vec::new();
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let text = judged.block.text();
        let near = view.place.distance(index) <= NEAR;
        let behind = view.place.is_behind(index);
        let longest = if near { 300 } else { 160 };
        // A long line behind the story that opens with when it was published.
        let opens = behind && text.len() > longest;
        let text = if opens { first(text, 100) } else { text };
        if out.len() > 30 || text.len() > longest || !near && text.contains(['©', '℗']) {
            continue;
        }
        if judged.rule().starts_with("hidden.") && !is_shown(view, index) {
            continue;
        }
        if !text.bytes().any(|b| b.is_ascii_digit() || b >= 0x80) {
            continue;
        }
        let found = of_line(view, index, text, reading);
        out.extend(
            found
                .into_iter()
                .filter(|d| !opens || d.candidate.why == CLOSES),
        );
    }
    out
}

/// Whether a hidden line is one that is only not read out, at the head of the story: templates keep
/// the day there, beside a form of it for the ear or for a script to fill.
fn is_shown(view: &View<'_>, index: usize) -> bool {
    view.body.blocks[index].rule() == "hidden.aria" && view.place.is_head(index)
}

/// The dates of one line.
fn of_line(view: &View<'_>, index: usize, text: &str, reading: &Reading<'_>) -> Vec<Dated> {
    if let Some(boxed) = of_box(view, index, text, reading) {
        return vec![boxed];
    }
    let mut out = Vec::new();
    let first = date::spot(text, reading);
    if first.is_none() && !is_glued(text) {
        return out;
    }
    let pieces = Pieces::of(view, index, text);
    let mut from = 0;
    for _ in 0..A_LINE {
        let to = pieces.end_of(from);
        let spotted = match from {
            0 if to == text.len() => first,
            _ => date::spot(&text[from..to], reading),
        };
        let Some(spotted) = spotted else {
            if to == text.len() {
                break;
            }
            from = to;
            continue;
        };
        let at = from + spotted.from..from + spotted.to;
        if let Some(moment) = date::resolve(&spotted, reading) {
            let node = pieces.owner(at.start);
            let has_year = spotted.year.is_some();
            let label = label_before(view, index, at.start);
            let label = label.or_else(|| first_of_two(&text[at.end..], reading));
            let place = (index, node, label);
            out.extend(line(view, place, at.clone(), (moment, has_year)));
        }
        if at.end <= from || text.len() > 160 {
            break;
        }
        from = at.end;
    }
    out
}

/// What a date that nothing is said of is the date of, where its line goes on with another that is
/// said to be that of a change: `5 January 2025 (updated 6 January 2025)`.
fn first_of_two(rest: &str, reading: &Reading<'_>) -> Option<Label> {
    let next = date::spot(rest, reading)?;
    let told = date::label(&rest[..next.from]) == Some(Label::Updated);
    told.then_some(Label::Published)
}

/// A line longer than this is no box with a date, in bytes.
const A_BOX: usize = 40;

/// A box that shows month, day and year in elements of their own, with nothing between the last
/// two: `Apr 04` and `2013`.
fn of_box(view: &View<'_>, index: usize, text: &str, reading: &Reading<'_>) -> Option<Dated> {
    let year = |at: usize| {
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        digits == 4 && text[..at].ends_with(|c: char| c.is_ascii_digit())
    };
    let glued = text
        .as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    let mut glued = glued.filter(|run| run[0].is_ascii_digit());
    if text.len() > A_BOX || !glued.any(|run| matches!(run.len(), 5 | 6)) {
        return None;
    }
    let pieces = Pieces::of(view, index, text);
    let seam = pieces.cuts.iter().copied().find(|&at| year(at))?;
    let parted = format!("{} {}", &text[..seam], &text[seam..]);
    let spotted = date::spot(&parted, reading).filter(|s| s.year.is_some())?;
    let moment = date::resolve(&spotted, reading)?;
    line(
        view,
        (index, pieces.owner(0), label_before(view, index, 0)),
        0..text.len(),
        (moment, true),
    )
}

/// The text nodes that a line is made of.
struct Pieces {
    /// Where each begins in the line, and its element.
    starts: Vec<(usize, NodeIx)>,
    /// Where two of them meet in the middle of what would read as one number or one word.
    cuts: Vec<usize>,
    length: usize,
    block: NodeIx,
}

impl Pieces {
    fn of(view: &View<'_>, index: usize, text: &str) -> Self {
        let doc = view.facts.scene.doc;
        let block = &view.body.blocks[index].block;
        let mut starts: Vec<(usize, NodeIx)> = Vec::new();
        let mut at = 0;
        for node in block.span().take(80).map(NodeIx::new) {
            let Some(own) = doc.text(node).map(text::fold_space) else {
                continue;
            };
            if let (false, Some(found)) = (own.is_empty(), text[at..].find(&own)) {
                let parent = doc.parent(node).unwrap_or(block.node);
                starts.push((at + found, parent));
                at += found + own.len();
            }
        }
        let cuts = starts.iter().map(|s| s.0);
        Self {
            cuts: cuts.filter(|&at| is_seam(text, at)).collect(),
            starts,
            length: text.len(),
            block: block.node,
        }
    }

    /// The next place behind `from` where numbers meet, or the line's end.
    fn end_of(&self, from: usize) -> usize {
        let next = self.cuts.iter().copied().find(|&cut| cut > from);
        next.unwrap_or(self.length)
    }

    /// The element that holds what stands at a place of the line.
    fn owner(&self, at: usize) -> NodeIx {
        let before = self.starts.iter().rev().find(|(start, _)| *start <= at);
        before.map_or(self.block, |(_, node)| *node)
    }
}

/// Whether a line holds a small letter right before a capital, as one of several elements may.
fn is_glued(text: &str) -> bool {
    let behind = text.chars().skip(1);
    let mut pairs = text.chars().zip(behind);
    pairs.any(|(a, b)| a.is_lowercase() && b.is_uppercase())
}

/// Whether two texts meet that are not one: `2024` and `12 comments`, `Health` and `May 3`.
fn is_seam(text: &str, at: usize) -> bool {
    let (before, behind) = (text[..at].chars().next_back(), text[at..].chars().next());
    before.zip(behind).is_some_and(|(a, b)| {
        a.is_ascii_digit() && b.is_ascii_digit() || a.is_lowercase() && b.is_uppercase()
    })
}

/// More than this beside a date, in bytes, and its line says something else.
const CAPTION: usize = 60;

/// One date of a line, weighed.
fn line(
    view: &View<'_>,
    (index, node, label): (usize, NodeIx, Option<Label>),
    at: std::ops::Range<usize>,
    (moment, has_year): (Moment, bool),
) -> Option<Dated> {
    let judged = view.body.blocks.get(index)?;
    let place = Place::of(view, node, index, label);
    let class = date_class(view, judged.block.node) || date_class(view, node);
    let alone = at.end - at.start + 40 >= judged.block.text().len();
    let timed = if moment.time().is_some() { 0.15 } else { 0.0 };
    let mut weight = 3.2 + place.weight + timed + if class { 0.4 } else { 0.0 };
    if label == Some(Label::Published) {
        weight += 0.4;
    } else if named_as_published(view, node) {
        weight += 0.3;
    } else if !alone {
        let edge = at.start <= 3 || at.end + 3 >= judged.block.text().len();
        // A caption in the story ends in the day of its picture.
        let rest = judged.block.text().len() - (at.end - at.start);
        let caption = rest > CAPTION && (view.place.first..view.place.last).contains(&index);
        weight -= match (judged.kept, edge) {
            (true, _) => 1.8,
            (false, true) if !caption => 0.4,
            // In the middle of a sentence or a caption.
            (false, _) if caption || view.place.distance(index) > 3 => 1.6,
            (false, _) => 0.8,
        };
    }
    if !has_year {
        weight -= 1.0;
    }
    let candidate = Candidate::new(moment, Source::Visible("line"), weight);
    Some(Dated {
        candidate: candidate.at(judged.block.node).because(place.why),
        is_at_head: place.is_at_head
            && has_year
            && (alone || label.is_some())
            && (!judged.kept || alone && label == Some(Label::Published)),
        has_year,
    })
}

/// How far into the first paragraphs a date may open them, in bytes.
const OPENING: usize = 70;

/// A date with which the story opens: `Berlin, 25. Januar 2022 –`, `Pressemitteilung vom …`.
pub(super) fn opening(view: &View<'_>, reading: &Reading<'_>) -> Option<Candidate<Moment>> {
    // The standfirst may open the story, too, and is no part of the body here.
    let story = view.body.blocks.iter().take(view.place.first + 2);
    let from = view.place.headline.map_or(view.place.first, |h| h + 1);
    let blocks = story.skip(from.min(view.place.first));
    let of_story =
        |j: &&Judged| j.kept || matches!(j.because.as_deref(), Some(Because::Field("standfirst")));
    blocks.filter(of_story).take(3).find_map(|judged| {
        let text = first(judged.block.text(), OPENING);
        let spotted = date::spot(text, reading).filter(|s| s.year.is_some())?;
        let before = text[..spotted.from].trim();
        let filed = before.ends_with(',') && before.split(' ').count() <= 4;
        let labelled = date::label(before) == Some(Label::Published);
        let moment = date::resolve(&spotted, reading).filter(|_| filed || labelled)?;
        let found = Candidate::new(moment, Source::Visible("opening"), 2.7);
        Some(found.at(judged.block.node).because("opens the story"))
    })
}

/// The first bytes of a text, whole characters.
fn first(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|&i| text.is_char_boundary(i));
    &text[..end.unwrap_or(0)]
}
