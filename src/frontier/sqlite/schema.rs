//! The tables, and how a file is opened: recognised, refused, or made.
//!
//! Times are microseconds since 1970, rounded up, so that no gate opens early.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use url::Url;

use super::{rows, store};
use crate::frontier::Error;
use crate::page::canonical;

/// Says in the file's head whose it is (`PRAGMA application_id`): `ClCp`.
const APPLICATION: i64 = 0x436c_4370;

/// The format this version writes (`PRAGMA user_version`). What makes two addresses one
/// ([`canonical`]) is part of it: a version that changes that raises this number and [renews](renew)
/// older files.
pub(super) const VERSION: i64 = 2;

/// Pages of the file kept in memory, in KiB.
const CACHE: i64 = 16 * 1024;

/// In `url`, `state` is where an address stands and `turn` orders it there:
///
/// | state | meaning | turn |
/// | ---: | --- | --- |
/// | 0 | in its host's line | its place: lower comes first |
/// | 1 | put off | when it may be asked again |
/// | 2 | ended | when |
///
/// A lease writes nothing here: what it holds are the first of the line. `hash` finds an address by
/// its `identity`, and the text decides; `identity` is left out where it is the address itself.
/// `way` says what kind of target it is and how it was found; it is left out for a page of a list.
const TABLES: &str = "
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    next_at INTEGER NOT NULL,
    due_at INTEGER,
    held INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    pending INTEGER NOT NULL DEFAULT 0,
    wait TEXT NOT NULL DEFAULT 'pause',
    pause INTEGER NOT NULL DEFAULT 0,
    latency INTEGER,
    failing INTEGER NOT NULL DEFAULT 0,
    failure TEXT
) STRICT;
CREATE INDEX host_due ON host (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE url (
    id INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,
    identity TEXT,
    host INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    turn INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    url TEXT NOT NULL,
    asked TEXT,
    way TEXT,
    trail TEXT,
    outcome TEXT,
    found_at INTEGER,
    status INTEGER,
    reason TEXT,
    etag TEXT,
    last_modified TEXT,
    validated TEXT
) STRICT;
CREATE INDEX url_hash ON url (hash);
CREATE INDEX url_line ON url (host, state, turn);

CREATE TABLE tally (outcome TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    fetched_at INTEGER NOT NULL,
    good_until INTEGER NOT NULL
) STRICT;
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
";

/// Opens a file, and makes one where there is none if `create` is set.
pub(super) fn open(path: &Path, create: bool) -> Result<Connection, Error> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    let connection = Connection::open_with_flags(path, flags).map_err(store)?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(store)?;
    match recognise(&connection, path) {
        Err(Error::Store(cause)) if is_no_database(&*cause) => Err(Error::Foreign {
            path: path.to_owned(),
        }),
        Err(error) => Err(error),
        Ok(true) => Ok(connection),
        Ok(false) => {
            prepare(&connection).map_err(store)?;
            Ok(connection)
        }
    }
}

/// Opens a file to look at it where this process may not write: also one whose log nobody has open,
/// which such a process cannot make.
pub(super) fn look(path: &Path) -> Result<Connection, Error> {
    let first = match read_only(path, false) {
        Err(error @ Error::Store(_)) => error,
        opened => return opened,
    };
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    // What is in a log would be missing.
    if Path::new(&log).metadata().is_ok_and(|log| log.len() > 0) {
        return Err(first);
    }
    read_only(path, true)
}

fn read_only(path: &Path, unchanging: bool) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let named = std::path::absolute(path)
        .ok()
        .and_then(|path| Url::from_file_path(path).ok());
    let Some(mut url) = named else {
        return Err(Error::Foreign {
            path: path.to_owned(),
        });
    };
    if unchanging {
        url.set_query(Some("immutable=1"));
    }
    let connection = Connection::open_with_flags(url.as_str(), flags).map_err(store)?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(store)?;
    match version(&connection, path)? {
        Some(VERSION) => Ok(connection),
        // One who may not write cannot make it another version's.
        _ => Err(Error::Foreign {
            path: path.to_owned(),
        }),
    }
}

fn is_no_database(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<rusqlite::Error>();
    error.and_then(rusqlite::Error::sqlite_error_code) == Some(ErrorCode::NotADatabase)
}

/// Whether the file is ours and set up; `false` for an empty one.
fn recognise(connection: &Connection, path: &Path) -> Result<bool, Error> {
    let Some(version) = version(connection, path)? else {
        return Ok(false);
    };
    tune(connection).map_err(store)?;
    if version < VERSION {
        renew(connection).map_err(store)?;
    }
    Ok(true)
}

/// The version of a file that is ours; `None` for an empty one.
fn version(connection: &Connection, path: &Path) -> Result<Option<i64>, Error> {
    let read = |name: &str| -> Result<i64, Error> {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(store)
    };
    let (application, version) = (read("application_id")?, read("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(store)?;
    let path = path.to_owned();
    if application == 0 && version == 0 && tables == 0 {
        return Ok(None);
    }
    if application != APPLICATION {
        return Err(Error::Foreign { path });
    }
    if version > VERSION {
        return Err(Error::Newer {
            path,
            found: version,
            known: VERSION,
        });
    }
    Ok(Some(version))
}

/// Brings a file of the first version to this one. Where it holds an address in two forms, both
/// stay.
fn renew(connection: &Connection) -> rusqlite::Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Somebody else may have done it while this waited.
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 1 {
        transaction.execute_batch(
            "ALTER TABLE url ADD COLUMN identity TEXT; ALTER TABLE url ADD COLUMN way TEXT;",
        )?;
        let mut all = transaction.prepare("SELECT id, url FROM url")?;
        let mut lines = all.query([])?;
        while let Some(row) = lines.next()? {
            let (id, text): (i64, String) = (row.get(0)?, row.get(1)?);
            let Ok(url) = Url::parse(&text) else {
                continue;
            };
            let identity = canonical(&url);
            let differs = identity != url;
            transaction
                .prepare_cached("UPDATE url SET hash = ?2, identity = ?3 WHERE id = ?1")?
                .execute((
                    id,
                    rows::hash(identity.as_str()),
                    differs.then_some(identity.as_str()),
                ))?;
        }
        drop(lines);
        drop(all);
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    tune(connection)?;
    let all = format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION}; \
         PRAGMA user_version = {VERSION}; COMMIT;"
    );
    connection.execute_batch(&all)
}

/// With a write-ahead log, a commit that was handed to the system survives the end of the process
/// however it ends; after a power cut the last commits may be missing, never parts of one.
fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    set_synced(connection, false)?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A plan that depends on the values bound to it is made again for each of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Whether each commit is synced; no transaction may be open.
pub(super) fn set_synced(connection: &Connection, synced: bool) -> rusqlite::Result<()> {
    let level = if synced { "full" } else { "normal" };
    connection.pragma_update(None, "synchronous", level)
}
