//! Rows as values and back.

use std::hash::Hasher as _;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension as _, Row, Transaction};
use serde::de::value::{Error as NoName, StrDeserializer};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use url::Url;

use crate::frontier::host::Times;
use crate::frontier::{Failing, Finding, HostState, Job, Validators, Wait};
use crate::outcome::Outcome;
use crate::page::{Found, Kind, Target, canonical};

/// The columns of `url` that [`job`] reads, in its order.
pub(super) const JOB: &str =
    "id, url, asked, attempts, trail, etag, last_modified, validated, state, turn, host, way";

/// The columns of `host` that [`host_state`] reads, in its order.
pub(super) const HOST: &str = "name, next_at, due_at, held, wait, pending, failing, failure";

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

/// By which an identity is found: stable for as long as the format is.
pub(super) fn hash(identity: &str) -> i64 {
    let mut hasher = SipHasher13::new();
    hasher.write(identity.as_bytes());
    hasher.finish().cast_signed()
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

fn bad(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

fn url(row: &Row<'_>, column: usize) -> rusqlite::Result<Url> {
    let text: String = row.get(column)?;
    Url::parse(&text).map_err(|error| bad(column, error))
}

/// A row of `url` in the columns of [`JOB`].
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) job: Job,
    pub(super) state: i64,
    pub(super) turn: i64,
    pub(super) host: i64,
}

pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let target = url(row, 1)?;
    let asked: Option<String> = row.get(2)?;
    let trail: Option<String> = row.get(4)?;
    let validated: Option<String> = row.get(7)?;
    let way: Option<String> = row.get(11)?;
    let way = match way {
        None => Way {
            kind: Kind::Page,
            found: None,
        },
        Some(text) => serde_json::from_str(&text).map_err(|error| bad(11, error))?,
    };
    let mut job = Job::new(Target {
        asked: asked.unwrap_or_else(|| target.as_str().to_owned()),
        url: target,
        kind: way.kind,
        found: way.found,
    });
    job.attempts = row.get(3)?;
    if let Some(trail) = trail {
        job.trail = serde_json::from_str(&trail).map_err(|error| bad(4, error))?;
    }
    job.validators = Validators {
        etag: row.get(5)?,
        last_modified: row.get(6)?,
        url: validated.and_then(|text| Url::parse(&text).ok()),
    };
    Ok(Line {
        id: row.get(0)?,
        job,
        state: row.get(8)?,
        turn: row.get(9)?,
        host: row.get(10)?,
    })
}

/// What was found, from `outcome, found_at, status, reason, etag, last_modified, validated`.
pub(super) fn found(row: &Row<'_>) -> rusqlite::Result<Option<(Timestamp, Finding)>> {
    let name: Option<String> = row.get(0)?;
    let at: Option<i64> = row.get(1)?;
    let (Some(name), Some(at)) = (name, at) else {
        return Ok(None);
    };
    let Some(outcome) = outcome(&name) else {
        return Ok(None);
    };
    let validated: Option<String> = row.get(6)?;
    let mut finding = Finding::from(outcome);
    finding.status = row.get(2)?;
    finding.reason = row.get(3)?;
    finding.validators = Validators {
        etag: row.get(4)?,
        last_modified: row.get(5)?,
        url: validated.and_then(|text| Url::parse(&text).ok()),
    };
    Ok(Some((time(at), finding)))
}

pub(super) fn failing(times: u32, last: Option<&str>) -> Option<Failing> {
    let outcome = outcome(last?)?;
    (times > 0).then_some(Failing { times, outcome })
}

/// A row of `host` in the columns of [`HOST`].
pub(super) fn host_state(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<HostState> {
    let (due_at, wait): (Option<i64>, String) = (row.get(2)?, row.get(4)?);
    let failure: Option<String> = row.get(7)?;
    let next_at = time(row.get(1)?);
    let times = Times {
        next_at,
        due_at: due_at.map_or(next_at, time),
        held: row.get(3)?,
        wait: Wait::ALL
            .into_iter()
            .find(|known| known.as_str() == wait)
            .unwrap_or_default(),
    };
    Ok(HostState {
        host: row.get(0)?,
        wait: times.wait(now),
        until: times.due_at,
        pending: row.get(5)?,
        failing: failing(row.get(6)?, failure.as_deref()),
    })
}

/// The row of an address, or of one that is the same.
pub(super) fn find(transaction: &Transaction<'_>, wanted: &Url) -> rusqlite::Result<Option<Line>> {
    let identity = canonical(wanted);
    // A file of the first version may hold an address in several forms.
    let sql = format!(
        "SELECT {JOB} FROM url WHERE hash = ?1 AND coalesce(identity, url) = ?2
         ORDER BY url <> ?3, id LIMIT 1"
    );
    transaction
        .prepare_cached(&sql)?
        .query_row(
            (hash(identity.as_str()), identity.as_str(), wanted.as_str()),
            line,
        )
        .optional()
}
