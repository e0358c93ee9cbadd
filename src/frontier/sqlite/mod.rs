//! A frontier in a file: for crawls that outlive the process, on one machine.
//!
//! The file is an SQLite database with a write-ahead log. Each call of the trait is one
//! transaction, so whatever ends the process, also `kill -9`, the file stands between two calls.
//!
//! Calls block for the time of a local write, well under a millisecond, and wait for nothing
//! else. A million addresses need no more memory than a few: the file's pages come and go through
//! a cache of fixed size.

mod lease;
mod line;
mod look;
mod rows;
mod schema;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use url::Url;

use super::{
    Added, Counts, Entry, Error, Finding, Frontier, HostState, Lease, RobotsFile, Settlement, Want,
};
use crate::page::Target;

use crate::frontier::kept::{micros, stored};

/// A frontier in a file.
///
/// # Examples
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cleancopy::frontier::{Frontier, Sqlite};
/// use cleancopy::page::Target;
///
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("frontier.sqlite");
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let frontier = Sqlite::open(&path)?;
/// frontier.add(now, vec![Target::parse("https://a.example/1").unwrap()]).await?;
/// drop(frontier); // the process ends, in whatever way
/// assert_eq!(Sqlite::open(&path)?.pending().await?, 1);
/// # Ok::<(), cleancopy::frontier::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct Sqlite {
    // Never held over an await: no call here waits for another.
    connection: Mutex<Connection>,
}

fn store(error: rusqlite::Error) -> Error {
    Error::Store(error.into())
}

impl Sqlite {
    /// Opens the frontier in a file; makes one where there is none.
    ///
    /// # Errors
    /// [`Error::Foreign`] and [`Error::Newer`] for a file that is not ours to write; then nothing
    /// was changed. [`Error::Store`] when it cannot be opened or made.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            connection: Mutex::new(schema::open(path, true)?),
        })
    }

    /// Opens the frontier in a file that must be there, such as that of a crawl under way, to look
    /// at it.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open_existing(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            connection: Mutex::new(schema::open(path, false)?),
        })
    }

    /// As [`Sqlite::open_existing`], where this process may not write, too.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn look(path: &Path) -> Result<Self, Error> {
        let connection = match schema::open(path, false) {
            Err(Error::Store(_)) => schema::look(path)?,
            opened => opened?,
        };
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Takes over all leases: their holders settle and renew nothing any more.
    ///
    /// Only for one who knows that no holder is alive, as after a restart. The last request of a
    /// holder may have gone out a moment ago, so each host is left alone for its own pause, and at
    /// least for `pause`. Returns how many leases there were.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails.
    pub fn take_over(&self, now: Timestamp, pause: Duration) -> Result<usize, Error> {
        self.write(|transaction| lease::take_over(transaction, now, pause))
    }

    /// A note kept with the frontier by whoever uses it.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails.
    pub fn note(&self, name: &str) -> Result<Option<String>, Error> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT value FROM note WHERE name = ?1")
            .map_err(store)?;
        statement
            .query_row([name], |row| row.get(0))
            .optional()
            .map_err(store)
    }

    /// All notes whose names begin so, by name.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails.
    pub fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT name, value FROM note WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            )?;
            let notes = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            notes.collect()
        })
    }

    /// Keeps a note.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails.
    pub fn set_note(&self, name: &str, value: &str) -> Result<(), Error> {
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO note (name, value) VALUES (?1, ?2)")?
                .execute([name, value])
        })?;
        Ok(())
    }

    /// [`Frontier::add`], for whoever cannot await.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails; then none of them was taken.
    pub fn add_now(&self, now: Timestamp, targets: &[Target]) -> Result<Added, Error> {
        self.write(|transaction| {
            let mut added = Added::default();
            for target in targets {
                if line::add(transaction, now, target)? {
                    added.new += 1;
                } else {
                    added.known += 1;
                }
            }
            Ok(added)
        })
    }

    /// How many addresses nobody named: they were found on the way, or guessed.
    ///
    /// # Errors
    /// [`Error::Store`] when the file fails.
    pub fn count_found(&self) -> Result<usize, Error> {
        self.read(look::found)
    }

    /// Hands every address that was taken to `each`, as it was asked for.
    pub(crate) fn each_asked(&self, mut each: impl FnMut(&str)) -> Result<(), Error> {
        self.read(|transaction| {
            let mut statement = transaction.prepare("SELECT coalesce(asked, url) FROM url")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(&row.get::<_, String>(0)?);
            }
            Ok(())
        })
    }

    /// [`Frontier::close`], for whoever cannot await.
    pub(crate) fn close_now(
        &self,
        now: Timestamp,
        ends: &[(Target, Finding)],
    ) -> Result<usize, Error> {
        self.write(|transaction| {
            let mut closed = 0;
            for (target, finding) in ends {
                closed += usize::from(lease::close(transaction, now, target, finding)?);
            }
            Ok(closed)
        })
    }

    /// Whether each commit outlasts the machine's power, at the price of a sync.
    fn set_synced(&self, synced: bool) -> Result<(), Error> {
        let connection = self.connection();
        schema::set_synced(&connection, synced).map_err(store)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic inside rolled its transaction back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one transaction.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(store)?;
        let done = work(&transaction).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(done)
    }

    /// Reads under one view of the file.
    fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(store)?;
        work(&transaction).map_err(store)
    }
}

impl Frontier for Sqlite {
    /// Synced, other than [`Sqlite::add_now`]: what a page led to must not be missing after a power
    /// cut that its record outlasts.
    async fn add(&self, now: Timestamp, targets: Vec<Target>) -> Result<Added, Error> {
        self.set_synced(true)?;
        let added = self.add_now(now, &targets);
        self.set_synced(false)?;
        added
    }

    async fn lease(&self, now: Timestamp, want: Want) -> Result<Vec<Lease>, Error> {
        if self.wake(now).await?.is_none_or(|at| at > now) {
            return Ok(Vec::new());
        }
        self.write(|transaction| lease::lease(transaction, now, want))
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        let until = stored(now).saturating_add(micros(ttl));
        self.write(|transaction| lease::renew(transaction, lease, until))
    }

    async fn settle(
        &self,
        now: Timestamp,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<bool, Error> {
        self.write(|transaction| lease::settle(transaction, now, &lease, settlement))
    }

    /// One transaction: a commit costs more than a settlement.
    async fn settle_all(
        &self,
        now: Timestamp,
        settled: Vec<(Lease, Settlement)>,
    ) -> Result<Vec<bool>, Error> {
        self.write(|transaction| {
            let all = settled.into_iter();
            all.map(|(lease, settlement)| lease::settle(transaction, now, &lease, settlement))
                .collect()
        })
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        self.read(|transaction| look::wake(transaction, now))
    }

    async fn pending(&self) -> Result<usize, Error> {
        self.read(look::pending)
    }

    async fn counts(&self) -> Result<Counts, Error> {
        self.read(look::counts)
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostState>, Error> {
        self.read(|transaction| look::hosts(transaction, now))
    }

    async fn find(&self, now: Timestamp, url: &Url) -> Result<Option<Entry>, Error> {
        self.read(|transaction| look::find(transaction, now, url))
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, Error> {
        self.read(|transaction| look::robots(transaction, origin))
    }

    async fn close(&self, now: Timestamp, ends: Vec<(Target, Finding)>) -> Result<usize, Error> {
        self.close_now(now, &ends)
    }

    async fn revisit(&self, _: Timestamp) -> Result<usize, Error> {
        self.write(lease::revisit)
    }
}
