//! Rows as values and back.

use std::hash::Hasher as _;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension as _, Row, Transaction};
use siphasher::sip::SipHasher13;
use url::Url;

use crate::frontier::host::Times;
use crate::frontier::kept::{self, failing, outcome, time};
use crate::frontier::{Finding, HostState, Job, Validators};
use crate::page::canonical;

/// The columns of `url` that [`job`] reads, in its order.
pub(super) const JOB: &str =
    "id, url, asked, attempts, trail, etag, last_modified, validated, state, turn, host, way";

/// The columns of `host` that [`host_state`] reads, in its order.
pub(super) const HOST: &str = "name, next_at, due_at, held, wait, pending, failing, failure";

/// By which an identity is found: stable for as long as the format is.
pub(super) fn hash(identity: &str) -> i64 {
    let mut hasher = SipHasher13::new();
    hasher.write(identity.as_bytes());
    hasher.finish().cast_signed()
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
    let target = kept::target(target, asked, way.as_deref()).map_err(|error| bad(11, error))?;
    let mut job = Job::new(target);
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

/// A row of `host` in the columns of [`HOST`].
pub(super) fn host_state(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<HostState> {
    let (due_at, wait): (Option<i64>, String) = (row.get(2)?, row.get(4)?);
    let failure: Option<String> = row.get(7)?;
    let next_at = time(row.get(1)?);
    let times = Times {
        next_at,
        due_at: due_at.map_or(next_at, time),
        held: row.get(3)?,
        wait: kept::wait(&wait),
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
