//! Points in time as the press states them: a day, perhaps a time of day, perhaps an offset.

use std::fmt;
use std::str::FromStr;

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
