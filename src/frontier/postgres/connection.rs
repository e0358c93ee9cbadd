//! Trips to the server: one statement each, and what is done while the server is away.
//!
//! A call that finds no server waits and tries again, a quarter of a second at first, twice as long
//! each time, half a minute at most, and says so as a warning. It gives up when the server has been
//! away for longer than its patience, or when somebody says so. Every statement can be given twice:
//! what was committed and whose reply got lost is not done again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::error::{Failure, why};
use super::place::Place;
use super::{PostgresError, tls};

/// Connections of one process; a crawl uses one at a time, other callers may use more.
const CONNECTIONS: usize = 4;
/// The first wait while the server is away, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));
/// So many times two transactions may be in each other's way before that is an error.
const CLASHES: u32 = 20;

/// What a statement is given.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A pool of connections to one place.
#[derive(Debug)]
pub(super) struct Connection {
    pool: Pool,
    pub(super) place: Arc<Place>,
    /// How long the server may be away, in milliseconds.
    patience: AtomicU64,
    /// Becomes `true` when nobody wants to wait any more.
    given_up: watch::Sender<bool>,
}

/// One trip that failed.
struct Trip {
    failure: Failure,
    why: String,
}

impl From<tokio_postgres::Error> for Trip {
    fn from(error: tokio_postgres::Error) -> Self {
        Self {
            failure: Failure::of(&error),
            why: why(&error),
        }
    }
}

impl Connection {
    /// A pool without a connection yet.
    pub(super) fn new(place: Place, patience: Duration) -> Result<Self, PostgresError> {
        let connector = tls::connector(&place)?;
        // A connection that broke is known to be: nothing is sent to find out.
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(
            place.config.clone(),
            connector,
            ManagerConfig { recycling_method },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(Duration::from_secs(30)))
            .build()
            .map_err(|error| PostgresError::Address(error.to_string()))?;
        let connection = Self {
            pool,
            place: Arc::new(place),
            patience: AtomicU64::new(0),
            given_up: watch::Sender::new(false),
        };
        connection.set_patience(patience);
        Ok(connection)
    }

    pub(super) fn set_patience(&self, patience: Duration) {
        let milliseconds = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self.patience.store(milliseconds, Ordering::Relaxed);
    }

    /// Has whoever waits for the server give up, now and from now on.
    pub(super) fn give_up(&self) {
        self.given_up.send_replace(true);
    }

    /// The rows of a statement that may be given twice.
    pub(super) async fn rows(
        &self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, PostgresError> {
        let mut outage = Outage::default();
        let mut clashes = 0;
        loop {
            let trip = match self.trip(statement, values).await {
                Ok(rows) => {
                    outage.over(&self.place);
                    return Ok(rows);
                }
                Err(trip) => trip,
            };
            match trip.failure {
                Failure::Clash if clashes < CLASHES => clashes += 1,
                Failure::Away => self.wait(&mut outage, trip).await?,
                _ => return Err(self.told(trip)),
            }
        }
    }

    /// The one row of a statement that may be given twice.
    pub(super) async fn row(
        &self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Row, PostgresError> {
        let mut rows = self.rows(statement, values).await?;
        rows.pop().ok_or_else(|| self.failed("a row is missing"))
    }

    /// A connection of one's own, which does not go back to the others; nothing is waited for.
    pub(super) async fn own(&self) -> Result<deadpool_postgres::ClientWrapper, PostgresError> {
        let object = self.connected().await.map_err(|trip| self.told(trip))?;
        Ok(Object::take(object))
    }

    pub(super) fn failed(&self, why: &str) -> PostgresError {
        PostgresError::Failed {
            place: self.place.server(),
            why: why.to_owned(),
        }
    }

    /// An error of a connection of one's own.
    pub(super) fn broken(&self, error: tokio_postgres::Error) -> PostgresError {
        self.told(error.into())
    }

    async fn trip(&self, statement: &'static str, values: Values<'_>) -> Result<Vec<Row>, Trip> {
        let client = self.connected().await?;
        let statement = client.prepare_cached(statement).await?;
        Ok(client.query(&statement, values).await?)
    }

    async fn connected(&self) -> Result<Object, Trip> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(TimeoutType::Create) => Trip {
                failure: Failure::Away,
                why: "no answer within 30 s".to_owned(),
            },
            other => Trip {
                failure: Failure::Final,
                why: other.to_string(),
            },
        })
    }

    fn told(&self, Trip { failure, why }: Trip) -> PostgresError {
        let place = self.place.server();
        match failure {
            Failure::Away => PostgresError::Away { place, why },
            Failure::Refused => PostgresError::Refused { place, why },
            Failure::Untrusted => PostgresError::Untrusted { place, why },
            _ => PostgresError::Failed { place, why },
        }
    }

    /// Waits a while for the server; the error where nobody wants to wait any longer.
    async fn wait(&self, outage: &mut Outage, trip: Trip) -> Result<(), PostgresError> {
        let patience = Duration::from_millis(self.patience.load(Ordering::Relaxed));
        let since = *outage.since.get_or_insert_with(Instant::now);
        let mut given_up = self.given_up.subscribe();
        let left = patience.saturating_sub(since.elapsed());
        if left.is_zero() || *given_up.borrow() {
            return Err(self.told(trip));
        }
        let wait = outage.next_wait().min(left);
        tracing::warn!(
            "PostgreSQL at {} is away ({}); trying again in {:.1} s, for {} s at most",
            self.place.server(),
            trip.why,
            wait.as_secs_f64(),
            left.as_secs()
        );
        tokio::select! {
            () = sleep(wait) => Ok(()),
            _ = given_up.wait_for(|given_up| *given_up) => Err(self.told(trip)),
        }
    }
}

/// A server that has been away for a while.
#[derive(Default)]
struct Outage {
    since: Option<Instant>,
    waited: Option<Duration>,
}

impl Outage {
    fn next_wait(&mut self) -> Duration {
        let (first, longest) = WAITS;
        let next = self.waited.map_or(first, |waited| waited * 2).min(longest);
        self.waited = Some(next);
        next
    }

    fn over(&self, place: &Place) {
        if let Some(since) = self.since {
            tracing::warn!(
                "PostgreSQL at {} is back after {:.1} s",
                place.server(),
                since.elapsed().as_secs_f64()
            );
        }
    }
}
