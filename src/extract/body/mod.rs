//! The body: which blocks of a page are the story.
//!
//! 1. [`blocks`] cuts the document into pieces of visible text.
//! 2. `terrain` measures them and finds where the prose lies; `features` makes the inputs.
//! 3. `model` weighs every block.

pub(crate) mod blocks;
mod features;
mod model;
mod names;
mod terrain;

use crate::clean::Marks;
use crate::clean::Scene;
use crate::document::NodeIx;
use crate::extract::report::{Because, Verdict};

pub(crate) use blocks::Block;
pub use features::FEATURES;
pub use model::{Model, ModelError};
use terrain::Terrain;

/// How to judge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) model: &'a Model,
    /// Keep the inputs that moved each score.
    pub(crate) explain: bool,
}

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
    /// The page's host without `www.`, empty if unknown.
    pub(crate) host: String,
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

/// What the model is told about each block of a page, in document order: the rows that it is
/// trained on.
pub(crate) fn inputs(scene: &Scene<'_>, marks: &Marks, hints: &Hints) -> Vec<(Block, Vec<f32>)> {
    let blocks: Vec<Block> = blocks::blocks(scene.doc)
        .into_iter()
        .filter(|b| marks.rule_for(scene.doc, b.node).is_none())
        .collect();
    let terrain = Terrain::of(scene, &blocks, hints);
    let rows = features::rows(scene, &blocks, &terrain, hints);
    blocks
        .into_iter()
        .zip(rows)
        .map(|(block, row)| (block, row.values().to_vec()))
        .collect()
}

/// Judges every block of the page.
pub(crate) fn body(scene: &Scene<'_>, marks: &Marks, hints: &Hints, how: &How<'_>) -> Body {
    let mut out = Body::default();
    let (mut live, mut at) = (Vec::new(), Vec::new());
    for block in blocks::blocks(scene.doc) {
        match marks.rule_for(scene.doc, block.node) {
            Some(rule) => {
                out.blocks.push(Judged {
                    block,
                    kept: false,
                    because: Because::Rule(rule),
                });
            }
            None => {
                at.push(out.blocks.len());
                live.push(block.clone());
                out.blocks.push(Judged {
                    block,
                    kept: false,
                    because: Because::Field(""),
                });
            }
        }
    }
    let terrain = Terrain::of(scene, &live, hints);
    let rows = features::rows(scene, &live, &terrain, hints);
    for (row, &i) in rows.iter().zip(&at) {
        let values = row.values();
        let value = how.model.score(&values);
        let parts = if how.explain {
            how.model.parts(&values)
        } else {
            Vec::new()
        };
        out.blocks[i].kept = value >= how.model.threshold();
        out.blocks[i].because = Because::Score { value, parts };
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
