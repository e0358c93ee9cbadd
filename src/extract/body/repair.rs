//! Repairs: where the page's structure says more than the score of a single block.
//!
//! The model sees each block with its surroundings, but not what it decided about them. Each repair
//! looks at the decisions as a whole and changes a few, with its name as the reason:
//!
//! 1. `headline`: the headline is a field of its own, not the first line of the body.
//! 2. `list-together`: items of one list and cells of one table row stay or go together.
//! 3. `between`: an unsure block between two kept ones of its kind stays.
//! 4. `twin`: a long block that stands a second time goes (print and phone versions).
//! 5. `no-text-follows`: a subhead without text under it goes.

use std::collections::{HashMap, HashSet};

use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::blocks::Block;
use crate::extract::body::terrain::Terrain;

/// The decisions on a page's blocks while they are repaired.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kept: Vec<bool>,
    /// The repair that overruled the score, if one did.
    pub(crate) why: Vec<Option<&'static str>>,
}

impl Draft {
    fn set(&mut self, i: usize, kept: bool, why: &'static str) {
        if self.kept[i] != kept {
            self.kept[i] = kept;
            self.why[i] = Some(why);
        }
    }
}

/// What the repairs look at.
struct Page<'a> {
    doc: &'a Document,
    blocks: &'a [Block],
    terrain: &'a Terrain,
    scores: &'a [f32],
    threshold: f32,
}

/// Decides by score, then repairs.
pub(crate) fn repaired(
    doc: &Document,
    blocks: &[Block],
    terrain: &Terrain,
    scores: &[f32],
    threshold: f32,
) -> Draft {
    let page = Page {
        doc,
        blocks,
        terrain,
        scores,
        threshold,
    };
    let mut draft = Draft {
        kept: scores.iter().map(|&s| s >= threshold).collect(),
        why: vec![None; blocks.len()],
    };
    page.drop_headline(&mut draft);
    page.keep_lists_together(&mut draft);
    page.keep_between(&mut draft);
    page.drop_twins(&mut draft);
    page.drop_bare_heads(&mut draft);
    draft
}

impl Page<'_> {
    fn words(&self, i: usize) -> f32 {
        self.terrain.own[i].words
    }

    fn drop_headline(&self, draft: &mut Draft) {
        let first = draft.kept.iter().position(|&k| k).unwrap_or(0);
        for i in 0..self.blocks.len().min(first + 3) {
            let own = &self.terrain.own[i];
            let same = own.title_overlap >= 0.95 && !own.ends_sentence;
            let is_it = self.terrain.headline == Some(i) && own.title_overlap >= 0.6;
            if draft.kept[i] && (same || is_it) {
                draft.set(i, false, "headline");
            }
        }
    }

    /// The list item or table row that a block stands in, and the list or table around that.
    fn group(&self, i: usize) -> Option<NodeIx> {
        let block = &self.blocks[i];
        if !matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow) {
            return None;
        }
        std::iter::once(block.node)
            .chain(self.doc.ancestors(block.node))
            .take(8)
            .find(|&n| matches!(self.doc.tag(n), Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table))
    }

    fn keep_lists_together(&self, draft: &mut Draft) {
        let mut groups: HashMap<NodeIx, Vec<usize>> = HashMap::new();
        for i in 0..self.blocks.len() {
            if let Some(list) = self.group(i) {
                groups.entry(list).or_default().push(i);
            }
        }
        for members in groups.into_values().filter(|m| m.len() >= 3) {
            let weight = |&i: &usize| (self.words(i) + 1.0).sqrt();
            let all: f32 = members.iter().map(weight).sum();
            let mean = members
                .iter()
                .map(|i| weight(i) * self.scores[*i])
                .sum::<f32>()
                / all.max(1.0);
            for i in members {
                if (self.scores[i] - self.threshold).abs() < 0.35 {
                    draft.set(i, mean >= self.threshold, "list-together");
                }
            }
        }
    }

    fn keep_between(&self, draft: &mut Draft) {
        let kept: Vec<bool> = draft.kept.clone();
        for i in 1..self.blocks.len().saturating_sub(1) {
            let beside = kept[i - 1] && kept[i + 1];
            let (own, before) = (&self.terrain.own[i], &self.terrain.own[i - 1]);
            let like = own.signature == before.signature
                || own.signature == self.terrain.own[i + 1].signature;
            if !kept[i] && beside && like && self.scores[i] >= 0.3 {
                draft.set(i, true, "between");
            }
        }
    }

    fn drop_twins(&self, draft: &mut Draft) {
        let mut seen: HashSet<&str> = HashSet::new();
        for i in 0..self.blocks.len() {
            if draft.kept[i] && self.words(i) >= 12.0 && !seen.insert(self.blocks[i].text.as_str())
            {
                draft.set(i, false, "twin");
            }
        }
    }

    fn drop_bare_heads(&self, draft: &mut Draft) {
        let mut followed = false;
        for i in (0..self.blocks.len()).rev() {
            if !draft.kept[i] {
                continue;
            }
            if self.blocks[i].kind != BlockKind::Heading {
                followed = true;
            } else if !followed {
                draft.set(i, false, "no-text-follows");
            }
        }
    }
}
