//! What can go wrong with a frontier on a server, in words that say what to do.

use std::error::Error as _;
use std::io;

use tokio_postgres::error::SqlState;

use crate::frontier::Error;

/// A frontier on a PostgreSQL server failed; it comes inside of
/// [`Error::Store`](crate::frontier::Error::Store).
///
/// No text of it has a password in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The address of the server is none; says what is wrong with it.
    #[error("the address of the frontier cannot be used: {0}")]
    Address(String),
    /// Nobody answers there, or not any more.
    #[error("PostgreSQL at {place} is away: {why}; see that it runs and can be reached from here")]
    Away {
        /// The server.
        place: String,
        /// What the attempt came to.
        why: String,
    },
    /// The server does not let us in, or there is no such database.
    #[error("PostgreSQL at {place} refuses: {why}; check user, password, database and pg_hba.conf")]
    Refused {
        /// The server.
        place: String,
        /// What it said.
        why: String,
    },
    /// Its certificate is not trusted, or TLS with it fails otherwise.
    #[error(
        "PostgreSQL at {place} is not trusted: {why}; check sslmode, sslrootcert and the host's name"
    )]
    Untrusted {
        /// The server.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// No crawl is there.
    #[error("there is no crawl at {place}")]
    NoCrawl {
        /// The server and the schema.
        place: String,
    },
    /// The schema is somebody else's.
    #[error(
        "{place} has tables that are not cleancopy's: it was left as it is; another schema can be \
         named (?schema=NAME)"
    )]
    Foreign {
        /// The server and the schema.
        place: String,
    },
    /// A newer cleancopy made the tables.
    #[error(
        "{place} has frontier format {found}, and this cleancopy knows formats up to {known}: go \
         on with the newer cleancopy that made it"
    )]
    Newer {
        /// The server and the schema.
        place: String,
        /// Its format.
        found: i32,
        /// The newest format this version knows.
        known: i32,
    },
    /// The server could not do what it was asked to.
    #[error("PostgreSQL at {place} failed: {why}")]
    Failed {
        /// The server.
        place: String,
        /// What it said.
        why: String,
    },
}

impl From<PostgresError> for Error {
    fn from(error: PostgresError) -> Self {
        Self::Store(error.into())
    }
}

/// What a failed trip means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server is not there, or not ready: it may come back.
    Away,
    /// Two transactions were in each other's way: the same again, at once.
    Clash,
    /// It does not let us in.
    Refused,
    /// We do not let ourselves in.
    Untrusted,
    /// Trying again would not help.
    Final,
}

impl Failure {
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let Some(code) = error.code() else {
            let io = innermost(error).and_then(<dyn std::error::Error>::downcast_ref::<io::Error>);
            let (is_io, kind) = (io.is_some(), io.map(io::Error::kind));
            // What TLS makes of a certificate that is no good, and of an answer that is no TLS.
            return if kind == Some(io::ErrorKind::InvalidData) {
                Self::Untrusted
            } else if error.is_closed() || is_io || is_connecting(error) {
                Self::Away
            } else {
                Self::Final
            };
        };
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Clash,
            // Shut down, starting up, full, or a standby that has not taken over yet.
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::TOO_MANY_CONNECTIONS
            | SqlState::READ_ONLY_SQL_TRANSACTION => Self::Away,
            _ => match code.code().get(..2) {
                Some("08") => Self::Away,
                Some("28" | "3D") => Self::Refused,
                _ => Self::Final,
            },
        }
    }
}

/// Whether it failed before there was a connection, such as for the time it took.
fn is_connecting(error: &tokio_postgres::Error) -> bool {
    // The client tells this kind by its text alone.
    error.to_string().starts_with("error connecting to server")
}

fn innermost(error: &tokio_postgres::Error) -> Option<&(dyn std::error::Error + 'static)> {
    let mut cause = error.source()?;
    while let Some(next) = cause.source() {
        cause = next;
    }
    Some(cause)
}

/// The part of an error that says most: the server's own words, or the innermost cause.
pub(super) fn why(error: &tokio_postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return told.message().to_owned();
    }
    innermost(error).map_or_else(|| error.to_string(), ToString::to_string)
}
