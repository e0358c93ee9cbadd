//! One host: the lease on it, what a lease came to, and what the host waits for.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::job::{End, Job};
use crate::outcome::Outcome;

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
    /// How long the host has been taking to answer, if it ever did.
    pub latency: Option<Duration>,
}

/// What a host waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Wait {
    /// Nothing: it is due and waits only for somebody to lease it.
    Due,
    /// The end of the lease that somebody holds.
    Leased,
    /// The pause between two requests.
    #[default]
    Pause,
    /// The pause that its robots.txt asks for (`Crawl-delay`).
    CrawlDelay,
    /// A pause that is longer because the host answers slowly.
    SlowHost,
    /// Back-off after failures.
    BackOff,
    /// The time that the server named (`Retry-After`).
    RetryAfter,
    /// The gate is open, but each of its addresses was put off until later.
    PutOff,
}

impl Wait {
    /// All of them, in the order in which a listing shows them.
    pub const ALL: [Self; 8] = [
        Self::Due,
        Self::Leased,
        Self::Pause,
        Self::CrawlDelay,
        Self::SlowHost,
        Self::BackOff,
        Self::RetryAfter,
        Self::PutOff,
    ];

    /// Its name in listings; names are stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Leased => "leased",
            Self::Pause => "pause",
            Self::CrawlDelay => "crawl-delay",
            Self::SlowHost => "slow-host",
            Self::BackOff => "back-off",
            Self::RetryAfter => "retry-after",
            Self::PutOff => "put-off",
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A robots.txt as it was answered, kept so that a crawl that goes on need not ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFile {
    /// The status code of the answer; what follows from it is the fetcher's affair.
    pub status: u16,
    /// The bytes that were read.
    pub body: Vec<u8>,
    /// When it was answered.
    pub fetched_at: Timestamp,
    /// Until when it is good.
    pub good_until: Timestamp,
}

/// What became of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settlement {
    /// One end for each job that was worked on, named by its target's URL.
    pub ends: Vec<(Url, End)>,
    /// When the host may be asked again.
    pub next_at: Timestamp,
    /// Why not before.
    pub wait: Wait,
    /// The failure, if the host itself failed; `None` leaves a count of failures as it is when
    /// `ends` is empty or holds only [`End::Again`], and resets it otherwise.
    pub failed: Option<Outcome>,
    /// The pause between two requests to this host, for whoever takes over an unsettled lease.
    pub pause: Duration,
    /// How long the host has been taking to answer; `None` leaves what is known.
    pub latency: Option<Duration>,
    /// Each robots.txt that was asked for under this lease, by origin (`https://news.example`).
    pub robots: Vec<(String, RobotsFile)>,
}

impl Settlement {
    /// The settlement of a lease under which nothing was done.
    pub fn until(next_at: Timestamp) -> Self {
        Self {
            ends: Vec::new(),
            next_at,
            wait: Wait::Pause,
            failed: None,
            pause: Duration::ZERO,
            latency: None,
            robots: Vec::new(),
        }
    }
}

/// A host with pending addresses, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostState {
    /// The host's name.
    pub host: String,
    /// What it waits for.
    pub wait: Wait,
    /// Until when; in the past for a host that is due.
    pub until: Timestamp,
    /// How many of its addresses are pending.
    pub pending: usize,
    /// Its failures in a row, if any.
    pub failing: Option<Failing>,
}

/// What both stores know of a host's times; what it waits for follows from them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Its gate.
    pub(super) next_at: Timestamp,
    /// When it may next be leased.
    pub(super) due_at: Timestamp,
    pub(super) held: bool,
    /// Why the gate was closed.
    pub(super) wait: Wait,
}

impl Times {
    pub(super) fn wait(self, now: Timestamp) -> Wait {
        if self.due_at <= now {
            Wait::Due
        } else if self.held {
            Wait::Leased
        } else if self.due_at > self.next_at {
            Wait::PutOff
        } else {
            self.wait
        }
    }
}
