//! A page into its record. All of it is one synchronous call on a thread for blocking work, as many
//! at a time as there are readers: reading, then what the sink wants made of record and exchange.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use tokio::task::spawn_blocking;
use url::Url;

use crate::crawl::discovery::{self, Discovery, Findings};
use crate::frontier::{End, Job, Validators};
use crate::outcome::Outcome;
use crate::page::{Exchange, Kind, RawPage, Target};
use crate::read::{self, read};
use crate::sink::{Kept, Ready, Record};

use super::ends::{ended, marked};
use super::{Context, Step};

/// The page was had.
pub(super) async fn had(
    context: &Context,
    job: &Job,
    page: RawPage,
    exchange: Option<Exchange>,
) -> Step {
    let (ready, kept, findings) = reading(context, job, page, exchange).await;
    context.keep_packed(kept);
    let record = ready.record();
    let (etag, modified) = (record.etag.clone(), record.last_modified.clone());
    let validators = Validators::new(&job.target.url, job.at(), etag, modified);
    let mut step = ended(context, job, ready);
    step.findings = findings;
    if let End::Done(finding) = &mut step.end {
        finding.validators = validators;
    }
    step
}

async fn reading(
    context: &Context,
    job: &Job,
    page: RawPage,
    exchange: Option<Exchange>,
) -> (Ready, Option<Kept>, Findings) {
    let permit = Arc::clone(&context.readers).acquire_owned().await;
    let (options, discovery) = (context.read.clone(), context.discovery.clone());
    let (ahead, robots) = (context.ahead.clone(), context.fetcher.options().robots);
    let target = job.target.clone();
    let sitemaps = if discovery::is_root(&target) {
        context.fetcher.sitemaps(job.at())
    } else {
        Vec::new()
    };
    let task = spawn_blocking(move || {
        let reading = || read_as(&target, &page, &options, &discovery, &sitemaps);
        // The page that could not be read is the one that somebody will want to look at: its
        // exchange is kept all the same.
        let read = catch_unwind(AssertUnwindSafe(reading));
        let (mut record, findings) = read.unwrap_or_else(|_| {
            let reason = "reading the page panicked";
            let record = Record::of_failure(&target.asked, Outcome::ReadFailed, reason);
            (record, Findings::default())
        });
        let header = |name| page.header(name).map(str::to_owned);
        record.etag = header("etag");
        record.last_modified = header("last-modified");
        let mut ready = ahead.record(marked(record, &target, robots));
        let kept = exchange.map(|exchange| ahead.exchange(exchange));
        // What is left is the disk's: the next page may be read meanwhile.
        drop(permit);
        ahead.write(&mut ready);
        (ready, kept, findings)
    });
    match task.await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(read) => read,
        Err(Ok(panic)) => resume_unwind(panic),
        // The runtime is being taken down, and this task with it.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Reads a page as what its target is: a page, a sitemap or a feed.
fn read_as(
    target: &Target,
    page: &RawPage,
    options: &read::Options,
    discovery: &Discovery,
    sitemaps: &[Url],
) -> (Record, Findings) {
    if target.kind != Kind::Page {
        return discovery.listing(target, page);
    }
    let found = read(page, options);
    let mut record = Record::of_page(&target.asked, page, found);
    let findings = discovery.page(target, page, &mut record, sitemaps);
    (record, findings)
}
