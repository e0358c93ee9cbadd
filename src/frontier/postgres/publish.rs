//! Which records count: asked by whoever publishes what many workers wrote.
//!
//! A worker writes a record and then settles the lease that it came of. If the lease was no longer
//! its own, another worker writes another record of the same address. The frontier knows under
//! which lease an address ended, so of all records of an address exactly one counts: fetching is
//! done at least once, publishing exactly once.

use deadpool_postgres::ClientWrapper;
use url::Url;
use uuid::Uuid;

use super::connection::Connection;
use super::rows::hash;
use super::{Postgres, PostgresError};
use crate::outcome::Outcome;
use crate::page::canonical;

/// A view of the frontier as it is at one moment, for whoever publishes; there is one at a time.
///
/// Dropping it lets the next one in.
#[derive(Debug)]
pub struct Publishing<'a> {
    connection: &'a Connection,
    client: ClientWrapper,
    owed: u64,
    visit: u32,
}

impl Postgres {
    /// Begins to publish the records of the visit under way; `None` while somebody else does.
    ///
    /// # Errors
    /// [`PostgresError`] when the server is away or fails; then nothing was begun.
    pub async fn publishing(&self) -> Result<Option<Publishing<'_>>, PostgresError> {
        let connection = &self.connection;
        let broken = |error| connection.broken(error);
        let client = connection.own().await?;
        // One moment for all that is asked: what ends later has its record published later.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
        client.batch_execute(begin).await.map_err(broken)?;
        let schema = connection.place.schema.as_str();
        let free = client
            .query_one("SELECT pg_try_advisory_xact_lock(hashtext($1))", &[&schema])
            .await
            .map_err(broken)?;
        if !free.get::<_, bool>(0) {
            return Ok(None);
        }
        let table = "CREATE TEMPORARY TABLE published (hash uuid PRIMARY KEY) ON COMMIT DROP";
        client.batch_execute(table).await.map_err(broken)?;
        let owed = client
            .query_one(
                "SELECT count(*), visit() FROM url WHERE ended_by IS NOT NULL AND outcome <> $1",
                &[&Outcome::MissedGuess.as_str()],
            )
            .await
            .map_err(broken)?;
        Ok(Some(Publishing {
            connection,
            client,
            owed: owed.get::<_, i64>(0).unsigned_abs(),
            visit: owed.get::<_, i32>(1).unsigned_abs(),
        }))
    }
}

impl Publishing<'_> {
    /// How many records there have to be: one for each address that ended under a lease of this
    /// visit, but for guesses that missed, which have none.
    pub fn owed(&self) -> u64 {
        self.owed
    }

    /// Which visit this is, from 1.
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// Which of these records count, each given as the fence of its lease and the address it is
    /// of, if it can be told: those by which their addresses ended, each once over all calls.
    ///
    /// # Errors
    /// [`PostgresError`] when the server is away or fails; then all has to be begun again.
    pub async fn count(
        &mut self,
        records: &[(u64, Option<Url>)],
    ) -> Result<Vec<bool>, PostgresError> {
        let hashes: Vec<Option<Uuid>> = records
            .iter()
            .map(|(_, url)| Some(hash(canonical(url.as_ref()?).as_str())))
            .collect();
        let fences: Vec<i64> = records
            .iter()
            .map(|(fence, _)| fence.cast_signed())
            .collect();
        let good = self
            .client
            .query(
                "WITH good AS (
                     SELECT min(n) AS n, url.hash
                     FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS t (hash, fence, n)
                     JOIN url ON url.hash = t.hash AND url.ended_by = t.fence
                     GROUP BY url.hash
                 ), fresh AS (
                     INSERT INTO published SELECT hash FROM good ON CONFLICT DO NOTHING
                     RETURNING hash
                 )
                 SELECT n FROM good JOIN fresh USING (hash)",
                &[&hashes, &fences],
            )
            .await
            .map_err(|error| self.connection.broken(error))?;
        let mut counts = vec![false; records.len()];
        for row in good {
            let place = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
            if let Some(counts) = counts.get_mut(place) {
                *counts = true;
            }
        }
        Ok(counts)
    }
}
