//! A page's article and the reasons for it: the order of decisions.
//!
//! 1. `Measures`, then `clean`: what is certainly not text of the story is marked.
//! 2. `field`: what structured data and metadata state is gathered; the headline is chosen.
//! 3. `body`: every block is judged.
//! 4. `field` again: what needs the body's place (dateline, standfirst, byline) is chosen.
//! 5. The kept blocks become the article, all decisions the report.
//! 6. `form`: where the caller wants more than text, the blocks become nested elements.

mod article;
mod body;
mod field;
mod form;
mod report;
mod rescue;

pub use article::{Article, Author, Block, BlockKind, Dateline, Image, Kind, LeadDateline, Stated};

pub use body::{FEATURES, Model, ModelError, input_in_words};
pub use field::lead;
pub use form::{Cell, Comment, Element, Favour, Item, Keep, List, ListStyle, Picture, Row, Span};
pub use report::{Because, BlockDecision, CandidateNote, FieldDecision, Report, Verdict};

pub(crate) use form::{html_escaped, html_story, markdown_line, markdown_story};

use std::borrow::Borrow;

use jiff::Timestamp;
use url::Url;

use body::{Body, Hints, How};
use rescue::Rescued;

use crate::clean::{self, Host, Marks, Memory, Scene};
use crate::decode::Foreign;
use crate::document::{Document, Measures, Runs, runs};
use crate::rules::Rules;

/// What is known of a page besides its HTML.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The page's address; relative links are resolved against it.
    pub url: Option<&'a Url>,
    /// When the page was fetched; relative dates are resolved against it.
    pub fetched_at: Option<Timestamp>,
    /// Name of the encoding the page was decoded from.
    pub charset: &'static str,
    /// The `Content-Language` header.
    pub content_language: Option<&'a str>,
    /// Keep the inputs that moved each score.
    pub explain: bool,
    /// The model that judges blocks; the one that comes with the crate if there is none.
    pub model: Option<&'a Model>,
    /// Ids of rules that mark nothing, for finding out what a rule does.
    pub without_rules: &'a [String],
    /// Take the dateline at the head of the story out of the body.
    pub without_dateline: bool,
    /// Take the standfirst above the story out of the body.
    pub without_standfirst: bool,
    /// What other pages of the same host have.
    pub memory: Option<&'a Memory>,
    /// What is wanted beyond the text.
    pub keep: Keep,
    /// What the model rather avoids.
    pub favour: Favour,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self {
            url: None,
            fetched_at: None,
            charset: "UTF-8",
            content_language: None,
            explain: false,
            model: None,
            without_rules: &[],
            without_dateline: false,
            without_standfirst: false,
            memory: None,
            keep: Keep::default(),
            favour: Favour::default(),
        }
    }
}

impl Context<'_> {
    /// What the memory knows of the page's host.
    fn host(&self) -> Option<&Host> {
        self.memory?.host(self.url)
    }
}

/// What is measured on a document before anyone judges it.
struct Surveyed {
    measures: Measures,
    runs: Runs,
}

impl Surveyed {
    fn of(doc: &Document) -> Self {
        Self {
            measures: Measures::of(doc),
            runs: runs(doc),
        }
    }

    fn scene<'a>(&'a self, doc: &'a Document, memory: Option<&'a Host>) -> Scene<'a> {
        scene(doc, &self.measures, &self.runs, memory)
    }
}

fn scene<'a>(
    doc: &'a Document,
    measures: &'a Measures,
    runs: &'a Runs,
    memory: Option<&'a Host>,
) -> Scene<'a> {
    Scene {
        doc,
        measures,
        runs,
        rules: Rules::embedded(),
        memory,
    }
}

/// One block as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The block's text.
    pub text: String,
    /// Its inputs, in the order of [`FEATURES`].
    pub values: Vec<f32>,
}

/// What the model is told about every block of a page that no rule has marked: the rows for
/// `tools/train`.
///
/// # Examples
/// ```
/// use cleancopy::document::Document;
/// use cleancopy::extract::{Context, FEATURES, inputs};
/// let rows = inputs(&Document::parse("<p>One.<p>Two."), &Context::default());
/// assert_eq!(rows.len(), 2);
/// assert_eq!(rows[0].values.len(), FEATURES.len());
/// ```
pub fn inputs(doc: &Document, context: &Context<'_>) -> Vec<Input> {
    let surveyed = Surveyed::of(doc);
    let scene = surveyed.scene(doc, context.host());
    let marks = clean::clean(&scene, context.without_rules);
    let facts = field::Facts::gather(&scene, context);
    let hints = field::headline(&facts).hints(&facts);
    body::inputs(&scene, &marks, &hints)
        .into_iter()
        .map(|(block, values)| Input {
            text: block.text().to_string(),
            values,
        })
        .collect()
}

/// What was found on a page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Extraction {
    /// The article, if the page holds one.
    pub article: Option<Article>,
    /// What the page says of itself, if it holds no article.
    pub stated: Option<Stated>,
    /// Why: every decision.
    pub report: Report,
    /// Name of the encoding the page was decoded from; empty where it is no text.
    pub charset: &'static str,
}

impl Extraction {
    /// What is found in bytes that are no HTML.
    pub(crate) fn of_foreign(foreign: Foreign) -> Self {
        let mut found = Self::default();
        found.report.verdict = Verdict::NotHtml(foreign);
        found
    }
}

/// Extracts the article of a parsed page. A document that is handed in by value goes as soon as nothing
/// needs it.
pub fn extract(page: impl Borrow<Document>, context: &Context<'_>) -> Extraction {
    let doc = page.borrow();
    let Surveyed { measures, runs } = Surveyed::of(doc);
    let scene = scene(doc, &measures, &runs, context.host());
    let marks = clean::clean(&scene, context.without_rules);
    let facts = field::Facts::gather(&scene, context);
    let mut report = Report::default();
    let headline = field::headline(&facts);
    let model = context.model.unwrap_or_else(|| Model::embedded());
    let how = How {
        model,
        explain: context.explain,
        threshold: context.favour.threshold(model.threshold()),
    };
    let hints = headline.hints(&facts);
    let mut body = body::body((&scene, &runs), &marks, &hints, &how);
    let mut elsewhere = Runs::default();
    let visible = |enough| body.words_up_to(enough);
    if let Some(found) = rescue::rescue(doc, hints.stated_body.as_deref(), visible) {
        let without = context.without_rules;
        body = rescued((body, &mut elsewhere), &found, &hints, &how, without);
    }
    let mut article = Article {
        confidence: (body.confidence * 1_000.0).round() / 1_000.0,
        ..Article::default()
    };
    field::fill(
        &facts,
        headline,
        &mut body,
        &mut article,
        &mut report.fields,
    );
    // What only served to judge goes before the text is made, and the page before the report is.
    drop(facts);
    drop(measures);
    form::leave_out(doc, context.keep, &mut body);
    report.verdict = body.verdict;
    if body.verdict == Verdict::Article {
        write(doc, context, (&body, &marks), &mut article);
        if article.text.is_empty() {
            report.verdict = Verdict::NoStory;
        }
    }
    let explained = body.blocks.iter().filter(|_| context.explain);
    let paths: Vec<String> = explained.map(|j| doc.path(j.block.node)).collect();
    drop((marks, page));
    report.blocks = decisions(body, paths, &article);
    let (article, stated) = match report.verdict {
        Verdict::Article => (Some(article), None),
        Verdict::Empty | Verdict::NoStory | Verdict::Wall => (None, Stated::of(article)),
        Verdict::Listing | Verdict::ErrorPage | Verdict::NotHtml(_) => (None, None),
    };
    Extraction {
        article,
        stated,
        report,
        charset: context.charset,
    }
}

/// Writes the kept blocks into the article, in the forms that the caller wants.
fn write(doc: &Document, context: &Context<'_>, judged: (&Body, &Marks), article: &mut Article) {
    let (body, marks) = judged;
    article.paragraphs = body::assemble(doc, &body.blocks);
    if context.without_dateline
        && let Some(lead) = &article.dateline.lead
    {
        take_dateline(&mut article.paragraphs, &lead.text);
    }
    article.text = form::join(&article.paragraphs);
    form::fill(
        doc,
        context.url,
        context.keep,
        (&body.blocks, marks),
        article,
    );
}

/// Takes the dateline off the block that it opens; a block that is nothing else goes.
fn take_dateline(blocks: &mut Vec<Block>, line: &str) {
    let place = |text: &str| {
        let parts = [Some(text), field::behind_label(text)];
        let mut parts = parts.into_iter().flatten().map(str::trim_start);
        let part = parts.find(|part| part.starts_with(line))?;
        Some(text.len() - part.len())
    };
    let opened = blocks
        .iter()
        .enumerate()
        .find_map(|(at, b)| Some((at, place(&b.text)?)));
    let Some((at, from)) = opened else { return };
    let text = &mut blocks[at].text;
    let end = text.len() - text[from + line.len()..].trim_start().len();
    text.replace_range(from..end, "");
    if text.trim().is_empty() {
        blocks.remove(at);
    }
}

/// Reads a text found outside the visible page by the same steps. If it holds more than the visible
/// blocks do, its own are put behind them, and they are dropped: they do not hold the story. Its runs
/// are put into `elsewhere`.
fn rescued<'a>(
    (visible, elsewhere): (Body<'a>, &'a mut Runs),
    found: &Rescued,
    hints: &Hints,
    how: &How<'_>,
    without_rules: &[String],
) -> Body<'a> {
    let doc = Document::parse(&found.html);
    let surveyed = Surveyed::of(&doc);
    let scene = surveyed.scene(&doc, None);
    let hints = Hints {
        headline: None,
        ..hints.clone()
    };
    let marks = clean::clean(&scene, without_rules);
    let inner = body::body((&scene, &surveyed.runs), &marks, &hints, how);
    if inner.verdict != Verdict::Article || inner.words() <= visible.words() {
        return visible;
    }
    *elsewhere = surveyed.runs.clone().moved_to(found.node);
    visible.replaced_by(inner, elsewhere, found.from)
}

/// Blocks that are told before the memory of as many is given back.
const MANY_BLOCKS: usize = 4_096;

/// The blocks as the report tells them; one that is dropped because a field has it says so.
fn decisions(body: Body, mut paths: Vec<String>, article: &Article) -> Vec<BlockDecision> {
    let fields = [
        ("headline", article.headline.as_deref()),
        ("standfirst", article.standfirst.as_deref()),
        ("dateline.printed", article.dateline.printed.as_deref()),
    ];
    let field_of = |text: &str| {
        fields
            .iter()
            .find(|(_, value)| *value == Some(text))
            .map(|(name, _)| Because::Field(name))
    };
    let mut judged = body.blocks;
    let mut told = Vec::with_capacity(judged.len());
    // From the last to the first: what was told makes room for the rest.
    while let Some(j) = judged.pop() {
        if judged.len().is_multiple_of(MANY_BLOCKS) {
            judged.shrink_to_fit();
        }
        let weighed = matches!(
            j.because.as_deref(),
            None | Some(Because::Score { .. } | Because::Repair { .. })
        );
        let has_it = if weighed && !j.kept {
            field_of(j.block.text())
        } else {
            None
        };
        told.push(BlockDecision {
            path: paths.pop().unwrap_or_default().into(),
            node: j.block.node.index() as u32,
            kind: j.block.kind,
            text: j.block.shared_text(),
            kept: j.kept,
            because: has_it.unwrap_or_else(|| j.into_because()),
        });
    }
    told.reverse();
    told
}
