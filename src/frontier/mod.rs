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
//! Every store keeps them; `tests/suite/frontier.rs` runs each over all stores.
//!
//! 1. An address is taken once: adding another target of the same identity
//!    ([`Target::identity`]) changes nothing and is counted as known.
//! 2. A host is leased to one holder at a time, with at least one and at most `per_host` jobs, and
//!    only when its gate has passed and one of its jobs is due.
//! 3. The hosts that have been due longest are leased first.
//! 4. A lease that is neither settled nor renewed runs out: its jobs are leased again, and the
//!    old lease settles and renews nothing any more.
//! 5. A job that a settlement does not name stays as it was.
//! 6. A job that ended is never leased again; one put off is not leased before its time; one that
//!    moved is leased from its new host, with its trail.
//! 7. After a settlement the host is not leased before the settlement's `next_at`, whichever of
//!    its jobs is due.
//! 8. Failures of a host in a row are counted over its leases and forgotten at the first success.
//! 9. `wake` never lies in the past of a lease that could be had, and is `None` exactly when
//!    nothing is pending.
//!
//! A frontier deliberately does not know what a request is, never sleeps, and never asks what time
//! it is: `now` is handed in.

mod memory;

pub use memory::Memory;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::outcome::Outcome;
use crate::page::Target;

/// One address to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Job {
    /// What somebody asked for, with its kind and how it was found, which a store keeps whole;
    /// `target.url` names the job in a [`Settlement`].
    pub target: Target,
    /// How many times it was tried and put off.
    pub attempts: u32,
    /// Where redirects led so far, in order; the last is the address to ask now.
    pub trail: Vec<Url>,
}

impl Job {
    /// A job as it starts out.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            attempts: 0,
            trail: Vec::new(),
        }
    }

    /// The address to ask now: the last redirect, or the target itself.
    pub fn at(&self) -> &Url {
        self.trail.last().unwrap_or(&self.target.url)
    }
}

/// How a host has been failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failing {
    /// Failures in a row.
    pub times: u32,
    /// What the last one was.
    pub outcome: Outcome,
}

/// The right to ask one host, for a while.
///
/// Settling consumes it, so it cannot be settled twice; a dropped one runs out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lease {
    /// The host's name, as in its URLs.
    pub host: String,
    /// Which lease of this host it is: every lease of a host has a higher one.
    pub fence: u64,
    /// What to ask, in order; never empty.
    pub jobs: Vec<Job>,
    /// Failures of this host in a row up to now, if any.
    pub failing: Option<Failing>,
}

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

/// What became of one job of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It is over: its record was handed on.
    Done(Outcome),
    /// It is to be tried again, not before this time; counts as an attempt.
    Retry(Timestamp),
    /// It was not asked yet and stands first in its host's line: nothing is counted.
    Again,
    /// A redirect led to this address, which may belong to another host.
    Moved(Url),
}

/// What became of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// One end for each job that was worked on, named by its target's URL.
    pub ends: Vec<(Url, End)>,
    /// When the host may be asked again.
    pub next_at: Timestamp,
    /// The failure, if the host itself failed; `None` leaves a count of failures as it is when
    /// `ends` is empty or holds only [`End::Again`], and resets it otherwise.
    pub failed: Option<Outcome>,
}

/// What `add` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Addresses taken.
    pub new: usize,
    /// Addresses that were there already.
    pub known: usize,
}

/// A store of addresses failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store behind the frontier gave an error.
    #[error("the store of addresses failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
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

    /// Gives a lease back with what became of it; `false` when it was no longer held, and nothing
    /// was changed.
    fn settle(
        &self,
        now: Timestamp,
        lease: Lease,
        settlement: Settlement,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// When a lease may next be had, which may be `now`; `None` when nothing is pending.
    fn wake(&self, now: Timestamp)
    -> impl Future<Output = Result<Option<Timestamp>, Error>> + Send;

    /// How many addresses have not ended.
    fn pending(&self) -> impl Future<Output = Result<usize, Error>> + Send;
}
