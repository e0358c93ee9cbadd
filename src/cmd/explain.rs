//! `cleancopy explain`: why every block of a page was kept or dropped.
//!
//! Three outputs of one report: text for people (default), `--json` for tools, and with `--html`
//! the page itself, shaded by decision ([`super::shade`]).

use std::borrow::Cow;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cleancopy::archive::folder;
use cleancopy::extract::{BlockDecision, FieldDecision};
use cleancopy::page::Target;
use cleancopy::{Extraction, Options, RawPage, read, text};
use url::Url;

use super::extract::page_of;
use super::shared::Address;

/// Columns of the text output.
const WIDTH: usize = 100;

/// Flags of `cleancopy explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The page: an HTML file, the folder of a saved page, or `-` for standard input; with
    /// --crawl or --frontier, an address
    #[arg(value_name = "PAGE|URL")]
    page: PathBuf,
    /// Say what became of an address in the crawl in this folder, and what decided it
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["url", "html"])]
    crawl: Option<PathBuf>,
    /// The same for the crawl of many workers whose frontier is on this server
    #[arg(long, value_name = "URL")]
    frontier: Option<Address>,
    /// The address the page came from; relative links are resolved against it
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// Print article and report as JSON
    #[arg(long)]
    json: bool,
    /// Write the page, shaded by decision, each reason as a tooltip
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.crawl {
        return super::address::run(&args.page, folder, args.json);
    }
    // The server may be named for all commands (CLEANCOPY_FRONTIER): a file stays a file.
    let is_address = Target::parse(&args.page.to_string_lossy()).is_ok();
    if let Some(address) = args.frontier.as_ref().filter(|_| is_address) {
        return super::fleet::explain(&args.page, address, args.json);
    }
    let mut page = load(&args.page)?;
    if args.url.is_some() {
        page.url.clone_from(&args.url);
    }
    let mut options = Options::default();
    options.explain = true;
    let found = read(&page, &options);
    if let Some(file) = &args.html {
        fs::write(file, super::shade::shade(&page, &found))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    if args.json {
        let all = serde_json::json!({
            "charset": found.charset,
            "report": found.report,
            "article": found.article,
        });
        serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        tell(&mut out, &found, Paint(colour))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn load(path: &Path) -> anyhow::Result<RawPage> {
    if path == Path::new("-") {
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body)?;
        return Ok(RawPage::from_bytes(body));
    }
    if folder::is_page(path) {
        return Ok(folder::load(path)?.page);
    }
    page_of(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Colours, or none where the output is no terminal.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    const GREEN: &str = "32";
    const RED: &str = "31";
    const DIM: &str = "2";
    const BOLD: &str = "1";

    fn put<'a>(self, code: &str, text: &'a str) -> Cow<'a, str> {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m").into()
        } else {
            text.into()
        }
    }

    /// The sign before what was kept or chosen, and before what was not.
    fn sign(self, kept: bool) -> Cow<'static, str> {
        if kept {
            self.put(Self::GREEN, "+")
        } else {
            self.put(Self::RED, "-")
        }
    }
}

fn tell(out: &mut impl Write, found: &Extraction, paint: Paint) -> io::Result<()> {
    let report = &found.report;
    let kept = report.blocks.iter().filter(|b| b.kept).count();
    write!(out, "{}", paint.put(Paint::BOLD, report.verdict.as_str()))?;
    if let Some(article) = &found.article {
        write!(out, ", confidence {:.2}", article.confidence)?;
    }
    let (blocks, charset) = (report.blocks.len(), found.charset);
    writeln!(out, "; {kept} of {blocks} blocks kept; read as {charset}\n")?;
    for block in &report.blocks {
        tell_block(out, block, paint)?;
    }
    for field in &report.fields {
        tell_field(out, field, paint)?;
    }
    Ok(())
}

fn tell_block(out: &mut impl Write, block: &BlockDecision, paint: Paint) -> io::Result<()> {
    let start = cut(&block.text, WIDTH - 2);
    let start = if block.kept {
        start.into()
    } else {
        paint.put(Paint::DIM, &start)
    };
    writeln!(out, "{} {start}", paint.sign(block.kept))?;
    let reason = cut(&block.because.to_string(), WIDTH - 4);
    writeln!(out, "    {reason}")?;
    let place = cut_front(&block.path, WIDTH - 4);
    writeln!(out, "    {}", paint.put(Paint::DIM, &place))
}

fn tell_field(out: &mut impl Write, field: &FieldDecision, paint: Paint) -> io::Result<()> {
    writeln!(out, "\n{}", paint.put(Paint::BOLD, field.field))?;
    for candidate in &field.candidates {
        let value = cut(&candidate.value, WIDTH - 4);
        writeln!(out, "  {} {value}", paint.sign(candidate.chosen))?;
        let from = match candidate.why.as_str() {
            "" => candidate.source.clone(),
            why => format!("{}: {why}", candidate.source),
        };
        let from = cut(&from, WIDTH - 6);
        writeln!(out, "      {}", paint.put(Paint::DIM, &from))?;
    }
    Ok(())
}

/// A text on one line of at most `columns`, its end left out if it must be.
fn cut(text: &str, columns: usize) -> String {
    let mut line: String = text.chars().map(plain).collect();
    let mut used = 0;
    let over = line.char_indices().find(|&(_, c)| {
        used += width(c);
        used > columns
    });
    if let Some((at, _)) = over {
        let room = line[..at].char_indices().next_back().map_or(0, |(i, _)| i);
        line.truncate(room);
        line.push('…');
    }
    line
}

/// The same, its beginning left out: of an address the end tells most.
fn cut_front(text: &str, columns: usize) -> String {
    let backwards: String = text.chars().rev().collect();
    cut(&backwards, columns).chars().rev().collect()
}

/// Line breaks as `⏎`, and no character that moves a terminal's cursor.
fn plain(c: char) -> char {
    match c {
        '\n' => '⏎',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Columns a character takes in a terminal, near enough.
fn width(c: char) -> usize {
    if text::is_dense(c) || matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}') {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_the_columns_end() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("exactly ten", 11), "exactly ten");
        assert_eq!(cut("a longer line", 8), "a longe…");
        assert_eq!(cut("渡口停航", 5), "渡…");
        assert_eq!(cut_front("div > article > p", 6), "…e > p");
    }

    #[test]
    fn a_page_cannot_steer_the_terminal() {
        assert_eq!(cut("a\x1b[31mred\x07", 20), "a\u{fffd}[31mred\u{fffd}");
    }
}
