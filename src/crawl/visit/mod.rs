//! One lease from its first request to what is to be settled: the only place where the two halves
//! meet. A page goes into reading and a record comes out; nothing else passes.
//!
//! 1. A host that failed too often in a row is not asked: its addresses end as its last failure.
//! 2. robots.txt. If the file had to be asked for, that was this host's request for now: the page
//!    waits for its turn like any other.
//! 3. The page is asked for. A redirect goes back to the frontier, which knows whose turn it is on
//!    the host it leads to.
//! 4. The page is read (`reading`), and what the sink wants made of it ahead is made, on a thread
//!    for blocking work.
//! 5. Every answer, failure and refusal leads to one step: the end of the job or its next try
//!    (`ends`).
//!
//! No request is begun shortly before its lease runs out, or after: whoever takes the host over
//! counts on that. A lease is prolonged long before, unless this process or the frontier stood still.

mod ends;
mod reading;
mod until;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use url::Url;

use crate::fetch::{self, Fetcher, Hop, Pace, Verdict, Wanted};
use crate::frontier::{End, Failing, Job, Lease, RobotsFile, Validators, Wait};
use crate::outcome::Outcome;
use crate::page::{Exchange, Kind};
use crate::read;
use crate::sink::{Ahead, Kept, Ready};

use super::discovery::{Discovery, Findings};
use ends::{failure, given_up, redirected, too_late, unchanged};
pub(super) use until::Until;

/// A body up to this size is packed where the visit stands; what is larger and no page is left to
/// the sink, because it would hold up other visits.
const SMALL: usize = 64 * 1024;

/// What every visit of a crawl needs.
pub(super) struct Context {
    pub(super) fetcher: Fetcher,
    pub(super) readers: Arc<Semaphore>,
    pub(super) pace: Pace,
    pub(super) read: read::Options,
    pub(super) discovery: Discovery,
    /// What the sink wants made of records and exchanges.
    pub(super) ahead: Ahead,
    /// When the lease runs out.
    pub(super) until: Until,
    /// What was on the wire in this visit, if the fetcher keeps it.
    pub(super) wire: Mutex<Vec<Kept>>,
}

impl Context {
    fn keep(&self, exchanges: impl IntoIterator<Item = Exchange>) {
        self.keep_packed(exchanges.into_iter().map(|exchange| {
            if exchange.body.len() <= SMALL {
                self.ahead.exchange(exchange)
            } else {
                Kept::from(exchange)
            }
        }));
    }

    fn keep_packed(&self, exchanges: impl IntoIterator<Item = Kept>) {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        wire.extend(exchanges);
    }

    fn kept(&self) -> Vec<Kept> {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *wire)
    }
}

/// What a visit is to do, and what is known of the host.
pub(super) struct Errand {
    jobs: Vec<Job>,
    failing: Option<Failing>,
    latency: Option<Duration>,
}

impl From<&Lease> for Errand {
    fn from(lease: &Lease) -> Self {
        Self {
            jobs: lease.jobs.clone(),
            failing: lease.failing,
            latency: lease.latency,
        }
    }
}

/// What is known of the host when a job's turn comes.
#[derive(Clone, Copy)]
struct Manners {
    failing: Option<Failing>,
    latency: Option<Duration>,
}

/// What a visit came to.
#[derive(Debug)]
pub(super) struct Visited {
    pub(super) records: Vec<Ready>,
    /// What is to be asked for besides.
    pub(super) findings: Findings,
    pub(super) exchanges: Vec<Kept>,
    pub(super) ends: Vec<(Url, End)>,
    pub(super) next_at: Timestamp,
    pub(super) wait: Wait,
    pub(super) failed: Option<Outcome>,
    pub(super) requests: usize,
    pub(super) pause: Duration,
    pub(super) latency: Option<Duration>,
    pub(super) robots: Vec<(String, RobotsFile)>,
}

/// What became of one job.
struct Step {
    end: End,
    record: Option<Ready>,
    findings: Findings,
    /// When the host may be asked next, and why not before.
    next_at: Timestamp,
    wait: Wait,
    /// The failure, if the host as a whole failed.
    failed: Option<Outcome>,
    requests: usize,
    /// The pause of the host, once its rules are known.
    pause: Duration,
    latency: Option<Duration>,
    robots: Option<fetch::RobotsFile>,
}

impl Step {
    /// An end that nobody had to ask the host for.
    fn new(context: &Context, end: End) -> Self {
        Self {
            end,
            record: None,
            findings: Findings::default(),
            next_at: context.fetcher.clock().now(),
            wait: Wait::Pause,
            failed: None,
            requests: 0,
            pause: context.pace.delay,
            latency: None,
            robots: None,
        }
    }

    /// The same step, with the host left alone until then.
    fn not_before(mut self, at: Timestamp, why: Wait) -> Self {
        if at > self.next_at {
            (self.next_at, self.wait) = (at, why);
        }
        self
    }
}

/// Visits the jobs of a lease one after another.
pub(super) async fn visit(context: &Context, errand: Errand) -> Visited {
    let clock = context.fetcher.clock();
    let mut visited = Visited {
        records: Vec::new(),
        findings: Findings::default(),
        exchanges: Vec::new(),
        ends: Vec::new(),
        next_at: clock.now(),
        wait: Wait::Pause,
        failed: None,
        requests: 0,
        pause: context.pace.delay,
        latency: errand.latency,
        robots: Vec::new(),
    };
    for job in errand.jobs {
        let wait = visited.next_at.duration_since(clock.now());
        sleep(Duration::try_from(wait).unwrap_or_default()).await;
        let url = job.target.url.clone();
        let manners = Manners {
            failing: errand.failing,
            latency: visited.latency,
        };
        let step = match errand.failing {
            Some(failing) if failing.times >= context.pace.host_failures => {
                given_up(context, &job, failing)
            }
            _ => take(context, &job, manners).await,
        };
        visited.records.extend(step.record);
        visited.findings.append(step.findings);
        visited.requests += step.requests;
        if step.next_at >= visited.next_at {
            (visited.next_at, visited.wait) = (step.next_at, step.wait);
        }
        visited.failed = step.failed;
        visited.pause = step.pause;
        visited.latency = step.latency.or(visited.latency);
        visited.robots.extend(step.robots.map(kept));
        // A host that failed, or whose robots.txt took this turn, gives back its other jobs.
        let over = step.failed.is_some() || step.end == End::Again;
        visited.ends.push((url, step.end));
        if over {
            break;
        }
    }
    visited.exchanges = context.kept();
    visited
}

fn kept(file: fetch::RobotsFile) -> (String, RobotsFile) {
    let kept = RobotsFile {
        status: file.status,
        body: file.body,
        fetched_at: file.fetched_at,
        good_until: file.until,
    };
    (file.origin, kept)
}

/// A robots.txt that a frontier kept, as the fetcher takes it in.
pub(super) fn recalled(origin: String, kept: RobotsFile) -> fetch::RobotsFile {
    fetch::RobotsFile {
        origin,
        status: kept.status,
        fetched_at: kept.fetched_at,
        until: kept.good_until,
        body: kept.body,
    }
}

/// Takes a job one request further.
async fn take(context: &Context, job: &Job, manners: Manners) -> Step {
    let fetcher = &context.fetcher;
    if context
        .until
        .is_near(fetcher.clock().now(), context.pace.delay)
    {
        return too_late(context, context.pace.delay);
    }
    let mut permission = match fetcher.permission(job.at()).await {
        Ok(permission) => permission,
        Err(error) => {
            let (pause, why) = context.pace.pause(None, manners.latency);
            let step = failure(context, job, manners.failing, &error);
            return step.not_before(gate(context, job, error.at, pause), why);
        }
    };
    let (pause, why) = context.pace.pause(permission.crawl_delay, manners.latency);
    context.keep(permission.exchanges.drain(..));
    let turn_over = permission.answered_at;
    let turn_over = turn_over.map(|at| gate(context, job, at, pause));
    let mut step = match (permission.verdict, turn_over) {
        (Verdict::Disallowed { rule }, turn_over) => {
            let error = fetcher.disallowed(job.at(), &rule);
            let step = failure(context, job, manners.failing, &error);
            step.not_before(turn_over.unwrap_or(error.at), why)
        }
        (Verdict::Allowed, Some(next_at)) => {
            Step::new(context, End::Again).not_before(next_at, why)
        }
        (Verdict::Allowed, None) if context.until.is_near(fetcher.clock().now(), pause) => {
            too_late(context, pause)
        }
        (Verdict::Allowed, None) => ask(context, job, manners, permission.crawl_delay).await,
    };
    step.pause = step.pause.max(pause);
    step.robots = permission.file;
    step
}

/// Asks for the page, or for where it moved to.
///
/// The pause runs from when the answer began: the server had the request by then, however long
/// the connection took, so it never sees two requests closer together than the pause.
async fn ask(
    context: &Context,
    job: &Job,
    manners: Manners,
    crawl_delay: Option<Duration>,
) -> Step {
    let clock = context.fetcher.clock();
    let none = Validators::default();
    let kept = &job.validators;
    let version = if kept.are_of(&job.target.url, job.at()) {
        kept
    } else {
        &none
    };
    let begun = clock.now();
    let asked = context
        .fetcher
        .ask_if_changed(job.at(), wanted(job), version)
        .await;
    let mut exchange = asked.exchange;
    let (mut step, answered) = match asked.hop {
        Ok(Hop::Redirect { to }) => (redirected(context, job, manners.failing, to), clock.now()),
        Ok(Hop::Unchanged { at, validators }) => (unchanged(context, job, at, validators), at),
        Ok(Hop::Page(page)) => {
            let answered = page.fetched_at.unwrap_or_else(|| clock.now());
            (
                reading::had(context, job, page, exchange.take()).await,
                answered,
            )
        }
        Err(error) => (failure(context, job, manners.failing, &error), error.at),
    };
    context.keep(exchange);
    let took = Duration::try_from(answered.duration_since(begun)).unwrap_or_default();
    let latency = Pace::latency(manners.latency, took);
    let (pause, why) = context.pace.pause(crawl_delay, Some(latency));
    step.requests = 1;
    step.latency = Some(latency);
    step.pause = pause;
    step.not_before(gate(context, job, answered, pause), why)
}

/// When the host of a job may be asked again after an answer.
fn gate(context: &Context, job: &Job, from: Timestamp, pause: Duration) -> Timestamp {
    let host = job.at().host_str().unwrap_or_default();
    context.pace.gate(host, from, pause)
}

/// What the answer to a job has to be.
fn wanted(job: &Job) -> Wanted {
    match job.target.kind {
        Kind::Page => Wanted::Page,
        _ => Wanted::Feed,
    }
}
