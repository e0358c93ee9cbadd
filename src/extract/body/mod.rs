//! The body: which blocks of a page are the story.
//!
//! 1. [`blocks`] cuts the document into pieces of visible text.

pub(crate) mod blocks;

use crate::clean::Marks;
use crate::clean::Scene;
use crate::document::NodeIx;
use crate::extract::report::{Because, Verdict};

pub(crate) use blocks::Block;

/// What earlier steps know that helps to find the body.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    /// The headline's element, where it is visible.
    pub(crate) headline: Option<NodeIx>,
    /// The headline and its variants (`og:title`, `<title>`), folded with `text::fold`.
    pub(crate) titles: Vec<String>,
    /// The body as structured data states it, if it does.
    pub(crate) stated_body: Option<String>,
    /// The description as metadata states it.
    pub(crate) description: Option<String>,
}

/// One block with the decision on it.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) block: Block,
    pub(crate) kept: bool,
    pub(crate) because: Because,
}

/// Every block of the page, judged, in document order.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) blocks: Vec<Judged>,
    pub(crate) verdict: Verdict,
    pub(crate) confidence: f32,
}

impl Body {
    /// The kept blocks in order.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|j| j.kept).map(|j| &j.block)
    }
}

/// Judges every block of the page.
pub(crate) fn body(scene: &Scene<'_>, marks: &Marks, hints: &Hints) -> Body {
    let mut out = Body::default();
    let _ = hints;
    for block in blocks::blocks(scene.doc) {
        let rule = marks.rule_for(scene.doc, block.node);
        let total = scene.measures.span(block.span.start, block.span.end);
        let value = if total.words >= 15 && total.link_share() < 0.4 {
            0.9
        } else {
            0.1
        };
        let kept = rule.is_none() && value > 0.5;
        let because = rule.map_or(
            Because::Score {
                value,
                parts: Vec::new(),
            },
            Because::Rule,
        );
        out.blocks.push(Judged {
            block,
            kept,
            because,
        });
    }
    out.verdict = if out.blocks.is_empty() {
        Verdict::Empty
    } else if out.blocks.iter().any(|j| j.kept) {
        Verdict::Article
    } else {
        Verdict::NoStory
    };
    out
}
