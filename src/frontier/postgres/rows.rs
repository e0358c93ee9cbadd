//! Values as rows and back.

use std::borrow::Cow;
use std::hash::Hasher as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use tokio_postgres::Row;
use url::Url;
use uuid::Uuid;

use super::PostgresError;
use super::clock::Skew;
use super::connection::Connection;
use crate::frontier::host::Times;
use crate::frontier::kept::{self, failing, length, micros, outcome};
use crate::frontier::{
    End, Entry, Finding, HostState, Job, Lease, RobotsFile, Settlement, Validators,
};
use crate::outcome::Outcome;
use crate::page::Target;

/// By which an address is known: a hash of its identity that stays the same for as long as the
/// format does. With 128 bits no two addresses of a crawl have the same.
pub(super) fn hash(identity: &str) -> Uuid {
    let mut hasher = SipHasher13::new();
    hasher.write(identity.as_bytes());
    Uuid::from_u128(hasher.finish128().as_u128())
}

/// A text without the one character that PostgreSQL cannot keep.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into()
    } else {
        text.into()
    }
}

fn plain_of(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| plain(text))
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// Targets as the columns that `add` takes.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) hashes: Vec<Uuid>,
    pub(super) hosts: Vec<String>,
    pub(super) urls: Vec<String>,
    pub(super) asked: Vec<Option<String>>,
    pub(super) ways: Vec<Option<String>>,
}

impl Targets {
    pub(super) fn of<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Self {
        let mut columns = Self::default();
        for target in targets {
            let url = target.url.as_str();
            let asked = (target.asked != url).then(|| plain(&target.asked).into_owned());
            columns.hashes.push(hash(&target.identity()));
            columns.hosts.push(host_of(&target.url).to_owned());
            columns.urls.push(url.to_owned());
            columns.asked.push(asked);
            columns.ways.push(kept::way(target));
        }
        columns
    }
}

/// What was found, as `settle` and `close` take it.
fn finding(of: &Finding) -> Value {
    let validators = &of.validators;
    json!({
        "outcome": of.outcome.as_str(),
        "status": of.status,
        "reason": plain_of(of.reason.as_ref()),
        "etag": plain_of(validators.etag.as_ref()),
        "last_modified": plain_of(validators.last_modified.as_ref()),
        "validated": validators.url,
    })
}

fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

/// A lease given back, as `settle` takes it.
pub(super) fn settlement(skew: Skew, lease: &Lease, settled: &Settlement) -> Value {
    let ends = settled.ends.iter().filter_map(|(url, end)| {
        let job = lease.jobs.iter().find(|job| job.target.url == *url);
        debug_assert!(job.is_some(), "{url} is not in this lease");
        job.and_then(|job| self::end(skew, job, end))
    });
    let robots = settled.robots.iter().map(|(origin, file)| {
        json!({
            "origin": origin,
            "status": file.status,
            "body": data_encoding::BASE64.encode(&file.body),
            "fetched_at": skew.there(file.fetched_at),
            "good_until": skew.there(file.good_until),
        })
    });
    json!({
        "host": lease.host,
        "fence": lease.fence.cast_signed(),
        "next_at": skew.gate(settled.next_at),
        "wait": settled.wait.as_str(),
        "pause": micros(settled.pause),
        "latency": settled.latency.map(micros),
        "failed": settled.failed.map(Outcome::as_str),
        "asked": settled.ends.iter().any(|(_, end)| *end != End::Again),
        "ends": ends.collect::<Vec<_>>(),
        "robots": robots.collect::<Vec<_>>(),
    })
}

/// What became of a job; nothing of one that never left the head of its line.
fn end(skew: Skew, job: &Job, end: &End) -> Option<Value> {
    let target = &job.target;
    let own = json!({ "hash": hash(&target.identity()).to_string(), "home": host_of(&target.url) });
    let more = match end {
        End::Again => return None,
        End::Done(found) => with(finding(found), json!({ "kind": "done" })),
        End::Retry { at, why } => with(
            finding(why),
            json!({ "kind": "retry", "at": skew.gate(*at) }),
        ),
        End::Moved(to) => {
            let trail: Vec<&Url> = job.trail.iter().chain([to]).collect();
            let trail = json!(trail).to_string();
            json!({ "kind": "moved", "destination": host_of(to), "trail": trail })
        }
    };
    Some(with(own, more))
}

/// An address that ended elsewhere, as `close` takes it.
pub(super) fn closed(target: &Target, found: &Finding) -> Value {
    let own = json!({ "hash": hash(&target.identity()).to_string(), "home": host_of(&target.url) });
    with(own, finding(found))
}

/// Reads rows of one place, whose clock differs so.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) connection: &'a Connection,
    pub(super) skew: Skew,
}

impl Reader<'_> {
    fn bad(self, error: impl std::fmt::Display) -> PostgresError {
        self.connection
            .failed(&format!("a row cannot be read: {error}"))
    }

    fn url(self, text: &str) -> Result<Url, PostgresError> {
        Url::parse(text).map_err(|error| self.bad(error))
    }

    /// The leases of rows that are one job each, those of a lease together.
    pub(super) fn leases(self, rows: &[Row]) -> Result<Vec<Lease>, PostgresError> {
        let mut leases: Vec<Lease> = Vec::new();
        for row in rows {
            let fence = row.get::<_, i64>("o_fence").cast_unsigned();
            let job = self.job(row, "o_")?;
            match leases.last_mut().filter(|lease| lease.fence == fence) {
                Some(lease) => lease.jobs.push(job),
                None => leases.push(Lease {
                    host: row.get("o_name"),
                    fence,
                    jobs: vec![job],
                    failing: failing(times(row.get("o_failing")), row.get("o_failure")),
                    latency: row.get::<_, Option<i64>>("o_latency").map(length),
                }),
            }
        }
        Ok(leases)
    }

    /// A job from columns whose names begin so.
    fn job(self, row: &Row, prefix: &str) -> Result<Job, PostgresError> {
        let text = |name: &str| -> Option<&str> { row.get(format!("{prefix}{name}").as_str()) };
        let url = self.url(text("url").unwrap_or_default())?;
        let asked = text("asked").map(str::to_owned);
        let target = kept::target(url, asked, text("way")).map_err(|error| self.bad(error))?;
        let mut job = Job::new(target);
        job.attempts = times(row.get(format!("{prefix}attempts").as_str()));
        if let Some(trail) = text("trail") {
            job.trail = serde_json::from_str(trail).map_err(|error| self.bad(error))?;
        }
        job.validators = Validators {
            etag: text("etag").map(str::to_owned),
            last_modified: text("last_modified").map(str::to_owned),
            url: text("validated").and_then(|text| Url::parse(text).ok()),
        };
        Ok(job)
    }

    /// A host from `name, next_at, due_at, held, wait, pending, failing, failure`.
    pub(super) fn host_state(self, row: &Row, now: Timestamp) -> HostState {
        let next_at: i64 = row.get("next_at");
        let due_at: Option<i64> = row.get("due_at");
        let times_of = Times {
            next_at: self.skew.passed(next_at),
            due_at: self.skew.passed(due_at.unwrap_or(next_at)),
            held: row.get("held"),
            wait: kept::wait(row.get("wait")),
        };
        HostState {
            host: row.get("name"),
            wait: times_of.wait(now),
            until: times_of.due_at,
            pending: usize::try_from(row.get::<_, i32>("pending")).unwrap_or(0),
            failing: failing(times(row.get("failing")), row.get("failure")),
        }
    }

    /// All that is known of an address, from its row beside that of its host.
    pub(super) fn entry(self, row: &Row, now: Timestamp) -> Result<Entry, PostgresError> {
        let job = self.job(row, "")?;
        let (state, turn): (i16, i64) = (row.get("state"), row.get("turn"));
        let found_at: Option<i64> = row.get("found_at");
        let known = row.get::<_, Option<&str>>("outcome").and_then(outcome);
        let found = found_at.zip(known).map(|(at, outcome)| {
            let mut found = Finding::from(outcome);
            let status = row.get::<_, Option<i32>>("status");
            found.status = status.and_then(|status| u16::try_from(status).ok());
            found.reason = row.get("reason");
            found.validators = job.validators.clone();
            (self.skew.here(at), found)
        });
        Ok(Entry {
            pending: (state < 2).then(|| self.host_state(row, now)),
            put_off: (state == 1).then(|| self.skew.passed(turn)),
            found,
            job,
        })
    }

    pub(super) fn robots(self, row: &Row) -> RobotsFile {
        RobotsFile {
            status: u16::try_from(row.get::<_, i32>("status")).unwrap_or_default(),
            body: row.get("body"),
            fetched_at: self.skew.here(row.get("fetched_at")),
            good_until: self.skew.here(row.get("good_until")),
        }
    }
}

/// A count that is never negative.
fn times(count: i32) -> u32 {
    count.unsigned_abs()
}
