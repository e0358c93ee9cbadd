//! The calls that change nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};
use url::Url;

use super::rows;
use crate::frontier::kept::{outcome, time};
use crate::frontier::{Counts, Entry, HostState, RobotsFile};

pub(super) fn wake(
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let first: Option<i64> = transaction
        .prepare_cached("SELECT min(due_at) FROM host WHERE due_at IS NOT NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(first.map(|at| time(at).max(now)))
}

pub(super) fn pending(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached("SELECT coalesce(sum(pending), 0) FROM host")?
        .query_row([], |row| row.get(0))
}

/// Which visit of the addresses this is, from 1.
pub(super) fn visit(transaction: &Transaction<'_>) -> rusqlite::Result<u32> {
    let kept: Option<String> = transaction
        .prepare_cached("SELECT value FROM note WHERE name = 'visit'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(kept.and_then(|text| text.parse().ok()).unwrap_or(1))
}

pub(super) fn counts(transaction: &Transaction<'_>) -> rusqlite::Result<Counts> {
    let mut outcomes = BTreeMap::new();
    let mut statement = transaction.prepare_cached("SELECT outcome, count FROM tally")?;
    let mut tally = statement.query([])?;
    while let Some(row) = tally.next()? {
        let name: String = row.get(0)?;
        if let Some(outcome) = outcome(&name) {
            outcomes.insert(outcome, row.get(1)?);
        }
    }
    Ok(Counts {
        pending: pending(transaction)?,
        outcomes,
        visit: visit(transaction)?,
    })
}

/// How many addresses were neither in a list nor named as a place to begin.
pub(super) fn found(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "SELECT count(*) FROM url WHERE way IS NOT NULL
               AND way ->> '$.found.via' IS NOT 'root'",
        )?
        .query_row([], |row| row.get(0))
}

pub(super) fn hosts(
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Vec<HostState>> {
    let sql = format!(
        "SELECT {} FROM host WHERE pending > 0 ORDER BY due_at, id",
        rows::HOST
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let hosts = statement.query_map([], |row| rows::host_state(row, now))?;
    hosts.collect()
}

pub(super) fn find(
    transaction: &Transaction<'_>,
    now: Timestamp,
    url: &Url,
) -> rusqlite::Result<Option<Entry>> {
    let Some(line) = rows::find(transaction, url)? else {
        return Ok(None);
    };
    let found = transaction
        .prepare_cached(
            "SELECT outcome, found_at, status, reason, etag, last_modified, validated
             FROM url WHERE id = ?1",
        )?
        .query_row([line.id], rows::found)?;
    let pending = if line.state < 2 {
        let sql = format!("SELECT {} FROM host WHERE id = ?1", rows::HOST);
        transaction
            .prepare_cached(&sql)?
            .query_row([line.host], |row| rows::host_state(row, now))
            .optional()?
    } else {
        None
    };
    Ok(Some(Entry {
        job: line.job,
        pending,
        put_off: (line.state == 1).then(|| time(line.turn)),
        found,
    }))
}

pub(super) fn robots(
    transaction: &Transaction<'_>,
    origin: &str,
) -> rusqlite::Result<Option<RobotsFile>> {
    transaction
        .prepare_cached(
            "SELECT status, body, fetched_at, good_until FROM robots WHERE origin = ?1",
        )?
        .query_row([origin], |row| {
            Ok(RobotsFile {
                status: row.get(0)?,
                body: row.get(1)?,
                fetched_at: time(row.get(2)?),
                good_until: time(row.get(3)?),
            })
        })
        .optional()
}
