//! One lease from its first request to what is to be settled: the only place where the two halves
//! meet. A page goes into reading and a record comes out; nothing else passes.
//!
//! 1. A host that failed too often in a row is not asked: its addresses end as its last failure.
//! 2. robots.txt. If the file had to be asked for, that was this host's request for now: the page
//!    waits for its turn like any other.
//! 3. The page is asked for. A redirect goes back to the frontier, which knows whose turn it is on
//!    the host it leads to.
//! 4. The page is read, on a thread for blocking work.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use url::Url;

use crate::fetch::{self, Fetcher, Hop, Pace, RobotsPolicy, Verdict, Wanted, later};
use crate::frontier::{End, Failing, Job};
use crate::outcome::Outcome;
use crate::page::{Kind, RawPage};
use crate::read::{self, read};
use crate::sink::Record;

use super::discovery::{self, Discovery, Findings};

/// What every visit of a crawl needs.
pub(super) struct Context {
    pub(super) fetcher: Fetcher,
    pub(super) readers: Arc<Semaphore>,
    pub(super) pace: Pace,
    pub(super) read: read::Options,
    pub(super) discovery: Discovery,
}

/// What a visit came to.
#[derive(Debug)]
pub(super) struct Visited {
    pub(super) records: Vec<Record>,
    /// What is to be asked for besides.
    pub(super) findings: Findings,
    pub(super) ends: Vec<(Url, End)>,
    pub(super) next_at: Timestamp,
    pub(super) failed: Option<Outcome>,
    pub(super) requests: usize,
}

/// What became of one job.
struct Step {
    end: End,
    record: Option<Record>,
    findings: Findings,
    /// When the host may be asked next.
    next_at: Timestamp,
    /// The failure, if the host as a whole failed.
    failed: Option<Outcome>,
    requests: usize,
}

impl Step {
    /// The same step, with the host left alone until then.
    fn not_before(mut self, at: Timestamp) -> Self {
        self.next_at = self.next_at.max(at);
        self
    }
}

/// Visits the jobs of a lease one after another.
pub(super) async fn visit(context: &Context, jobs: Vec<Job>, failing: Option<Failing>) -> Visited {
    let clock = context.fetcher.clock();
    let mut visited = Visited {
        records: Vec::new(),
        findings: Findings::default(),
        ends: Vec::new(),
        next_at: clock.now(),
        failed: None,
        requests: 0,
    };
    for job in jobs {
        let wait = visited.next_at.duration_since(clock.now());
        sleep(Duration::try_from(wait).unwrap_or_default()).await;
        let url = job.target.url.clone();
        let step = match failing {
            Some(failing) if failing.times >= context.pace.host_failures => {
                given_up(context, &job, failing)
            }
            _ => take(context, &job, failing).await,
        };
        visited.records.extend(step.record);
        visited.findings.append(step.findings);
        visited.requests += step.requests;
        visited.next_at = visited.next_at.max(step.next_at);
        visited.failed = step.failed;
        // A host that failed, or whose robots.txt took this turn, gives back its other jobs.
        let over = step.failed.is_some() || step.end == End::Again;
        visited.ends.push((url, step.end));
        if over {
            break;
        }
    }
    visited
}

/// Ends a job of a host that is not asked any more.
fn given_up(context: &Context, job: &Job, failing: Failing) -> Step {
    let times = failing.times;
    let reason = format!("not asked: the host failed {times} times in a row");
    let record = Record::of_failure(&job.target.asked, failing.outcome, &reason);
    Step {
        end: End::Done(failing.outcome),
        record: Some(marked(context, job, record)),
        findings: Findings::default(),
        next_at: context.fetcher.clock().now(),
        failed: Some(failing.outcome),
        requests: 0,
    }
}

/// Takes a job one request further.
async fn take(context: &Context, job: &Job, failing: Option<Failing>) -> Step {
    let fetcher = &context.fetcher;
    let permission = match fetcher.permission(job.at()).await {
        Ok(permission) => permission,
        Err(error) => {
            let step = failure(context, job, failing, &error);
            return step.not_before(later(error.at, context.pace.delay));
        }
    };
    let pause = context.pace.pause(permission.crawl_delay);
    let turn_over = permission.answered_at.map(|at| later(at, pause));
    match (permission.verdict, turn_over) {
        (Verdict::Disallowed { rule }, turn_over) => {
            let error = fetcher.disallowed(job.at(), &rule);
            let step = failure(context, job, failing, &error);
            step.not_before(turn_over.unwrap_or(error.at))
        }
        (Verdict::Allowed, Some(next_at)) => Step {
            end: End::Again,
            record: None,
            findings: Findings::default(),
            next_at,
            failed: None,
            requests: 0,
        },
        (Verdict::Allowed, None) => ask(context, job, failing, pause).await,
    }
}

/// Asks for the page, or for where it moved to.
///
/// The pause runs from when the answer began: the server had the request by then, however long
/// the connection took, so it never sees two requests closer together than the pause.
async fn ask(context: &Context, job: &Job, failing: Option<Failing>, pause: Duration) -> Step {
    let clock = context.fetcher.clock();
    let (mut step, answered) = match context.fetcher.ask(job.at(), wanted(job)).await.hop {
        Ok(Hop::Redirect { to }) => (redirected(context, job, failing, to), clock.now()),
        Ok(Hop::Page(page)) => {
            let answered = page.fetched_at.unwrap_or_else(|| clock.now());
            (had(context, job, page).await, answered)
        }
        Err(error) => (failure(context, job, failing, &error), error.at),
    };
    step.requests = 1;
    step.not_before(later(answered, pause))
}

fn redirected(context: &Context, job: &Job, failing: Option<Failing>, to: Url) -> Step {
    let fetcher = &context.fetcher;
    match fetcher.check_trail(&job.target.url, &job.trail, &to) {
        Err(error) => failure(context, job, failing, &error),
        Ok(()) => Step {
            end: End::Moved(to),
            record: None,
            findings: Findings::default(),
            next_at: fetcher.clock().now(),
            failed: None,
            requests: 0,
        },
    }
}

async fn had(context: &Context, job: &Job, page: RawPage) -> Step {
    let (record, findings) = reading(context, job, page).await;
    Step {
        end: End::Done(record.outcome),
        record: Some(record),
        findings,
        next_at: context.fetcher.clock().now(),
        failed: None,
        requests: 0,
    }
}

/// Reads a page: one synchronous call, on a thread for blocking work, a few at a time.
async fn reading(context: &Context, job: &Job, page: RawPage) -> (Record, Findings) {
    let permit = Arc::clone(&context.readers).acquire_owned().await;
    let (options, discovery) = (context.read.clone(), context.discovery.clone());
    let target = job.target.clone();
    let sitemaps = if discovery::is_root(&target) {
        context.fetcher.sitemaps(job.at())
    } else {
        Vec::new()
    };
    let task = spawn_blocking(move || {
        let _permit = permit;
        if target.kind != Kind::Page {
            return discovery.listing(&target, &page);
        }
        let found = read(&page, &options);
        let mut record = Record::of_page(&target.asked, &page, found);
        let findings = discovery.page(&target, &page, &mut record, &sitemaps);
        (record, findings)
    });
    let (record, findings) = task.await.unwrap_or_else(|_| {
        let reason = "reading the page panicked";
        let record = Record::of_failure(&job.target.asked, Outcome::ReadFailed, reason);
        (record, Findings::default())
    });
    (marked(context, job, record), findings)
}

/// What the answer to a job has to be.
fn wanted(job: &Job) -> Wanted {
    match job.target.kind {
        Kind::Page => Wanted::Page,
        _ => Wanted::Feed,
    }
}

/// A failure: to be tried again, or the end of the job.
fn failure(context: &Context, job: &Job, failing: Option<Failing>, error: &fetch::Error) -> Step {
    let now = context.fetcher.clock().now();
    let pace = &context.pace;
    let of_host = error.is_of_host();
    let in_a_row = failing.map_or(0, |failing| failing.times) + 1;
    let given_up = of_host && in_a_row >= pace.host_failures;
    let retried = error.is_transient() && job.attempts < pace.retries && !given_up;
    // The host as a whole is left in peace for as long as it has been failing; a host that is not
    // asked again needs no rest.
    let rest = (of_host && error.is_transient() && !given_up)
        .then(|| pace.again(now, in_a_row, error.retry_after));
    let again = rest.unwrap_or_else(|| pace.again(now, job.attempts + 1, error.retry_after));
    let (end, record) = if retried {
        (End::Retry(again), None)
    } else {
        let record = marked(context, job, record_of(job, error));
        (End::Done(error.outcome), Some(record))
    };
    Step {
        end,
        record,
        findings: Findings::default(),
        next_at: rest.unwrap_or(now),
        failed: of_host.then_some(error.outcome),
        requests: 0,
    }
}

fn record_of(job: &Job, error: &fetch::Error) -> Record {
    let mut record = Record::of_failure(&job.target.asked, error.outcome, &error.told());
    record.fetched_at = Some(error.at);
    record.status = error.status;
    if error.status.is_some() || *error.url != job.target.url {
        record.final_url = Some(error.url.to_string());
    }
    record
}

fn marked(context: &Context, job: &Job, mut record: Record) -> Record {
    record.found.clone_from(&job.target.found);
    record.robots_ignored = context.fetcher.options().robots == RobotsPolicy::Ignore;
    record
}
