//! Where records are written: the formats by name, standard output or a file, and going on with
//! a file that an earlier run left.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use cleancopy::extract::Favour;
use cleancopy::outcome::Outcome;
use cleancopy::sink::{Csv, Html, Jsonl, Markdown, Text, Twins, resume};
use cleancopy::{Options, Sink};

use super::log::say;

/// Flags of output.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write records to this file instead of standard output (`-`). `crawl` also takes a folder, by a
    /// name that ends in `/`, and goes on with it after any end; `extract --warc` takes nothing else
    #[arg(short, long, value_name = "FILE|FOLDER/")]
    pub(crate) output: Option<PathBuf>,
    /// How records are written; without it, as the file's ending says, and JSONL without an ending
    #[arg(short, long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// Flags of what is read from a page.
#[derive(Debug, clap::Args)]
struct ReadingArgs {
    /// Take the dateline at the head of a story out of its text; it stays a field of its own
    #[arg(long)]
    without_dateline: bool,
    /// Take the standfirst above a story out of its text; it stays a field of its own
    #[arg(long)]
    without_standfirst: bool,
    /// Also keep: where links lead, pictures with captions, readers' comments, the body as nested
    /// elements in JSON (Markdown and HTML have them anyway)
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART,…")]
    with: Vec<Extra>,
    /// Leave out of the body
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART,…")]
    without: Vec<Part>,
    /// What counts for more where it is not clear whether a block is text of the story
    #[arg(long, value_enum)]
    favour: Option<Goal>,
}

/// What is left out by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Extra {
    Links,
    Images,
    Comments,
    Elements,
}

/// What is in the body by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Tables,
}

/// What a reader would rather have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Goal {
    /// Nothing in the body that is not the story
    Precision,
    /// The whole story in the body
    Recall,
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line, with everything
    #[value(alias = "json")]
    Jsonl,
    /// Articles as plain text
    Text,
    /// Articles as Markdown; in the folder of a crawl, a file each beside the records
    Markdown,
    /// Articles as one HTML document of a few plain elements
    Html,
    /// One row a record, with the fields of its article as columns
    Csv,
    /// The same columns as a Parquet file, made in the end of JSON lines kept beside it
    Parquet,
}

impl Format {
    /// The name as it is typed; output files end in it.
    pub(crate) fn name(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// The format that a file's ending names.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        let named =
            |names: &&(Self, &[&str])| names.1.iter().any(|n| ending.eq_ignore_ascii_case(n));
        Self::ENDINGS.iter().find(named).map(|names| names.0)
    }

    /// The endings that name a format.
    const ENDINGS: [(Self, &[&str]); 6] = [
        (Self::Jsonl, &["jsonl", "ndjson", "json"]),
        (Self::Text, &["txt", "text"]),
        (Self::Markdown, &["md", "markdown"]),
        (Self::Html, &["html", "htm"]),
        (Self::Csv, &["csv"]),
        (Self::Parquet, &["parquet"]),
    ];

    /// Whether a run that was stopped can be gone on with.
    pub(crate) fn goes_on(self) -> bool {
        matches!(self, Self::Jsonl | Self::Parquet)
    }

    /// Opens what the records of this output go to as they come.
    fn open(self, path: &Path) -> anyhow::Result<File> {
        if self == Self::Parquet {
            super::parquet::check(path)?;
        }
        open(&self.first_to(path))
    }

    /// Where the records of a file go as they come.
    fn first_to(self, path: &Path) -> PathBuf {
        match self {
            // As `sink::Parquet::journal_of`, which not every build has.
            Self::Parquet => {
                let mut name = path.as_os_str().to_owned();
                name.push(".jsonl");
                name.into()
            }
            _ => path.to_owned(),
        }
    }

    /// A sink into the file that records of `path` go to first.
    pub(crate) fn into_file(self, file: File, path: &Path) -> anyhow::Result<Box<dyn Sink>> {
        match self {
            Self::Parquet => super::parquet::sink(file, path),
            _ => self.sink(file),
        }
    }

    fn sink<W: io::Write + Send + 'static>(self, out: W) -> anyhow::Result<Box<dyn Sink>> {
        Ok(match self {
            Self::Jsonl => Box::new(Jsonl::new(out)),
            Self::Text => Box::new(Text::new(out)),
            Self::Markdown => Box::new(Markdown::new(out)),
            Self::Html => Box::new(Html::new(out)),
            Self::Csv => Box::new(Csv::new(out)),
            Self::Parquet => bail!("Parquet needs a file: -o FILE"),
        })
    }
}

/// The sink of an output that has lines already, which marks twins and near duplicates of those,
/// too.
fn after(mut lines: File, sink: Box<dyn Sink>) -> io::Result<Box<dyn Sink>> {
    let mut twins = Twins::new(sink);
    // The sink writes where this handle stands: in the end, at the end.
    lines.rewind()?;
    twins.recall(BufReader::with_capacity(1024 * 1024, &lines))?;
    lines.seek(SeekFrom::End(0))?;
    Ok(Box::new(twins))
}

impl OutputArgs {
    /// Takes `-` for standard output, as other programs do, and not for a file of that name.
    pub(crate) fn dash_is_standard(&mut self) {
        self.output.take_if(|path| path.as_os_str() == "-");
    }

    /// Refuses a file whose ending names no format, unless the format is given.
    pub(crate) fn check_ending(&self) -> anyhow::Result<()> {
        let file = self.output.as_deref().filter(|_| self.folder().is_none());
        let Some(path) = file.filter(|path| path.extension().is_some()) else {
            return Ok(());
        };
        if self.format.is_some() || Format::of(path).is_some() {
            return Ok(());
        }
        let endings = Format::ENDINGS.iter().flat_map(|(_, endings)| *endings);
        let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
        bail!(
            "no format is called by the ending of {}: -f names one, or the file ends in {}",
            path.display(),
            endings.join(", ")
        );
    }

    /// How pages are read for this output.
    pub(crate) fn reading(&self) -> Options {
        let args = &self.reading;
        let with = |part| args.with.contains(&part);
        let mut options = Options::default();
        options.without_dateline = args.without_dateline;
        options.without_standfirst = args.without_standfirst;
        options.keep.links = with(Extra::Links);
        options.keep.images = with(Extra::Images);
        options.keep.comments = with(Extra::Comments);
        options.keep.tables = !args.without.contains(&Part::Tables);
        // Where links and pictures stand is told by the elements alone.
        options.keep.elements = matches!(self.format(), Format::Markdown | Format::Html)
            || with(Extra::Elements)
            || with(Extra::Links)
            || with(Extra::Images);
        options.favour = match args.favour {
            None => Favour::Balanced,
            Some(Goal::Precision) => Favour::Precision,
            Some(Goal::Recall) => Favour::Recall,
        };
        options
    }

    /// What was asked for, in words, by which an output that is whole is told from another.
    pub(crate) fn told(&self) -> Vec<(&'static str, String)> {
        let options = self.reading();
        let keep = &options.keep;
        let parts = [
            ("elements", keep.elements),
            ("links", keep.links),
            ("images", keep.images),
            ("tables", keep.tables),
            ("comments", keep.comments),
        ];
        let kept = parts.into_iter().filter(|(_, kept)| *kept);
        let favour = match options.favour {
            Favour::Precision => "precision",
            Favour::Recall => "recall",
            _ => "balanced",
        };
        let place = |taken_out| if taken_out { "field" } else { "text" };
        vec![
            ("format", self.format().name()),
            (
                "keep",
                kept.map(|(name, _)| name).collect::<Vec<_>>().join(","),
            ),
            ("favour", favour.to_owned()),
            ("dateline", place(options.without_dateline).to_owned()),
            ("standfirst", place(options.without_standfirst).to_owned()),
        ]
    }

    /// How records are written: as the flag says, else as the file is called, else JSONL.
    pub(crate) fn format(&self) -> Format {
        let file = self.output.as_deref().filter(|_| self.folder().is_none());
        let by_name = file.and_then(Format::of);
        self.format.or(by_name).unwrap_or(Format::Jsonl)
    }

    /// The folder to crawl into, if the output is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        let path = self.output.as_deref()?;
        let named = path.to_string_lossy().ends_with(std::path::is_separator);
        (named || path.is_dir()).then_some(path)
    }

    /// Starts the output anew.
    pub(crate) fn create(&self) -> anyhow::Result<Box<dyn Sink>> {
        let format = self.format();
        let Some(path) = &self.output else {
            return format.sink(io::stdout());
        };
        let file = format.open(path)?;
        let sink = format.into_file(file.try_clone()?, path)?;
        // A device or a pipe holds nothing that could be in the way.
        if file.metadata().is_ok_and(|data| data.is_file()) {
            file.set_len(0)
                .with_context(|| format!("cannot empty {}", path.display()))?;
        }
        Ok(sink)
    }

    /// Goes on with the output of an earlier run; also returns the records that are there. Twins
    /// and near duplicates are marked over both runs.
    pub(crate) fn go_on(&self) -> anyhow::Result<(Box<dyn Sink>, BTreeMap<String, Outcome>)> {
        let format = self.format();
        let Some(path) = &self.output else {
            let sink = Twins::new(format.sink(io::stdout())?);
            return Ok((Box::new(sink), BTreeMap::new()));
        };
        let name = path.display();
        let mut file = format.open(path)?;
        let length = file.metadata().map_or(0, |data| data.len());
        if !format.goes_on() {
            if length > 0 {
                bail!(
                    "{name} is not empty, and only JSONL and Parquet output can be gone on with; \
                     --fresh overwrites it, -o names another file"
                );
            }
            return Ok((Box::new(Twins::new(format.sink(file)?)), BTreeMap::new()));
        }
        if length == 0 && path.metadata().is_ok_and(|data| data.len() > 0) {
            bail!(
                "{name} is there and what it was made of is not; \
                 --fresh overwrites it, -o names another file"
            );
        }
        let found = resume(&mut file).with_context(|| {
            format!("cannot go on with {name}; --fresh overwrites it, -o names another file")
        })?;
        if found.torn > 0 {
            let bytes = found.torn;
            say(format_args!(
                "{name}: cut off {bytes} bytes of a record that was not finished"
            ));
        }
        let lines = file.try_clone();
        let sink = format.into_file(file, path)?;
        let sink = lines.and_then(|lines| after(lines, sink));
        Ok((
            sink.with_context(|| format!("cannot read {name}"))?,
            found.records,
        ))
    }
}

/// Opens an output for reading and writing, and keeps other runs off it.
fn open(path: &Path) -> anyhow::Result<File> {
    let name = path.display();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("cannot write {name}"))?;
    if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
        bail!("another run is writing to {name}");
    }
    Ok(file)
}
