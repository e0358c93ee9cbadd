//! How a page orders numeric dates, and the day in its address.

use jiff::civil::Date;

use super::{Candidate, View};
use crate::date::{self, Moment, Order, Reading};
use crate::document::Tag;

/// How this page orders numeric dates: as a visible one agrees with a stated
/// one or the address's, or as the site's country writes.
pub(super) fn order_from<'v>(view: &View<'v>, machine: &[Candidate<Moment>]) -> Reading<'v> {
    let reading = view.reading;
    let with = |order| Reading {
        order: Some(order),
        ..reading
    };
    let mut days: Vec<Date> = machine.iter().map(|c| c.value.day()).collect();
    let near = days.first().copied();
    days.extend(url_day(view));
    let host = view.facts.context.url.and_then(url::Url::host_str);
    let last = host.and_then(|h| h.rsplit('.').next()).unwrap_or_default();
    let english = reading.language == Some("en");
    let mut order = (english
        && last.len() == 2
        && !matches!(last, "us" | "ph" | "io" | "ai" | "co" | "tv" | "me"))
    .then_some(Order::Dmy);
    for judged in &view.body.blocks {
        let text = judged.block.text();
        if text.len() > 80 || days.is_empty() || !has_divided_number(text) {
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

/// Whether a number in a text has a divider behind it, as each part of a numeric date but the last.
fn has_divided_number(text: &str) -> bool {
    let is_divider = |b: u8| matches!(b, b'/' | b'.' | b'-');
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        let behind = |n: usize| bytes.get(at + n).copied().unwrap_or_default();
        bytes[at].is_ascii_digit()
            && (is_divider(behind(1)) || behind(1) == b' ' && is_divider(behind(2)))
    })
}

/// The day in the page's address: `/2024/04/24/`, `/2024/apr/24/`, `-20240424`, `2024-04-24`.
pub(super) fn url_day(view: &View<'_>) -> Option<Date> {
    let path = view.facts.context.url?.path();
    in_digits(path).or_else(|| in_words(path))
}

/// The day that the page's address has as three steps of its own: `/2024/4/24/`.
pub(super) fn day_of_steps(view: &View<'_>) -> Option<Date> {
    let steps: Vec<&str> = view.facts.context.url?.path().split('/').collect();
    let number = |step: &str| -> Option<i16> {
        let digits = step.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| step.parse().ok()).flatten()
    };
    steps.windows(3).find_map(|w| {
        let year = number(w[0]).filter(|y| (1995..=2100).contains(y))?;
        let month = i8::try_from(number(w[1])?).ok()?;
        let day = i8::try_from(number(w[2])?).ok()?;
        Date::new(year, month, day).ok()
    })
}

/// A day that names of the page carry: its canonical address, its picture's, the id of its body
/// (`news20240424_k1001`). It is that of the story or near it, and gives a shown day its year.
pub(super) fn marked_day(view: &View<'_>) -> Option<Date> {
    let (doc, found) = (view.facts.scene.doc, &view.facts.found);
    let links = found.metas.link("canonical").into_iter();
    let metas = ["og:url", "og:image"].into_iter();
    let metas = metas.flat_map(|name| found.metas.raw(name).take(1));
    let body = doc.nodes().find(|&n| doc.tag(n) == Tag::Body);
    let ids = body.into_iter().filter_map(|n| doc.attr(n, "id"));
    links.chain(metas).chain(ids).find_map(in_digits)
}

/// `/2024/apr/24/`: a year, a month's name and a day as steps of the path.
fn in_words(path: &str) -> Option<Date> {
    let steps: Vec<&str> = path.split('/').collect();
    let worded = steps.windows(3).find(|w| {
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let word = (3..=9).contains(&w[1].len()) && w[1].bytes().all(|b| b.is_ascii_alphabetic());
        w[0].len() == 4 && digits(w[0]) && word && digits(w[2]) && w[2].len() <= 2
    })?;
    let text = format!("{} {} {}", worded[2], worded[1], worded[0]);
    date::find(&text, &Reading::default()).map(Moment::day)
}

fn in_digits(path: &str) -> Option<Date> {
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
