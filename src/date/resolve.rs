//! From what a text states to a moment: the missing year, and "two hours ago".

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::scan::{Scan, Spotted};
use super::token::Kind;
use super::words::{Meaning, Unit, words};
use super::{Moment, Reading};

/// How many years back a weekday may lead.
const YEARS: i16 = 11;

/// The moment that a spotted date means, as far as the evidence allows to tell.
pub(super) fn resolve(spotted: &Spotted, reading: &Reading<'_>) -> Option<Moment> {
    let day = spotted.day?;
    let date = match spotted.year {
        Some(year) => Date::new(year, spotted.month, day).ok()?,
        None => without_year(spotted, day, reading)?,
    };
    let moment = Moment::on(date);
    Some(match spotted.time {
        Some(time) => moment.at(time, spotted.offset),
        None => moment,
    })
}

/// The year nearest to the story's own date, or the last one before the page was fetched; a
/// stated weekday must fit.
fn without_year(spotted: &Spotted, day: i8, reading: &Reading<'_>) -> Option<Date> {
    let near = reading.near;
    let reference = near.or_else(|| Some(local(reading.fetched_at?)))?;
    let fits = |date: &Date| {
        spotted
            .weekday
            .is_none_or(|w| date.weekday().to_monday_one_offset() == w)
    };
    let mut years: Vec<i16> = (0..=YEARS).map(|back| reference.year() - back).collect();
    years.insert(0, reference.year() + 1);
    let mut days: Vec<Date> = years
        .into_iter()
        .filter_map(|year| Date::new(year, spotted.month, day).ok())
        .filter(fits)
        .collect();
    let distance = |date: &Date| (*date - reference).get_days().abs();
    if near.is_none() {
        days.retain(|date| (*date - reference).get_days() <= 1);
    }
    days.into_iter().min_by_key(distance)
}

/// A relative date: "3 hours ago", "gestern, 10:30 Uhr". Without the time of fetching, nothing.
pub(super) fn relative(text: &str, reading: &Reading<'_>) -> Option<Moment> {
    let now = reading.fetched_at?;
    if !may_be_relative(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    relative_to(now, &Scan::new(text, &lower, reading))
}

/// Whether a text is short enough to say when only relatively.
pub(super) fn may_be_relative(text: &str) -> bool {
    text.len() <= 200 && text.chars().count() <= 48 && text.split(' ').nth(7).is_none()
}

/// Whether a scanned text says when only relatively.
pub(super) fn is_relative(scan: &Scan<'_>) -> bool {
    relative_to(Timestamp::UNIX_EPOCH, scan).is_some()
}

fn relative_to(now: Timestamp, scan: &Scan<'_>) -> Option<Moment> {
    ago(scan, now).or_else(|| day_word(scan, now))
}

fn local(now: Timestamp) -> Date {
    Offset::UTC.to_datetime(now).date()
}

fn ago(scan: &Scan<'_>, now: Timestamp) -> Option<Moment> {
    let past = scan.tokens.iter().any(|t| match &t.kind {
        Kind::Word(w) => words().is_past(w),
        Kind::Mark(c @ ('前' | '전')) => words().is_past(c.encode_utf8(&mut [0; 4])),
        _ => false,
    });
    if !past {
        return None;
    }
    let (count, unit) = (0..scan.tokens.len()).find_map(|i| {
        let count = match &scan.tokens[i].kind {
            Kind::Number(n, 1..=3) => *n,
            Kind::Word(w) if matches!(&**w, "a" | "an" | "einer" | "une" | "una" | "uma") => 1,
            _ => return None,
        };
        let at = scan.skip(i + 1, &[], &[]);
        unit(scan, at).map(|unit| (count.cast_signed(), unit))
    })?;
    let (back, exact) = match unit {
        Unit::Minute => (Span::new().try_minutes(count).ok()?, true),
        Unit::Hour => (Span::new().try_hours(count).ok()?, true),
        Unit::Day => (Span::new().try_hours(count * 24).ok()?, false),
        Unit::Week => (Span::new().try_hours(count * 24 * 7).ok()?, false),
    };
    let then = Offset::UTC.to_datetime(now.checked_sub(back).ok()?);
    let moment = Moment::on(then.date());
    Some(if exact {
        moment.at(then.time(), Some(Offset::UTC))
    } else {
        moment
    })
}

fn unit(scan: &Scan<'_>, i: usize) -> Option<Unit> {
    match &scan.tokens.get(i)?.kind {
        Kind::Word(w) => words().unit(w),
        Kind::Mark(_) => {
            let rest = &scan.text[scan.tokens[i].from..];
            let longest = rest.chars().take(2).map(char::len_utf8).sum();
            let first = rest.chars().next()?.len_utf8();
            words()
                .unit(&rest[..longest])
                .or_else(|| words().unit(&rest[..first]))
        }
        _ => None,
    }
}

fn day_word(scan: &Scan<'_>, now: Timestamp) -> Option<Moment> {
    let spelled = scan.tokens.iter().find_map(|t| match &t.kind {
        Kind::Word(w) => match words().meaning(w, scan.reading.language)? {
            // "hier" is yesterday in French and here in German.
            (Meaning::DaysBack(days), own) if own || scan.reading.language.is_none() => Some(days),
            _ => None,
        },
        _ => None,
    });
    let dense = || {
        // The scripts of these words lie behind those of two bytes a character.
        if scan.text.bytes().all(|b| b < 0xe0) {
            return None;
        }
        let words = words().day_words();
        let found = words.iter().find(|(word, _)| scan.text.contains(word));
        found.map(|(_, days)| *days)
    };
    let days = spelled.or_else(dense)?;
    let day = local(now)
        .checked_sub(Span::new().try_days(days).ok()?)
        .ok()?;
    let clock = (0..scan.tokens.len()).find_map(|i| scan.clock(i));
    let moment = Moment::on(day);
    Some(match clock {
        Some(clock) => moment.at(clock.time, clock.offset),
        None => moment,
    })
}
