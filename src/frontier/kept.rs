//! Values as the stores on disk keep them: times as microseconds since 1970, rounded up, so that no
//! gate opens early; names as texts; what is rare of a target as JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::value::{Error as NoName, StrDeserializer};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Failing, Wait};
use crate::outcome::Outcome;
use crate::page::{Found, Kind, Target};

/// A time as it is stored: never earlier than it was.
pub(super) fn stored(at: Timestamp) -> i64 {
    let micros = at.as_microsecond();
    let cut = at.subsec_nanosecond() % 1000 > 0;
    micros + i64::from(cut)
}

/// A stored time; one beyond the calendar is its end.
pub(super) fn time(micros: i64) -> Timestamp {
    let end = if micros < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_microsecond(micros).unwrap_or(end)
}

pub(super) fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

pub(super) fn length(micros: i64) -> Duration {
    Duration::from_micros(micros.unsigned_abs())
}

/// What a target is besides its address; nothing is stored of a page of a list.
#[derive(Serialize, Deserialize)]
struct Way {
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    found: Option<Found>,
}

/// What a target is besides its address, as it is stored.
pub(super) fn way(target: &Target) -> Option<String> {
    let way = Way {
        kind: target.kind,
        found: target.found.clone(),
    };
    let plain = way.kind == Kind::Page && way.found.is_none();
    (!plain).then(|| serde_json::json!(way).to_string())
}

pub(super) fn outcome(name: &str) -> Option<Outcome> {
    Outcome::deserialize(StrDeserializer::<NoName>::new(name)).ok()
}

/// A target from what was stored of it.
pub(super) fn target(
    url: Url,
    asked: Option<String>,
    way: Option<&str>,
) -> Result<Target, serde_json::Error> {
    let way = match way {
        None => Way {
            kind: Kind::Page,
            found: None,
        },
        Some(text) => serde_json::from_str(text)?,
    };
    Ok(Target {
        asked: asked.unwrap_or_else(|| url.as_str().to_owned()),
        url,
        kind: way.kind,
        found: way.found,
    })
}

/// What a host waits for, by its stored name.
pub(super) fn wait(name: &str) -> Wait {
    let mut all = Wait::ALL.into_iter();
    all.find(|known| known.as_str() == name).unwrap_or_default()
}

pub(super) fn failing(times: u32, last: Option<&str>) -> Option<Failing> {
    let outcome = outcome(last?)?;
    (times > 0).then_some(Failing { times, outcome })
}
