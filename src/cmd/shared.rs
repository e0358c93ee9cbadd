//! The flags of a crawl whose frontier is on a server, and of publishing what its workers wrote.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::network::seconds;

/// The address of a frontier on a server. It may hold a password, so nothing shows it.
#[derive(Clone)]
pub(crate) struct Address(pub(super) String);

impl FromStr for Address {
    type Err = Infallible;

    /// Takes it as it is: what clap refuses it would repeat.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

const FRONTIER: &str = "Keep the addresses on a PostgreSQL server, for as many workers as are \
    started with it: postgres://USER@HOST/DATABASE?sslmode=verify-full&schema=NAME. Needs -o \
    FOLDER/, one for all or one each. A password is better in CLEANCOPY_FRONTIER or PGPASSWORD, \
    where no list of processes shows it";

/// Flags of a crawl of many workers.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Many machines")]
pub(crate) struct FleetArgs {
    #[arg(long, value_name = "URL", help = FRONTIER)]
    pub(crate) frontier: Option<Address>,
    /// Seconds after which a host that a worker was asking when it died goes to another
    #[arg(long, value_name = "SECONDS", default_value = "90", value_parser = seconds, requires = "frontier")]
    pub(crate) lease: Duration,
    /// Seconds the server may be away before the worker ends; until then it waits, and goes on when
    /// the server is back
    #[arg(long, value_name = "SECONDS", default_value = "3600", value_parser = seconds, requires = "frontier")]
    pub(crate) patience: Duration,
}

/// Flags of `cleancopy seal`.
#[derive(Debug, clap::Args)]
pub(crate) struct SealArgs {
    /// The folders that workers wrote to; the records go into the first
    #[arg(required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// The frontier of the crawl, as the workers were given it
    #[arg(long, value_name = "URL", required = true)]
    pub(crate) frontier: Option<Address>,
}
