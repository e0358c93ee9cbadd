//! Measures extraction on a folder of labelled pages.
//!
//! `cargo run --release --example evaluate -- SET_DIR… [--kind article] [--ids FILE] [--models DIR]
//! [--rows OUT.jsonl] [--worst N] [--favour precision|recall] [--json] [--floors
//! testdata/floors.toml] [--leads FILE] [--visible]`
//!
//! A set is a folder with `gold.jsonl` and `html/ID.html.gz`. With `--models` every page is read by
//! the model of its fold, which has not seen its publisher. With `--floors` the run fails when a
//! pinned figure is not reached.

mod day;
mod field;
mod floors;
mod gold;
mod language;
mod lead;
mod score;
mod visible;
mod words;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use cleancopy::clean::Memory;
use cleancopy::extract::{Favour, Model};
use cleancopy::rules::Rules;
use cleancopy::{Options, RawPage, read};
use flate2::read::GzDecoder;

use gold::{Gold, Set};
use score::{Found, Page, Summary};

#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
struct Args {
    /// Folders of labelled pages
    #[arg(required_unless_present = "leads")]
    sets: Vec<PathBuf>,
    /// Also measure lead datelines on this file of labelled paragraphs (datelines/gold.jsonl)
    #[arg(long)]
    leads: Option<PathBuf>,
    /// Only pages of these kinds, parted by commas
    #[arg(long)]
    kind: Option<String>,
    /// Only pages in these languages, parted by commas
    #[arg(long)]
    lang: Option<String>,
    /// Only the pages whose ids stand in this file, one a line
    #[arg(long)]
    ids: Option<PathBuf>,
    /// Read each page with the model of its fold: fold-0.json.gz … fold-4.json.gz of tools/train
    #[arg(long)]
    models: Option<PathBuf>,
    /// Read each page with a memory of all pages of its host in the set
    #[arg(long)]
    cross_page: bool,
    /// Only pages of hosts with so many pages in the set, or more
    #[arg(long, default_value_t = 0)]
    host_pages: usize,
    /// Read without the standfirst in the body
    #[arg(long)]
    without_standfirst: bool,
    /// Read without these rules of docs/rules.md, parted by commas: what they bring
    #[arg(long, value_delimiter = ',', value_parser = rule)]
    without: Vec<String>,
    /// Favour `precision` or `recall`
    #[arg(long, value_parser = favour)]
    favour: Option<Favour>,
    /// Write one row a page, for other scorers
    #[arg(long)]
    rows: Option<PathBuf>,
    /// With `--rows`: also the candidates of every field
    #[arg(long)]
    why: bool,
    /// Print the fields' figures for each language of the gold, as rows of a Markdown table
    #[arg(long)]
    by_language: bool,
    /// List the worst pages by body
    #[arg(long, default_value_t = 0)]
    worst: usize,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Print the figures as rows of a Markdown table
    #[arg(long)]
    table: bool,
    /// Read each page without its scripts and metas: what is left is what readers see
    #[arg(long)]
    visible: bool,
    /// Fail when a figure is below the one pinned in this file
    #[arg(long)]
    floors: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let models = args.models.as_deref().map(fold_models).transpose()?;
    let mut rows = args.rows.as_deref().map(create).transpose()?;
    let mut all = Vec::new();
    for folder in &args.sets {
        let set = Set::open(folder)?;
        let wanted = Filter::of(&args)?;
        let mut options = Options::default();
        options.memory = args.cross_page.then(|| remember(&set)).transpose()?;
        options.favour = args.favour.unwrap_or_default();
        options.without_standfirst = args.without_standfirst;
        options.without_rules.clone_from(&args.without);
        let hosts = set.hosts();
        let mut pages = Vec::new();
        for row in set.gold.iter().filter(|g| wanted.takes(g)) {
            if hosts.get(&row.host()).copied().unwrap_or(0) < args.host_pages {
                continue;
            }
            let mut page = set.page(row)?;
            if args.visible {
                page.body = visible::visible(&page.body);
            }
            let found = read_page(&page, row, models.as_deref(), &options, args.why);
            if let Some(out) = &mut rows {
                writeln!(out, "{}", serde_json::to_string(&found)?)?;
            }
            pages.push(Page::score(row, &found, &page.body));
        }
        all.push(Summary::of(&set.name, &pages));
        report(&args, all.last().context("one was pushed")?, pages)?;
    }
    if let Some(out) = &mut rows {
        out.flush()?;
    }
    if let Some(path) = &args.leads {
        let (summaries, wrong) = lead::measure(path)?;
        for summary in summaries {
            report(&args, &summary, Vec::new())?;
            all.push(summary);
        }
        let mut out = std::io::stdout().lock();
        for line in wrong.iter().take(args.worst) {
            writeln!(out, "  {line}")?;
        }
    }
    match &args.floors {
        Some(path) => floors::check(path, &all),
        None => Ok(ExitCode::SUCCESS),
    }
}

struct Filter {
    kinds: Option<Vec<String>>,
    langs: Option<Vec<String>>,
    ids: Option<HashSet<String>>,
}

impl Filter {
    fn of(args: &Args) -> Result<Self> {
        let list = |text: &Option<String>| {
            text.as_ref()
                .map(|t| t.split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        let ids = match &args.ids {
            Some(path) => Some(
                fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
            ),
            None => None,
        };
        Ok(Self {
            kinds: list(&args.kind),
            langs: list(&args.lang),
            ids,
        })
    }

    fn takes(&self, gold: &Gold) -> bool {
        let among = |list: &Option<Vec<String>>, value: &Option<String>| {
            list.as_ref()
                .is_none_or(|l| value.as_ref().is_some_and(|v| l.contains(v)))
        };
        among(&self.kinds, &gold.kind)
            && among(&self.langs, &gold.lang)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&gold.id))
    }
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(BufWriter::new(file))
}

fn fold_models(folder: &Path) -> Result<Vec<Arc<Model>>> {
    (0..gold::FOLDS)
        .map(|fold| {
            let path = folder.join(format!("fold-{fold}.json.gz"));
            let file =
                File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut text = String::new();
            GzDecoder::new(file)
                .read_to_string(&mut text)
                .with_context(|| format!("cannot unpack {}", path.display()))?;
            let model = Model::load(&text).with_context(|| path.display().to_string())?;
            Ok(Arc::new(model))
        })
        .collect()
}

/// What all pages of a set teach about their hosts.
fn remember(set: &Set) -> Result<Arc<Memory>> {
    let mut memory = Memory::default();
    for row in &set.gold {
        memory.learn(&set.page(row)?);
    }
    Ok(Arc::new(memory))
}

fn favour(name: &str) -> Result<Favour, String> {
    match name {
        "precision" => Ok(Favour::Precision),
        "recall" => Ok(Favour::Recall),
        _ => Err("neither `precision` nor `recall`".to_owned()),
    }
}

fn rule(id: &str) -> Result<String, String> {
    let mut known = Rules::embedded().entries().iter();
    let is_known = known.any(|entry| entry.id.as_str() == id);
    let told = || "no rule is called so; docs/rules.md lists them".to_owned();
    is_known.then(|| id.to_owned()).ok_or_else(told)
}

fn read_page(
    page: &RawPage,
    row: &Gold,
    models: Option<&[Arc<Model>]>,
    options: &Options,
    why: bool,
) -> Found {
    let mut options = options.clone();
    options.model = models.map(|m| Arc::clone(&m[row.fold()]));
    let extraction = read(page, &options);
    Found::of(&row.id, extraction, why)
}

fn report(args: &Args, summary: &Summary, mut pages: Vec<Page>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if args.by_language {
        write!(out, "{}", language::rows(&summary.set, &pages))?;
    } else if args.json {
        writeln!(out, "{}", serde_json::to_string(summary)?)?;
    } else if args.table {
        write!(out, "{}", summary.table())?;
    } else {
        write!(out, "{summary}")?;
    }
    pages.retain(|p| p.word.is_some());
    pages.sort_by(|a, b| a.word_f1().total_cmp(&b.word_f1()));
    for page in pages.iter().take(args.worst) {
        let (p, r, f) = page.word.unwrap_or_default();
        writeln!(out, "  {f:.3} P {p:.2} R {r:.2} {} {}", page.id, page.url)?;
    }
    Ok(())
}
