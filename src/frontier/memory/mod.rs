//! A frontier in memory: for lists that one process works through, and for tests. It ends with
//! the process; going on after a stop is the caller's affair (the program reads its own output).
//!
//! It is strict where a store on disk cannot be: a settlement that names a job which the lease
//! does not hold is a fault of the caller and panics in debug builds.

mod host;
mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{
    Added, Counts, Entry, Error, Finding, Frontier, HostState, Lease, RobotsFile, Settlement, Want,
};
use crate::page::Target;

use state::State;

/// A frontier in memory.
///
/// # Examples
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cleancopy::frontier::{Frontier, Memory};
/// use cleancopy::page::Target;
///
/// let frontier = Memory::new();
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let list = ["https://a.example/1", "https://a.example/1#top", "https://b.example/"];
/// let targets = list.map(|line| Target::parse(line).unwrap()).to_vec();
/// let added = frontier.add(now, targets).await?;
/// assert_eq!((added.new, added.known), (2, 1));
/// # Ok::<(), cleancopy::frontier::Error>(()) }).unwrap();
/// ```
#[derive(Debug, Default)]
pub struct Memory {
    // Never held over an await: no call here waits.
    state: Mutex<State>,
}

fn after(now: Timestamp, ttl: Duration) -> Timestamp {
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    now.saturating_add(ttl).unwrap_or(Timestamp::MAX)
}

impl Memory {
    /// An empty frontier.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic inside leaves at worst one job unlisted; the others are still good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Frontier for Memory {
    async fn add(&self, now: Timestamp, targets: Vec<Target>) -> Result<Added, Error> {
        let mut state = self.state();
        let mut added = Added::default();
        for target in targets {
            if state.add(now, target) {
                added.new += 1;
            } else {
                added.known += 1;
            }
        }
        Ok(added)
    }

    async fn lease(&self, now: Timestamp, want: Want) -> Result<Vec<Lease>, Error> {
        let mut state = self.state();
        let names: Vec<String> = state
            .due
            .iter()
            .take_while(|(at, _)| *at <= now)
            .take(want.hosts)
            .map(|(_, name)| name.clone())
            .collect();
        let mut leases = Vec::with_capacity(names.len());
        for name in names {
            let Some(host) = state.hosts.get_mut(&name) else {
                continue;
            };
            host.prepare(now);
            let count = want.per_host.max(1).min(host.ready.len());
            host.leased = host.ready.drain(..count).collect();
            host.held = true;
            host.fence += 1;
            host.next_at = after(now, want.ttl);
            leases.push(Lease {
                host: name.clone(),
                fence: host.fence,
                jobs: host.leased.clone(),
                failing: host.failing,
                latency: host.latency,
            });
            state.relist(&name);
        }
        Ok(leases)
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(host) = state.holder(lease) else {
            return Ok(false);
        };
        host.next_at = after(now, ttl);
        state.relist(&lease.host);
        Ok(true)
    }

    async fn settle(
        &self,
        now: Timestamp,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<bool, Error> {
        Ok(self.state().settle(now, &lease, settlement))
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.state().due.first().map(|(at, _)| (*at).max(now)))
    }

    async fn pending(&self) -> Result<usize, Error> {
        Ok(self.state().pending)
    }

    async fn counts(&self) -> Result<Counts, Error> {
        Ok(self.state().counts())
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostState>, Error> {
        let state = self.state();
        let listed = state.due.iter().filter_map(|(_, name)| {
            let host = state.hosts.get(name)?;
            host.state(name, now)
        });
        Ok(listed.collect())
    }

    async fn find(&self, now: Timestamp, url: &Url) -> Result<Option<Entry>, Error> {
        Ok(self.state().find(now, url))
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, Error> {
        Ok(self.state().robots.get(origin).cloned())
    }

    async fn close(&self, now: Timestamp, ends: Vec<(Target, Finding)>) -> Result<usize, Error> {
        let mut state = self.state();
        let closed = ends
            .into_iter()
            .filter(|(target, finding)| state.close(now, target, finding.clone()));
        Ok(closed.count())
    }

    async fn revisit(&self, now: Timestamp) -> Result<usize, Error> {
        Ok(self.state().revisit(now))
    }
}
