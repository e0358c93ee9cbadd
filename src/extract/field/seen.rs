//! Dates that readers see: `<time>` elements, short lines, the page's address.

use jiff::civil::Date;

use super::gather::says;
use super::{Candidate, Source, View};
use crate::date::{self, Moment, Order, Reading};
use crate::document::NodeIx;

/// How far from the head of the story a date may stand, in blocks, to speak for it.
pub(super) const NEAR: usize = 25;

/// `<time>` elements, weighed by their place.
pub(super) fn times(view: &View<'_>, reading: &Reading<'_>, out: &mut Vec<Candidate<Moment>>) {
    let doc = view.facts.scene.doc;
    for (rank, &node) in view.facts.found.times.iter().take(120).enumerate() {
        let attribute = doc
            .attr(node, "datetime")
            .and_then(|v| date::stated(v, reading));
        let Some(moment) = attribute.or_else(|| date::find(&doc.text_of(node), reading)) else {
            continue;
        };
        let (place, why) = placed(view, node);
        let pubdate = doc.attr(node, "pubdate").is_some() || named(view, node, PUBLISHED_NAMES);
        let timed = if moment.time().is_some() { 0.1 } else { 0.0 };
        let weight = 4.0 + place + timed + if pubdate { 0.3 } else { 0.0 } - 0.005 * rank as f32;
        let found = Candidate::new(moment, Source::Visible("time"), weight);
        out.push(found.at(node).because(why));
    }
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

/// What a date's place adds to its weight.
fn placed(view: &View<'_>, node: NodeIx) -> (f32, &'static str) {
    let distance = view.distance(node);
    let linked = view.facts.scene.measures.link_around(node).is_some();
    let mut weight = match distance {
        0..=3 => 0.0,
        4..=10 => -0.3,
        11..=NEAR => -0.8,
        _ => -2.2,
    };
    if linked {
        weight -= 0.8;
    }
    if named(view, node, UPDATED_NAMES) {
        return (weight - 0.9, "marked as updated");
    }
    let why = match (distance <= 3, linked) {
        (_, true) => "inside a link",
        (true, _) => "at the head of the story",
        _ => "away from the head of the story",
    };
    (weight, why)
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

/// Dates in short visible lines.
pub(super) fn lines(view: &View<'_>, reading: &Reading<'_>, out: &mut Vec<Candidate<Moment>>) {
    let mut found = 0;
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let text = &judged.block.text;
        let near = view.place.distance(index) <= NEAR;
        if found > 30 || text.len() > if near { 300 } else { 160 } {
            continue;
        }
        if !text.bytes().any(|b| b.is_ascii_digit() || b >= 0x80) {
            continue;
        }
        let Some(spotted) = date::spot(text, reading) else {
            continue;
        };
        let Some(moment) = date::resolve(&spotted, reading) else {
            continue;
        };
        let (place, why) = placed(view, judged.block.node);
        let class = date_class(view, judged.block.node);
        let alone = spotted.to - spotted.from + 40 >= text.len();
        let timed = if moment.time().is_some() { 0.15 } else { 0.0 };
        let mut weight = 3.2 + place + timed + if class { 0.4 } else { 0.0 };
        if !alone {
            weight -= 0.8;
        }
        if spotted.year.is_none() || judged.kept && !alone {
            weight -= 1.0;
        }
        if !near && text.contains(['©', '℗']) {
            continue;
        }
        if date::mentions_update(text) {
            weight -= 0.9;
        }
        found += 1;
        let candidate = Candidate::new(moment, Source::Visible("line"), weight);
        out.push(candidate.at(judged.block.node).because(why));
    }
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
