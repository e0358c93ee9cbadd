//! The day inside a dateline of a script with spaces.

use std::ops::Range;

use super::close::is_arabic;
use crate::date::{self, Reading};

/// Where a head states its day.
pub(super) fn day_of(head: &str, language: Option<&str>) -> Option<Range<usize>> {
    let reading = Reading {
        language,
        ..Reading::default()
    };
    let spotted = date::spot(head, &reading).filter(|s| s.day.is_some() || s.year.is_some());
    match spotted {
        Some(s) => Some(hijri_before(head, s.from)..era_behind(head, s.to)),
        None => numeric_day(head),
    }
}

/// `الرياض 12 شوال 1445 هـ الموافق 21 أبريل 2024 م`: the day of the lunar calendar stands first.
fn hijri_before(head: &str, from: usize) -> usize {
    let first = head.find(char::is_numeric);
    let hijri = head[..from].contains("هـ");
    first.filter(|&at| hijri && at < from).unwrap_or(from)
}

fn era_behind(head: &str, to: usize) -> usize {
    let era = " م";
    let rest = &head[to..];
    let alone = rest.strip_prefix(era).is_some_and(|r| r.starts_with(' '));
    if alone { to + era.len() } else { to }
}

/// Arab agencies state day and month as numbers: `الخرطوم في 9-6 (سونا)`, `الكويت - 12 - 5 (كونا)`.
fn numeric_day(head: &str) -> Option<Range<usize>> {
    if !head.starts_with(is_arabic) {
        return None;
    }
    let from = head.find(|c: char| c.is_ascii_digit())?;
    let to = head.rfind(|c: char| c.is_ascii_digit())? + 1;
    let mut numbers = head[from..to].split(['-', '/']).map(str::trim);
    let below = |most: u8| move |t: &str| t.parse().is_ok_and(|n: u8| (1..=most).contains(&n));
    let day = numbers.next().is_some_and(below(31)) && numbers.next().is_some_and(below(12));
    (day && numbers.next().is_none()).then_some(from..to)
}

/// `أبوظبي في`: the word before a date that belongs to neither.
pub(super) fn without_preposition(before: &str) -> &str {
    let (place, last) = before.rsplit_once(' ').unwrap_or((before, ""));
    if matches!(last, "في" | "يوم") {
        place
    } else {
        before
    }
}
