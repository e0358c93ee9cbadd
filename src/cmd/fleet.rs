//! A crawl whose frontier is on a PostgreSQL server: as a worker, looked at, and published.

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cleancopy::Sink;
use cleancopy::crawl::{self, Sealed, Segment, seal as publish};
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::{self, Frontier as _, Place, Postgres, PostgresError};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::crawl::{CrawlArgs, asked_to_stop};
use super::dry_run::Known;
use super::folder::Done;
use super::intake::{self, Intake, wait};
use super::log::{counted, say};
use super::metrics::Both;
use super::output::Format;
use super::progress::Progress;
use super::shared::{Address, SealArgs};
use super::status::{self, State, StatusArgs};
use super::{address, waiting};

/// A worker that has nothing to do looks again this often: others give hosts back and find addresses.
const POLL: Duration = Duration::from_millis(250);

/// What the address says, with the password of the environment where it has none.
fn place(address: &Address) -> anyhow::Result<Place> {
    let place = Place::parse(&address.0)?;
    Ok(match env::var("PGPASSWORD") {
        Ok(password) => place.with_password(&password),
        Err(_) => place,
    })
}

impl Intake for Postgres {
    fn note(&self, name: &str) -> Result<Option<String>, frontier::Error> {
        wait(Self::note(self, name))
    }

    fn set_note(&self, name: &str, value: &str) -> Result<(), frontier::Error> {
        wait(Self::set_note(self, name, value))
    }
}

/// Where a worker writes, if what it was told can be done.
fn folder(args: &CrawlArgs) -> anyhow::Result<&Path> {
    let Some(folder) = args.output.folder() else {
        bail!("a worker writes into a folder: -o FOLDER/");
    };
    if args.output.format() != Format::Jsonl {
        bail!("a worker writes JSONL; --format is for -o FILE");
    }
    if args.fresh {
        bail!(
            "--fresh would take the crawl from under the other workers; for a new one name another \
             schema in the address (?schema=NAME)"
        );
    }
    if args.fleet.lease < Duration::from_secs(1) {
        bail!("--lease: a worker needs a second at least to renew its leases");
    }
    Ok(folder)
}

/// What the crawl at this address knows, for a dry run; `None` where there is none yet.
pub(crate) fn known(
    args: &CrawlArgs,
    address: &Address,
    runtime: &Runtime,
) -> anyhow::Result<Option<Box<dyn Known>>> {
    folder(args)?;
    match runtime.block_on(Postgres::open_existing(place(address)?)) {
        Ok(frontier) => Ok(Some(Box::new(frontier))),
        Err(frontier::Error::Store(error)) if is_no_crawl(&*error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn is_no_crawl(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(PostgresError::NoCrawl { .. }))
}

/// Works on a crawl until it is done or somebody stops this worker.
pub(crate) fn run(args: &CrawlArgs, address: &Address) -> anyhow::Result<ExitCode> {
    let folder = folder(args)?;
    let begun = Instant::now();
    let place = place(address)?;
    let fetcher = args.network.fetcher_keeping(args.archiving.wanted())?;
    let runtime = Runtime::new().context("cannot start threads")?;
    let (name, done, sealed) = runtime.block_on(async {
        let frontier = Arc::new(Postgres::open(place).await?);
        frontier.set_patience(args.fleet.patience);
        let name = frontier.place().to_string();
        let done = crawl(args, folder, &fetcher, &frontier).await?;
        let folders = [folder.to_owned()];
        let sealed = if done.counts.pending == 0 {
            publish(&frontier, &folders, Timestamp::now()).await?
        } else {
            None
        };
        Ok::<_, anyhow::Error>((name, done, sealed))
    })?;
    // A name lookup that hangs in its own thread must not keep the program.
    runtime.shutdown_background();
    done.tell(&name, args, &fetcher, begun.elapsed());
    match &sealed {
        Some(sealed) => tell_sealed(sealed),
        None if done.counts.pending == 0 => say("another worker publishes the records"),
        None => say(
            "stopped before the end; the other workers go on, and so does the same command; \
             `cleancopy status --frontier …` says what waits and why",
        ),
    }
    Ok(done.code())
}

async fn crawl(
    args: &CrawlArgs,
    folder: &Path,
    fetcher: &Fetcher,
    frontier: &Arc<Postgres>,
) -> anyhow::Result<Done> {
    let mut options = args.pace.options();
    options.read = args.output.reading();
    options.discovery = args.discover.options(HashSet::new());
    options.lease = args.fleet.lease;
    options.poll = POLL;
    let name = frontier.place().to_string();
    let segment = Segment::create(folder, Timestamp::now())?;
    if args.revisit {
        revisit(&name, frontier).await?;
    }
    frontier.note_agent(&fetcher.options().user_agent()).await?;
    let lists = intake::take_all(args, &name, &**frontier)?;
    let metrics = args.metrics.start(fetcher).await?;
    let mut progress = Progress::new(frontier.pending().await?, fetcher);
    let segment: Box<dyn Sink> = Box::new(segment);
    let mut sink = args.archiving.beside(segment, fetcher.options())?;
    let crawled = crawl::run_observed(
        &**frontier,
        fetcher,
        &mut *sink,
        &mut Both(&mut progress, metrics),
        &options,
        stopped(Arc::clone(frontier)),
    )
    .await;
    progress.finish();
    Ok(Done {
        lists,
        stats: crawled?,
        counts: frontier.counts().await?,
        found: None,
    })
}

/// Ends at the first Ctrl-C. It is heard while the crawl waits for the server, too, and ends that.
async fn stopped(frontier: Arc<Postgres>) {
    let heard = tokio::spawn(async move {
        asked_to_stop().await;
        frontier.give_up();
    });
    if heard.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Starts another visit, unless one is still under way; records of the last must have been
/// published, as those of two visits cannot be told apart afterwards.
async fn revisit(name: &str, frontier: &Postgres) -> anyhow::Result<()> {
    let counts = frontier.counts().await?;
    let visit = counts.visit;
    if counts.pending > 0 {
        let pending = counts.pending;
        say(format_args!(
            "{name}: going on with visit {visit}, of which {} left",
            counted(pending, "address is", "addresses are")
        ));
    } else if counts.total() > 0 {
        if frontier.sealed_visit().await? < visit {
            bail!(
                "{name}: the records of visit {visit} have not been published whole; \
                 `cleancopy seal FOLDER… --frontier …` does that"
            );
        }
        if let Some(count) = frontier.revisit_after(visit).await? {
            let visit = visit + 1;
            let count = counted(count, "address", "addresses");
            say(format_args!("{name}: visit {visit} of {count}"));
        }
    }
    Ok(())
}

/// Says what was published, or what for is still missing.
fn tell_sealed(sealed: &Sealed) {
    let (file, published) = (sealed.file.display(), sealed.published);
    if sealed.missing > 0 {
        say(format_args!(
            "{file} was not written: {} of {} records are in no segment here; `cleancopy seal` with \
             the folders of all workers publishes them",
            sealed.missing,
            sealed.missing + published
        ));
        return;
    }
    let void = sealed.void;
    let published = usize::try_from(published).unwrap_or(usize::MAX);
    say(format_args!(
        "{file}: {} of {}, each address once; {void} left out, \
         whose leases were lost or which are of another visit",
        counted(published, "record", "records"),
        counted(sealed.segments, "segment", "segments")
    ));
    if sealed.pending > 0 {
        say(format_args!(
            "{} pending: seal again then",
            counted(sealed.pending, "address is", "addresses are")
        ));
    }
}

/// `cleancopy seal`: publishes what the workers wrote.
pub(crate) fn seal(args: &SealArgs) -> anyhow::Result<ExitCode> {
    let Some(address) = &args.frontier else {
        bail!("--frontier is needed");
    };
    let folders: &[PathBuf] = &args.folders;
    let sealed = waiting()?.block_on(async {
        let frontier = Postgres::open_existing(place(address)?).await?;
        let sealed = publish(&frontier, folders, Timestamp::now()).await?;
        Ok::<_, anyhow::Error>(sealed)
    })?;
    let Some(sealed) = sealed else {
        bail!("another process publishes the records of this crawl now");
    };
    tell_sealed(&sealed);
    Ok(ExitCode::from(u8::from(sealed.missing > 0)))
}

/// `cleancopy status --frontier`.
pub(crate) fn status(args: &StatusArgs, address: &Address) -> anyhow::Result<ExitCode> {
    waiting()?.block_on(async {
        let frontier = Postgres::open_existing(place(address)?).await?;
        let name = frontier.place().to_string();
        let workers = frontier.others().await?;
        let state = match workers {
            0 => "no worker is connected".to_owned(),
            1 => "running, 1 worker".to_owned(),
            _ => format!("running, {workers} workers"),
        };
        let state = State {
            running: workers > 0,
            told: &state,
            found: None,
        };
        status::tell(args, &name, &frontier, &state).await
    })
}

/// `cleancopy explain URL --frontier`.
pub(crate) fn explain(page: &Path, address: &Address, json: bool) -> anyhow::Result<ExitCode> {
    waiting()?.block_on(async {
        let frontier = Postgres::open_existing(place(address)?).await?;
        let name = frontier.place().to_string();
        let running = frontier.others().await? > 0;
        address::tell(page, &name, &frontier, (json, running)).await
    })
}
