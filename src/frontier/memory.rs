//! A frontier in memory: for lists that one process works through, and for tests. It ends with
//! the process; going on after a stop is the caller's affair (the program reads its own output).
//!
//! It is strict where a store on disk cannot be: a settlement that names a job which the lease
//! does not hold is a fault of the caller and panics in debug builds.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Added, End, Error, Failing, Frontier, Job, Lease, Settlement, Want};
use crate::page::Target;

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

#[derive(Debug, Default)]
struct State {
    /// The identity of every address ever added.
    known: HashSet<String>,
    hosts: HashMap<String, Host>,
    /// Hosts with jobs, by the time at which they may next be leased.
    due: BTreeSet<(Timestamp, String)>,
    pending: usize,
}

#[derive(Debug, Default)]
struct Host {
    /// Jobs that may be asked at once, in order.
    ready: VecDeque<Job>,
    /// Jobs put off, with their times.
    later: Vec<(Timestamp, Job)>,
    /// Jobs out on a lease; they go back in front if it runs out.
    leased: Vec<Job>,
    next_at: Timestamp,
    /// The key under which the host stands in `due`.
    listed: Option<Timestamp>,
    fence: u64,
    held: bool,
    failing: Option<Failing>,
}

impl Host {
    /// When the host may next be leased.
    fn due_at(&self) -> Option<Timestamp> {
        if !self.ready.is_empty() || !self.leased.is_empty() {
            return Some(self.next_at);
        }
        let first = self.later.iter().map(|(at, _)| *at).min()?;
        Some(first.max(self.next_at))
    }

    /// Takes back what a lease that ran out still held, and readies what is due.
    fn prepare(&mut self, now: Timestamp) {
        for job in self.leased.drain(..).rev() {
            self.ready.push_front(job);
        }
        self.held = false;
        self.later.sort_by_key(|(at, _)| *at);
        let due = self.later.partition_point(|(at, _)| *at <= now);
        // Behind the others: a page that keeps failing does not hold up the rest of its host.
        self.ready
            .extend(self.later.drain(..due).map(|(_, job)| job));
    }
}

impl State {
    fn relist(&mut self, name: &str) {
        let Some(host) = self.hosts.get_mut(name) else {
            return;
        };
        if let Some(at) = host.listed.take() {
            self.due.remove(&(at, name.to_owned()));
        }
        host.listed = host.due_at();
        if let Some(at) = host.listed {
            self.due.insert((at, name.to_owned()));
        }
    }

    /// The host that holds this lease, if it still holds.
    fn holder(&mut self, now: Timestamp, lease: &Lease) -> Option<&mut Host> {
        self.hosts
            .get_mut(&lease.host)
            .filter(|host| host.held && host.fence == lease.fence && host.next_at > now)
    }

    fn enqueue(&mut self, now: Timestamp, job: Job, first: bool) {
        let name = host_of(&job);
        let host = self.hosts.entry(name.clone()).or_insert_with(|| Host {
            next_at: now,
            ..Host::default()
        });
        if first {
            host.ready.push_front(job);
        } else {
            host.ready.push_back(job);
        }
        self.relist(&name);
    }
}

fn host_of(job: &Job) -> String {
    job.at().host_str().unwrap_or_default().to_owned()
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
            if !state.known.insert(target.identity()) {
                added.known += 1;
                continue;
            }
            state.enqueue(now, Job::new(target), false);
            state.pending += 1;
            added.new += 1;
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
            });
            state.relist(&name);
        }
        Ok(leases)
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(host) = state.holder(now, lease) else {
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
        let mut state = self.state();
        let Some(host) = state.holder(now, &lease) else {
            return Ok(false);
        };
        let asked = settlement.ends.iter().any(|(_, end)| *end != End::Again);
        host.failing = match (settlement.failed, host.failing) {
            (Some(outcome), before) => Some(Failing {
                times: before.map_or(0, |f| f.times) + 1,
                outcome,
            }),
            (None, _) if asked => None,
            (None, before) => before,
        };
        let mut jobs = std::mem::take(&mut host.leased);
        host.held = false;
        host.next_at = settlement.next_at;
        for (url, end) in settlement.ends {
            let Some(place) = jobs.iter().position(|job| job.target.url == url) else {
                debug_assert!(false, "{url} is not in this lease");
                continue;
            };
            let mut job = jobs.remove(place);
            match end {
                End::Done(_) => state.pending -= 1,
                End::Again => state.enqueue(now, job, true),
                End::Moved(to) => {
                    job.trail.push(to);
                    state.enqueue(now, job, true);
                }
                End::Retry(at) => {
                    job.attempts += 1;
                    if let Some(host) = state.hosts.get_mut(&lease.host) {
                        host.later.push((at, job));
                    }
                }
            }
        }
        for job in jobs.into_iter().rev() {
            state.enqueue(now, job, true);
        }
        state.relist(&lease.host);
        Ok(true)
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.state().due.first().map(|(at, _)| (*at).max(now)))
    }

    async fn pending(&self) -> Result<usize, Error> {
        Ok(self.state().pending)
    }
}
