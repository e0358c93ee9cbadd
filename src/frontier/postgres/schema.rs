//! The tables: recognised, refused, made, or brought to this version's format.
//!
//! Everything is done in one transaction under one lock of the server, so many workers may start
//! at once, and one that is killed in the middle leaves nothing half made.

use tokio_postgres::Client;

use super::PostgresError;
use super::connection::Connection;

/// The steps from one format to the next. What makes two addresses one (`page::canonical`) is part
/// of a format.
const STEPS: [&str; VERSION as usize] = [include_str!("schema/1.sql")];

/// The newest format this version knows.
const VERSION: i32 = 1;

/// The lock of the server that is held meanwhile (`ClCp`, as in the head of a frontier's file).
const LOCK: i64 = 0x436c_4370;

/// Makes sure that the tables are there and of this version; makes them only if `create` is set.
pub(super) async fn prepare(connection: &Connection, create: bool) -> Result<(), PostgresError> {
    let client = connection.own().await?;
    // Where it fails the connection is closed, which rolls back what was begun.
    in_transaction(connection, &client, create).await?;
    let commit = client.batch_execute("COMMIT").await;
    commit.map_err(|error| connection.broken(error))
}

async fn in_transaction(
    connection: &Connection,
    client: &Client,
    create: bool,
) -> Result<(), PostgresError> {
    let broken = |error| connection.broken(error);
    let place = connection.place.to_string();
    let schema = connection.place.schema.as_str();
    let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})");
    client.batch_execute(&begin).await.map_err(broken)?;
    let Some(found) = version(connection, client).await? else {
        let others = client
            .query_one(
                "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                 WHERE nspname = $1",
                &[&schema],
            )
            .await
            .map_err(broken)?;
        if others.get::<_, i64>(0) > 0 {
            return Err(PostgresError::Foreign { place });
        }
        if !create {
            return Err(PostgresError::NoCrawl { place });
        }
        let make = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        client.batch_execute(&make).await.map_err(broken)?;
        return steps(connection, client, 0).await;
    };
    if found > VERSION {
        return Err(PostgresError::Newer {
            place,
            found,
            known: VERSION,
        });
    }
    steps(connection, client, found).await
}

/// The format of what is there; `None` where there is nothing of ours.
async fn version(connection: &Connection, client: &Client) -> Result<Option<i32>, PostgresError> {
    let broken = |error| connection.broken(error);
    let schema = connection.place.schema.as_str();
    let ours = client
        .query_one(
            "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname = $1 AND relname IN ('host', 'url', 'note', 'tally')",
            &[&schema],
        )
        .await
        .map_err(broken)?;
    if ours.get::<_, i64>(0) < 4 {
        return Ok(None);
    }
    let noted = client
        .query_opt("SELECT value FROM note WHERE name = 'format'", &[])
        .await
        // A table of this name that is not ours has other columns.
        .map_err(|_| PostgresError::Foreign {
            place: connection.place.to_string(),
        })?;
    Ok(noted.and_then(|row| row.get::<_, String>(0).parse().ok()))
}

/// Takes the steps that are missing.
async fn steps(connection: &Connection, client: &Client, found: i32) -> Result<(), PostgresError> {
    let broken = |error| connection.broken(error);
    let missing = STEPS
        .get(found.unsigned_abs() as usize..)
        .unwrap_or_default();
    for step in missing {
        client.batch_execute(step).await.map_err(broken)?;
    }
    if !missing.is_empty() {
        client
            .execute(
                "INSERT INTO note VALUES ('format', $1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[&VERSION.to_string()],
            )
            .await
            .map_err(broken)?;
    }
    Ok(())
}
