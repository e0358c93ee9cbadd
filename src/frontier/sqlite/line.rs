//! Addresses into the lines of their hosts and out of them, and what that means for the hosts.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};
use url::Url;

use super::rows::{self, Line};
use crate::frontier::kept::{stored, way};
use crate::frontier::{End, Finding, Job};
use crate::page::Target;

/// The host of this name, made if there is none.
fn host(transaction: &Transaction<'_>, now: Timestamp, url: &Url) -> rusqlite::Result<i64> {
    let name = url.host_str().unwrap_or_default();
    let known = transaction
        .prepare_cached("SELECT id FROM host WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    transaction
        .prepare_cached("INSERT INTO host (name, next_at) VALUES (?1, ?2)")?
        .insert((name, stored(now)))
}

/// Takes an address; `false` if it was known.
pub(super) fn add(
    transaction: &Transaction<'_>,
    now: Timestamp,
    target: &Target,
) -> rusqlite::Result<bool> {
    let url = target.url.as_str();
    let identity = target.identity();
    let hash = rows::hash(&identity);
    let known = transaction
        .prepare_cached("SELECT 1 FROM url WHERE hash = ?1 AND coalesce(identity, url) = ?2")?
        .exists((hash, identity.as_str()))?;
    if known {
        return Ok(false);
    }
    let host = host(transaction, now, &target.url)?;
    let identity = (identity != url).then_some(identity);
    let asked = (target.asked != url).then_some(target.asked.as_str());
    transaction
        .prepare_cached(
            "INSERT INTO url (hash, identity, host, url, asked, way, turn)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(id), 0) + 1 FROM url))",
        )?
        .execute((hash, identity, host, url, asked, way(target)))?;
    // Its line is not empty any more, so nothing but the gate holds the host up.
    transaction
        .prepare_cached(
            "UPDATE host SET failing = CASE WHEN pending = 0 THEN 0 ELSE failing END,
               pending = pending + 1, due_at = next_at WHERE id = ?1",
        )?
        .execute([host])?;
    Ok(true)
}

/// Works out again when a host may be leased.
pub(super) fn refresh(transaction: &Transaction<'_>, host: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE host SET due_at =
               CASE WHEN EXISTS (SELECT 1 FROM url WHERE host = ?1 AND state = 0) THEN next_at
               ELSE max(next_at, (SELECT min(turn) FROM url WHERE host = ?1 AND state = 1)) END
             WHERE id = ?1",
        )?
        .execute([host])?;
    Ok(())
}

/// Readies what was put off until now, behind the others: a page that keeps failing does not hold
/// up the rest of its host.
pub(super) fn ready(
    transaction: &Transaction<'_>,
    now: Timestamp,
    host: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE url SET state = 0, turn = (SELECT max(id) + 1 FROM url)
             WHERE host = ?1 AND state = 1 AND turn <= ?2",
        )?
        .execute((host, stored(now)))?;
    Ok(())
}

/// What became of a job of a lease.
pub(super) fn end(
    transaction: &Transaction<'_>,
    now: Timestamp,
    line: &Line,
    end: End,
) -> rusqlite::Result<()> {
    match end {
        // It never left the head of the line.
        End::Again => Ok(()),
        End::Done(finding) => ended(transaction, now, line, &finding),
        End::Moved(to) => moved(transaction, now, line, to),
        End::Retry { at, why } => {
            transaction
                .prepare_cached(
                    "UPDATE url SET state = 1, turn = ?2, attempts = attempts + 1, outcome = ?3,
                       found_at = ?4, status = ?5, reason = ?6 WHERE id = ?1",
                )?
                .execute((
                    line.id,
                    stored(at),
                    why.outcome.as_str(),
                    stored(now),
                    why.status,
                    why.reason,
                ))?;
            Ok(())
        }
    }
}

/// Ends an address. It goes back to its own host, where a revisit starts.
pub(super) fn ended(
    transaction: &Transaction<'_>,
    now: Timestamp,
    line: &Line,
    finding: &Finding,
) -> rusqlite::Result<()> {
    let home = if line.job.trail.is_empty() {
        line.host
    } else {
        host(transaction, now, &line.job.target.url)?
    };
    let validators = &finding.validators;
    transaction
        .prepare_cached(
            "UPDATE url SET state = 2, turn = ?2, host = ?3, outcome = ?4, found_at = ?2,
               status = ?5, reason = ?6, etag = ?7, last_modified = ?8, validated = ?9
             WHERE id = ?1",
        )?
        .execute((
            line.id,
            stored(now),
            home,
            finding.outcome.as_str(),
            finding.status,
            &finding.reason,
            &validators.etag,
            &validators.last_modified,
            validators.url.as_ref().map(Url::as_str),
        ))?;
    transaction
        .prepare_cached(
            "INSERT INTO tally (outcome, count) VALUES (?1, 1)
             ON CONFLICT (outcome) DO UPDATE SET count = count + 1",
        )?
        .execute([finding.outcome.as_str()])?;
    fewer(transaction, line.host)
}

fn fewer(transaction: &Transaction<'_>, host: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE host SET pending = pending - 1 WHERE id = ?1")?
        .execute([host])?;
    Ok(())
}

/// Puts a job first into the line of the host that a redirect led to.
fn moved(
    transaction: &Transaction<'_>,
    now: Timestamp,
    line: &Line,
    to: Url,
) -> rusqlite::Result<()> {
    let new = host(transaction, now, &to)?;
    let mut trail = line.job.trail.clone();
    trail.push(to);
    transaction
        .prepare_cached(
            "UPDATE url SET host = ?2, state = 0, trail = ?3, turn = (SELECT
               coalesce(min(turn), 0) - 1 FROM url WHERE host = ?2 AND state = 0) WHERE id = ?1",
        )?
        .execute((line.id, new, trail_text(&trail)))?;
    fewer(transaction, line.host)?;
    transaction
        .prepare_cached("UPDATE host SET pending = pending + 1, due_at = next_at WHERE id = ?1")?
        .execute([new])?;
    Ok(())
}

fn trail_text(trail: &[Url]) -> String {
    let texts: Vec<&str> = trail.iter().map(Url::as_str).collect();
    serde_json::json!(texts).to_string()
}

/// The first jobs of a host's line.
pub(super) fn first(
    transaction: &Transaction<'_>,
    host: i64,
    count: usize,
) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {} FROM url WHERE host = ?1 AND state = 0 ORDER BY turn, id LIMIT ?2",
        rows::JOB
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let lines = statement.query_map((host, count), rows::line)?;
    lines.map(|line| line.map(|line| line.job)).collect()
}
