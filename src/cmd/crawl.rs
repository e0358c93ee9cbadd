//! `cleancopy crawl`: a URL list through the crawler into a file of records, or into a folder
//! ([`super::folder`]).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, Metadata, OpenOptions};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cleancopy::Sink;
use cleancopy::crawl::{self, Options, Stats};
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use cleancopy::sink::Twins;
use jiff::Timestamp;

use super::archiving::ArchivingArgs;
use super::discover::DiscoverArgs;
use super::list::{self, List};
use super::log::{say, say_numbers};
use super::metrics::{Both, Metrics, MetricsArgs};
use super::network::{NetworkArgs, from_one, seconds};
use super::output::{Format, OutputArgs};
use super::overwrite;
use super::progress::Progress;
use super::shared::FleetArgs;
use super::summary::{Cost, Summary};

/// Flags of `cleancopy crawl`.
#[derive(Debug, clap::Args)]
pub(crate) struct CrawlArgs {
    /// The list: one URL a line, blank lines and lines that begin with # passed over; `-` is standard
    /// input. Not needed where sites are given
    #[arg(required_unless_present = "site")]
    pub(crate) list: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) discover: DiscoverArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Start anew, even if the output has records already: a file is overwritten, whatever it is; in
    /// a folder, what an earlier crawl wrote there is deleted, and nothing else
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Visit all addresses of the output folder again, asking servers for what changed since
    #[arg(long, conflicts_with = "fresh")]
    pub(crate) revisit: bool,
    /// Say for each line of the list whether it would be fetched, or why not; no site is asked
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) archiving: ArchivingArgs,
    #[command(flatten)]
    pub(crate) pace: PaceArgs,
    #[command(flatten)]
    pub(crate) fleet: FleetArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    #[command(flatten)]
    pub(crate) metrics: MetricsArgs,
}

/// Flags of politeness.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Pace")]
pub(crate) struct PaceArgs {
    /// Hosts visited at a time
    #[arg(long, value_name = "N", default_value = "32", value_parser = from_one)]
    hosts: usize,
    /// Seconds between two requests to a host, from the start of an answer to the next request
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    delay: Duration,
    /// Percent by which a pause is longer at most, by chance: no two hosts are asked in step
    #[arg(long, value_name = "PERCENT", default_value = "10", value_parser = clap::value_parser!(u32).range(0..=100))]
    jitter: u32,
    /// Longest Crawl-delay of a robots.txt that is obeyed in full
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    max_crawl_delay: Duration,
    /// Times an address is tried again after a failure that may pass; with 0, a host that cannot be
    /// reached is not waited for either
    #[arg(long, value_name = "N", default_value = "2")]
    retries: u32,
    /// Seconds before an address is tried again, and before any other of a host that failed as a
    /// whole is asked for (no connection, too slow, 429, 503); doubled for each further failure in a
    /// row, up to an hour. After 4 of a host its other addresses are not asked for. What a server
    /// says itself (Retry-After) takes the place of this
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    retry_wait: Duration,
}

impl PaceArgs {
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        options.hosts = self.hosts;
        options.pace.delay = self.delay;
        options.pace.jitter = self.jitter;
        options.pace.max_crawl_delay = self.max_crawl_delay;
        options.pace.retries = self.retries;
        options.pace.back_off = self.retry_wait;
        options
    }
}

/// What is to be done, sorted out before the first request.
struct Plan {
    frontier: Memory,
    sink: Box<dyn Sink>,
    fetcher: Fetcher,
    options: Options,
    metrics: Option<Metrics>,
}

pub(crate) fn run(args: &CrawlArgs) -> anyhow::Result<ExitCode> {
    if args.dry_run {
        return super::dry_run::run(args);
    }
    check(args)?;
    if let Some(address) = &args.fleet.frontier {
        return super::fleet::run(args, address);
    }
    if let Some(folder) = args.output.folder() {
        return super::folder::run(args, folder);
    }
    if args.revisit {
        bail!("only a crawl in a folder can be visited again: -o FOLDER/");
    }
    let started = Instant::now();
    let list = targets(args)?;
    let fetcher = args.network.fetcher_keeping(args.archiving.wanted())?;
    let (sink, earlier): (Box<dyn Sink>, _) = if let Some(stream) = stream(args)? {
        (Box::new(Twins::new(stream)), BTreeMap::new())
    } else if args.fresh {
        (Box::new(Twins::new(args.output.create()?)), BTreeMap::new())
    } else {
        args.output.go_on()?
    };
    let sink = args.archiving.beside(sink, fetcher.options())?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    let sites = args.discover.site.len();
    let (lines, not_urls) = (list.lines() - sites, list.not_urls);
    let (todo, already) = without_earlier(list.targets, earlier);
    let mut options = args.pace.options();
    options.read = args.output.reading();
    options.discovery = args.discover.options(already.read.clone());
    let metrics = runtime.block_on(args.metrics.start(&fetcher))?;
    let plan = Plan {
        frontier: Memory::new(),
        sink,
        fetcher: fetcher.clone(),
        options,
        metrics,
    };
    let (stats, again) = runtime.block_on(crawl(plan, todo))?;
    // A name lookup that hangs in its own thread must not keep the program.
    runtime.shutdown_background();
    let summary = Summary {
        lines,
        sites,
        duplicates: already.duplicates + again,
        not_urls,
        already: already.addresses,
        cost: Cost::new(&fetcher, &stats, started.elapsed()),
        stats,
    };
    close(args, &summary);
    let whole = summary.stats.failures() + summary.stats.left + not_urls + already.failures == 0;
    Ok(ExitCode::from(u8::from(!whole)))
}

/// Refuses what would cost something before it is seen to be a slip: with --fresh, a list that is
/// not there would have the output gone first, and the list named as output would be overwritten.
fn check(args: &CrawlArgs) -> anyhow::Result<()> {
    let Some(list) = &args.list else {
        return Ok(());
    };
    list::check(list)?;
    let output = args.output.output.as_deref();
    if let Some(output) = output.filter(|output| overwrite::is_same(output, list)) {
        bail!("{} is the list: -o names another file", output.display());
    }
    Ok(())
}

/// The output where it is a pipe or a device, which holds nothing to go on with: what is read from
/// one might never end. Any other thing that is no file is refused.
fn stream(args: &CrawlArgs) -> anyhow::Result<Option<Box<dyn Sink>>> {
    let Some(path) = &args.output.output else {
        return Ok(None);
    };
    let name = path.display();
    match fs::metadata(path) {
        Ok(data) if data.is_file() => return Ok(None),
        Ok(data) if is_stream(&data) => {}
        Ok(_) => bail!("{name} is neither a file nor a folder, a pipe or a character device"),
        // It is made, or cannot be: that shows when it is opened.
        Err(_) => return Ok(None),
    }
    let format = args.output.format();
    if format == Format::Parquet {
        bail!("Parquet needs a file, and {name} is none");
    }
    // Not for reading, too: then a pipe would not be seen to close.
    let out = OpenOptions::new().write(true).open(path);
    let out = out.with_context(|| format!("cannot write {name}"))?;
    format.into_file(out, path).map(Some)
}

#[cfg(unix)]
fn is_stream(data: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    data.file_type().is_char_device() || data.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_stream(data: &Metadata) -> bool {
    !data.is_dir()
}

/// The list and the sites, in this order.
fn targets(args: &CrawlArgs) -> anyhow::Result<List> {
    let mut list = match &args.list {
        Some(path) => list::read(path)?,
        None => List::default(),
    };
    if args.discover.follow {
        let listed = std::mem::take(&mut list.targets).into_iter();
        list.targets = listed.map(Target::as_root).collect();
    }
    list.targets.extend(args.discover.site.iter().cloned());
    Ok(list)
}

/// What an earlier run has done of a list.
#[derive(Debug, Default)]
struct Already {
    /// Identities of the pages whose articles it had, listed or found.
    read: HashSet<String>,
    addresses: usize,
    /// Those of them that were not read.
    failures: usize,
    /// Further lines that name one of them.
    duplicates: usize,
}

/// Parts what is still to do from what an earlier run has done.
fn without_earlier(
    targets: Vec<Target>,
    earlier: BTreeMap<String, Outcome>,
) -> (Vec<Target>, Already) {
    let mut done: HashMap<String, (Outcome, bool)> = HashMap::new();
    for (asked, outcome) in earlier {
        if let Ok(target) = Target::parse(&asked) {
            done.insert(target.identity(), (outcome, false));
        }
    }
    let mut already = Already::default();
    let articles = done
        .iter()
        .filter(|(_, (outcome, _))| matches!(outcome, Outcome::Article | Outcome::TooOld));
    already.read = articles.map(|(identity, _)| identity.clone()).collect();
    let mut todo = Vec::new();
    for target in targets {
        // What more there is to find is found only by asking a place to begin again.
        if target.found.is_some() {
            todo.push(target);
            continue;
        }
        match done.get_mut(&target.identity()) {
            None => todo.push(target),
            Some((_, true)) => already.duplicates += 1,
            Some((outcome, seen)) => {
                *seen = true;
                already.addresses += 1;
                already.failures += usize::from(!outcome.was_read());
            }
        }
    }
    (todo, already)
}

/// Crawls; returns what was done and how many addresses stood in the list more than once.
async fn crawl(mut plan: Plan, todo: Vec<Target>) -> anyhow::Result<(Stats, usize)> {
    let added = plan.frontier.add(Timestamp::now(), todo).await?;
    let mut progress = Progress::new(added.new, &plan.fetcher);
    let done = crawl::run_observed(
        &plan.frontier,
        &plan.fetcher,
        &mut *plan.sink,
        &mut Both(&mut progress, plan.metrics),
        &plan.options,
        asked_to_stop(),
    )
    .await;
    progress.finish();
    Ok((done?, added.known))
}

/// Ends at the first Ctrl-C (or termination signal); the second leaves the program at once.
pub(crate) async fn asked_to_stop() {
    signal().await;
    tokio::spawn(async {
        signal().await;
        // Every record that was counted has been handed to the system: nothing is lost.
        std::process::exit(130);
    });
}

/// Waits for Ctrl-C or, where there is such a thing, a termination signal.
async fn signal() {
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        () = termination() => {}
        else => std::future::pending().await,
    }
}

#[cfg(unix)]
async fn termination() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn termination() {
    std::future::pending().await
}

/// Says how it ended, and how to go on if it did not end.
fn close(args: &CrawlArgs, summary: &Summary) {
    say_numbers(&summary.to_string(), &summary.numbers());
    if args.network.ignore_robots {
        say("robots.txt was not looked at (--ignore-robots)");
    }
    if summary.stats.left == 0 {
        return;
    }
    match &args.output.output {
        Some(path) if args.output.format().goes_on() && path.is_file() => say(format_args!(
            "stopped before the end; the same command{} goes on, as {} keeps what is done",
            if args.fresh { " without --fresh" } else { "" },
            path.display()
        )),
        _ => say(
            "stopped before the end; only JSONL or Parquet output to a file (-o) can be gone on with",
        ),
    }
}
