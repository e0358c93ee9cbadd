//! Dates that readers see: `<time>` elements, short lines, the page's address.

use jiff::civil::Date;

use super::gather::says;
use super::{Candidate, Source, View};
use crate::date::{self, Label, Moment, Order, Reading};
use crate::document::NodeIx;
use crate::extract::report::Because;

/// How far from the head of the story a date may stand, in blocks, to speak for it.
pub(super) const NEAR: usize = 25;

/// A date that readers see.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    pub(super) candidate: Candidate<Moment>,
    /// Whether it stands between the headline and the first paragraph, or right above the headline.
    pub(super) is_at_head: bool,
}

/// `<time>` elements, weighed by their place.
pub(super) fn times(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let doc = view.facts.scene.doc;
    let mut out = Vec::new();
    for (rank, &node) in view.facts.found.times.iter().take(120).enumerate() {
        let text = doc.text_of(node);
        let shown = date::spot(&text, reading)
            .filter(|s| s.year.is_some())
            .and_then(|s| date::resolve(&s, reading));
        let attribute = doc
            .attr(node, "datetime")
            .and_then(|v| date::stated(v, reading));
        let Some(moment) = attribute.or_else(|| date::find(&text, reading)) else {
            continue;
        };
        let index = view.block_of(node);
        let label = label_of_node(view, node, index, &text);
        let place = Place::of(view, node, index, label);
        let pubdate = doc.attr(node, "pubdate").is_some()
            || label == Some(Label::Published)
            || named(view, node, PUBLISHED_NAMES);
        let told = shown.filter(|s| s.day() != moment.day());
        let mut add = |moment: Moment, more: f32| {
            let timed = if moment.time().is_some() { 0.1 } else { 0.0 };
            let weight = 4.0 + place.weight + timed + if pubdate { 0.3 } else { 0.0 } + more
                - 0.005 * rank as f32;
            let found = Candidate::new(moment, Source::Visible("time"), weight);
            out.push(Dated {
                candidate: found.at(node).because(place.why),
                is_at_head: place.is_at_head && told.is_none_or(|t| t == moment),
            });
        };
        add(moment, 0.0);
        // What readers see goes before what the attribute says.
        if let Some(told) = told {
            add(told, 0.5);
        }
    }
    out
}

const PUBLISHED_NAMES: &[&str] = &[
    "published",
    "publish",
    "pubdate",
    "created",
    "publicationdate",
];
pub(super) const UPDATED_NAMES: &[&str] = &[
    "updated",
    "modified",
    "update",
    "lastupdated",
    "lastmodified",
];

/// What the words before a `<time>` say, in its block or in the block before.
fn label_of_node(view: &View<'_>, node: NodeIx, index: usize, text: &str) -> Option<Label> {
    let block = &view.body.blocks.get(index)?.block;
    let inside = view.facts.scene.doc.subtree(node).start < block.span.end;
    let at = block.text.find(text).filter(|_| inside && !text.is_empty());
    let first_digit = text.find(|c: char| c.is_ascii_digit())?;
    let own = date::label(&text[..first_digit]);
    own.or_else(|| label_before(view, index, at.unwrap_or(0)))
}

/// The characters before a date that may say what it is the date of.
const BESIDE: usize = 60;

/// What the words before a date say: those of its line, behind any earlier date, or those of a
/// short line before it.
fn label_before(view: &View<'_>, index: usize, at: usize) -> Option<Label> {
    let text = view.body.blocks.get(index)?.block.text.get(..at)?;
    let from = text
        .rfind(|c: char| c.is_ascii_digit())
        .map_or(0, |i| i + 1);
    let skip = text[from..].chars().count().saturating_sub(BESIDE);
    let own: String = text[from..].chars().skip(skip).collect();
    date::label(&own).or_else(|| {
        let before = &view.body.blocks.get(index.checked_sub(1)?)?.block.text;
        let short = from == 0 && own.chars().count() < 4 && before.chars().count() <= 40;
        let undated = !before.bytes().any(|b| b.is_ascii_digit());
        (short && undated).then(|| date::label(before)).flatten()
    })
}

/// What a date's place is worth.
struct Place {
    weight: f32,
    why: &'static str,
    is_at_head: bool,
}

const CLOSES: &str = "closes the story";

/// How far behind the last paragraph a line about the publication may stand, in blocks.
const BEHIND: usize = 6;

impl Place {
    fn of(view: &View<'_>, node: NodeIx, index: usize, label: Option<Label>) -> Self {
        let distance = view.place.distance(index);
        let linked = leads_elsewhere(view, node);
        let behind = (view.place.last..=view.place.last + BEHIND).contains(&index);
        let closes = behind && label == Some(Label::Published);
        let mut weight = match distance {
            0..=3 => 0.0,
            _ if closes => -0.2,
            4..=10 => -0.3,
            11..=NEAR => -0.8,
            _ => -2.2,
        };
        if linked {
            weight -= 0.8;
        }
        if of_comment(view, node) {
            weight -= 1.5;
        }
        let is_at_head = !linked && view.place.is_head(index);
        if label == Some(Label::Updated) || label.is_none() && named(view, node, UPDATED_NAMES) {
            return Self {
                weight: weight - 0.9,
                why: "marked as updated",
                is_at_head: false,
            };
        }
        let why = match (distance <= 3, linked) {
            (_, true) => "inside a link",
            (true, _) => "at the head of the story",
            _ if closes => CLOSES,
            _ => "away from the head of the story",
        };
        Self {
            weight,
            why,
            is_at_head,
        }
    }
}

/// Whether a date stands in what readers wrote.
pub(super) fn of_comment(view: &View<'_>, node: NodeIx) -> bool {
    const NAMES: &[&str] = &[
        "comment",
        "comments",
        "commentlist",
        "commentlisting",
        "kommentar",
        "kommentare",
        "commentaires",
        "comentarios",
        "reply",
        "replies",
    ];
    let doc = view.facts.scene.doc;
    doc.ancestors(node).take(8).any(|n| {
        let small = doc.subtree(n).len() * 2 < doc.len();
        let values = ["class", "id"].iter().filter_map(|name| doc.attr(n, name));
        small
            && values
                .flat_map(str::split_ascii_whitespace)
                .any(|token| says(token, NAMES))
    })
}

/// Whether a date stands in a link to another page than one about that day or the story itself.
fn leads_elsewhere(view: &View<'_>, node: NodeIx) -> bool {
    let Some(link) = view.facts.scene.measures.link_around(node) else {
        return false;
    };
    let doc = view.facts.scene.doc;
    let href = doc.attr(link, "href").unwrap_or_default();
    let digits = |t: &str| t.bytes().filter(u8::is_ascii_digit).count();
    let text = doc.text_of(link);
    let archive = digits(href) >= 6 && text.chars().count() <= 40 && digits(&text) >= 3;
    let own = view.facts.context.url.is_some_and(|own| {
        view.facts
            .absolute(href)
            .is_some_and(|to| to.trim_end_matches('/') == own.as_str().trim_end_matches('/'))
    });
    let bookmark = doc
        .attr(link, "rel")
        .is_some_and(|r| r.split_ascii_whitespace().any(|r| r == "bookmark"));
    !(own || archive && view.place.distance(view.block_of(node)) <= 3 || bookmark && archive)
}

/// Whether the class or id of a node, or of its parent, holds one of the words.
pub(super) fn named(view: &View<'_>, node: NodeIx, words: &[&str]) -> bool {
    let doc = view.facts.scene.doc;
    [Some(node), doc.parent(node)]
        .into_iter()
        .flatten()
        .any(|n| {
            ["class", "id", "itemprop"]
                .iter()
                .filter_map(|name| doc.attr(n, name))
                .any(|value| {
                    value
                        .split_ascii_whitespace()
                        .any(|token| says(token, words))
                })
        })
}

/// Dates that a line states at most.
const A_LINE: usize = 3;

/// Dates in short visible lines.
pub(super) fn lines(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let mut out = Vec::new();
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let text = &judged.block.text;
        let near = view.place.distance(index) <= NEAR;
        let behind = (view.place.last..=view.place.last + BEHIND).contains(&index);
        let longest = if near { 300 } else { 160 };
        // A long line behind the story that opens with when it was published.
        let opens = behind && text.len() > longest;
        let text = if opens { first(text, 100) } else { text };
        if out.len() > 30 || text.len() > longest || !near && text.contains(['©', '℗']) {
            continue;
        }
        if matches!(&judged.because, Because::Rule(rule) if rule.as_str().starts_with("hidden.")) {
            continue;
        }
        if !text.bytes().any(|b| b.is_ascii_digit() || b >= 0x80) {
            continue;
        }
        let mut from = 0;
        for _ in 0..A_LINE {
            let Some(spotted) = date::spot(&text[from..], reading) else {
                break;
            };
            let (at, to) = (from + spotted.from, from + spotted.to);
            if let Some(moment) = date::resolve(&spotted, reading) {
                let dated = line(view, index, at..to, (moment, spotted.year.is_some()));
                out.extend(dated.filter(|d| !opens || d.candidate.why == CLOSES));
            }
            if to <= from || text.len() > 160 {
                break;
            }
            from = to;
        }
    }
    out
}

/// One date of a line, weighed.
fn line(
    view: &View<'_>,
    index: usize,
    at: std::ops::Range<usize>,
    (moment, has_year): (Moment, bool),
) -> Option<Dated> {
    let judged = view.body.blocks.get(index)?;
    let label = label_before(view, index, at.start);
    let place = Place::of(view, judged.block.node, index, label);
    let class = date_class(view, judged.block.node);
    let alone = at.end - at.start + 40 >= judged.block.text.len();
    let timed = if moment.time().is_some() { 0.15 } else { 0.0 };
    let mut weight = 3.2 + place.weight + timed + if class { 0.4 } else { 0.0 };
    if label == Some(Label::Published) {
        weight += 0.4;
    } else if !alone {
        let edge = at.start <= 3 || at.end + 3 >= judged.block.text.len();
        weight -= match (judged.kept, edge) {
            (true, _) => 1.8,
            (false, true) => 0.4,
            (false, false) => 0.8,
        };
    }
    if !has_year {
        weight -= 1.0;
    }
    let candidate = Candidate::new(moment, Source::Visible("line"), weight);
    Some(Dated {
        candidate: candidate.at(judged.block.node).because(place.why),
        is_at_head: place.is_at_head && has_year && (alone || label.is_some()) && !judged.kept,
    })
}

/// How far into the first paragraphs a date may open them, in bytes.
const OPENING: usize = 70;

/// A date with which the story opens: `Berlin, 25. Januar 2022 –`, `Pressemitteilung vom …`.
pub(super) fn opening(view: &View<'_>, reading: &Reading<'_>) -> Option<Candidate<Moment>> {
    let blocks = view.body.blocks.iter().skip(view.place.first).take(2);
    blocks.filter(|j| j.kept).find_map(|judged| {
        let text = first(&judged.block.text, OPENING);
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

fn date_class(view: &View<'_>, node: NodeIx) -> bool {
    let dates = &view.facts.found.dates;
    let doc = view.facts.scene.doc;
    dates.binary_search(&node).is_ok()
        || doc
            .parent(node)
            .is_some_and(|p| dates.binary_search(&p).is_ok())
}

/// How this page orders numeric dates: as a visible one near the headline agrees with a stated
/// one, or as the site's country writes.
pub(super) fn order_from<'v>(view: &View<'v>, machine: &[Candidate<Moment>]) -> Reading<'v> {
    let reading = view.reading;
    let with = |order| Reading {
        order: Some(order),
        ..reading
    };
    let days: Vec<Date> = machine.iter().map(|c| c.value.day()).collect();
    let near = days.first().copied();
    let host = view.facts.context.url.and_then(url::Url::host_str);
    let last = host.and_then(|h| h.rsplit('.').next()).unwrap_or_default();
    let english = reading.language == Some("en");
    let mut order = (english
        && last.len() == 2
        && !matches!(last, "us" | "ph" | "io" | "ai" | "co" | "tv" | "me"))
    .then_some(Order::Dmy);
    for judged in &view.body.blocks {
        let text = &judged.block.text;
        if text.len() > 80 || !text.contains('/') || days.is_empty() {
            continue;
        }
        let read = |o| date::find(text, &with(o)).map(Moment::day);
        let (dmy, mdy) = (read(Order::Dmy), read(Order::Mdy));
        let known = |day: Option<Date>| day.is_some_and(|d| days.contains(&d));
        match (known(dmy), known(mdy)) {
            (true, false) => order = Some(Order::Dmy),
            (false, true) => order = Some(Order::Mdy),
            _ => continue,
        }
        break;
    }
    Reading {
        order,
        near,
        ..reading
    }
}

/// The day in the page's address: `/2024/04/24/`, `-20240424`, `2024-04-24`.
pub(super) fn url_day(view: &View<'_>) -> Option<Date> {
    let path = view.facts.context.url?.path();
    let bytes = path.as_bytes();
    let number = |from: usize, len: usize| -> Option<i16> {
        let part = bytes.get(from..from + len)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, b| sum * 10 + i16::from(b - b'0')))
    };
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for at in 0..bytes.len() {
        if !digit(at) || (at > 0 && digit(at - 1)) {
            continue;
        }
        let Some(year) = number(at, 4).filter(|y| (1995..=2100).contains(y)) else {
            continue;
        };
        let apart = bytes
            .get(at + 4)
            .is_some_and(|b| matches!(b, b'/' | b'-' | b'_' | b'.'));
        let (m, d, end) = if apart {
            let wide = digit(at + 6);
            let d_at = at + if wide { 8 } else { 7 };
            let d_wide = digit(d_at + 1);
            (
                number(at + 5, if wide { 2 } else { 1 }),
                number(d_at, if d_wide { 2 } else { 1 }),
                d_at + if d_wide { 2 } else { 1 },
            )
        } else {
            (number(at + 4, 2), number(at + 6, 2), at + 8)
        };
        if let (Some(m), Some(d)) = (m, d)
            && !digit(end)
            && let Ok(day) = Date::new(year, m as i8, d as i8)
        {
            return Some(day);
        }
    }
    None
}
