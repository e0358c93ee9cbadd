//! Every folder `testdata/cases/<group>/<name>/` is one named test.
//!
//! A case is a page as it came (`page.html`, `page.toml`) and what a person promises of it
//! (`promise.toml`). Beside them lie `want.json`, the article, and `why.txt`, the report in short,
//! so that a result that is right for the wrong reason is seen. `UPDATE=1 cargo test --test cases`
//! rewrites those two from the saved page; the promise is never rewritten, so regenerating cannot
//! accept nonsense. A folder `beside/` holds other pages of the same host, which the case's reading
//! remembers.
//!
//! Scores are left out of both files: a retrained model changes them on every page, and only the
//! decisions matter.

#[path = "suite/beside.rs"]
mod beside;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use cleancopy::archive::folder;
use cleancopy::extract::{Because, BlockDecision, FieldDecision, Verdict};
use cleancopy::{Article, Extraction, Options, read};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use similar::TextDiff;
use url::Url;

/// `promise.toml`: what the page must give. What is not named here is not promised; `nothing`
/// promises that a field is null.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    /// What kind of page it is; an article unless said otherwise.
    #[serde(default = "article")]
    verdict: String,
    charset: Option<String>,
    headline: Option<String>,
    /// The printed date line.
    printed: Option<String>,
    /// The dateline at the head of the story.
    lead: Option<String>,
    authors: Option<Vec<String>>,
    published: Option<String>,
    published_is_change: Option<bool>,
    modified: Option<String>,
    standfirst: Option<String>,
    language: Option<String>,
    credit: Option<String>,
    section: Option<String>,
    tags: Option<Vec<String>>,
    site_name: Option<String>,
    /// The caption of the lead image, and whose the image is.
    image_caption: Option<String>,
    image_credit: Option<String>,
    free: Option<String>,
    /// How many blocks the body has.
    blocks: Option<usize>,
    /// A file that holds the body as text and nothing else, its path from the case's folder.
    story: Option<String>,
    /// Snippets that the body must have, in this order.
    #[serde(default)]
    contains: Vec<String>,
    /// Snippets that the body must not have.
    #[serde(default)]
    lacks: Vec<String>,
    /// What is kept beyond the text (`elements`, `links`, `images`, `comments`).
    #[serde(default)]
    keep: Vec<String>,
    /// What is left out of the body (`tables`).
    #[serde(default)]
    leave_out: Vec<String>,
    /// Snippets that the article as Markdown must have, in this order.
    #[serde(default)]
    markdown: Vec<String>,
    /// Snippets that no form of the article may have.
    #[serde(default)]
    never: Vec<String>,
    /// The comments: author, time and text, parted by ` | `.
    #[serde(default)]
    comments: Vec<String>,
    /// Texts of blocks that the report must have.
    #[serde(default)]
    reports: Vec<String>,
}

impl Promise {
    /// A case whose text is not promised would accept any text at the next `UPDATE=1`.
    fn says_nothing(&self) -> bool {
        self.verdict == article() && self.contains.is_empty() && self.story.is_none()
    }
}

/// How a case's page is read.
fn options(promise: &Promise) -> Options {
    let mut options = Options::default();
    let keeps = |part: &str| promise.keep.iter().any(|p| p == part);
    options.keep.elements = keeps("elements");
    options.keep.links = keeps("links");
    options.keep.images = keeps("images");
    options.keep.comments = keeps("comments");
    options.keep.tables = !promise.leave_out.iter().any(|p| p == "tables");
    options
}

fn article() -> String {
    "article".to_owned()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let update = std::env::var_os("UPDATE").is_some_and(|v| v != "0");
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let cases = cases(&top);
    let folders: Vec<PathBuf> = cases.iter().map(|(_, folder)| folder.clone()).collect();
    let addresses = Trial::test("every-case-has-an-address-of-its-own", move || {
        one_address_each(&folders).map_err(Failed::from)
    });
    let trials = cases
        .into_iter()
        .map(|(name, folder)| Trial::test(name, move || run(&folder, update).map_err(Failed::from)))
        .chain([addresses])
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// All cases as name and folder, sorted.
fn cases(top: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for group in folders(top) {
        for folder in folders(&group) {
            let name = folder.strip_prefix(top).unwrap_or(&folder);
            found.push((name.to_string_lossy().replace('\\', "/"), folder.clone()));
        }
    }
    assert!(
        found.len() >= 45,
        "only {} cases in {}",
        found.len(),
        top.display()
    );
    found
}

fn folders(above: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(above).expect("a folder of cases");
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.expect("a folder entry").path())
        .filter(|p| p.is_dir())
        .collect();
    found.sort();
    found
}

/// The newsroom example serves all cases at once, each at its address.
fn one_address_each(folders: &[PathBuf]) -> Result<(), String> {
    let mut taken: BTreeMap<Url, &Path> = BTreeMap::new();
    for folder in folders {
        let saved = folder::load(folder).map_err(|e| e.to_string())?;
        let url = saved
            .page
            .url
            .ok_or_else(|| format!("{}: page.toml has no url", folder.display()))?;
        if let Some(other) = taken.insert(url, folder) {
            return Err(format!("{} and {}", other.display(), folder.display()));
        }
    }
    Ok(())
}

fn run(folder: &Path, update: bool) -> Result<(), String> {
    let saved = folder::load(folder).map_err(|e| e.to_string())?;
    let note = saved
        .note
        .ok_or("page.toml has no note: write the one reason for this case, note = \"…\"")?;
    let promise: Promise = toml_file(&folder.join("promise.toml")).map_err(|e| {
        format!("{e}\n(written by hand: headline = \"…\", contains = [\"…\"]; CONTRIBUTING.md has the keys)")
    })?;
    let mut options = options(&promise);
    options.explain = true;
    options.memory = beside::memory(folder)?.map(Arc::new);
    let found = read(&saved.page, &options);
    let want = want(&found)?;
    let why = why(&found);
    let mut failures = promises(folder, &promise, &found)?;
    for (name, text) in [("want.json", &want), ("why.txt", &why)] {
        let file = folder.join(name);
        if update {
            fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
        } else {
            let lies = text_file(&file).map_err(|e| format!("{e} (UPDATE=1 writes it)"))?;
            failures.extend(difference(name, &lies, text));
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{}\n{why}", note.trim(), failures.join("\n")))
    }
}

fn toml_file<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    toml::from_str(&text_file(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

fn text_file(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// `want.json`: the article without its confidence, or null and the verdict.
fn want(found: &Extraction) -> Result<String, String> {
    let mut article = serde_json::to_value(&found.article).map_err(|e| e.to_string())?;
    if let Some(fields) = article.as_object_mut() {
        fields.remove("confidence");
    }
    let all = serde_json::json!({
        "verdict": found.report.verdict,
        "charset": found.charset,
        "article": article,
    });
    serde_json::to_string_pretty(&all)
        .map(|text| text + "\n")
        .map_err(|e| e.to_string())
}

/// `why.txt`: a line a block, then the fields with the chosen and the losing candidates.
fn why(found: &Extraction) -> String {
    let mut out = format!("verdict {}\n\n", name(found.report.verdict));
    for block in &found.report.blocks {
        out.push_str(&block_line(block));
    }
    for field in &found.report.fields {
        out.push_str(&field_lines(field));
    }
    out
}

fn name(verdict: Verdict) -> String {
    serde_json::to_value(verdict)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn block_line(block: &BlockDecision) -> String {
    let sign = if block.kept { '+' } else { '-' };
    let because = match &block.because {
        Because::Rule(rule) => rule.to_string(),
        Because::Score { .. } => "score".to_owned(),
        Because::Repair { what, .. } => format!("repair {what}"),
        Because::Field(field) => format!("field {field}"),
        other => other.to_string(),
    };
    format!(
        "{sign} {because} | {} | {}\n",
        block.path,
        start(&block.text)
    )
}

fn field_lines(field: &FieldDecision) -> String {
    let mut out = format!("\n{}\n", field.field);
    for candidate in &field.candidates {
        let sign = if candidate.chosen { '+' } else { '-' };
        let value = start(&candidate.value);
        let _ = write!(out, "  {sign} {} | {value}", candidate.source);
        if !candidate.why.is_empty() {
            let _ = write!(out, " | {}", candidate.why);
        }
        out.push('\n');
    }
    out
}

/// The first sixty characters on one line.
fn start(text: &str) -> String {
    let line = text.replace('\n', " / ");
    match line.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// What the page does not give of what `promise.toml` says.
fn promises(folder: &Path, promise: &Promise, found: &Extraction) -> Result<Vec<String>, String> {
    let mut broken = Vec::new();
    if promise.says_nothing() {
        let keys = "it needs `contains` or `story`, or a `verdict` other than article";
        broken.push(format!(
            "promise.toml promises nothing about the text: {keys}"
        ));
    }
    let verdict = name(found.report.verdict);
    broken.extend(other("verdict", &promise.verdict, &verdict));
    if let Some(charset) = &promise.charset {
        broken.extend(other("charset", charset, found.charset));
    }
    if (promise.verdict == "article") != found.article.is_some() {
        broken.push(format!(
            "an article is promised or found, not both: {verdict}"
        ));
    }
    let Some(article) = &found.article else {
        return Ok(broken);
    };
    if let Some(story) = &promise.story {
        let story = text_file(&folder.join(story))?;
        broken.extend(difference(
            "story",
            story.trim_end(),
            article.text.trim_end(),
        ));
    }
    broken.extend(fields(promise, article));
    broken.extend(in_order("the body", &promise.contains, &article.text));
    broken.extend(intruders("the body", &promise.lacks, &article.text));
    broken.extend(forms(promise, article));
    let reported = |text: &&String| !found.report.blocks.iter().any(|b| *b.text == ***text);
    let unreported = promise.reports.iter().filter(reported);
    broken.extend(unreported.map(|text| format!("no block of the report: `{text}`")));
    Ok(broken)
}

fn fields(p: &Promise, a: &Article) -> Vec<String> {
    let authors: Vec<String> = a.authors.iter().map(|a| a.name.clone()).collect();
    let lead = a.dateline.lead.as_ref().map(|l| l.text.clone());
    let image = a.image.as_ref();
    let pairs = [
        ("headline", p.headline.clone(), a.headline.clone()),
        (
            "dateline.printed",
            p.printed.clone(),
            a.dateline.printed.clone(),
        ),
        ("dateline.lead", p.lead.clone(), lead),
        (
            "authors",
            p.authors.as_ref().map(|a| a.join("; ")),
            Some(authors.join("; ")),
        ),
        (
            "published",
            p.published.clone(),
            a.published.map(|p| p.to_string()),
        ),
        (
            "published_is_change",
            p.published_is_change.map(|is| is.to_string()),
            Some(a.published_is_change.to_string()),
        ),
        (
            "modified",
            p.modified.clone(),
            a.modified.map(|m| m.to_string()),
        ),
        ("standfirst", p.standfirst.clone(), a.standfirst.clone()),
        ("language", p.language.clone(), a.language.clone()),
        ("credit", p.credit.clone(), a.credit.clone()),
        ("section", p.section.clone(), a.section.clone()),
        (
            "tags",
            p.tags.as_ref().map(|t| t.join("; ")),
            Some(a.tags.join("; ")),
        ),
        ("site_name", p.site_name.clone(), a.site_name.clone()),
        (
            "image.caption",
            p.image_caption.clone(),
            image.and_then(|i| i.caption.clone()),
        ),
        (
            "image.credit",
            p.image_credit.clone(),
            image.and_then(|i| i.credit.clone()),
        ),
        ("free", p.free.clone(), a.free.map(|f| f.to_string())),
        (
            "blocks",
            p.blocks.map(|b| b.to_string()),
            Some(a.paragraphs.len().to_string()),
        ),
    ];
    pairs
        .into_iter()
        .filter_map(|(field, promised, got)| {
            other(field, &promised?, got.as_deref().unwrap_or("nothing"))
        })
        .collect()
}

/// Markdown, HTML and comments of the article against what is promised of them.
fn forms(promise: &Promise, article: &Article) -> Vec<String> {
    let (markdown, html) = (article.to_markdown(), article.to_html());
    let mut broken = in_order("the Markdown", &promise.markdown, &markdown);
    let mut body = article.clone();
    body.headline = None;
    body.standfirst = None;
    if promise.keep.is_empty() {
        // What the text lacks, the other forms lack.
        broken.extend(intruders(
            "the Markdown",
            &promise.lacks,
            &body.to_markdown(),
        ));
        broken.extend(intruders("the HTML", &promise.lacks, &body.to_html()));
    }
    broken.extend(intruders("the Markdown", &promise.never, &markdown));
    broken.extend(intruders("the HTML", &promise.never, &html));
    let none = String::new();
    let comments: Vec<String> = article
        .comments
        .iter()
        .map(|c| {
            let author = c.author.as_ref().unwrap_or(&none);
            let time = c.time.as_ref().unwrap_or(&none);
            format!("{author} | {time} | {}", c.text)
        })
        .collect();
    let (promised, got) = (promise.comments.join("\n"), comments.join("\n"));
    broken.extend(other("comments", &promised, &got));
    broken
}

/// Which of the snippets a text does not have behind the one before.
fn in_order(what: &str, snippets: &[String], text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut from = 0;
    for wanted in snippets {
        match text[from..].find(wanted.as_str()) {
            Some(at) => from += at + wanted.len(),
            None if text.contains(wanted.as_str()) => {
                broken.push(format!("out of order in {what}: `{wanted}`"));
            }
            None => broken.push(format!("not in {what}: `{wanted}`")),
        }
    }
    broken
}

fn intruders(what: &str, snippets: &[String], text: &str) -> impl Iterator<Item = String> {
    let found = snippets.iter().filter(|s| text.contains(s.as_str()));
    found.map(move |s| format!("in {what} but should not be: `{s}`"))
}

fn other(what: &str, promised: &str, got: &str) -> Option<String> {
    (promised != got).then(|| format!("{what}: promised `{promised}`, got `{got}`"))
}

fn difference(what: &str, wanted: &str, got: &str) -> Option<String> {
    (wanted != got).then(|| {
        let diff = TextDiff::from_lines(wanted, got);
        let shown = diff
            .unified_diff()
            .context_radius(2)
            .header("wanted", "got")
            .to_string();
        format!("{what} differs:\n{shown}")
    })
}
