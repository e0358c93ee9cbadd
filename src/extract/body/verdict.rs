//! Whether the page holds a story at all, and how far the body can be trusted.

use crate::extract::body::repair::Draft;
use crate::extract::body::terrain::Terrain;
use crate::extract::report::Verdict;

/// Words that a body has at least, unless it is most of the page's prose.
const FEW_WORDS: f32 = 12.0;

/// What kind of page it is.
pub(crate) fn verdict(draft: &Draft, terrain: &Terrain, scores: &[f32]) -> Verdict {
    if terrain.own.is_empty() {
        return Verdict::Empty;
    }
    let words: f32 = kept(draft, terrain).map(|(_, w)| w).sum();
    let best = scores.iter().copied().fold(0.0, f32::max);
    if words < FEW_WORDS && (words == 0.0 || best < 0.8) {
        return Verdict::NoStory;
    }
    Verdict::Article
}

/// The expected share of right words (F1) of the body, from the scores of all blocks.
pub(crate) fn confidence(draft: &Draft, terrain: &Terrain, scores: &[f32]) -> f32 {
    let (mut right, mut taken, mut wanted) = (0.0, 0.0, 0.0);
    for ((own, &score), &kept) in terrain.own.iter().zip(scores).zip(&draft.kept) {
        wanted += own.words * score;
        if kept {
            right += own.words * score;
            taken += own.words;
        }
    }
    if taken + wanted > 0.0 {
        2.0 * right / (taken + wanted)
    } else {
        0.0
    }
}

fn kept<'a>(draft: &'a Draft, terrain: &'a Terrain) -> impl Iterator<Item = (usize, f32)> + 'a {
    (0..terrain.own.len())
        .filter(|&i| draft.kept[i])
        .map(|i| (i, terrain.own[i].words))
}
