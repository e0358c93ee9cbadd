//! Points in time as the press states them: a day, perhaps a time of day, perhaps an offset.
//!
//! 1. [`spot`] finds a date in a text: `token` cuts, `scan` recognises the day, `clock` the time
//!    and the offset; the words of some forty languages are a table.
//! 2. [`find`] makes a [`Moment`] of it; a missing year comes from the story's own date or from the
//!    time of fetching, and so does "two hours ago": never from the machine's clock.
//! 3. [`stated`] reads what is written for machines: ISO 8601, RFC 2822, seconds since 1970.

mod calendar;
mod cjk;
mod clock;
mod label;
mod resolve;
mod scan;
mod token;
mod words;

pub use label::Label;
pub use scan::Spotted;
pub(crate) use token::has_number;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, with the time of day and the offset from UTC where they are stated.
///
/// Written and read as ISO 8601: `2024-04-24`, `2024-04-24T10:30:00`,
/// `2024-04-24T10:30:00+02:00`.
///
/// # Examples
/// ```
/// use cleancopy::date::Moment;
/// let moment: Moment = "2024-04-24T10:30+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2024-04-24T10:30:00+02:00");
/// assert_eq!(moment.day().to_string(), "2024-04-24");
/// # Ok::<(), cleancopy::date::NotAMoment>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    day: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

/// The text is no date in ISO 8601 form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 8601 date or date and time")]
pub struct NotAMoment;

impl Moment {
    /// A day without a time.
    pub fn on(day: Date) -> Self {
        Self {
            day,
            time: None,
            offset: None,
        }
    }

    /// The same day with a time of day, and its offset if it is known.
    #[must_use]
    pub fn at(self, time: Time, offset: Option<Offset>) -> Self {
        Self {
            time: Some(time),
            offset,
            ..self
        }
    }

    /// The day, as stated (not shifted to UTC).
    pub fn day(self) -> Date {
        self.day
    }

    /// The time of day, as stated.
    pub fn time(self) -> Option<Time> {
        self.time
    }

    /// The point on the world's time line, if time and offset are stated.
    pub fn instant(self) -> Option<Timestamp> {
        let offset = self.offset?;
        offset.to_timestamp(self.day.to_datetime(self.time?)).ok()
    }

    /// The offset from UTC, if stated.
    pub fn offset(self) -> Option<Offset> {
        self.offset
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        if let Some(t) = self.time {
            write!(f, "T{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())?;
        }
        if let Some(offset) = self.offset {
            let minutes = offset.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            write!(
                f,
                "{sign}{:02}:{:02}",
                minutes.abs() / 60,
                minutes.abs() % 60
            )?;
        }
        Ok(())
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let (day, rest) = match text.find(['T', ' ']) {
            Some(cut) => (&text[..cut], &text[cut + 1..]),
            None => (text, ""),
        };
        let day: Date = day.parse().map_err(|_| NotAMoment)?;
        if rest.is_empty() {
            return Ok(Self::on(day));
        }
        let cut = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let time: Time = rest[..cut].parse().map_err(|_| NotAMoment)?;
        let offset = match &rest[cut..] {
            "" => None,
            "Z" | "z" => Some(Offset::UTC),
            zone => Some(parse_offset(zone).ok_or(NotAMoment)?),
        };
        Ok(Self {
            day,
            time: Some(time),
            offset,
        })
    }
}

fn parse_offset(zone: &str) -> Option<Offset> {
    let (sign, digits) = (zone.get(..1)?, zone.get(1..)?.replace(':', ""));
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 {
        digits[2..].parse().ok()?
    } else {
        0
    };
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// In which order a text gives day, month and year in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// What is known of a text when its dates are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    /// Its language, a primary tag.
    pub language: Option<&'a str>,
    /// The order of numeric dates, where the site's other dates tell it.
    pub order: Option<Order>,
    /// A day near which a date without a year must lie.
    pub near: Option<Date>,
    /// When the page was fetched: "yesterday" is the day before.
    pub fetched_at: Option<Timestamp>,
}

/// The first date in a text, as stated. One with a year goes before one without.
///
/// # Examples
/// ```
/// use cleancopy::date::{Reading, spot};
/// let spotted = spot("Tuesday, January 31", &Reading::default()).expect("a date");
/// assert_eq!((spotted.month, spotted.day, spotted.year), (1, Some(31), None));
/// ```
pub fn spot(text: &str, reading: &Reading<'_>) -> Option<Spotted> {
    scan::spot(text, reading)
}

/// The moment that a text states.
///
/// # Examples
/// ```
/// use cleancopy::date::{Reading, find};
/// let german = Reading { language: Some("de"), ..Reading::default() };
/// let found = find("Stand: 3. März 2024, 17:05 Uhr", &german).expect("a date");
/// assert_eq!(found.to_string(), "2024-03-03T17:05:00");
/// ```
pub fn find(text: &str, reading: &Reading<'_>) -> Option<Moment> {
    match scan::spot(text, reading) {
        Some(spotted) => resolve::resolve(&spotted, reading),
        None => resolve::relative(text, reading),
    }
}

/// The moment of a date that was spotted.
pub fn resolve(spotted: &Spotted, reading: &Reading<'_>) -> Option<Moment> {
    resolve::resolve(spotted, reading)
}

/// Whether a text says when only relatively ("vor 14 Minuten").
pub fn is_relative(text: &str, reading: &Reading<'_>) -> bool {
    if !resolve::may_be_relative(text) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    resolve::is_relative(&scan::Scan::new(text, &lower, reading))
}

/// The date in a text as [`spot`] finds it, and whether it says when only relatively: the text is
/// cut once for both.
pub(crate) fn spot_or_relative(text: &str, reading: &Reading<'_>) -> (Option<Spotted>, bool) {
    if !resolve::may_be_relative(text) {
        return (spot(text, reading), false);
    }
    let lower = text.to_ascii_lowercase();
    let scan = scan::Scan::new(text, &lower, reading);
    let spotted = has_number(text).then(|| scan.spot()).flatten();
    let no_day = spotted.is_none_or(|s| s.day.is_none());
    (spotted, no_day && resolve::is_relative(&scan))
}

/// The time of day in a text that states no day: `13:37 Uhr`.
pub fn time_of_day(text: &str, reading: &Reading<'_>) -> Option<Time> {
    let lower = text.to_ascii_lowercase();
    let scan = scan::Scan::new(text, &lower, reading);
    (0..scan.tokens.len())
        .find_map(|i| scan.clock(i))
        .map(|c| c.time)
}

/// The moment in a value written for machines: `2024-04-24T10:30:00.000+0200`,
/// `Wed, 24 Apr 2024 10:30:00 GMT`, seconds or milliseconds since 1970; failing those, any date.
///
/// # Examples
/// ```
/// use cleancopy::date::{Reading, stated};
/// let moment = stated("1713947400", &Reading::default()).expect("a date");
/// assert_eq!(moment.to_string(), "2024-04-24T08:30:00+00:00");
/// ```
pub fn stated(value: &str, reading: &Reading<'_>) -> Option<Moment> {
    let value = value.trim();
    // `/Date(1713947400000)/`, as one widespread framework writes it.
    let value = match value.strip_prefix("/Date(") {
        Some(inner) => inner.trim_end_matches([')', '/']),
        None => value,
    };
    if value.bytes().all(|b| b.is_ascii_digit()) && matches!(value.len(), 9 | 10 | 13) {
        let number: i64 = value.parse().ok()?;
        let seconds = if value.len() == 13 {
            number / 1000
        } else {
            number
        };
        let then = Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
        return Some(Moment::on(then.date()).at(then.time(), Some(Offset::UTC)));
    }
    let spotted = scan::spot(value, reading)?;
    spotted.year?;
    resolve::resolve(&spotted, reading)
}

/// Whether a line says that its date is one of a change.
pub fn mentions_update(line: &str) -> bool {
    label::mentions(line, Label::Updated)
}

/// Whether a line says that its date is one of publication.
pub fn mentions_publication(line: &str) -> bool {
    label::mentions(line, Label::Published)
}

/// What the words before a date say that it is the date of; the last of them counts.
///
/// # Examples
/// ```
/// use cleancopy::date::{Label, label};
/// assert_eq!(label("Published 3 May 2024, last updated on "), Some(Label::Updated));
/// assert_eq!(label("Veröffentlicht am "), Some(Label::Published));
/// assert_eq!(label("Berlin, "), None);
/// ```
pub fn label(before: &str) -> Option<Label> {
    label::last(before)
}

/// Whether a word names a month or a weekday in any language.
pub fn is_date_word(word: &str) -> bool {
    words::words().is_named(&word.to_lowercase())
}

#[cfg(test)]
mod tests;
