//! A crawl: a frontier's addresses through a fetcher into a sink.
//!
//! 1. Hosts that are due are leased from the frontier, up to a number at a time.
//! 2. Each lease is visited in a task of its own: robots.txt, request, reading, and what the sink
//!    wants made of a record before it is put (`visit`): lines, sketches, compressed exchanges.
//! 3. Finished visits come back here. What they found besides, where something is looked for, goes
//!    to the frontier first: sitemaps and feeds are asked for like pages, by the same rules
//!    (`discovery`).
//! 4. Then their records are put into the sink, the sink makes sure of them, and only then are the
//!    leases settled. So an address is on disk before the frontier forgets it, and what it led to
//!    is in the frontier before it is on disk. Visits that end at about the same time are settled
//!    together.
//! 5. While nothing is due, the crawl sleeps until something is, or a visit ends.
//! 6. It is over when nothing is pending and nothing is under way, or, after the shutdown was
//!    asked for, when the visits under way have ended.
//!
//! No record waits in a queue: a slow sink holds up this loop, and with it new leases.
//!
//! A crawl deliberately takes no signal, draws no progress and prints nothing; the
//! [`Observer`] sees what happens.

mod discovery;
#[cfg(feature = "postgres")]
mod fleet;
mod folder;
mod stats;
mod visit;

pub use discovery::{Discovery, LeftOut};
#[cfg(feature = "postgres")]
pub use fleet::{SealError, Sealed, Segment, seal};
pub use folder::{Folder, FolderError, Manifest, Records, Recovered, TakenList};
pub use stats::Stats;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::fetch::{Fetcher, Pace};
use crate::frontier::{self, Frontier, Lease, Settlement, Want};
use crate::outcome::Outcome;
use crate::sink::{Record, Sink};

use discovery::{Findings, Ledger};
use visit::{Context, Errand, Until, Visited};

/// So long at most a visit that ended waits for others to be settled with it.
const MOMENT: Duration = Duration::from_millis(10);

/// How to crawl.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// So many hosts are visited at a time.
    pub hosts: usize,
    /// So many pages are read (parsed, extracted) at a time.
    pub readers: usize,
    /// So many addresses of a host are leased at a time. More than one saves trips to a distant
    /// store, and its records come together at the end of the lease.
    pub per_host: usize,
    /// A lease runs out after this unless it is prolonged, which happens while a visit lasts.
    pub lease: Duration,
    /// When nothing is due, the frontier is looked at again after this at the latest. Where other
    /// processes share the frontier, hosts become due without a word; where none does, it is not
    /// needed.
    pub poll: Duration,
    /// How a host is treated.
    pub pace: Pace,
    /// How pages are read.
    pub read: crate::read::Options,
    /// What to look for beyond the list, where targets are [roots](crate::page::Target::as_root).
    pub discovery: Discovery,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            hosts: 32,
            readers: cores,
            per_host: 1,
            lease: Duration::from_secs(90),
            poll: Duration::MAX,
            pace: Pace::default(),
            read: crate::read::Options::default(),
            discovery: Discovery::default(),
        }
    }
}

/// A crawl could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The frontier failed.
    #[error("the frontier failed")]
    Frontier(#[from] frontier::Error),
    /// A record could not be written.
    #[error("a record could not be written")]
    Sink(#[from] std::io::Error),
}

/// What happens in a crawl, as it happens.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A host was leased and is being visited.
    Visiting {
        /// Its name.
        host: &'a str,
    },
    /// A record was put into the sink.
    Recorded {
        /// The record.
        record: &'a Record,
    },
    /// Further addresses were found and are to be asked for.
    Found {
        /// How many that were not known.
        new: usize,
    },
    /// Nothing is due and nothing under way: the crawl waits.
    Waiting {
        /// Until when.
        until: Timestamp,
        /// How many addresses are still pending.
        pending: usize,
    },
    /// The shutdown was asked for; visits under way end.
    Stopping {
        /// How many there are.
        visits: usize,
    },
}

/// Sees what happens in a crawl, for a progress bar or a log.
pub trait Observer: Send {
    /// Called for each event, in order; the crawl goes on when it returns.
    fn see(&mut self, event: Event<'_>);
}

/// Sees nothing.
impl Observer for () {
    fn see(&mut self, _: Event<'_>) {}
}

/// Crawls until nothing is pending, or `shutdown` is done and what was under way has ended.
///
/// Dropping the future stops at once; its leases run out, and nothing put so far is lost.
///
/// # Errors
/// [`Error`] when the frontier or the sink fails; visits under way are given up then.
///
/// # Examples
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use cleancopy::fetch::{self, Fetcher};
/// use cleancopy::frontier::Memory;
/// use cleancopy::{crawl, sink::Jsonl};
///
/// let frontier = Memory::new(); // nothing added: nothing to do
/// let fetcher = Fetcher::new(fetch::Options::default()).expect("the default is sound");
/// let mut sink = Jsonl::new(Vec::new());
/// let options = crawl::Options::default();
/// let stats = crawl::run(&frontier, &fetcher, &mut sink, &options, std::future::pending()).await?;
/// assert_eq!(stats.records(), 0);
/// # Ok::<(), crawl::Error>(()) }).unwrap();
/// ```
pub async fn run<F, S>(
    frontier: &F,
    fetcher: &Fetcher,
    sink: &mut S,
    options: &Options,
    shutdown: impl Future<Output = ()>,
) -> Result<Stats, Error>
where
    F: Frontier,
    S: Sink + ?Sized,
{
    run_observed(frontier, fetcher, sink, &mut (), options, shutdown).await
}

/// [`run`], with somebody watching.
///
/// # Errors
/// As [`run`].
pub async fn run_observed<F, S, O>(
    frontier: &F,
    fetcher: &Fetcher,
    sink: &mut S,
    observer: &mut O,
    options: &Options,
    shutdown: impl Future<Output = ()>,
) -> Result<Stats, Error>
where
    F: Frontier,
    S: Sink + ?Sized,
    O: Observer + ?Sized,
{
    let mut crawl = Crawl {
        frontier,
        fetcher,
        sink,
        observer,
        options,
        readers: Arc::new(Semaphore::new(options.readers.max(1))),
        visits: JoinSet::new(),
        leases: HashMap::new(),
        ledger: Ledger::new(&options.discovery),
        stats: Stats::default(),
        renewed: fetcher.clock().now(),
    };
    let mut shutdown = pin!(shutdown);
    let mut stopping = false;
    let mut renewal = interval((options.lease / 3).max(Duration::from_millis(10)));
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // A process that was stopped for a while renews what it holds before it does anything else.
        crawl.renew_late().await?;
        let wait = if stopping { None } else { crawl.lease().await? };
        if crawl.visits.is_empty() && wait.is_none() {
            break;
        }
        tokio::select! {
            Some(ended) = crawl.visits.join_next() => crawl.settle(ended).await?,
            () = sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => {}
            () = &mut shutdown, if !stopping => {
                stopping = true;
                let visits = crawl.visits.len();
                crawl.observer.see(Event::Stopping { visits });
            }
            _ = renewal.tick() => crawl.renew().await?,
        }
    }
    crawl.sink.finish()?;
    crawl.stats.left = frontier.pending().await?;
    Ok(crawl.stats)
}

/// A visit that ended, with the fence of its lease, or how its task ended instead.
type Ended = Result<(String, u64, Visited), JoinError>;

/// The lease of a visit under way.
struct Held {
    lease: Lease,
    /// When it runs out, as the visit knows it.
    until: Until,
    /// Ends the visit if the lease is lost.
    visit: AbortHandle,
}

/// A crawl under way.
struct Crawl<'a, F, S: ?Sized, O: ?Sized> {
    frontier: &'a F,
    fetcher: &'a Fetcher,
    sink: &'a mut S,
    observer: &'a mut O,
    options: &'a Options,
    readers: Arc<Semaphore>,
    visits: JoinSet<(String, u64, Visited)>,
    /// The leases of the visits under way, by host.
    leases: HashMap<String, Held>,
    /// What was found so far, and how much more may be.
    ledger: Ledger,
    stats: Stats,
    /// When all leases were last renewed.
    renewed: Timestamp,
}

impl<F, S, O> Crawl<'_, F, S, O>
where
    F: Frontier,
    S: Sink + ?Sized,
    O: Observer + ?Sized,
{
    /// Leases and visits what is due; returns how long to wait before trying again, `None` when
    /// only the end of a visit can change anything.
    async fn lease(&mut self) -> Result<Option<Duration>, Error> {
        let now = self.fetcher.clock().now();
        let free = self.options.hosts.max(1).saturating_sub(self.visits.len());
        if free == 0 {
            return Ok(None);
        }
        let want = Want {
            hosts: free,
            per_host: self.options.per_host,
            ttl: self.options.lease,
        };
        let leases = self.frontier.lease(now, want).await?;
        let full = leases.len() == free;
        for lease in leases {
            self.recall_robots(&lease).await?;
            self.visit(lease, now);
        }
        if full {
            return Ok(None);
        }
        let Some(until) = self.frontier.wake(now).await? else {
            return Ok(None);
        };
        if self.visits.is_empty() {
            let pending = self.frontier.pending().await?;
            self.observer.see(Event::Waiting { until, pending });
        }
        // A little late rather than a little early: then one try is enough.
        let ahead = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        let late = ahead.saturating_add(Duration::from_millis(1));
        Ok(Some(late.min(self.options.poll)))
    }

    /// Hands the fetcher the robots.txt files that an earlier run had of the hosts to be asked.
    async fn recall_robots(&self, lease: &Lease) -> Result<(), Error> {
        for job in &lease.jobs {
            if self.fetcher.needs_robots(job.at()) {
                let origin = job.at().origin().ascii_serialization();
                if let Some(kept) = self.frontier.robots(&origin).await? {
                    self.fetcher.remember(&visit::recalled(origin, kept));
                }
            }
        }
        Ok(())
    }

    fn visit(&mut self, lease: Lease, since: Timestamp) {
        let until = Until::new(since, self.options.lease);
        self.observer.see(Event::Visiting { host: &lease.host });
        let context = Context {
            fetcher: self.fetcher.clone(),
            readers: Arc::clone(&self.readers),
            pace: self.options.pace.clone(),
            read: self.options.read.clone(),
            discovery: self.options.discovery.clone(),
            ahead: self.sink.ahead(),
            until: until.clone(),
            wire: Mutex::default(),
        };
        let (host, fence) = (lease.host.clone(), lease.fence);
        let errand = Errand::from(&lease);
        let visit = self.visits.spawn(async move {
            let visited = visit::visit(&context, errand).await;
            (host, fence, visited)
        });
        let held = Held {
            lease,
            until,
            visit,
        };
        self.leases.insert(held.lease.host.clone(), held);
    }

    /// Waits a moment for other visits to end with this one: a sync and a commit cost as much for
    /// many as for one. Where only a few are under way, it does not wait.
    async fn gather(&mut self, first: Ended) -> Vec<Ended> {
        let mut ended = vec![first];
        let enough = self.visits.len() / 4;
        let mut moment = pin!(sleep(MOMENT));
        while ended.len() < enough {
            tokio::select! {
                Some(next) = self.visits.join_next() => ended.push(next),
                () = &mut moment => break,
            }
        }
        while let Some(next) = self.visits.try_join_next() {
            ended.push(next);
        }
        ended
    }

    /// Records of ended visits go to the sink, then their leases back to the frontier.
    async fn settle(&mut self, first: Ended) -> Result<(), Error> {
        let ended = self.gather(first).await;
        // Leases may have run out while this process was stopped: then nothing may be put.
        self.renew_late().await?;
        let mut settlements = Vec::with_capacity(ended.len());
        for ended in ended {
            settlements.extend(self.put(ended).await?);
        }
        self.sink.sync()?;
        let hosts: Vec<String> = settlements
            .iter()
            .map(|(lease, _)| lease.host.clone())
            .collect();
        let now = self.fetcher.clock().now();
        let held = self.frontier.settle_all(now, settlements).await?;
        for (host, _) in hosts.iter().zip(held).filter(|(_, held)| !held) {
            tracing::warn!(%host, "the lease had run out before it was settled");
        }
        Ok(())
    }

    /// Hands on what a visit found, and puts its records into the sink; returns what is to be
    /// settled.
    async fn put(&mut self, ended: Ended) -> Result<Option<(Lease, Settlement)>, Error> {
        let (host, fence, visited) = match ended {
            Ok(ended) => ended,
            // Its lease was lost: whoever has it now makes the records.
            Err(error) if error.is_cancelled() => return Ok(None),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        // A lease that was lost is another's, and so is one taken anew since.
        let lease = match self.leases.entry(host) {
            Entry::Occupied(held) if held.get().lease.fence == fence => held.remove().lease,
            _ => return Ok(None),
        };
        self.sink.begin(fence)?;
        for kept in &visited.exchanges {
            self.sink.keep(kept)?;
        }
        self.add(visited.findings).await?;
        for ready in &visited.records {
            let record = ready.record();
            self.stats.count(record);
            self.observer.see(Event::Recorded { record });
            // Nobody named the address, so nobody misses its record.
            if record.outcome != Outcome::MissedGuess {
                self.sink.put_ready(ready)?;
            }
        }
        self.stats.requests += visited.requests;
        let settlement = Settlement {
            ends: visited.ends,
            next_at: visited.next_at,
            wait: visited.wait,
            failed: visited.failed,
            pause: visited.pause,
            latency: visited.latency,
            robots: visited.robots,
        };
        Ok(Some((lease, settlement)))
    }

    /// Renews all leases if that is overdue by the clock, whatever the timer says.
    async fn renew_late(&mut self) -> Result<(), Error> {
        let late = self.options.lease / 2;
        loop {
            let since = self.fetcher.clock().now().duration_since(self.renewed);
            if Duration::try_from(since).unwrap_or_default() <= late {
                return Ok(());
            }
            // A frontier may be so long about it that it is overdue again.
            self.renew().await?;
        }
    }

    /// Hands what a visit found to the frontier, before its record is put and its lease settled:
    /// should the crawl end before the record is on disk, the visit is made again and finds the
    /// same; should it end after, nothing that was found is missing.
    async fn add(&mut self, findings: Findings) -> Result<(), Error> {
        let targets = self.ledger.admit(findings, &mut self.stats);
        if targets.is_empty() {
            return Ok(());
        }
        let now = self.fetcher.clock().now();
        let new = self.frontier.add(now, targets).await?.new;
        self.stats.found += new;
        self.observer.see(Event::Found { new });
        Ok(())
    }

    /// Prolongs the leases of the visits under way; a visit whose lease is lost is given up.
    async fn renew(&mut self) -> Result<(), Error> {
        let now = self.fetcher.clock().now();
        self.renewed = now;
        let leases: Vec<&Lease> = self.leases.values().map(|held| &held.lease).collect();
        if leases.is_empty() {
            return Ok(());
        }
        let held = self
            .frontier
            .renew_all(now, &leases, self.options.lease)
            .await?;
        let mut still = held.into_iter();
        self.leases.retain(|host, held| {
            let is_held = still.next().unwrap_or_default();
            if is_held {
                held.until.set(now, self.options.lease);
            } else {
                tracing::warn!(%host, "the lease was lost");
                held.visit.abort();
            }
            is_held
        });
        Ok(())
    }
}
