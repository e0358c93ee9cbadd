//! Where records are written: the formats by name, standard output or a file, and going on with
//! a file that an earlier run left.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use cleancopy::extract::Favour;
use cleancopy::outcome::Outcome;
use cleancopy::sink::{Html, Jsonl, Markdown, Text, resume};
use cleancopy::{Options, Sink};

use super::progress::say;

/// Flags of output.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write records to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How records are written
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub(crate) format: Format,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// Flags of what is read from a page.
#[derive(Debug, clap::Args)]
struct ReadingArgs {
    /// Take the dateline at the head of a story out of its text; it stays a field of its own
    #[arg(long)]
    without_dateline: bool,
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
    /// Articles as Markdown
    Markdown,
    /// Articles as one HTML document of a few plain elements
    Html,
}

impl Format {
    fn sink<W: io::Write + Send + 'static>(self, out: W) -> Box<dyn Sink> {
        match self {
            Self::Jsonl => Box::new(Jsonl::new(out)),
            Self::Text => Box::new(Text::new(out)),
            Self::Markdown => Box::new(Markdown::new(out)),
            Self::Html => Box::new(Html::new(out)),
        }
    }
}

impl OutputArgs {
    /// How pages are read for this output.
    pub(crate) fn reading(&self) -> Options {
        let args = &self.reading;
        let with = |part| args.with.contains(&part);
        let mut options = Options::default();
        options.without_dateline = args.without_dateline;
        options.keep.links = with(Extra::Links);
        options.keep.images = with(Extra::Images);
        options.keep.comments = with(Extra::Comments);
        options.keep.tables = !args.without.contains(&Part::Tables);
        // Where links and pictures stand is told by the elements alone.
        options.keep.elements = matches!(self.format, Format::Markdown | Format::Html)
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

    /// Starts the output anew.
    pub(crate) fn create(&self) -> anyhow::Result<Box<dyn Sink>> {
        let Some(path) = &self.output else {
            return Ok(self.format.sink(io::stdout()));
        };
        let file = open(path)?;
        file.set_len(0)
            .with_context(|| format!("cannot empty {}", path.display()))?;
        Ok(self.format.sink(file))
    }

    /// Goes on with the output of an earlier run; also returns the records that are there.
    pub(crate) fn go_on(&self) -> anyhow::Result<(Box<dyn Sink>, BTreeMap<String, Outcome>)> {
        let Some(path) = &self.output else {
            return Ok((self.format.sink(io::stdout()), BTreeMap::new()));
        };
        let name = path.display();
        let mut file = open(path)?;
        let length = file.metadata().map_or(0, |data| data.len());
        if self.format != Format::Jsonl {
            if length > 0 {
                bail!(
                    "{name} is not empty, and only JSONL output can be gone on with; \
                     --fresh overwrites it, -o names another file"
                );
            }
            return Ok((self.format.sink(file), BTreeMap::new()));
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
        Ok((self.format.sink(file), found.records))
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
