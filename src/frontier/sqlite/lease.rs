//! The calls that change a host: leasing, renewing, settling, and what works on all of them.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use super::rows;
use super::{line, look};
use crate::frontier::kept::{failing, length, micros, stored};
use crate::frontier::{End, Finding, Lease, Settlement, Want};
use crate::page::Target;

pub(super) fn lease(
    transaction: &Transaction<'_>,
    now: Timestamp,
    want: Want,
) -> rusqlite::Result<Vec<Lease>> {
    let until = stored(now).saturating_add(micros(want.ttl));
    let mut leases = Vec::new();
    for (id, mut lease) in due(transaction, now, want.hosts)? {
        line::ready(transaction, now, id)?;
        lease.jobs = line::first(transaction, id, want.per_host.max(1))?;
        if lease.jobs.is_empty() {
            line::refresh(transaction, id)?;
            continue;
        }
        transaction
            .prepare_cached(
                "UPDATE host SET held = 1, fence = ?2, next_at = ?3, due_at = ?3 WHERE id = ?1",
            )?
            .execute((id, lease.fence.cast_signed(), until))?;
        leases.push(lease);
    }
    Ok(leases)
}

/// The hosts that have been due longest, each as its next lease, still without jobs.
fn due(
    transaction: &Transaction<'_>,
    now: Timestamp,
    hosts: usize,
) -> rusqlite::Result<Vec<(i64, Lease)>> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, name, fence, failing, failure, latency FROM host
         WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2",
    )?;
    let hosts = statement.query_map((stored(now), hosts), |row| {
        let fence: i64 = row.get(2)?;
        let failure: Option<String> = row.get(4)?;
        let latency: Option<i64> = row.get(5)?;
        let lease = Lease {
            host: row.get(1)?,
            fence: fence.cast_unsigned() + 1,
            jobs: Vec::new(),
            failing: failing(row.get(3)?, failure.as_deref()),
            latency: latency.map(length),
        };
        Ok((row.get(0)?, lease))
    })?;
    hosts.collect()
}

pub(super) fn renew(
    transaction: &Transaction<'_>,
    lease: &Lease,
    until: i64,
) -> rusqlite::Result<bool> {
    let renewed = transaction
        .prepare_cached(
            "UPDATE host SET next_at = ?3, due_at = ?3 WHERE name = ?1 AND held AND fence = ?2",
        )?
        .execute((&lease.host, lease.fence.cast_signed(), until))?;
    Ok(renewed > 0)
}

pub(super) fn settle(
    transaction: &Transaction<'_>,
    now: Timestamp,
    lease: &Lease,
    settlement: Settlement,
) -> rusqlite::Result<bool> {
    let holder: Option<i64> = transaction
        .prepare_cached("SELECT id FROM host WHERE name = ?1 AND held AND fence = ?2")?
        .query_row((&lease.host, lease.fence.cast_signed()), |row| row.get(0))
        .optional()?;
    let Some(id) = holder else {
        return Ok(false);
    };
    let asked = settlement.ends.iter().any(|(_, end)| *end != End::Again);
    transaction
        .prepare_cached(
            "UPDATE host SET held = 0, next_at = ?2, wait = ?3, pause = ?4,
               latency = coalesce(?5, latency),
               failing = CASE WHEN ?6 IS NOT NULL THEN failing + 1 WHEN ?7 THEN 0 ELSE failing END,
               failure = CASE WHEN ?6 IS NOT NULL THEN ?6 WHEN ?7 THEN NULL ELSE failure END
             WHERE id = ?1",
        )?
        .execute((
            id,
            stored(settlement.next_at),
            settlement.wait.as_str(),
            micros(settlement.pause),
            settlement.latency.map(micros),
            settlement.failed.map(crate::outcome::Outcome::as_str),
            asked,
        ))?;
    for (url, end) in settlement.ends {
        let held = lease.jobs.iter().any(|job| job.target.url == url);
        debug_assert!(held, "{url} is not in this lease");
        let known = rows::find(transaction, &url)?;
        // One that was closed meanwhile has ended.
        if let Some(known) = known.filter(|known| held && known.state < 2) {
            line::end(transaction, now, &known, end)?;
        }
    }
    for (origin, file) in settlement.robots {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO robots VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((
                origin,
                file.status,
                file.body,
                stored(file.fetched_at),
                stored(file.good_until),
            ))?;
    }
    line::refresh(transaction, id)?;
    Ok(true)
}

/// Ends an address, taken first if it is unknown; `false` if it had ended before.
pub(super) fn close(
    transaction: &Transaction<'_>,
    now: Timestamp,
    target: &Target,
    finding: &Finding,
) -> rusqlite::Result<bool> {
    line::add(transaction, now, target)?;
    let known = rows::find(transaction, &target.url)?;
    let Some(known) = known.filter(|known| known.state < 2) else {
        return Ok(false);
    };
    let mut finding = finding.clone();
    if finding.validators.is_empty() {
        finding.validators = known.job.validators.clone();
    }
    line::ended(transaction, now, &known, &finding)?;
    line::refresh(transaction, known.host)?;
    Ok(true)
}

pub(super) fn revisit(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    let count = transaction.execute(
        "UPDATE url SET state = 0, turn = id, attempts = 0, trail = NULL WHERE state = 2",
        [],
    )?;
    transaction.execute_batch(
        "DELETE FROM tally;
         UPDATE host SET failing = 0, failure = NULL, pending =
           (SELECT count(*) FROM url WHERE host = host.id AND state < 2);",
    )?;
    transaction.execute_batch(
        "UPDATE host SET due_at = next_at
         WHERE EXISTS (SELECT 1 FROM url WHERE host = host.id AND state = 0);",
    )?;
    let visit = look::visit(transaction)? + 1;
    transaction.execute(
        "INSERT OR REPLACE INTO note (name, value) VALUES ('visit', ?1)",
        [visit.to_string()],
    )?;
    Ok(count)
}

pub(super) fn take_over(
    transaction: &Transaction<'_>,
    now: Timestamp,
    pause: Duration,
) -> rusqlite::Result<usize> {
    let held: Vec<i64> = transaction
        .prepare("SELECT id FROM host WHERE held")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for &id in &held {
        transaction
            .prepare_cached(
                "UPDATE host SET held = 0, fence = fence + 1, wait = 'pause',
                   next_at = ?2 + max(pause, ?3) WHERE id = ?1",
            )?
            .execute((id, stored(now), micros(pause)))?;
        line::refresh(transaction, id)?;
    }
    Ok(held.len())
}
