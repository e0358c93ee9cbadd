//! `cleancopy crawl -o FOLDER/`: a crawl that goes on where it was after any end.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cleancopy::Sink;
use cleancopy::crawl::{self, Folder, Stats, TakenList};
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::{Counts, Frontier};
use cleancopy::outcome::Outcome;
use cleancopy::sink::{Files, Jsonl, Twins};
use jiff::Timestamp;

use super::crawl::{CrawlArgs, asked_to_stop};
use super::intake;
use super::log::{counted, say, say_numbers};
use super::metrics::Both;
use super::output::Format;
use super::progress::Progress;
use super::summary::{self, Cost, Standing};

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
    let name = path.display().to_string();
    done.tell(&name, args, &fetcher, begun.elapsed());
    if done.counts.pending > 0 {
        let fresh = if args.fresh { " without --fresh" } else { "" };
        say(format_args!(
            "stopped before the end; the same command{fresh} goes on, and `cleancopy status \
             {name}` says what waits and why"
        ));
    }
    Ok(done.code())
}

/// What a run came to.
pub(crate) struct Done {
    pub(crate) lists: Vec<TakenList>,
    pub(crate) counts: Counts,
    /// How many addresses nobody named, where that is known.
    pub(crate) found: Option<usize>,
    pub(crate) stats: Stats,
}

impl Done {
    /// Says what the run did, and how the crawl of this name stands.
    pub(crate) fn tell(&self, name: &str, args: &CrawlArgs, fetcher: &Fetcher, took: Duration) {
        for list in &self.lists {
            let of = match list.name.as_str() {
                intake::SITES => counted(list.lines, "site", "sites"),
                _ => counted(list.lines, "line", "lines"),
            };
            let mut told = format!("{}: {of}: {} new", list.name, list.new);
            for (count, what) in [
                (list.known, "known from before"),
                (list.duplicates, "more than once"),
                (list.not_urls, "not a URL"),
            ] {
                if count > 0 {
                    let _ = write!(told, ", {count} {what}");
                }
            }
            say_numbers(&told, &serde_json::json!(list));
        }
        let standing = Standing {
            name,
            counts: &self.counts,
            found: self.found,
            stats: &self.stats,
            cost: Cost::new(fetcher, &self.stats, took),
        };
        say_numbers(&standing.to_string(), &standing.numbers());
        if let Some(told) = summary::left_out(&self.stats) {
            say(told);
        }
        if args.network.ignore_robots {
            say("robots.txt was not looked at (--ignore-robots)");
        }
    }

    /// 0 where all pages of the crawl were read, 1 otherwise.
    pub(crate) fn code(&self) -> ExitCode {
        let well = |outcome: Outcome| outcome.was_read() || outcome == Outcome::MissedGuess;
        let read = self.counts.outcomes.iter().filter(|(o, _)| well(**o));
        let whole = read.map(|(_, n)| n).sum::<usize>() == self.counts.total()
            && self.lists.iter().all(|list| list.not_urls == 0);
        ExitCode::from(u8::from(!whole))
    }
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
    let name = path.display().to_string();
    let lists = intake::take_all(args, &name, &*folder.frontier)?;
    let agent = fetcher.options().user_agent();
    folder.write_manifest(Timestamp::now(), &agent).await?;

    let metrics = args.metrics.start(fetcher).await?;
    let mut progress = Progress::new(folder.frontier.pending().await?, fetcher);
    let frontier = Arc::clone(&folder.frontier);
    let earlier = folder.records_path()?;
    let articles = make_files(args, &folder)?;
    let mut records = Twins::new(&mut folder.records);
    recall(&mut records, &earlier)?;
    let records = beside_files(articles, records)?;
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
    folder.write_manifest(Timestamp::now(), &agent).await?;
    Ok(Done {
        lists,
        counts: frontier.counts().await?,
        found: Some(frontier.count_found()?),
        stats: crawled?,
    })
}

/// Under this name the frontier notes whether a run wrote records without files of articles.
const WITHOUT_FILES: &str = "without-files";

/// Where articles are to be files: those that earlier runs did not write are made of their records.
fn make_files(args: &CrawlArgs, folder: &Folder) -> anyhow::Result<Option<PathBuf>> {
    let noted = folder.frontier.note(WITHOUT_FILES)?;
    if args.output.format() != Format::Markdown {
        if noted.as_deref() != Some("yes") {
            folder.frontier.set_note(WITHOUT_FILES, "yes")?;
        }
        return Ok(None);
    }
    let articles = folder.articles_path();
    if noted.as_deref() == Some("yes") || !articles.is_dir() {
        let missing = Files::new(&articles, Jsonl::new(io::sink()));
        let made = missing.and_then(|files| {
            let mut made = 0;
            for path in folder.all_records().map_err(io::Error::other)? {
                made += files.make_missing(BufReader::new(File::open(path)?))?;
            }
            Ok(made)
        });
        let made = made.with_context(|| format!("cannot write to {}", articles.display()))?;
        if made > 0 {
            let files = counted(made, "file", "files");
            say(format_args!(
                "{}: {files} made of records that an earlier run wrote without them; where links                  lead and pictures are not in such records",
                articles.display()
            ));
        }
        folder.frontier.set_note(WITHOUT_FILES, "no")?;
    }
    Ok(Some(articles))
}

/// The same sink, with a file for each article in front of it if they are wanted.
fn beside_files<'a>(
    articles: Option<PathBuf>,
    records: impl Sink + 'a,
) -> anyhow::Result<Box<dyn Sink + 'a>> {
    let Some(folder) = articles else {
        return Ok(Box::new(records));
    };
    let files = Files::new(&folder, records);
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
        let torn = usize::try_from(found.torn).unwrap_or(usize::MAX);
        let bytes = counted(torn, "byte", "bytes");
        say(format_args!(
            "{name}: cut off {bytes} of a record that was not finished"
        ));
    }
    if found.settled > 0 {
        let told = counted(
            found.settled,
            "address had its record",
            "addresses had their records",
        );
        say(format_args!("{name}: {told} already"));
    }
    if found.leases > 0 {
        let hosts = counted(found.leases, "host", "hosts");
        say(format_args!(
            "{name}: took over {hosts} that an earlier run was asking when it ended"
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
            "{name}: going on with visit {visit}, of which {} left",
            counted(pending, "address is", "addresses are")
        ));
    } else if counts.total() > 0 {
        let count = folder.revisit(Timestamp::now()).await?;
        let visit = visit + 1;
        let count = counted(count, "address", "addresses");
        say(format_args!("{name}: visit {visit} of {count}"));
    }
    Ok(())
}
