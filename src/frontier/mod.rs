//! The addresses still to be asked for, and the gates of their hosts.
//!
//! A frontier leases **hosts**, not addresses: whoever holds the lease of a host is the only one
//! that may ask it anything. Each host has one gate, `next_at`, and everything that makes a host
//! wait moves that gate: the pause between two requests, `Retry-After`, back-off after failures,
//! and the lease itself, which is the gate moved to the time the lease runs out. So a holder that
//! dies needs no undertaker: its hosts simply become due again.
//!
//! # The laws
//!
//! Every store keeps them; `tests/suite/frontier` runs each over all stores.
//!
//! 1. An address is taken once: adding another target of the same identity
//!    ([`Target::identity`]) changes nothing and is counted as known.
//! 2. A host is leased to one holder at a time, with at least one and at most `per_host` jobs, and
//!    only when its gate has passed and one of its jobs is due.
//! 3. The hosts that have been due longest are leased first.
//! 4. A lease that is neither settled nor renewed runs out: its jobs can be leased again, and once
//!    they are, the old lease settles and renews nothing any more. As long as nobody took them, it
//!    still does: no other holder can have asked the host meanwhile.
//! 5. A job that a settlement does not name stays as it was.
//! 6. A job that ended is never leased again; one put off is not leased before its time; one that
//!    moved is leased from its new host, with its trail.
//! 7. After a settlement the host is not leased before the settlement's `next_at`, whichever of
//!    its jobs is due.
//! 8. Failures of a host in a row are counted over its leases and forgotten at the first success,
//!    at a revisit, and when a host that was done with gets a new address.
//! 9. `wake` never lies in the past of a lease that could be had, and is `None` exactly when
//!    nothing is pending.
//! 10. What a settlement says of an address (outcome, status, reason, validators) is kept and can
//!     be read back, whether the address ended or was put off.
//! 11. The counts by outcome and the pending addresses add up to all addresses ever taken.
//! 12. Each host with pending addresses stands in the listing once, with one reason, and the
//!     pending addresses of the listing add up to all that are pending.
//! 13. A revisit makes every address that ended pending again on its own host, as at the start
//!     but with its validators, and leaves gates and pending addresses as they are.
//! 14. An address that is closed ends, whoever holds its host, is not leased again, and a
//!     settlement that still names it changes nothing of it. Validators that nobody tells stay.
//! 15. What was learnt about a host (robots.txt, latency) is there for the next lease.
//!
//! A frontier deliberately does not know what a request is, never sleeps, and never asks what time
//! it is: `now` is handed in. The one on a server sleeps while its server is away.

mod host;
mod job;
mod kept;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

pub use host::{Failing, HostState, Lease, RobotsFile, Settlement, Wait};
pub use job::{End, Finding, Job, Validators};
pub use memory::Memory;
#[cfg(feature = "postgres")]
pub use postgres::{Place, Postgres, PostgresError, Publishing};
pub use sqlite::Sqlite;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::outcome::Outcome;
use crate::page::Target;

/// How much a caller wants to lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// At most so many hosts.
    pub hosts: usize,
    /// At most so many jobs of each.
    pub per_host: usize,
    /// For how long.
    pub ttl: Duration,
}

/// What `add` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Addresses taken.
    pub new: usize,
    /// Addresses that were there already.
    pub known: usize,
}

/// All addresses of a frontier, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Addresses that have not ended.
    pub pending: usize,
    /// Addresses that ended, by outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Which visit of the addresses this is: 1, and one more for each revisit.
    pub visit: u32,
}

impl Counts {
    /// All addresses ever taken.
    pub fn total(&self) -> usize {
        self.pending + self.outcomes.values().sum::<usize>()
    }
}

/// What a frontier knows about one address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The address, its attempts and where redirects led so far.
    pub job: Job,
    /// Its host, if the address is pending; `None` if it ended.
    pub pending: Option<HostState>,
    /// When the address itself may be asked again, if it was put off.
    pub put_off: Option<Timestamp>,
    /// What was found out last, and when.
    pub found: Option<(Timestamp, Finding)>,
}

/// A store of addresses failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store behind the frontier gave an error.
    #[error("the store of addresses failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file is something else.
    #[error(
        "{} is no frontier of cleancopy: it was left as it is; take it away, or crawl into \
         another folder",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer cleancopy wrote the file.
    #[error(
        "{} has frontier format {found}, and this cleancopy knows formats up to {known}: go on \
         with the newer cleancopy that wrote it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format this version knows.
        known: i64,
    },
}

/// A store of addresses; see the [module](self) for its laws.
///
/// Calls take `&self` and may come from several tasks. They are `async` because a store may lie
/// on another machine; the one in memory never waits.
pub trait Frontier: Send + Sync {
    /// Takes addresses that are not known yet, in order.
    fn add(
        &self,
        now: Timestamp,
        targets: Vec<Target>,
    ) -> impl Future<Output = Result<Added, Error>> + Send;

    /// Leases hosts that are due, those first that have been due longest.
    fn lease(
        &self,
        now: Timestamp,
        want: Want,
    ) -> impl Future<Output = Result<Vec<Lease>, Error>> + Send;

    /// Prolongs a lease; `false` when it is no longer held, and the host must not be asked again.
    fn renew(
        &self,
        now: Timestamp,
        lease: &Lease,
        ttl: Duration,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Prolongs several leases, each as by [`renew`](Self::renew), and says of each in order whether
    /// it is still held. A store that is far away does it in one trip.
    fn renew_all(
        &self,
        now: Timestamp,
        leases: &[&Lease],
        ttl: Duration,
    ) -> impl Future<Output = Result<Vec<bool>, Error>> + Send {
        async move {
            let mut held = Vec::with_capacity(leases.len());
            for lease in leases {
                held.push(self.renew(now, lease, ttl).await?);
            }
            Ok(held)
        }
    }

    /// Gives a lease back with what became of it; `false` when it was no longer held, and nothing
    /// was changed.
    fn settle(
        &self,
        now: Timestamp,
        lease: Lease,
        settlement: Settlement,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Gives several leases back, each as by [`settle`](Self::settle), and says of each in order
    /// whether it was held. A store that is far away does it in one trip.
    fn settle_all(
        &self,
        now: Timestamp,
        settled: Vec<(Lease, Settlement)>,
    ) -> impl Future<Output = Result<Vec<bool>, Error>> + Send {
        async move {
            let mut held = Vec::with_capacity(settled.len());
            for (lease, settlement) in settled {
                held.push(self.settle(now, lease, settlement).await?);
            }
            Ok(held)
        }
    }

    /// When a lease may next be had, which may be `now`; `None` when nothing is pending.
    fn wake(&self, now: Timestamp)
    -> impl Future<Output = Result<Option<Timestamp>, Error>> + Send;

    /// How many addresses have not ended.
    fn pending(&self) -> impl Future<Output = Result<usize, Error>> + Send;

    /// All addresses, counted.
    fn counts(&self) -> impl Future<Output = Result<Counts, Error>> + Send;

    /// The hosts with pending addresses, those first that may be leased first.
    fn hosts(&self, now: Timestamp) -> impl Future<Output = Result<Vec<HostState>, Error>> + Send;

    /// What is known about one address; `None` if it was never taken.
    fn find(
        &self,
        now: Timestamp,
        url: &Url,
    ) -> impl Future<Output = Result<Option<Entry>, Error>> + Send;

    /// The robots.txt of an origin (`https://news.example`) as it was last kept.
    fn robots(
        &self,
        origin: &str,
    ) -> impl Future<Output = Result<Option<RobotsFile>, Error>> + Send;

    /// Ends addresses whose records exist already, such as those that a killed process wrote
    /// before it could settle; unknown ones are taken. Returns how many ended by this.
    fn close(
        &self,
        now: Timestamp,
        ends: Vec<(Target, Finding)>,
    ) -> impl Future<Output = Result<usize, Error>> + Send;

    /// Makes every address that ended pending again, for another visit; returns how many.
    fn revisit(&self, now: Timestamp) -> impl Future<Output = Result<usize, Error>> + Send;
}
