//! A page's article and the reasons for it: the order of decisions.
//!
//! 1. `Measures`, then `clean`: what is certainly not text of the story is marked.
//! 2. `field`: what structured data and metadata state is gathered; the headline is chosen.
//! 3. `body`: every block is judged.
//! 4. `field` again: what needs the body's place (dateline, standfirst, byline) is chosen.
//! 5. The kept blocks become the article, all decisions the report.

mod article;
mod body;
mod field;
mod report;

pub use article::{Article, Author, Block, BlockKind, Dateline, Image, Kind, LeadDateline};
pub use field::lead;
pub use report::{Because, BlockDecision, CandidateNote, FieldDecision, Report, Verdict};

use jiff::Timestamp;
use url::Url;

use crate::clean::{self, Scene};
use crate::document::{Document, Measures};
use crate::rules::Rules;

/// What is known of a page besides its HTML.
#[derive(Debug, Clone, Copy, Default)]
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
}

/// What was found on a page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Extraction {
    /// The article, if the page holds one.
    pub article: Option<Article>,
    /// Why: every decision.
    pub report: Report,
    /// Name of the encoding the page was decoded from.
    pub charset: &'static str,
}

/// Extracts the article of a parsed page.
pub fn extract(doc: &Document, context: &Context<'_>) -> Extraction {
    let measures = Measures::of(doc);
    let scene = Scene {
        doc,
        measures: &measures,
        rules: Rules::embedded(),
    };
    let marks = clean::clean(&scene);
    let facts = field::Facts::gather(&scene, context);
    let mut report = Report::default();
    let headline = field::headline(&facts);
    let body = body::body(&scene, &marks, &headline.hints(&facts));
    let mut article = Article {
        confidence: body.confidence,
        ..Article::default()
    };
    field::fill(&facts, headline, &body, &mut article, &mut report.fields);
    article.paragraphs = body
        .kept()
        .map(|b| Block {
            kind: b.kind,
            text: b.text.clone(),
        })
        .collect();
    article.text = join(&article.paragraphs);
    report.verdict = body.verdict;
    report.blocks = body
        .blocks
        .into_iter()
        .map(|j| BlockDecision {
            path: doc.path(j.block.node),
            node: j.block.node.index(),
            kind: j.block.kind,
            text: j.block.text,
            kept: j.kept,
            because: j.because,
        })
        .collect();
    let found = report.verdict == Verdict::Article && !article.text.is_empty();
    Extraction {
        article: found.then_some(article),
        report,
        charset: context.charset,
    }
}

/// The body as text: a blank line between blocks, a line break inside lists and tables.
fn join(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            let tight = matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow)
                && blocks[i - 1].kind == block.kind;
            out.push_str(if tight { "\n" } else { "\n\n" });
        }
        out.push_str(&block.text);
    }
    out
}
