//! What a job comes to: the step that each answer, failure or refusal leads to.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::crawl::discovery;
use crate::fetch::{self, RobotsPolicy, later};
use crate::frontier::{End, Failing, Finding, Job, Validators, Wait};
use crate::outcome::Outcome;
use crate::page::Target;
use crate::sink::{Ready, Record};

use super::{Context, Step};

/// Ends a job of a host that is not asked any more.
pub(super) fn given_up(context: &Context, job: &Job, failing: Failing) -> Step {
    // Those that were not asked any more are counted by the frontier, too.
    let times = failing.times.min(context.pace.host_failures);
    let reason = format!("not asked: the host failed {times} times in a row");
    let record = Record::of_failure(&job.target.asked, failing.outcome, &reason);
    let mut step = done(context, job, record);
    step.failed = Some(failing.outcome);
    step
}

/// The end of a job with its record.
fn done(context: &Context, job: &Job, record: Record) -> Step {
    let record = marked(record, &job.target, context.fetcher.options().robots);
    ended(context, job, context.ahead.record(record))
}

/// As [`done`], of a record that is marked; what was known of the page's version stays known.
pub(super) fn ended(context: &Context, job: &Job, ready: Ready) -> Step {
    let record = ready.record();
    let mut finding = Finding::from(record.outcome);
    finding.status = record.status;
    finding.reason.clone_from(&record.reason);
    finding.validators = job.validators.clone();
    let mut step = Step::new(context, End::Done(finding));
    step.record = Some(ready);
    step
}

/// The lease is nearly over: the job goes back to the head of its line.
pub(super) fn too_late(context: &Context, pause: Duration) -> Step {
    let now = context.fetcher.clock().now();
    Step::new(context, End::Again).not_before(later(now, pause), Wait::Pause)
}

pub(super) fn redirected(context: &Context, job: &Job, failing: Option<Failing>, to: Url) -> Step {
    let fetcher = &context.fetcher;
    match fetcher.check_trail(&job.target.url, &job.trail, &to) {
        Err(error) => failure(context, job, failing, &error),
        Ok(()) => Step::new(context, End::Moved(to)),
    }
}

/// The page is still what an earlier visit read.
pub(super) fn unchanged(
    context: &Context,
    job: &Job,
    at: Timestamp,
    validators: Validators,
) -> Step {
    let reason = "the page has not changed since it was last read";
    let mut record = Record::of_failure(&job.target.asked, Outcome::Unchanged, reason);
    record.fetched_at = Some(at);
    record.status = Some(304);
    record.final_url = Some(job.at().to_string());
    record.etag.clone_from(&validators.etag);
    record.last_modified.clone_from(&validators.last_modified);
    let mut step = done(context, job, record);
    if let End::Done(finding) = &mut step.end {
        finding.validators = validators;
    }
    step
}

/// A failure: to be tried again, or the end of the job.
pub(super) fn failure(
    context: &Context,
    job: &Job,
    failing: Option<Failing>,
    error: &fetch::Error,
) -> Step {
    let now = context.fetcher.clock().now();
    let pace = &context.pace;
    let of_host = error.is_of_host();
    let in_a_row = failing.map_or(0, |failing| failing.times) + 1;
    let given_up = of_host && in_a_row >= pace.host_failures;
    let retried = error.is_transient() && job.attempts < pace.retries && !given_up;
    // The host as a whole is left in peace for as long as it has been failing; a host that is not
    // asked again needs no rest. One that nobody reached is waited for only if trying again is
    // wanted at all: there is no server to be spared.
    let waited_for = pace.retries > 0 || error.answers_at_all();
    let rest = (of_host && error.is_transient() && !given_up && waited_for)
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

/// The record with what is known of its address besides the answer.
pub(super) fn marked(mut record: Record, target: &Target, robots: RobotsPolicy) -> Record {
    record.found.clone_from(&target.found);
    record.robots_ignored = robots == RobotsPolicy::Ignore;
    if discovery::is_missed_guess(&record) {
        record.outcome = Outcome::MissedGuess;
    }
    record
}
