//! Questions and answers that a page states as its own (`FAQPage`): what it answers is its text, even
//! where it is folded away in a box beside the story.

use foldhash::HashSet;

use crate::extract::article::BlockKind;
use crate::extract::body::Hints;
use crate::extract::body::blocks::Blocks;
use crate::extract::body::words::runs;
use crate::text;

/// Share of a block's runs of words that stand in the stated answers.
const HELD: f32 = 0.8;

/// Blocks that an answer goes on for without being found in the stated one.
const GAP: usize = 3;

/// The blocks that are stated questions, the blocks behind them that stated answers hold, and a
/// heading right before the first question.
pub(super) fn answered(blocks: &Blocks, hints: &Hints) -> Vec<usize> {
    let mut out = Vec::new();
    if hints.questions.is_empty() {
        return out;
    }
    let asked: HashSet<String> = hints.questions.iter().map(|q| text::fold(&q.0)).collect();
    let told: HashSet<u64> = hints
        .questions
        .iter()
        .flat_map(|q| told_runs(&q.1))
        .collect();
    let mut behind = None;
    for (i, block) in blocks.iter().enumerate() {
        if asked.contains(&text::fold(block.text())) {
            let before = i.checked_sub(1);
            let heads = |&b: &usize| blocks.at(b).kind == BlockKind::Heading && behind.is_none();
            out.extend(before.filter(heads));
            out.push(i);
            behind = Some(i);
        } else if behind.is_some_and(|at| i - at <= GAP) {
            let own = told_runs(block.text());
            let held = own.iter().filter(|&run| told.contains(run)).count();
            if !own.is_empty() && held as f32 >= HELD * own.len() as f32 {
                out.push(i);
                behind = Some(i);
            }
        }
    }
    out
}

/// The runs of words of a text.
fn told_runs(said: &str) -> Vec<u64> {
    let words: Vec<u64> = text::hashes(said).collect();
    runs(&words).collect()
}
