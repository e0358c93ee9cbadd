//! Repairs: where the page's structure says more than the score of a single block.
//!
//! The model sees each block with its surroundings, but not what it decided about them. Each repair
//! looks at the decisions as a whole and changes a few, with its name as the reason:
//!
//! 1. `headline`: the headline is a field of its own, not the first line of the body.
//! 2. `list-together`: items of one list, cells of one table and the parts of one quotation stay or
//!    go together.
//! 3. `between`: an unsure block between two kept ones of its kind stays.
//! 4. `date-line`: a line above the story, or the last one below it, that begins with a date is when it
//!    was printed.
//! 5. `twin`: a long block that stands a second time goes (print and phone versions), and with
//!    several of them whatever else stands in the box that they share.
//! 6. `pull-quote`: a quotation set apart goes where a paragraph says the same.
//! 7. `appended`: another story in a box like this story's box, under a headline of its own.
//! 8. `no-text-follows`: a subhead without text under it goes.

use std::collections::HashMap;

use crate::date::{self, Reading};
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::blocks::Block;
use crate::extract::body::terrain::Terrain;
use crate::text;

/// Words that a line above the story may have to be no part of it.
const LINE_WORDS: f32 = 20.0;

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
    blocks: &'a [Block<'a>],
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
    page.drop_date_lines(&mut draft);
    page.drop_twins(&mut draft);
    page.drop_pull_quotes(&mut draft);
    page.drop_appended(&mut draft);
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
        // Its words again anywhere else are a label of a box, not a sentence.
        for i in 0..self.blocks.len() {
            let own = &self.terrain.own[i];
            if draft.kept[i] && own.words >= 5.0 && own.title_overlap >= 0.999 {
                draft.set(i, false, "headline");
            }
        }
    }

    /// The first lines above the story's sentences, and the last block below them.
    fn drop_date_lines(&self, draft: &mut Draft) {
        let is_line = |i: usize| {
            let own = &self.terrain.own[i];
            !own.ends_sentence && own.words <= LINE_WORDS
        };
        let begins_with_date = |i: usize| {
            let text = self.blocks[i]
                .text
                .trim_start_matches(['【', '[', '(', '（']);
            date::spot(text, &Reading::default())
                .is_some_and(|s| s.from == 0 && s.year.is_some() && s.day.is_some())
        };
        let kept: Vec<usize> = (0..self.blocks.len()).filter(|&i| draft.kept[i]).collect();
        let above = kept.iter().copied().take_while(|&i| is_line(i));
        let below = kept.last().copied().filter(|&i| is_line(i));
        for i in above.chain(below).filter(|&i| begins_with_date(i)) {
            draft.set(i, false, "date-line");
        }
    }

    /// The list item or table row that a block stands in, and the list or table around that.
    fn group(&self, i: usize) -> Option<NodeIx> {
        let block = &self.blocks[i];
        if !matches!(
            block.kind,
            BlockKind::ListItem | BlockKind::TableRow | BlockKind::Quote
        ) {
            return None;
        }
        std::iter::once(block.node)
            .chain(self.doc.ancestors(block.node))
            .take(8)
            .find(|&n| {
                matches!(
                    self.doc.tag(n),
                    Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table | Tag::Blockquote
                )
            })
    }

    fn keep_lists_together(&self, draft: &mut Draft) {
        let mut groups: HashMap<NodeIx, Vec<usize>> = HashMap::new();
        for i in 0..self.blocks.len() {
            if let Some(list) = self.group(i) {
                groups.entry(list).or_default().push(i);
            }
        }
        for members in groups.into_values().filter(|m| m.len() >= 2) {
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
            let like = own.family == before.family || own.family == self.terrain.own[i + 1].family;
            if !kept[i] && beside && like && self.scores[i] >= 0.3 {
                draft.set(i, true, "between");
            }
        }
    }

    fn drop_twins(&self, draft: &mut Draft) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let (mut twins, mut last_first) = (Vec::new(), 0);
        for i in 0..self.blocks.len() {
            if !draft.kept[i] || self.words(i) < 12.0 {
                continue;
            }
            if let Some(&first) = seen.get(&*self.blocks[i].text) {
                draft.set(i, false, "twin");
                last_first = last_first.max(first);
                twins.push(i);
            } else {
                seen.insert(&self.blocks[i].text, i);
            }
        }
        let (Some(&first), Some(&last)) = (twins.first(), twins.last()) else {
            return;
        };
        if twins.len() < 3 || last_first > first {
            return;
        }
        // The largest box that holds all twins and none of the originals.
        let holds = |n: NodeIx, i: usize| self.doc.contains(n, self.blocks[i].node);
        let own_box = self
            .doc
            .ancestors(self.blocks[first].node)
            .take_while(|&n| !holds(n, last_first))
            .last();
        for i in first.saturating_sub(6)..=last {
            if own_box.is_some_and(|n| holds(n, i) && holds(n, last)) {
                draft.set(i, false, "twin");
            }
        }
    }

    fn drop_pull_quotes(&self, draft: &mut Draft) {
        let quotes: Vec<usize> = (0..self.blocks.len())
            .filter(|&i| draft.kept[i] && self.blocks[i].kind == BlockKind::Quote)
            .filter(|&i| (4.0..60.0).contains(&self.words(i)))
            .take(50)
            .collect();
        if quotes.is_empty() {
            return;
        }
        let paragraphs: Vec<String> = (0..self.blocks.len())
            .filter(|&i| draft.kept[i] && self.blocks[i].kind == BlockKind::Paragraph)
            .map(|i| text::fold(&self.blocks[i].text))
            .collect();
        for i in quotes {
            let quote = text::fold(&self.blocks[i].text);
            let quote = quote.trim_matches(|c: char| !c.is_alphanumeric());
            if paragraphs.iter().any(|p| p.contains(quote)) {
                draft.set(i, false, "pull-quote");
                let own_box = self.group(i);
                for j in [i.wrapping_sub(1), i + 1] {
                    if j < self.blocks.len() && self.words(j) < 12.0 && self.group(j) == own_box {
                        draft.set(j, false, "pull-quote");
                    }
                }
            }
        }
    }

    /// Cuts what stands in later siblings of the story's box that look like it and have a headline
    /// of their own at the same level.
    fn drop_appended(&self, draft: &mut Draft) {
        let Some(head) = self.terrain.headline else {
            return;
        };
        let node = self.blocks[head].node;
        let level = self.doc.tag(node);
        if level.heading_level().is_none_or(|l| l > 3) {
            return;
        }
        let class = |n: NodeIx| self.doc.attr(n, "class").unwrap_or_default();
        let own = |n: NodeIx| {
            (0..self.blocks.len())
                .filter(|&i| draft.kept[i] && self.doc.contains(n, self.blocks[i].node))
                .map(|i| self.words(i))
                .sum::<f32>()
        };
        let line: Vec<NodeIx> = self.doc.ancestors(node).take(12).collect();
        let Some(story) = line.into_iter().find(|&n| own(n) >= 60.0) else {
            return;
        };
        let mut cut = Vec::new();
        let mut beside = self.doc.next_sibling(story);
        while let Some(n) = beside {
            let alike = self.doc.tag(n) == self.doc.tag(story)
                && class(n).split(' ').next() == class(story).split(' ').next();
            if alike && self.doc.within(n).any(|m| self.doc.tag(m) == level) {
                cut.push(n);
            }
            beside = self.doc.next_sibling(n);
        }
        for i in 0..self.blocks.len() {
            if cut
                .iter()
                .any(|&n| self.doc.contains(n, self.blocks[i].node))
            {
                draft.set(i, false, "appended");
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
