//! `cleancopy extract`: saved pages to records, without any network.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use cleancopy::clean::Memory;
use cleancopy::outcome::Outcome;
use cleancopy::{Options, Record, Sink, read};
use url::Url;

use super::archives::{self, WarcArgs};
use super::log::{counted, say};
use super::output::{Format, OutputArgs};
use super::overwrite;
use super::pages::{Input, inputs, load};

const USAGE: &str = "cleancopy extract [OPTIONS] <FILE|DIR|->...\n       \
    cleancopy extract --warc -o FOLDER [--list FILE] [OPTIONS] [ARCHIVE]...";

/// Flags of `cleancopy extract`.
#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE)]
pub(crate) struct ExtractArgs {
    /// HTML files (also packed by gzip), folders of them, folders of saved pages; `-` is standard input. With
    /// --warc, web archives
    #[arg(required_unless_present = "list", value_name = "FILE|DIR|-")]
    inputs: Vec<PathBuf>,
    /// The page's address: links are resolved against it
    #[arg(long)]
    url: Option<Url>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Overwrite the output if it is there
    #[arg(long)]
    fresh: bool,
    /// Read the pages as neighbours: text that recurs on several pages of a host is furniture. Every
    /// page is opened twice
    #[arg(long)]
    together: bool,
    #[command(flatten)]
    archives: WarcArgs,
}

pub(crate) fn run(args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    if args.archives.warc {
        return archives::run(&args.archives, &args.inputs, &args.output, args.together);
    }
    if let Some(folder) = args.output.folder() {
        bail!(
            "{} is a folder: -o names a file for the records (of web archives, with --warc, a folder)",
            folder.display()
        );
    }
    args.output.check_ending()?;
    // Before the output is made, which may lie in a folder that is read.
    let found: Vec<_> = args
        .inputs
        .iter()
        .map(|path| (path.as_path(), inputs(path)))
        .collect();
    if let Some(path) = &args.output.output {
        let all = found.iter().filter_map(|(_, found)| found.as_ref().ok());
        let files: Vec<PathBuf> = all.flatten().flat_map(Input::files).collect();
        overwrite::check(path, files.iter().map(PathBuf::as_path), args.fresh)?;
    }
    let mut sink = args.output.create()?;
    let mut options = args.output.reading();
    if args.together {
        options.memory = Some(Arc::new(remember(&found, args.url.as_ref())));
    }
    let mut counts = Counts::default();
    for (path, found) in &found {
        match found {
            Ok(found) => {
                for input in found {
                    let record = record(input, args.url.as_ref(), &options);
                    counts.put(&mut *sink, &record)?;
                }
            }
            Err(error) => {
                let record = unreadable(path, error);
                counts.put(&mut *sink, &record)?;
            }
        }
    }
    sink.finish()?;
    if counts.records == 0 {
        bail!(
            "no page found: a folder is searched for .html, .htm, .xhtml, each also with .gz, and saved pages"
        );
    }
    if counts.records > 1 || args.output.format() == Format::Jsonl && args.output.output.is_some() {
        say(counts);
    }
    Ok(ExitCode::from(u8::from(counts.not_read > 0)))
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    records: usize,
    articles: usize,
    not_read: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pages = counted(self.records, "page", "pages");
        let articles = counted(self.articles, "article", "articles");
        let without = self.records - self.articles - self.not_read;
        let not_read = self.not_read;
        write!(
            f,
            "{pages}: {articles}, {without} without one, {not_read} not read"
        )
    }
}

impl Counts {
    fn put(&mut self, sink: &mut dyn Sink, record: &Record) -> io::Result<()> {
        self.records += 1;
        self.articles += usize::from(record.outcome == Outcome::Article);
        if !record.outcome.was_read() {
            self.not_read += 1;
            let reason = record.reason.as_deref().unwrap_or_default();
            say(format_args!("{}: {reason}", record.url));
        }
        sink.put(record)
    }
}

/// What all pages teach about their hosts; one that cannot be read is told of later.
fn remember(inputs: &[(&Path, io::Result<Vec<Input>>)], url: Option<&Url>) -> Memory {
    let mut memory = Memory::default();
    let found = inputs.iter().filter_map(|(_, found)| found.as_ref().ok());
    let twice = found.flatten().filter(|i| !matches!(i, Input::Stdin));
    for input in twice {
        if let Ok(page) = load(input, url).1 {
            memory.learn(&page);
        }
    }
    memory
}

fn record(input: &Input, url: Option<&Url>, options: &Options) -> Record {
    match load(input, url) {
        (name, Ok(page)) => {
            let found = read(&page, options);
            Record::of_page(&name, &page, found)
        }
        (name, Err(error)) => unreadable(Path::new(&name), &error),
    }
}

fn unreadable(path: &Path, error: &(impl std::fmt::Display + ?Sized)) -> Record {
    let name = path.display().to_string();
    Record::of_failure(&name, Outcome::Unreadable, &format!("{error:#}"))
}
