//! Lists and sites into the frontier of a crawl, each list once.

use std::collections::HashSet;
use std::future::Future;
use std::hash::Hasher as _;
use std::path::Path;

use cleancopy::crawl::TakenList;
use cleancopy::frontier::{self, Frontier, Sqlite};
use cleancopy::page::{Target, Via};
use jiff::Timestamp;
use siphasher::sip::SipHasher13;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::crawl::CrawlArgs;
use super::list;
use super::log::say;

/// What sites that were given are called among lists.
pub(crate) const SITES: &str = "--site";
/// So many addresses of a list are kept in mind, to tell one that it names twice from one that was
/// there before.
const MAX_SEEN: usize = 4_000_000;
/// So many addresses are taken at a time.
const BATCH: usize = 10_000;

/// A frontier that keeps notes, by which lists are known again.
pub(crate) trait Intake: Frontier {
    fn note(&self, name: &str) -> Result<Option<String>, frontier::Error>;
    fn set_note(&self, name: &str, value: &str) -> Result<(), frontier::Error>;
}

impl Intake for Sqlite {
    fn note(&self, name: &str) -> Result<Option<String>, frontier::Error> {
        Self::note(self, name)
    }

    fn set_note(&self, name: &str, value: &str) -> Result<(), frontier::Error> {
        Self::set_note(self, name, value)
    }
}

/// Waits for a store in the midst of reading a list; only under a runtime of several threads.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    block_in_place(|| Handle::current().block_on(future))
}

/// Takes the list and the sites into the frontier.
pub(crate) fn take_all(
    args: &CrawlArgs,
    crawl: &str,
    frontier: &impl Intake,
) -> anyhow::Result<Vec<TakenList>> {
    let mut lists = Vec::new();
    if let Some(path) = &args.list {
        lists.push(take(path, args.discover.follow, frontier)?);
    }
    let mut sites = TakenList {
        name: SITES.to_owned(),
        lines: args.discover.site.len(),
        ..TakenList::default()
    };
    add(frontier, &mut args.discover.site.clone(), &mut sites)?;
    for site in &args.discover.site {
        let known = wait(frontier.find(Timestamp::now(), &site.url))?;
        let found = known.and_then(|entry| entry.job.target.found);
        if found.is_none_or(|found| found.via != Via::Root) {
            say(format_args!(
                "{crawl}: {} is there already as an address to be read only, so nothing is looked \
                 for from it; crawl the site into another folder",
                site.url
            ));
        }
    }
    if sites.lines > 0 {
        lists.push(sites);
    }
    Ok(lists)
}

/// Takes a list into the frontier; one that was taken whole before, in the same way, is known by
/// its digest.
fn take(path: &Path, follow: bool, frontier: &impl Intake) -> anyhow::Result<TakenList> {
    let way = |digest: String| {
        if follow {
            format!("{digest}:follow")
        } else {
            digest
        }
    };
    if let Some(digest) = list::digest(path)?.map(way)
        && let Some(before) = before(frontier, &digest)?
    {
        return Ok(TakenList {
            known: before.lines - before.not_urls - before.duplicates,
            new: 0,
            ..before
        });
    }
    let mut taken = TakenList {
        name: list::name(path),
        ..TakenList::default()
    };
    let mut batch: Vec<Target> = Vec::with_capacity(BATCH);
    let mut seen = HashSet::new();
    let digest = list::each(path, |line| {
        match line.target {
            Ok(target) => {
                taken.duplicates += usize::from(!is_new(&mut seen, &target));
                batch.push(if follow { target.as_root() } else { target });
            }
            Err(ref error) => {
                taken.not_urls += 1;
                list::complain(path, &line, error);
            }
        }
        if batch.len() == BATCH {
            add(frontier, &mut batch, &mut taken)?;
        }
        Ok(())
    })
    .map(way)?;
    add(frontier, &mut batch, &mut taken)?;
    taken.lines = taken.new + taken.known + taken.not_urls;
    taken.known = taken.known.saturating_sub(taken.duplicates);
    // A run that was killed while it took the list counts what it had taken as known; the first
    // to take it whole notes it.
    if before(frontier, &digest)?.is_none() {
        frontier.set_note(&TakenList::note_name(&digest), &taken.to_note())?;
    }
    Ok(taken)
}

/// Whether an address is the first of its identity, as far as that is kept in mind.
fn is_new(seen: &mut HashSet<u64>, target: &Target) -> bool {
    let mut hasher = SipHasher13::new();
    hasher.write(target.identity().as_bytes());
    let hash = hasher.finish();
    if seen.len() >= MAX_SEEN {
        return !seen.contains(&hash);
    }
    seen.insert(hash)
}

/// What is noted of a list that was taken whole before.
fn before(frontier: &impl Intake, digest: &str) -> anyhow::Result<Option<TakenList>> {
    let note = frontier.note(&TakenList::note_name(digest))?;
    Ok(note.and_then(|note| TakenList::of_note(&note)))
}

fn add(
    frontier: &impl Intake,
    batch: &mut Vec<Target>,
    taken: &mut TakenList,
) -> anyhow::Result<()> {
    let added = wait(frontier.add(Timestamp::now(), std::mem::take(batch)))?;
    taken.new += added.new;
    taken.known += added.known;
    Ok(())
}
