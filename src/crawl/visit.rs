//! One lease from its first request to what is to be settled: the only place where the two halves
//! meet. A page goes into reading and a record comes out; nothing else passes.
//!
//! 1. A host that failed too often in a row is not asked: its addresses end as its last failure.
//! 2. robots.txt. If the file had to be asked for, that was this host's request for now: the page
//!    waits for its turn like any other.
//! 3. The page is asked for. A redirect goes back to the frontier, which knows whose turn it is on
//!    the host it leads to.
//! 4. The page is read, on a thread for blocking work.
//!
//! No request is begun shortly before its lease runs out, or after: whoever takes the host over
//! counts on that. A lease is prolonged long before, unless this process or the frontier stood still.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use url::Url;

use crate::fetch::{self, Fetcher, Hop, Pace, RobotsPolicy, Verdict, Wanted, later};
use crate::frontier::{End, Failing, Finding, Job, Lease, RobotsFile, Validators, Wait};
use crate::outcome::Outcome;
use crate::page::{Exchange, Kind, RawPage};
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
    /// When the lease runs out.
    pub(super) until: Until,
    /// What was on the wire in this visit, if the fetcher keeps it.
    pub(super) wire: Mutex<Vec<Exchange>>,
}

impl Context {
    fn keep(&self, exchanges: impl IntoIterator<Item = Exchange>) {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        wire.extend(exchanges);
    }

    fn kept(&self) -> Vec<Exchange> {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *wire)
    }
}

/// When a lease runs out: moved by whoever prolongs it, looked at before each request.
#[derive(Debug, Clone)]
pub(super) struct Until {
    /// In microseconds since 1970.
    at: Arc<AtomicI64>,
    /// The time before it in which nothing is begun any more is no longer than this.
    longest_margin: Duration,
}

impl Until {
    /// Of a lease that was asked for at `since`.
    pub(super) fn new(since: Timestamp, lease: Duration) -> Self {
        let until = Self {
            at: Arc::default(),
            longest_margin: lease / 4,
        };
        until.set(since, lease);
        until
    }

    /// It was prolonged at `since`.
    pub(super) fn set(&self, since: Timestamp, lease: Duration) {
        let at = later(since, lease).as_microsecond();
        self.at.store(at, Ordering::Relaxed);
    }

    /// Whether it is too late to begin a request after which the host is left alone for `pause`.
    fn is_near(&self, now: Timestamp, pause: Duration) -> bool {
        let over = later(now, pause.min(self.longest_margin)).as_microsecond();
        over >= self.at.load(Ordering::Relaxed)
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
    pub(super) records: Vec<Record>,
    /// What is to be asked for besides.
    pub(super) findings: Findings,
    pub(super) exchanges: Vec<Exchange>,
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
    record: Option<Record>,
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

/// Ends a job of a host that is not asked any more.
fn given_up(context: &Context, job: &Job, failing: Failing) -> Step {
    let times = failing.times;
    let reason = format!("not asked: the host failed {times} times in a row");
    let record = Record::of_failure(&job.target.asked, failing.outcome, &reason);
    let mut step = done(context, job, record);
    step.failed = Some(failing.outcome);
    step
}

/// The end of a job with its record; what was known of the page's version stays known.
fn done(context: &Context, job: &Job, record: Record) -> Step {
    let record = marked(context, job, record);
    let mut finding = Finding::from(record.outcome);
    finding.status = record.status;
    finding.reason.clone_from(&record.reason);
    finding.validators = job.validators.clone();
    let mut step = Step::new(context, End::Done(finding));
    step.record = Some(record);
    step
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

/// The lease is nearly over: the job goes back to the head of its line.
fn too_late(context: &Context, pause: Duration) -> Step {
    let now = context.fetcher.clock().now();
    Step::new(context, End::Again).not_before(later(now, pause), Wait::Pause)
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
    context.keep(asked.exchange);
    let (mut step, answered) = match asked.hop {
        Ok(Hop::Redirect { to }) => (redirected(context, job, manners.failing, to), clock.now()),
        Ok(Hop::Unchanged { at, validators }) => (unchanged(context, job, at, validators), at),
        Ok(Hop::Page(page)) => {
            let answered = page.fetched_at.unwrap_or_else(|| clock.now());
            (had(context, job, page).await, answered)
        }
        Err(error) => (failure(context, job, manners.failing, &error), error.at),
    };
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

fn redirected(context: &Context, job: &Job, failing: Option<Failing>, to: Url) -> Step {
    let fetcher = &context.fetcher;
    match fetcher.check_trail(&job.target.url, &job.trail, &to) {
        Err(error) => failure(context, job, failing, &error),
        Ok(()) => Step::new(context, End::Moved(to)),
    }
}

/// The page is still what an earlier visit read.
fn unchanged(context: &Context, job: &Job, at: Timestamp, validators: Validators) -> Step {
    let reason = "the page has not changed since it was last read";
    let mut record = Record::of_failure(&job.target.asked, Outcome::Unchanged, reason);
    record.fetched_at = Some(at);
    record.status = Some(304);
    record.final_url = Some(job.at().to_string());
    let mut step = done(context, job, record);
    if let End::Done(finding) = &mut step.end {
        finding.validators = validators;
    }
    step
}

async fn had(context: &Context, job: &Job, page: RawPage) -> Step {
    let header = |name| page.header(name).map(str::to_owned);
    let (etag, modified) = (header("etag"), header("last-modified"));
    let validators = Validators::new(&job.target.url, job.at(), etag, modified);
    let (record, findings) = reading(context, job, page).await;
    let mut step = done(context, job, record);
    step.findings = findings;
    if let End::Done(finding) = &mut step.end {
        finding.validators = validators;
    }
    step
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
    task.await.unwrap_or_else(|_| {
        let reason = "reading the page panicked";
        let record = Record::of_failure(&job.target.asked, Outcome::ReadFailed, reason);
        (record, Findings::default())
    })
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
    let record = record_of(job, error);
    let mut step = if retried {
        let mut why = Finding::from(error.outcome);
        why.status = error.status;
        why.reason = record.reason;
        Step::new(context, End::Retry { at: again, why })
    } else {
        done(context, job, record)
    };
    step.failed = of_host.then_some(error.outcome);
    let why = if error.retry_after.is_some() {
        Wait::RetryAfter
    } else {
        Wait::BackOff
    };
    step.not_before(rest.unwrap_or(now), why)
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
    if discovery::is_missed_guess(&record) {
        record.outcome = Outcome::MissedGuess;
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_begun_shortly_before_a_lease_runs_out() {
        let seconds = Duration::from_secs;
        let at = |second| Timestamp::from_second(second).expect("a time");
        let until = Until::new(at(1_000), seconds(90));
        let (short, long) = (seconds(1), seconds(600));
        assert!(!until.is_near(at(1_088), short));
        assert!(until.is_near(at(1_089), short) && until.is_near(at(5_000), short));
        assert!(
            !until.is_near(at(1_060), long),
            "a long pause leaves most of a lease"
        );
        until.clone().set(at(1_060), seconds(90));
        assert!(
            !until.is_near(at(1_140), short),
            "prolonged, the visit knows it"
        );
    }
}
