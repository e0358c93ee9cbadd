//! A frontier on a PostgreSQL server: for crawls that outgrow one machine.
//!
//! Any number of workers on any number of machines share it. Each call of the trait is one function
//! of the server (`schema/`), so one trip and one transaction; whoever is killed, worker or server,
//! the tables stand between two calls.
//!
//! 1. `lease` takes hosts that are due and that nobody else is taking (`FOR UPDATE SKIP LOCKED`) and
//!    gives each lease a number of its own, its fence.
//! 2. `settle` and `renew` compare that number under the host's lock: what a worker says under a
//!    lease that somebody else has meanwhile changes nothing.
//! 3. An address that ended keeps the fence under which it did, so that of several records of it
//!    the right one is known (`publish`).
//! 4. While the server is away, calls wait for it and say so (`connection`). Leases are rows: those
//!    that have not run out are still good when it is back.
//! 5. Clocks of machines differ: the server's counts (`clock`).
//!
//! It is the one store that sleeps, and the one that reads a clock: to wait for its server, and to
//! compare clocks.

mod clock;
mod connection;
mod error;
mod place;
mod publish;
mod rows;
mod schema;
mod tls;

pub use error::PostgresError;
pub use place::Place;
pub use publish::Publishing;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::kept::{micros, outcome, stored};
use super::{
    Added, Counts, Entry, Error, Finding, Frontier, HostState, Lease, RobotsFile, Settlement, Want,
};
use crate::page::{Target, canonical};

use clock::Skew;
use connection::Connection;
use rows::{Reader, Targets, hash};

/// So many addresses are taken in one transaction.
const BATCH: usize = 10_000;
/// So often the clocks are compared.
const COMPARED_EVERY: Duration = Duration::from_secs(600);
/// So many trips are made to compare them; the shortest tells.
const TRIPS: usize = 3;
/// So long a server may be away before a call fails, if nothing else is said.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A frontier on a PostgreSQL server.
///
/// # Examples
/// ```no_run
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use cleancopy::frontier::{Frontier, Place, Postgres};
/// use cleancopy::page::Target;
///
/// let place = Place::parse("postgres://desk@db.example/news?sslmode=verify-full")?;
/// let frontier = Postgres::open(place).await?;
/// let now = jiff::Timestamp::now();
/// frontier.add(now, vec![Target::parse("https://a.example/1").unwrap()]).await?;
/// assert!(frontier.pending().await? > 0);
/// # Ok::<(), cleancopy::frontier::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct Postgres {
    connection: Connection,
    /// How clocks differ, and when they were compared.
    skew: Mutex<(Skew, Instant)>,
}

impl Postgres {
    /// Opens the frontier at a place; makes its tables where there are none.
    ///
    /// # Errors
    /// [`PostgresError`], as an [`Error::Store`]: at once when the server is away or refuses, and
    /// when the schema has other tables or those of a newer version; then nothing was changed.
    pub async fn open(place: Place) -> Result<Self, Error> {
        Self::start(place, true).await
    }

    /// Opens the frontier at a place where there must be one, to look at it.
    ///
    /// # Errors
    /// As [`Postgres::open`], and [`PostgresError::NoCrawl`] where there is none.
    pub async fn open_existing(place: Place) -> Result<Self, Error> {
        Self::start(place, false).await
    }

    async fn start(place: Place, create: bool) -> Result<Self, Error> {
        let connection = Connection::new(place, Duration::ZERO)?;
        schema::prepare(&connection, create).await?;
        let skew = compare(&connection).await?;
        connection.set_patience(PATIENCE);
        Ok(Self {
            connection,
            skew: Mutex::new((skew, Instant::now())),
        })
    }

    /// Sets how long the server may be away before a call fails; an hour, if this is not called.
    pub fn set_patience(&self, patience: Duration) {
        self.connection.set_patience(patience);
    }

    /// Has calls that wait for the server fail at once, now and from now on: somebody wants to
    /// stop.
    pub fn give_up(&self) {
        self.connection.give_up();
    }

    /// Where it lies.
    pub fn place(&self) -> &Place {
        &self.connection.place
    }

    /// How many others are connected to this frontier, each of them most likely a worker.
    ///
    /// # Errors
    /// As [`Postgres::note`].
    pub async fn others(&self) -> Result<usize, Error> {
        let statement = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = $1
                AND pid <> pg_backend_pid()";
        let name = place::application(&self.place().schema);
        let row = self.connection.row(statement, &[&name]).await?;
        Ok(size(row.get(0)))
    }

    /// A note kept with the frontier by whoever uses it.
    ///
    /// # Errors
    /// [`Error::Store`] when the server fails or is away for too long.
    pub async fn note(&self, name: &str) -> Result<Option<String>, Error> {
        let rows = self
            .connection
            .rows("SELECT value FROM note WHERE name = $1", &[&name])
            .await?;
        Ok(rows.into_iter().next().map(|row| row.get(0)))
    }

    /// All notes whose names begin so, by name.
    ///
    /// # Errors
    /// As [`Postgres::note`].
    pub async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        let statement = "SELECT name, value FROM note WHERE starts_with(name, $1) ORDER BY name";
        let rows = self.connection.rows(statement, &[&prefix]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Keeps a note.
    ///
    /// # Errors
    /// As [`Postgres::note`].
    pub async fn set_note(&self, name: &str, value: &str) -> Result<(), Error> {
        let statement = "INSERT INTO note VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.connection.rows(statement, &[&name, &value]).await?;
        Ok(())
    }

    /// [`Frontier::revisit`], unless another worker began it: returns how many addresses the visit
    /// after `visit` is of, or `None` if it was under way already.
    ///
    /// # Errors
    /// As [`Postgres::note`].
    pub async fn revisit_after(&self, visit: u32) -> Result<Option<usize>, Error> {
        let from = i32::try_from(visit).unwrap_or(i32::MAX);
        self.start_visit(Some(from)).await
    }

    async fn start_visit(&self, from: Option<i32>) -> Result<Option<usize>, Error> {
        let row = self.connection.row("SELECT revisit($1)", &[&from]).await?;
        Ok(row.get::<_, Option<i64>>(0).map(size))
    }

    /// How clocks differ; compared again every now and then.
    async fn skew(&self) -> Result<Skew, Error> {
        let (skew, compared) = *self.known_skew();
        if compared.elapsed() < COMPARED_EVERY {
            return Ok(skew);
        }
        let skew = compare(&self.connection).await?;
        *self.known_skew() = (skew, Instant::now());
        Ok(skew)
    }

    fn known_skew(&self) -> std::sync::MutexGuard<'_, (Skew, Instant)> {
        self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reader(&self) -> Result<Reader<'_>, Error> {
        Ok(Reader {
            connection: &self.connection,
            skew: self.skew().await?,
        })
    }
}

async fn compare(connection: &Connection) -> Result<Skew, PostgresError> {
    let statement = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    // The first trip prepares the statement as well.
    connection.row(statement, &[]).await?;
    let mut best: Option<Skew> = None;
    for _ in 0..TRIPS {
        let before = stored(Timestamp::now());
        let server = connection.row(statement, &[]).await?.get(0);
        let skew = Skew::of_trip(before, server, stored(Timestamp::now()));
        best = Some(best.map_or(skew, |best| best.better(skew)));
    }
    Ok(best.unwrap_or_default())
}

fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// As many as a function of the server can take.
fn at_most(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl Frontier for Postgres {
    async fn add(&self, now: Timestamp, targets: Vec<Target>) -> Result<Added, Error> {
        let now = self.skew().await?.there(now);
        let mut added = Added::default();
        for targets in targets.chunks(BATCH) {
            let new = Targets::of(targets);
            let row = self
                .connection
                .row(
                    "SELECT add($1, $2, $3, $4, $5, $6)",
                    &[
                        &now,
                        &new.hashes,
                        &new.hosts,
                        &new.urls,
                        &new.asked,
                        &new.ways,
                    ],
                )
                .await?;
            let taken = size(row.get(0));
            added.new += taken;
            added.known += targets.len() - taken;
        }
        Ok(added)
    }

    async fn lease(&self, now: Timestamp, want: Want) -> Result<Vec<Lease>, Error> {
        let reader = self.reader().await?;
        let until = reader.skew.gate(now).saturating_add(micros(want.ttl));
        let (hosts, jobs) = (at_most(want.hosts), at_most(want.per_host.max(1)));
        let rows = self
            .connection
            .rows(
                "SELECT * FROM lease($1, $2, $3, $4)",
                &[&reader.skew.present(now), &hosts, &jobs, &until],
            )
            .await?;
        Ok(reader.leases(&rows)?)
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        let held = self.renew_all(now, &[lease], ttl).await?;
        Ok(held.first().copied().unwrap_or_default())
    }

    async fn renew_all(
        &self,
        now: Timestamp,
        leases: &[&Lease],
        ttl: Duration,
    ) -> Result<Vec<bool>, Error> {
        let until = self.skew().await?.gate(now).saturating_add(micros(ttl));
        let hosts: Vec<&str> = leases.iter().map(|lease| lease.host.as_str()).collect();
        let fences: Vec<i64> = leases
            .iter()
            .map(|lease| lease.fence.cast_signed())
            .collect();
        let rows = self
            .connection
            .rows("SELECT renew($1, $2, $3)", &[&hosts, &fences, &until])
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    async fn settle(
        &self,
        now: Timestamp,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<bool, Error> {
        let held = self.settle_all(now, vec![(lease, settlement)]).await?;
        Ok(held.first().copied().unwrap_or_default())
    }

    async fn settle_all(
        &self,
        now: Timestamp,
        settled: Vec<(Lease, Settlement)>,
    ) -> Result<Vec<bool>, Error> {
        let skew = self.skew().await?;
        let leases = settled
            .iter()
            .map(|(lease, settled)| rows::settlement(skew, lease, settled));
        let leases = Value::Array(leases.collect());
        let statement = "SELECT settle($1, $2)";
        let rows = self
            .connection
            .rows(statement, &[&skew.there(now), &leases])
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let skew = self.skew().await?;
        let statement = "SELECT min(due_at) FROM host WHERE due_at IS NOT NULL";
        let first: Option<i64> = self.connection.row(statement, &[]).await?.get(0);
        Ok(first.map(|at| skew.passed(at).max(now)))
    }

    async fn pending(&self) -> Result<usize, Error> {
        let statement = "SELECT coalesce(sum(pending), 0)::bigint FROM host";
        Ok(size(self.connection.row(statement, &[]).await?.get(0)))
    }

    async fn counts(&self) -> Result<Counts, Error> {
        // One statement sees one moment.
        let statement = "SELECT (SELECT coalesce(sum(pending), 0)::bigint FROM host), visit(),
                ended.outcome, ended.count
            FROM (SELECT 1) AS once LEFT JOIN (
                SELECT outcome, sum(count)::bigint AS count FROM tally GROUP BY outcome
            ) AS ended ON true";
        let rows = self.connection.rows(statement, &[]).await?;
        let mut counts = Counts::default();
        let mut outcomes = BTreeMap::new();
        for row in rows {
            counts.pending = size(row.get(0));
            counts.visit = row.get::<_, i32>(1).unsigned_abs();
            let name: Option<&str> = row.get(2);
            if let Some(outcome) = name.and_then(outcome) {
                outcomes.insert(outcome, size(row.get(3)));
            }
        }
        counts.outcomes = outcomes;
        Ok(counts)
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostState>, Error> {
        let reader = self.reader().await?;
        let statement = "SELECT name, next_at, due_at, held, wait, pending, failing, failure
            FROM host WHERE pending > 0 ORDER BY due_at, id";
        let rows = self.connection.rows(statement, &[]).await?;
        Ok(rows.iter().map(|row| reader.host_state(row, now)).collect())
    }

    async fn find(&self, now: Timestamp, url: &Url) -> Result<Option<Entry>, Error> {
        let reader = self.reader().await?;
        let statement = "SELECT url.url, asked, way, attempts, trail, etag, last_modified,
                validated, state, turn, outcome, found_at, status, reason,
                name, next_at, due_at, held, wait, pending, failing, failure
            FROM url JOIN host ON host.id = url.host WHERE hash = $1";
        let hash = hash(canonical(url).as_str());
        let row = self.connection.rows(statement, &[&hash]).await?.pop();
        Ok(row.map(|row| reader.entry(&row, now)).transpose()?)
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, Error> {
        let reader = self.reader().await?;
        let statement = "SELECT status, body, fetched_at, good_until FROM robots WHERE origin = $1";
        let row = self.connection.rows(statement, &[&origin]).await?.pop();
        Ok(row.map(|row| reader.robots(&row)))
    }

    async fn close(&self, now: Timestamp, ends: Vec<(Target, Finding)>) -> Result<usize, Error> {
        let now = self.skew().await?.there(now);
        let mut closed = 0;
        for ends in ends.chunks(BATCH) {
            let new = Targets::of(ends.iter().map(|(target, _)| target));
            let found = ends
                .iter()
                .map(|(target, found)| rows::closed(target, found));
            let found = Value::Array(found.collect());
            let row = self
                .connection
                .row(
                    "SELECT close($1, $2, $3, $4, $5, $6, $7)",
                    &[
                        &now,
                        &new.hashes,
                        &new.hosts,
                        &new.urls,
                        &new.asked,
                        &new.ways,
                        &found,
                    ],
                )
                .await?;
            closed += size(row.get(0));
        }
        Ok(closed)
    }

    async fn revisit(&self, _: Timestamp) -> Result<usize, Error> {
        Ok(self.start_visit(None).await?.unwrap_or_default())
    }
}
