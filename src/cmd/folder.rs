//! `cleancopy crawl -o FOLDER/`: a crawl that goes on where it was after any end.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use cleancopy::Sink;
use cleancopy::crawl::{self, Folder, Stats, TakenList};
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::{Counts, Frontier, Sqlite};
use cleancopy::outcome::Outcome;
use cleancopy::page::{Target, Via};
use cleancopy::sink::Twins;
use jiff::Timestamp;

use super::crawl::{CrawlArgs, asked_to_stop};
use super::list;
use super::log::say;
use super::metrics::Both;
use super::output::Format;
use super::progress::Progress;
use super::summary;

/// So many addresses are taken at a time.
const BATCH: usize = 10_000;

pub(crate) fn run(args: &CrawlArgs, path: &Path) -> anyhow::Result<ExitCode> {
    if !matches!(args.output.format(), Format::Jsonl | Format::Markdown) {
        bail!(
            "a crawl in a folder writes JSONL, and with --format markdown each article as a file, \
             too; other formats are for -o FILE"
        );
    }
    let begun = Instant::now();
    let fetcher = args.network.fetcher_keeping(args.archiving.wanted())?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    let done = runtime.block_on(crawl(args, path, &fetcher))?;
    // A name lookup that hangs in its own thread must not keep the program.
    runtime.shutdown_background();
    let Done {
        lists,
        counts,
        stats,
    } = done;
    for list in &lists {
        say(format_args!(
            "{}: {} lines: {} new, {} known, {} not a URL",
            list.name, list.lines, list.new, list.known, list.not_urls
        ));
    }
    let (requests, seconds) = (stats.requests, begun.elapsed().as_secs_f64());
    let name = path.display();
    say(format_args!(
        "{name}: visit {}, {requests} requests, {seconds:.1} s\n{}",
        counts.visit,
        summary::table(&summary::rows_of(&counts))
    ));
    if stats.found > 0 {
        say(format_args!("{} addresses found", stats.found));
    }
    if let Some(told) = summary::left_out(&stats) {
        say(told);
    }
    if args.network.ignore_robots {
        say("robots.txt was not looked at (--ignore-robots)");
    }
    if counts.pending > 0 {
        let fresh = if args.fresh { " without --fresh" } else { "" };
        say(format_args!(
            "stopped before the end; the same command{fresh} goes on, and `cleancopy status \
             {name}` says what waits and why"
        ));
    }
    let well = |outcome: Outcome| outcome.was_read() || outcome == Outcome::MissedGuess;
    let read = counts.outcomes.iter().filter(|(o, _)| well(**o));
    let whole = read.map(|(_, n)| n).sum::<usize>() == counts.total()
        && lists.iter().all(|list| list.not_urls == 0);
    Ok(ExitCode::from(u8::from(!whole)))
}

/// What a run came to.
struct Done {
    lists: Vec<TakenList>,
    counts: Counts,
    stats: Stats,
}

async fn crawl(args: &CrawlArgs, path: &Path, fetcher: &Fetcher) -> anyhow::Result<Done> {
    let mut options = args.pace.options();
    options.read = args.output.reading();
    options.discovery = args.discover.options(HashSet::new());
    let pause = options.pace.delay;
    let now = Timestamp::now();
    let mut folder = if args.fresh {
        Folder::create(path, now, pause)?
    } else {
        Folder::open(path, now, pause)?
    };
    tell_recovered(path, &folder);
    if args.revisit {
        revisit(path, &mut folder).await?;
    }
    let lists = take_all(args, path, &folder.frontier).await?;
    let agent = fetcher.options().user_agent();
    folder.write_manifest(Timestamp::now(), &agent).await?;

    let metrics = args.metrics.start(fetcher).await?;
    let mut progress = Progress::new(folder.frontier.pending().await?, fetcher);
    let frontier = Arc::clone(&folder.frontier);
    let earlier = folder.records_path()?;
    let mut records = Twins::new(&mut folder.records);
    recall(&mut records, &earlier)?;
    let records = beside_files(args, path, records)?;
    let mut sink = args.archiving.beside(records, fetcher.options())?;
    let crawled = crawl::run_observed(
        &*frontier,
        fetcher,
        &mut *sink,
        &mut Both(&mut progress, metrics),
        &options,
        asked_to_stop(),
    )
    .await;
    drop(sink);
    progress.finish();
    summary::say_bytes(fetcher);
    folder.write_manifest(Timestamp::now(), &agent).await?;
    Ok(Done {
        lists,
        counts: frontier.counts().await?,
        stats: crawled?,
    })
}

/// In the folder of a crawl, the folder of its articles as files.
const ARTICLES: &str = "articles";

/// The same sink, with a file for each article in front of it if they are wanted.
fn beside_files<'a>(
    args: &CrawlArgs,
    path: &Path,
    records: impl Sink + 'a,
) -> anyhow::Result<Box<dyn Sink + 'a>> {
    if args.output.format() != Format::Markdown {
        return Ok(Box::new(records));
    }
    let folder = path.join(ARTICLES);
    if args.fresh && folder.is_dir() {
        let gone = fs::remove_dir_all(&folder);
        gone.with_context(|| format!("cannot delete {}", folder.display()))?;
    }
    let files = cleancopy::sink::Files::new(&folder, records);
    let files = files.with_context(|| format!("cannot write articles to {}", folder.display()))?;
    Ok(Box::new(files))
}

/// Twins and near duplicates of what an earlier run of this visit wrote are marked, too.
fn recall<S: Sink>(twins: &mut Twins<S>, records: &Path) -> anyhow::Result<()> {
    let name = records.display();
    let file = File::open(records).with_context(|| format!("cannot read {name}"))?;
    let lines = BufReader::with_capacity(1024 * 1024, file);
    twins
        .recall_meanwhile(lines)
        .with_context(|| format!("cannot read {name}"))
}

fn tell_recovered(path: &Path, folder: &Folder) {
    let (name, found) = (path.display(), folder.recovered);
    if found.torn > 0 {
        let bytes = found.torn;
        say(format_args!(
            "{name}: cut off {bytes} bytes of a record that was not finished"
        ));
    }
    if found.settled > 0 {
        let count = found.settled;
        say(format_args!(
            "{name}: {count} addresses had their records already"
        ));
    }
    if found.leases > 0 {
        let count = found.leases;
        say(format_args!(
            "{name}: took over {count} hosts that an earlier run was asking when it ended"
        ));
    }
}

/// Starts another visit, unless one is still under way.
async fn revisit(path: &Path, folder: &mut Folder) -> anyhow::Result<()> {
    let counts = folder.frontier.counts().await?;
    let (name, visit) = (path.display(), counts.visit);
    if counts.pending > 0 {
        let pending = counts.pending;
        say(format_args!(
            "{name}: going on with visit {visit}, of which {pending} addresses are left"
        ));
    } else if counts.total() > 0 {
        let count = folder.revisit(Timestamp::now()).await?;
        let visit = visit + 1;
        say(format_args!("{name}: visit {visit} of {count} addresses"));
    }
    Ok(())
}

/// Takes the list and the sites into the frontier.
async fn take_all(
    args: &CrawlArgs,
    folder: &Path,
    frontier: &Sqlite,
) -> anyhow::Result<Vec<TakenList>> {
    let mut lists = Vec::new();
    if let Some(path) = &args.list {
        lists.push(take(path, args.discover.follow, frontier)?);
    }
    let mut sites = TakenList {
        name: "--site".to_owned(),
        lines: args.discover.site.len(),
        ..TakenList::default()
    };
    add(frontier, &mut args.discover.site.clone(), &mut sites)?;
    for site in &args.discover.site {
        let known = frontier.find(Timestamp::now(), &site.url).await?;
        let found = known.and_then(|entry| entry.job.target.found);
        if found.is_none_or(|found| found.via != Via::Root) {
            say(format_args!(
                "{}: {} is there already as an address to be read only, so nothing is looked for \
                 from it; crawl the site into another folder",
                folder.display(),
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
fn take(path: &Path, follow: bool, frontier: &Sqlite) -> anyhow::Result<TakenList> {
    let way = |digest: String| {
        if follow {
            format!("{digest}:follow")
        } else {
            digest
        }
    };
    if let Some(digest) = list::digest(path)?.map(way)
        && let Some(before) = TakenList::find(frontier, &digest)?
    {
        return Ok(TakenList {
            known: before.lines - before.not_urls,
            new: 0,
            ..before
        });
    }
    let mut taken = TakenList {
        name: list::name(path),
        ..TakenList::default()
    };
    let mut batch: Vec<Target> = Vec::with_capacity(BATCH);
    let digest = list::each(path, |line| {
        match line.target {
            Ok(target) if follow => batch.push(target.as_root()),
            Ok(target) => batch.push(target),
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
    // A run that was killed while it took the list counts what it had taken as known; the first
    // to take it whole notes it.
    if TakenList::find(frontier, &digest)?.is_none() {
        taken.note(frontier, &digest)?;
    }
    Ok(taken)
}

fn add(frontier: &Sqlite, batch: &mut Vec<Target>, taken: &mut TakenList) -> anyhow::Result<()> {
    let added = frontier.add_now(Timestamp::now(), batch)?;
    taken.new += added.new;
    taken.known += added.known;
    batch.clear();
    Ok(())
}
