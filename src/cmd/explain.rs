//! `cleancopy explain`: why every block of a page was kept or dropped.
//!
//! Three outputs of one report: text for people (default), `--json` for tools, and with `--html`
//! the page itself, shaded by decision ([`super::shade`]). `--select` narrows each of them down to the
//! elements that a CSS selector matches ([`super::select`]).

use std::borrow::Cow;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use cleancopy::decode::decode;
use cleancopy::document::Document;
use cleancopy::extract::{Because, BlockDecision, FieldDecision, Report, Verdict};
use cleancopy::page::Target;
use cleancopy::{Extraction, Options, read, text};
use url::Url;

use super::log;
use super::overwrite;
use super::pages::{Input, load};
use super::reason::in_words;
use super::select::{Css, Wanted};
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
    /// Overwrite the file of --html if it is there
    #[arg(long)]
    fresh: bool,
    /// Show only the decisions on text inside the elements that a CSS selector matches; the article
    /// and its fields are left out. Exit code 1 if it matches nothing
    #[arg(long, value_name = "CSS", conflicts_with = "crawl")]
    select: Option<Css>,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.crawl {
        return super::address::run(&args.page, folder, args.json);
    }
    // The server may be named for all commands (CLEANCOPY_FRONTIER): a file stays a file.
    let is_address = Target::parse(&args.page.to_string_lossy()).is_ok();
    if let Some(address) = args
        .frontier
        .as_ref()
        .filter(|_| is_address && args.select.is_none())
    {
        return super::fleet::explain(&args.page, address, args.json);
    }
    if is_address && !args.page.exists() {
        bail!(
            "{} is an address, and pages are read from files: `cleancopy save` makes one of it, \
             and --crawl FOLDER tells what became of it in a crawl",
            args.page.display()
        );
    }
    let input = Input::of_one(&args.page);
    if let Some(file) = &args.html {
        let read = input.files();
        overwrite::check(file, read.iter().map(PathBuf::as_path), args.fresh)?;
    }
    let (name, page) = load(&input, args.url.as_ref());
    let page = page.with_context(|| format!("cannot read {name}"))?;
    let mut options = Options::default();
    options.explain = true;
    let mut found = read(&page, &options);
    let doc = Document::parse(&decode(&page).text);
    let select = args.select.as_ref();
    let wanted = select.map(|css| Wanted::by(css, &doc, &found.report.blocks));
    if let Some(Wanted { css, .. }) = wanted.as_ref().filter(|w| w.elements.is_empty()) {
        log::complain(&anyhow::anyhow!(
            "no element of {} matches `{css}` (a page is searched as it was sent, without what its \
             scripts would add)",
            args.page.display()
        ));
        return Ok(ExitCode::FAILURE);
    }
    if let Some(file) = &args.html {
        fs::write(file, super::shade::shade(&doc, &found, wanted.as_ref()))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if let Some(wanted) = &wanted {
        let mut number = 0..;
        let is_wanted = |_: &_| number.next().is_some_and(|n| wanted.has(n));
        found.report.blocks.retain(is_wanted);
        found.report.fields.clear();
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    if args.json {
        let all = as_json(&doc, &found, wanted.as_ref());
        serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        tell(&mut out, &found, wanted.as_ref(), Paint(colour))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Article and report; or what was selected, and the report on that.
fn as_json(doc: &Document, found: &Extraction, wanted: Option<&Wanted>) -> serde_json::Value {
    let Some(Wanted { css, elements, .. }) = wanted else {
        return serde_json::json!({
            // Empty where the bytes are no text.
            "charset": Some(found.charset).filter(|name| !name.is_empty()),
            "report": found.report,
            "article": found.article,
            "stated": found.stated,
        });
    };
    let elements: Vec<_> = elements
        .iter()
        .map(|&node| serde_json::json!({"node": node.index(), "path": doc.path(node)}))
        .collect();
    serde_json::json!({
        "charset": found.charset,
        "select": css.to_string(),
        "elements": elements,
        "report": found.report,
    })
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

    /// The sign before a block: what a field has is neither kept in the text nor thrown away.
    fn sign_of(self, block: &BlockDecision) -> Cow<'static, str> {
        match block.because {
            Because::Field(_) if !block.kept => self.put(Self::BOLD, "="),
            _ => self.sign(block.kept),
        }
    }
}

fn tell(
    out: &mut impl Write,
    found: &Extraction,
    wanted: Option<&Wanted>,
    paint: Paint,
) -> io::Result<()> {
    let report = &found.report;
    let kept = report.blocks.iter().filter(|b| b.kept).count();
    write!(out, "{}", paint.put(Paint::BOLD, report.verdict.as_str()))?;
    if let Some(article) = &found.article {
        write!(out, ", confidence {:.2}", article.confidence)?;
    }
    let (blocks, charset) = (report.blocks.len(), found.charset);
    let Some(Wanted { css, elements, .. }) = wanted else {
        if let Verdict::NotHtml(_) = report.verdict {
            return writeln!(out);
        }
        writeln!(out, "; {kept} of {blocks} blocks kept; read as {charset}\n")?;
        return tell_all(out, report, paint);
    };
    let matched = match elements.len() {
        1 => "1 element".to_owned(),
        many => format!("{many} elements"),
    };
    let css = cut(&css.to_string(), WIDTH);
    writeln!(out, "; read as {charset}")?;
    if blocks == 0 {
        return writeln!(
            out,
            "{matched} matched by {css}: no visible text inside, so nothing was decided"
        );
    }
    writeln!(
        out,
        "{matched} matched by {css}: {kept} of {blocks} blocks with text inside kept\n"
    )?;
    tell_all(out, report, paint)
}

fn tell_all(out: &mut impl Write, report: &Report, paint: Paint) -> io::Result<()> {
    let mut fields = report.fields.iter().filter(|f| !f.candidates.is_empty());
    fields.try_for_each(|field| tell_field(out, field, paint))?;
    if !report.fields.is_empty() {
        writeln!(out)?;
    }
    if !report.blocks.is_empty() {
        let legend = "Blocks: + kept as the story's text (from about 0.5 of 1), \
                      = given as a field, - dropped";
        writeln!(out, "{}", paint.put(Paint::DIM, legend))?;
    }
    let mut before: Option<&Because> = None;
    for block in &report.blocks {
        tell_block(out, block, before, paint)?;
        before = Some(&block.because);
    }
    Ok(())
}

/// A block, its reason and its place; of a row of blocks that one rule marks, these only once.
fn tell_block(
    out: &mut impl Write,
    block: &BlockDecision,
    before: Option<&Because>,
    paint: Paint,
) -> io::Result<()> {
    let start = cut(&block.text, WIDTH - 2);
    let start = if block.kept {
        start.into()
    } else {
        paint.put(Paint::DIM, &start)
    };
    writeln!(out, "{} {start}", paint.sign_of(block))?;
    if matches!(block.because, Because::Rule(_)) && before == Some(&block.because) {
        return Ok(());
    }
    for line in in_words(&block.because) {
        for part in wrapped(&line, WIDTH - 4) {
            writeln!(out, "    {part}")?;
        }
    }
    let place = cut_front(&block.path, WIDTH - 4);
    writeln!(out, "    {}", paint.put(Paint::DIM, &place))
}

/// A line in parts of at most `columns`, cut at spaces.
fn wrapped(line: &str, columns: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match parts.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= columns => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
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
    if text::is_dense(c) || text::is_hangul(c) || matches!(c, '\u{ff01}'..='\u{ff60}') {
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
