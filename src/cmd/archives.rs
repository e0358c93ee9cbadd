//! `cleancopy extract --warc`: web archives to records, one output and one manifest an archive.
//!
//! An output is written under another name and gets its own when it is whole, then its manifest;
//! so a run that was stopped anywhere is repeated by the same command, which passes over what is
//! whole. Any scheduler can share the work out: each archive by itself, or a share of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use cleancopy::archive::warc::{ArchivedPage, Error, Filter, Pages};
use cleancopy::clean::Memory;
use cleancopy::outcome::Outcome;
use cleancopy::{Options, Record, read};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use url::{Host, Url};

use super::in_order::in_order;
use super::log::{counted, say};
use super::manifest::Manifest;
use super::output::{Format, OutputArgs};

/// Flags of reading web archives.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Web archives")]
pub(crate) struct WarcArgs {
    /// The inputs are web archives (WARC: plain, gzip, zstd); -o names the folder for what is made
    /// of them, one output and one manifest an archive
    #[arg(long)]
    pub(crate) warc: bool,
    /// A list of further archives, one path a line; `-` is standard input
    #[arg(long, value_name = "FILE|-", requires = "warc")]
    pub(crate) list: Option<PathBuf>,
    /// Read only each Nth archive, from the Ith: shares 1/N to N/N are the whole
    #[arg(long, value_name = "I/N", requires = "warc")]
    shard: Option<Shard>,
    /// Read only pages of this host, or of that of an address, and its subdomains
    #[arg(long, value_name = "HOST", value_parser = host, requires = "warc")]
    host: Vec<String>,
    /// Read only pages captured on this day (in UTC) or at this time, or later
    #[arg(long, value_name = "DATE|TIME", value_parser = moment, requires = "warc")]
    since: Option<Timestamp>,
    /// Read only pages captured before this day (in UTC) or time
    #[arg(long, value_name = "DATE|TIME", value_parser = moment, requires = "warc")]
    until: Option<Timestamp>,
    /// Read pages at so many places at a time; as many as there are cores if not given
    #[arg(long, value_name = "N", requires = "warc")]
    threads: Option<usize>,
    /// Make outputs anew that are there and whole
    #[arg(long, requires = "warc")]
    force: bool,
}

/// A share of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shard {
    /// From 1.
    number: usize,
    of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            let (number, of) = (number.parse().ok()?, of.parse().ok()?);
            (1..=of).contains(&number).then_some(Self { number, of })
        });
        parts.ok_or_else(|| "not of the form I/N, such as 1/8, with I from 1 to N".to_owned())
    }
}

/// Reads the name of a host, or that of an address.
fn host(text: &str) -> Result<String, String> {
    let of_address = Url::parse(text)
        .ok()
        .and_then(|url| url.host().map(|host| host.to_owned()));
    let host = match of_address {
        Some(host) => Ok(host),
        None => Host::parse(text.trim_matches('.')),
    };
    let told = |error| format!("no name of a host, such as news.example ({error})");
    host.map(|host| host.to_string()).map_err(told)
}

/// Reads a day, which stands for its beginning in UTC, or a time.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let day: Date = text
        .parse()
        .map_err(|_| "no date or time such as 2026-03-02".to_owned())?;
    let begin = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    begin.map_err(|error| error.to_string())
}

/// What the flags come to.
struct Task<'a> {
    output: &'a OutputArgs,
    folder: &'a Path,
    filter: Filter,
    options: BTreeMap<String, String>,
    threads: usize,
    force: bool,
    /// Learn all pages of an archive before any is read.
    together: bool,
}

impl Task<'_> {
    /// The options as the manifest has them: an output made with others is made anew.
    fn told(&self) -> BTreeMap<String, String> {
        let mut told = self.options.clone();
        told.insert("together".to_owned(), self.together.to_string());
        told
    }

    /// What the pages of an archive teach about their hosts.
    fn memory(&self, archive: &str) -> anyhow::Result<Option<Arc<Memory>>> {
        if !self.together {
            return Ok(None);
        }
        let file = File::open(archive).context("cannot open it")?;
        let mut memory = Memory::default();
        for found in Pages::new(archive, file, self.filter.clone()).flatten() {
            memory.learn(&found.page);
        }
        Ok(Some(Arc::new(memory)))
    }
}

/// What a record of an archive led to.
enum Step {
    Record(Box<Record>),
    Damaged(Error),
    Broken(Error),
}

pub(crate) fn run(
    args: &WarcArgs,
    inputs: &[PathBuf],
    output: &OutputArgs,
    together: bool,
) -> anyhow::Result<ExitCode> {
    let Some(folder) = &output.output else {
        bail!("-o has to name a folder: one output and one manifest an archive go there");
    };
    if output.folder().is_none() && Format::of(folder).is_some() {
        bail!(
            "with --warc -o names a folder, and {name} is called as a file is; {name}/ makes a folder \
             of that name",
            name = folder.display()
        );
    }
    let mut archives = inputs.to_vec();
    if let Some(list) = &args.list {
        archives.extend(listed(list)?);
    }
    check_names(&archives)?;
    if let Some(shard) = args.shard {
        let mine = |(at, path)| (at % shard.of + 1 == shard.number).then_some(path);
        let all = archives.len();
        archives = archives.into_iter().enumerate().filter_map(mine).collect();
        if archives.is_empty() {
            let all = counted(all, "archive", "archives");
            let Shard { number, of } = shard;
            say(format_args!(
                "share {number}/{of} of {all} is empty: nothing to do"
            ));
        }
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut task = task(args, output, folder);
    task.together = together;
    let (mut damaged, mut failed) = (0, 0);
    for path in &archives {
        match one(path, &task) {
            Ok(manifest) => damaged += manifest.damaged,
            Err(error) => {
                failed += 1;
                say(format_args!("{}: {error:#}", path.display()));
            }
        }
    }
    if archives.len() > 1 || failed > 0 {
        let count = counted(archives.len(), "archive", "archives");
        let damaged = counted(damaged as usize, "record", "records");
        say(format_args!("{count}: {failed} failed, {damaged} damaged"));
    }
    Ok(ExitCode::from(u8::from(damaged + failed > 0)))
}

fn task<'a>(args: &WarcArgs, output: &'a OutputArgs, folder: &'a Path) -> Task<'a> {
    let mut filter = Filter::default();
    filter.hosts.clone_from(&args.host);
    (filter.since, filter.until) = (args.since, args.until);
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let mut options = output.told();
    options.extend([
        ("host", args.host.join(",")),
        ("since", time(args.since)),
        ("until", time(args.until)),
    ]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Task {
        output,
        folder,
        filter,
        options: options
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        threads: args.threads.unwrap_or(cores).max(1),
        force: args.force,
        together: false,
    }
}

/// The paths in a list; blank lines and `#` comments are passed over.
fn listed(list: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let lines: Box<dyn BufRead> = if list.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(list).with_context(|| format!("cannot open {}", list.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut paths = Vec::new();
    for line in lines.lines() {
        let line = line.with_context(|| format!("cannot read {}", list.display()))?;
        let path = line.trim();
        if !path.is_empty() && !path.starts_with('#') {
            paths.push(PathBuf::from(path));
        }
    }
    Ok(paths)
}

/// What an archive's output and manifest are called, without their ends.
fn stem(archive: &Path) -> String {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let bare = [".gz", ".zst"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    let bare = bare.unwrap_or(&name);
    bare.strip_suffix(".warc").unwrap_or(bare).to_owned()
}

/// Two archives of one name would be written to one output.
fn check_names(archives: &[PathBuf]) -> anyhow::Result<()> {
    let mut stems = BTreeSet::new();
    for path in archives {
        let stem = stem(path);
        if stem.is_empty() {
            bail!("{} has no file name", path.display());
        }
        if !stems.insert(stem.clone()) {
            bail!("two archives are called {stem}: give them other names, or folders of their own");
        }
    }
    Ok(())
}

/// Reads one archive, unless its output is there and whole.
fn one(path: &Path, task: &Task<'_>) -> anyhow::Result<Manifest> {
    let stem = stem(path);
    let archive = File::open(path).context("cannot open it")?;
    let mut manifest = Manifest {
        program: concat!("cleancopy/", env!("CARGO_PKG_VERSION")).to_owned(),
        archive: path.display().to_string(),
        archive_bytes: archive.metadata().context("cannot read it")?.len(),
        output: format!("{stem}.{}", task.output.format().name()),
        output_bytes: 0,
        options: task.told(),
        records: 0,
        filtered: BTreeMap::new(),
        damaged: 0,
        pages: 0,
        articles: 0,
        no_article: BTreeMap::new(),
        failed: BTreeMap::new(),
        damage: Vec::new(),
    };
    let beside = task.folder.join(format!("{stem}.manifest.json"));
    if !task.force
        && let Some(whole) = Manifest::of_whole(&beside, &manifest)
    {
        say(format_args!("{}: there and whole", path.display()));
        return Ok(whole);
    }
    let pages = Pages::new(&manifest.archive, archive, task.filter.clone());
    let mut unfinished = Unfinished::create(task.folder, &manifest.output)?;
    fill(pages, &mut unfinished, task, &mut manifest)?;
    manifest.output_bytes = unfinished.finish(&task.folder.join(&manifest.output))?;
    let told = serde_json::to_vec_pretty(&manifest)?;
    let unfinished = Unfinished::create(task.folder, &format!("{stem}.manifest.json"))?;
    io::Write::write_all(&mut &unfinished.file, &told).context("cannot write the manifest")?;
    unfinished.finish(&beside)?;
    let told = |count: u64, one, many| counted(count as usize, one, many);
    say(format_args!(
        "{}: {}, {}, {}, {} damaged",
        manifest.archive,
        told(manifest.records, "record", "records"),
        told(manifest.pages, "page", "pages"),
        told(manifest.articles, "article", "articles"),
        manifest.damaged
    ));
    Ok(manifest)
}

/// Writes the records of the pages, in their order.
fn fill(
    mut pages: Pages<File>,
    unfinished: &mut Unfinished,
    task: &Task<'_>,
    manifest: &mut Manifest,
) -> anyhow::Result<()> {
    let made = unfinished.made_of();
    let mut sink = task
        .output
        .format()
        .into_file(unfinished.file.try_clone()?, &made)?;
    let mut options = task.output.reading();
    options.memory = task.memory(&manifest.archive)?;
    in_order(
        task.threads,
        pages.by_ref(),
        |found| step(found, &options),
        |step| match step {
            Step::Record(record) => {
                manifest.count(&record);
                sink.put(&record).context("cannot write the output")
            }
            Step::Damaged(error) => {
                say(&error);
                manifest.damage(error.to_string());
                Ok(())
            }
            Step::Broken(error) => Err(error.into()),
        },
    )?;
    sink.finish().context("cannot write the output")?;
    drop(sink);
    if made.exists() {
        unfinished.turn_into(made)?;
    }
    manifest.close(pages.tally());
    if !manifest.adds_up() {
        bail!("the numbers do not add up, which is a fault of this program: {manifest:?}");
    }
    Ok(())
}

/// Reads a page. A page that makes reading panic costs its own record only.
fn step(found: Result<ArchivedPage, Error>, options: &Options) -> Step {
    let record = match found {
        Ok(ArchivedPage { page, .. }) => {
            let url = page
                .url
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let reading = || Record::of_page(&url, &page, read(&page, options));
            catch_unwind(AssertUnwindSafe(reading)).unwrap_or_else(|_| {
                Record::of_failure(&url, Outcome::ReadFailed, "reading the page panicked")
            })
        }
        Err(Error::Page {
            url,
            outcome,
            reason,
            ..
        }) => Record::of_failure(url.as_str(), outcome, &reason),
        Err(error @ Error::Damaged { .. }) => return Step::Damaged(error),
        Err(error) => return Step::Broken(error),
    };
    Step::Record(Box::new(record))
}

/// A file that is being written under a name of its own; it goes when it is dropped unfinished.
struct Unfinished {
    file: File,
    path: PathBuf,
    finished: bool,
}

impl Unfinished {
    /// Begins a file that is to be called `name`. What killed runs left of the same is removed;
    /// what another run is writing is locked, and stays.
    fn create(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let (begin, end) = (format!(".{name}."), ".unfinished");
        for entry in fs::read_dir(folder).context("cannot read the output folder")? {
            let path = entry.context("cannot read the output folder")?.path();
            let left = path.file_name().unwrap_or_default().to_string_lossy();
            let is_left = left.starts_with(&begin) && left.ends_with(end);
            if is_left && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(&path);
            }
        }
        let own = uuid::Uuid::new_v4().simple();
        let path = folder.join(format!("{begin}{own}{end}"));
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        file.try_lock()
            .with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(Self {
            file,
            path,
            finished: false,
        })
    }

    /// Where a format goes that is made of this file in the end, such as Parquet of a journal.
    fn made_of(&self) -> PathBuf {
        self.path.with_extension("made.unfinished")
    }

    /// Goes on as the file that was made of this one, which is removed.
    fn turn_into(&mut self, made: PathBuf) -> anyhow::Result<()> {
        let file = File::open(&made).context("cannot read what was made")?;
        let journal = std::mem::replace(&mut self.path, made);
        self.file = file;
        fs::remove_file(journal).context("cannot remove the journal")
    }

    /// Makes sure of what was written and gives it its name; returns its length.
    fn finish(mut self, name: &Path) -> anyhow::Result<u64> {
        let told = || format!("cannot write {}", name.display());
        self.file.sync_all().with_context(told)?;
        let length = self.file.metadata().with_context(told)?.len();
        fs::rename(&self.path, name).with_context(told)?;
        self.finished = true;
        Ok(length)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_file(&self.path);
        }
    }
}
