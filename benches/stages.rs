//! What each stage of reading costs, as a ratio to parsing alone in the same run, and how much
//! memory it takes.
//!
//! ```text
//! cargo bench --bench stages                      # the pages of testdata/cases
//! cargo bench --bench stages -- FOLDER…           # all *.html and *.html.gz below
//! cargo bench --bench stages -- FOLDER… --markdown # as tables for docs/performance.md
//! cargo bench --bench stages -- FOLDER… --once STAGE # one run of a stage, for callgrind
//! ```
//!
//! Every round runs all stages on a page before it goes on to the next, so that whatever else the
//! machine does falls on all of them alike; a page counts with its fastest round.

#![allow(clippy::print_stdout, reason = "a bench tells what it measured")]

use std::env;
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cleancopy::clean::{Scene, clean};
use cleancopy::decode::decode;
use cleancopy::document::{Document, Measures, runs};
use cleancopy::rules::Rules;
use cleancopy::{Options, RawPage, read};

/// Rounds over all pages.
const ROUNDS: usize = 5;

type Stage = (&'static str, fn(&RawPage, &Ready) -> Duration);

/// What the stages before have made of a page.
struct Ready {
    text: String,
    doc: Document,
}

/// The stages, each timed on its own; the first is what the others are compared with.
const STAGES: &[Stage] = &[
    ("parse with scraper", |_, ready| {
        time(|| scraper::Html::parse_document(&ready.text))
    }),
    ("decode", |page, _| time(|| decode(page))),
    ("parse and number", |_, ready| {
        time(|| Document::parse(&ready.text))
    }),
    ("measure", |_, ready| time(|| Measures::of(&ready.doc))),
    ("cut into runs", |_, ready| time(|| runs(&ready.doc))),
    ("clean", |_, ready| {
        let (measures, runs) = (Measures::of(&ready.doc), runs(&ready.doc));
        let scene = Scene {
            doc: &ready.doc,
            measures: &measures,
            runs: &runs,
            rules: Rules::embedded(),
            memory: None,
        };
        time(|| clean(&scene, &[]))
    }),
    ("extract (measure to article)", |_, ready| {
        let context = cleancopy::extract::Context::default();
        time(|| cleancopy::extract::extract(&ready.doc, &context))
    }),
    ("read (all of it)", |page, _| {
        time(|| read(page, &Options::default()))
    }),
];

/// What `run` makes is dropped inside the measured time: freeing a tree is part of its cost.
fn time<T>(run: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    drop(black_box(run()));
    begun.elapsed()
}

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [flag, name] = &args[..]
        && flag == "--hostile"
    {
        return hostile(name);
    }
    let once = args.iter().position(|a| a == "--once");
    let mut skip = once.map(|at| at + 1);
    let mut files = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        if Some(at) == skip.take_if(|s| *s == at) || arg.starts_with("--") {
            continue;
        }
        gather(Path::new(arg), &mut files)?;
    }
    if files.is_empty() {
        gather(Path::new("testdata/cases"), &mut files)?;
    }
    files.sort();
    if let Some(stage) = once.and_then(|at| args.get(at + 1)) {
        return run_once(stage, &files);
    }
    let markdown = args.iter().any(|a| a == "--markdown");
    let memory = memory_of_reading(&files)?;
    speed(&files, markdown)?;
    println!("\n{memory}");
    if markdown {
        hostile_table()?;
    }
    Ok(())
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in
            fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?
        {
            gather(&entry?.path(), files)?;
        }
    } else if path.to_string_lossy().ends_with(".html")
        || path.extension().is_some_and(|e| e == "gz")
    {
        files.push(path.to_owned());
    }
    Ok(())
}

fn open(path: &Path) -> Result<RawPage> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    if path.extension().is_none_or(|e| e != "gz") {
        return Ok(RawPage::from_bytes(bytes));
    }
    let mut html = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut html)
        .with_context(|| format!("{} is not gzip", path.display()))?;
    Ok(RawPage::from_bytes(html))
}

fn speed(files: &[PathBuf], markdown: bool) -> Result<()> {
    let pages = files.iter().map(|f| open(f)).collect::<Result<Vec<_>>>()?;
    let bytes: usize = pages.iter().map(|p| p.body.len()).sum();
    let mut total = vec![Duration::ZERO; STAGES.len()];
    for page in &pages {
        let text = decode(page).text.into_owned();
        let ready = Ready {
            doc: Document::parse(&text),
            text,
        };
        let mut best = vec![Duration::MAX; STAGES.len()];
        for _ in 0..ROUNDS {
            for ((_, stage), best) in STAGES.iter().zip(&mut best) {
                *best = (*best).min(stage(page, &ready));
            }
        }
        for (total, best) in total.iter_mut().zip(best) {
            *total += best;
        }
    }
    let parse = total[0].as_secs_f64();
    println!(
        "{} pages, {:.1} MB; fastest of {ROUNDS} rounds for each page\n",
        pages.len(),
        bytes as f64 / 1e6
    );
    if markdown {
        println!("| stage | ratio to parsing | MB/s |\n| --- | ---: | ---: |");
    }
    for ((name, _), time) in STAGES.iter().zip(&total) {
        let (ratio, rate) = (
            time.as_secs_f64() / parse,
            bytes as f64 / 1e6 / time.as_secs_f64(),
        );
        if markdown {
            println!("| {name} | {ratio:.2} | {rate:.0} |");
        } else {
            println!("{name:<30} {ratio:>6.2} × parsing {rate:>8.1} MB/s");
        }
    }
    Ok(())
}

fn run_once(name: &str, files: &[PathBuf]) -> Result<()> {
    let Some((_, stage)) = STAGES.iter().find(|(n, _)| n.starts_with(name)) else {
        let names: Vec<_> = STAGES.iter().map(|(n, _)| *n).collect();
        bail!("no stage is called {name}; there are: {}", names.join(", "));
    };
    for file in files {
        let page = open(file)?;
        let text = decode(&page).text.into_owned();
        let ready = Ready {
            doc: Document::parse(&text),
            text,
        };
        stage(&page, &ready);
    }
    Ok(())
}

/// Peak memory of this process so far, in MB; `None` where `/proc` does not tell.
fn peak_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kb: f64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024.0)
}

/// Peak memory after the largest page was read, and after all were read one after another.
fn memory_of_reading(files: &[PathBuf]) -> Result<String> {
    let mut largest = (0, None);
    for file in files {
        let page = open(file)?;
        if page.body.len() > largest.0 {
            largest = (page.body.len(), Some(page));
        }
    }
    let (bytes, Some(page)) = largest else {
        bail!("there is no page to read");
    };
    black_box(read(&page, &Options::default()));
    let one = peak_mb();
    drop(page);
    for file in files {
        black_box(read(&open(file)?, &Options::default()));
    }
    Ok(match (one, peak_mb()) {
        (Some(one), Some(all)) => format!(
            "Peak memory: {one:.0} MB after the largest page ({:.1} MB), {all:.0} MB after all {} \
             pages one after another (+{:.0} MB).",
            bytes as f64 / 1e6,
            files.len(),
            all - one
        ),
        _ => "Peak memory: this system does not tell.".to_owned(),
    })
}

/// A name and what makes the page.
type Hostile = (&'static str, fn() -> String);

/// Pages that are built to hurt, by name.
const HOSTILE: &[Hostile] = &[
    ("10 MB of nested div", || "<div>".repeat(2_000_000)),
    ("10 MB of nested b and i", || "<b><i>x".repeat(1_430_000)),
    // Twenty times: beside one alone, the tables that are made once weigh more than the page.
    ("20 times 10,000 levels of div around words", || {
        format!(
            "{}words of text{}",
            "<div>".repeat(10_000),
            "</div>".repeat(10_000)
        )
        .repeat(20)
    }),
    ("100,000 paragraphs side by side", || {
        "<p>A short paragraph.".repeat(100_000)
    }),
    ("100,000 links side by side", || {
        "<a href=/x>A link</a> ".repeat(100_000)
    }),
    ("100,000 table cells", || {
        format!("<table>{}", "<tr><td>one<td>two".repeat(50_000))
    }),
    ("100,000 items of a list", || {
        format!("<ul>{}", "<li>An item".repeat(100_000))
    }),
    ("100,000 lines, each behind two br", || {
        "x<br><br>".repeat(100_000)
    }),
    ("10 MB of one attribute", || {
        format!("<p class='{}'>text", "a ".repeat(5_000_000))
    }),
    ("10 MB of one word", || {
        format!("<p>{}", "a".repeat(10_000_000))
    }),
    ("10 MB of br", || "x<br>".repeat(2_000_000)),
];

/// Reads one hostile page and prints what it took; run in a process of its own.
fn hostile(name: &str) -> Result<()> {
    let Some((_, make)) = HOSTILE.iter().find(|(n, _)| *n == name) else {
        bail!("no hostile page is called {name}");
    };
    let page = RawPage::from_text(&make());
    let size = page.body.len() as f64 / 1e6;
    let before = peak_mb();
    let took = time(|| read(&page, &Options::default()));
    let memory = match (before, peak_mb()) {
        (Some(before), Some(after)) => format!("{:.1}", (after - before) / size),
        _ => "?".to_owned(),
    };
    println!(
        "| {name} | {size:.1} | {:.2} | {memory} |",
        took.as_secs_f64()
    );
    Ok(())
}

/// Every hostile page in a process of its own, so that its peak is its own.
fn hostile_table() -> Result<()> {
    println!(
        "\n| page | MB | seconds | peak memory, times the page |\n| --- | ---: | ---: | ---: |"
    );
    for (name, _) in HOSTILE {
        let run = Command::new(env::current_exe()?)
            .args(["--hostile", name])
            .output()?;
        if !run.status.success() {
            bail!("{name}: {}", String::from_utf8_lossy(&run.stderr));
        }
        print!("{}", String::from_utf8_lossy(&run.stdout));
    }
    Ok(())
}
