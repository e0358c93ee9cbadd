//! The body: which blocks of a page are the story.
//!
//! 1. [`blocks`] cuts the document into pieces of visible text.
//! 2. `terrain` measures them and finds where the prose lies; `features` makes the inputs.
//! 3. `model` weighs every block.
//! 4. `repair` overrules it where structure says more; `verdict` tells whether there is a story.
//! 5. `assemble` makes the article's blocks of the kept ones.

mod assemble;
pub(crate) mod blocks;
mod boxes;
mod features;
mod model;
mod names;
mod questions;
mod repair;
mod terrain;
mod told;
mod verdict;
mod windows;
mod words;

use std::rc::Rc;

use crate::clean::Marks;
use crate::clean::Scene;
use crate::document::{NodeIx, Runs};
use crate::extract::report::{Because, Verdict};

pub(crate) use assemble::{assemble, row_of};
pub(crate) use blocks::Block;
use blocks::Blocks;
pub use features::{FEATURES, input_in_words};
pub use model::{Model, ModelError};
use terrain::Terrain;
use words::Words;

/// How to judge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) model: &'a Model,
    /// Keep the inputs that moved each score.
    pub(crate) explain: bool,
    /// The probability from which on a block is kept.
    pub(crate) threshold: f32,
}

/// What earlier steps know that helps to find the body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    /// The headline's element, where it is visible.
    pub(crate) headline: Option<NodeIx>,
    /// The headline and its variants (`og:title`, `<title>`), folded with `text::fold`.
    pub(crate) titles: Vec<String>,
    /// The body as structured data states it, if it does.
    pub(crate) stated_body: Option<String>,
    /// The description as metadata states it.
    pub(crate) description: Option<String>,
    /// Questions that the page states it answers, each with its answer.
    pub(crate) questions: Vec<(String, String)>,
    /// The page's host without `www.`, empty if unknown.
    pub(crate) host: String,
    pub(crate) says: Says,
}

/// What the page's metadata say that it is. News desks and other writers put different things inside
/// a story's box, and the same block can be text on one page and furniture on another.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is an input of its own")]
pub(crate) struct Says {
    /// A news article, an opinion piece, a live blog.
    pub(crate) news: bool,
    /// A post or an article of another kind.
    pub(crate) post: bool,
    /// When it was published.
    pub(crate) dated: bool,
    /// In which section it stands.
    pub(crate) section: bool,
    /// Where its AMP version is.
    pub(crate) amp: bool,
    /// A news organisation as publisher.
    pub(crate) media: bool,
}

/// The reason for a decision on a block, shared by the blocks that have the same, without the score; the
/// score itself where there is none.
pub(crate) type Reason = Option<Rc<Because>>;

/// One block with the decision on it.
#[derive(Debug, Clone)]
pub(crate) struct Judged<'a> {
    pub(crate) block: Block<'a>,
    pub(crate) kept: bool,
    /// What the model gave it; 0 where a rule marked it.
    pub(crate) score: f32,
    pub(crate) because: Reason,
}

impl Judged<'_> {
    /// The id of the rule that marked it; empty where none did.
    pub(crate) fn rule(&self) -> &'static str {
        match self.because.as_deref() {
            Some(Because::Rule(rule)) => rule.as_str(),
            _ => "",
        }
    }

    /// The reason with the score.
    pub(crate) fn into_because(self) -> Because {
        let value = self.score;
        match self.because.map(Rc::unwrap_or_clone) {
            None => Because::Score {
                value,
                parts: Box::default(),
            },
            Some(Because::Repair { what, .. }) => Because::Repair { what, value },
            Some(because) => because,
        }
    }
}

/// Every block of the page, judged, in document order.
#[derive(Debug, Default)]
pub(crate) struct Body<'a> {
    pub(crate) blocks: Vec<Judged<'a>>,
    pub(crate) verdict: Verdict,
    pub(crate) confidence: f32,
}

impl<'a> Body<'a> {
    /// Words of the kept blocks.
    pub(crate) fn words(&self) -> u32 {
        self.words_up_to(u32::MAX)
    }

    /// Words of the kept blocks, counted until there are enough.
    pub(crate) fn words_up_to(&self, enough: u32) -> u32 {
        let mut words = 0;
        for block in self.kept() {
            if words >= enough {
                break;
            }
            words += crate::text::count(block.text()).words;
        }
        words
    }

    /// This body with all its blocks dropped, and behind them those of another text, as blocks of
    /// `runs`.
    pub(crate) fn replaced_by(
        mut self,
        other: Body<'_>,
        runs: &'a Runs,
        what: &'static str,
    ) -> Self {
        let because = Rc::new(Because::Repair { what, value: 0.0 });
        for judged in self.blocks.iter_mut().filter(|j| j.kept) {
            judged.kept = false;
            judged.because = Some(Rc::clone(&because));
        }
        self.blocks
            .extend(other.blocks.into_iter().map(|mut judged| {
                if judged.kept {
                    judged.because = Some(Rc::clone(&because));
                }
                Judged {
                    block: judged.block.moved_to(runs),
                    ..judged
                }
            }));
        self.verdict = Verdict::Article;
        self.confidence = 0.5 * other.confidence;
        self
    }

    /// The kept blocks in order.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Block<'a>> {
        self.blocks.iter().filter(|j| j.kept).map(|j| &j.block)
    }
}

/// What the model is told about each block of a page, in document order: the rows that it is
/// trained on.
pub(crate) fn inputs<'a>(
    scene: &Scene<'a>,
    marks: &Marks,
    hints: &Hints,
) -> Vec<(Block<'a>, Vec<f32>)> {
    let is_free = |at: usize| marks.rule_for_run(scene.doc, &scene.runs[at]).is_none();
    let blocks = Blocks::of(scene.doc, scene.runs, is_free);
    let words = Words::of(&blocks);
    let terrain = Terrain::of(scene, (&blocks, &words), hints);
    let rows = features::rows(scene, (&blocks, &words), &terrain, hints);
    let rows: Vec<Vec<f32>> = rows.map(|values| values.to_vec()).collect();
    blocks.iter().zip(rows).collect()
}

/// Judges every block of the page. The runs are those of the scene; they alone outlive it.
pub(crate) fn body<'a>(
    (scene, runs): (&Scene<'_>, &'a Runs),
    marks: &Marks,
    hints: &Hints,
    how: &How<'_>,
) -> Body<'a> {
    let rules: Vec<_> = runs
        .iter()
        .map(|r| marks.number_for_run(scene.doc, r))
        .collect();
    let live = Blocks::of(scene.doc, runs, |at| rules[at] == 0);
    let words = Words::of(&live);
    let terrain = Terrain::of(scene, (&live, &words), hints);
    let (mut scores, mut parts) = (Vec::with_capacity(live.len()), Vec::new());
    let mut rows = features::rows(scene, (&live, &words), &terrain, hints);
    loop {
        let some: Vec<_> = rows.by_ref().take(model::LANES).collect();
        if some.is_empty() {
            break;
        }
        how.model.score(&some, &mut scores);
        if how.explain {
            parts.extend(some.iter().map(|row| how.model.parts(row)));
        }
    }
    drop(rows);
    drop(words);
    let draft = repair::repaired(scene.doc, &live, &terrain, hints, &scores, how.threshold);
    let page = verdict::Judgement {
        blocks: &live,
        terrain: &terrain,
        scores: &scores,
        draft: &draft,
    };
    let confidence = page.confidence();
    let verdict = verdict::verdict(scene, hints, &page);
    // There is no room for all blocks twice.
    drop((live, terrain));
    let reasons = marks.rules().map(|rule| Rc::new(Because::Rule(rule)));
    let reasons: Vec<_> = reasons.collect();
    let mut scores = scores.into_iter().enumerate();
    let mut judge = |rule: u8| {
        if let Some(rule) = usize::from(rule).checked_sub(1) {
            return Some((false, 0.0, Some(Rc::clone(&reasons[rule]))));
        }
        let (i, value) = scores.next()?;
        let because = draft.why(i).or_else(|| {
            let parts = std::mem::take(parts.get_mut(i)?);
            Some(Rc::new(Because::Score { value, parts }))
        });
        Some((draft.kept[i], value, because))
    };
    let mut blocks = Vec::with_capacity(runs.len());
    blocks.extend(rules.into_iter().enumerate().filter_map(|(at, rule)| {
        let (kept, score, because) = judge(rule)?;
        Some(Judged {
            block: Block::of(scene.doc, runs, at),
            kept,
            score,
            because,
        })
    }));
    Body {
        blocks,
        verdict,
        confidence,
    }
}
