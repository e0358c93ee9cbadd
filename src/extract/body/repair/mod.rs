//! Repairs: where the page's structure says more than the score of a single block.
//!
//! The model sees each block with its surroundings, but not what it decided about them. Each repair
//! looks at the decisions as a whole and changes a few, with its name as the reason:
//!
//! 1. `headline`: the headline is a field of its own, not the first line of the body.
//! 2. `list-together`: items of one list, cells of one table and the parts of one quotation stay or
//!    go together.
//! 3. `between`: an unsure block between two kept ones of its kind stays, and so does a subhead or
//!    preformatted text between any two, and any text between two in boxes that are made alike.
//! 4. `same-box`: a sentence in the box that most of the story's sentences stand in stays with them.
//! 5. `date-line`: a line above the story that holds a date, or the last one below it that begins with
//!    one, is when it was printed.
//! 6. `twin`: a long block that stands a second time goes (print and phone versions), and with
//!    several of them whatever else stands in the box that they share.
//! 7. `pull-quote`: a quotation set apart goes where a paragraph says the same, or the same with a few
//!    words more.
//! 8. `appended`: another story in a box like this story's box, under a headline of its own.
//! 9. `answered`: questions and answers that the page states as its own, and their heading, stay.
//! 10. `drawn-rule`: a line drawn of dashes or asterisks parts the text; it is none.
//! 11. `window`: what stands in a window above the page goes.
//! 12. `no-text-follows`: a subhead without text under it goes.

mod lists;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::date::{self, Reading};
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::blocks::Blocks;
use crate::extract::body::terrain::Terrain;
use crate::extract::body::told::Told;
use crate::extract::body::{Hints, boxes, questions, row_of, windows};
use crate::extract::report::Because;
use crate::text;

/// Words that a line above the story may have to be no part of it.
const LINE_WORDS: f32 = 20.0;

/// The score from which on the model does not rule out what stands between two kept blocks.
const UNSURE: f32 = 0.3;

/// Words that a block of sentences has at least.
const SENTENCE_WORDS: f32 = 20.0;

/// The decisions on a page's blocks while they are repaired.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kept: Vec<bool>,
    /// Which of `repairs` overruled the score, plus one; 0 for none.
    by: Vec<u8>,
    repairs: Vec<Rc<Because>>,
}

impl Draft {
    /// The repair that overruled the score, if one did.
    pub(crate) fn why(&self, i: usize) -> Option<Rc<Because>> {
        let at = usize::from(self.by[i]);
        at.checked_sub(1).map(|at| Rc::clone(&self.repairs[at]))
    }

    fn set(&mut self, i: usize, kept: bool, why: &'static str) {
        if self.kept[i] != kept {
            self.kept[i] = kept;
            let is_why =
                |b: &Rc<Because>| matches!(**b, Because::Repair { what, .. } if what == why);
            let known = self.repairs.iter().position(is_why);
            let at = known.unwrap_or_else(|| {
                let because = Because::Repair {
                    what: why,
                    value: 0.0,
                };
                self.repairs.push(Rc::new(because));
                self.repairs.len() - 1
            });
            self.by[i] = at as u8 + 1;
        }
    }
}

/// What the repairs look at.
struct Page<'a> {
    doc: &'a Document,
    blocks: &'a Blocks<'a>,
    terrain: &'a Terrain,
    scores: &'a [f32],
    threshold: f32,
}

/// Decides by score, then repairs.
pub(crate) fn repaired(
    doc: &Document,
    blocks: &Blocks,
    terrain: &Terrain,
    hints: &Hints,
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
        by: vec![0; blocks.len()],
        repairs: Vec::new(),
    };
    page.drop_headline(&mut draft);
    page.keep_lists_together(&mut draft);
    page.keep_between(&mut draft);
    page.keep_in_box(&mut draft);
    page.drop_date_lines(&mut draft);
    page.drop_twins(&mut draft);
    page.drop_pull_quotes(&mut draft);
    page.drop_appended(&mut draft);
    for i in questions::answered(blocks, hints) {
        draft.set(i, true, "answered");
    }
    page.drop_rules(&mut draft);
    page.drop_windows(&mut draft);
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
        // Where a whole date stands in the line.
        let date_at = |i: usize| {
            let text = self
                .blocks
                .at(i)
                .text()
                .trim_start_matches(['【', '[', '(', '（']);
            date::spot(text, &Reading::default())
                .filter(|s| s.year.is_some() && s.day.is_some())
                .map(|s| s.from)
        };
        let kept: Vec<usize> = (0..self.blocks.len()).filter(|&i| draft.kept[i]).collect();
        let above = kept.iter().copied().take_while(|&i| is_line(i));
        let below = kept.last().copied().filter(|&i| is_line(i));
        // "News | Published: 5 hours ago | By Ada Quill": when, in other words than a date.
        let told = |i: usize| {
            let parts = self.blocks.at(i).text().split(text::BARS);
            parts.clone().count() > 1 && parts.into_iter().any(|part| tells_when(part.trim()))
        };
        let dated = |&i: &usize| self.terrain.own[i].has_time || date_at(i).is_some() || told(i);
        let lines: Vec<usize> = above
            .filter(dated)
            .chain(below.filter(|&i| date_at(i) == Some(0)))
            .collect();
        for i in lines {
            draft.set(i, false, "date-line");
        }
    }

    /// The list item or table row that a block stands in, and the list or table around that.
    fn group(&self, i: usize) -> Option<NodeIx> {
        let block = self.blocks.at(i);
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

    fn keep_between(&self, draft: &mut Draft) {
        let kept: Vec<bool> = draft.kept.clone();
        for i in 1..self.blocks.len().saturating_sub(1) {
            let beside = kept[i - 1] && kept[i + 1];
            let (own, before) = (&self.terrain.own[i], &self.terrain.own[i - 1]);
            let like = own.family == before.family || own.family == self.terrain.own[i + 1].family;
            // What is marked up as a subhead or as preformatted text is seldom anything else there.
            let marked = matches!(
                self.blocks.at(i).kind,
                BlockKind::Heading | BlockKind::Preformatted
            );
            let sure = self.scores[i] >= if marked { 0.2 } else { UNSURE };
            // Text of another form stands in a row of boxes that are made alike.
            let alike = |a: usize, b: usize| {
                boxes::alike(self.doc, self.blocks.at(a).node, self.blocks.at(b).node)
            };
            let in_row = || own.link_share < 0.5 && alike(i - 1, i) && alike(i, i + 1);
            if !kept[i] && beside && sure && (like || marked || in_row()) {
                draft.set(i, true, "between");
            }
        }
    }

    /// The sentences right inside the box that holds most of them: where half of their words are kept,
    /// those are too that the model does not rule out. In a long story it doubts what is far from the
    /// headline.
    fn keep_in_box(&self, draft: &mut Draft) {
        let inside: Vec<usize> = (0..self.blocks.len())
            .filter(|&i| {
                let own = &self.terrain.own[i];
                self.blocks.at(i).kind != BlockKind::Heading
                    && own.ends_sentence
                    && own.words >= SENTENCE_WORDS
                    && own.link_share < 0.3
                    && self.doc.parent(self.blocks.at(i).node) == Some(self.terrain.best)
            })
            .collect();
        let words =
            |these: &mut dyn Iterator<Item = &usize>| these.map(|&i| self.words(i)).sum::<f32>();
        let all = words(&mut inside.iter());
        let kept = words(&mut inside.iter().filter(|&&i| draft.kept[i]));
        if kept >= 0.5 * all {
            for i in inside {
                if self.scores[i] >= 0.4 * self.threshold {
                    draft.set(i, true, "same-box");
                }
            }
        }
    }

    fn drop_twins(&self, draft: &mut Draft) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let (mut twins, mut last_first) = (Vec::new(), 0);
        // Lists and tables that say something new: what they repeat is said of that.
        let mut new: HashSet<NodeIx> = HashSet::new();
        for i in 0..self.blocks.len() {
            if !draft.kept[i] {
                continue;
            }
            if let Some(&first) = seen.get(self.blocks.at(i).text()) {
                if self.words(i) >= 12.0 {
                    last_first = last_first.max(first);
                    twins.push(i);
                }
            } else {
                seen.insert(self.blocks.at(i).text(), i);
                new.extend(self.group(i));
            }
        }
        for &i in &twins {
            if self.group(i).is_none_or(|list| !new.contains(&list)) {
                draft.set(i, false, "twin");
            }
        }
        let (Some(&first), Some(&last)) = (twins.first(), twins.last()) else {
            return;
        };
        if twins.len() < 3 || last_first > first {
            return;
        }
        // The largest box that holds all twins and none of the originals.
        let holds = |n: NodeIx, i: usize| self.doc.contains(n, self.blocks.at(i).node);
        let own_box = self
            .doc
            .ancestors(self.blocks.at(first).node)
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
            .filter(|&i| draft.kept[i] && self.blocks.at(i).kind == BlockKind::Quote)
            .filter(|&i| (4.0..60.0).contains(&self.words(i)))
            .take(50)
            .collect();
        if quotes.is_empty() {
            return;
        }
        let paragraphs: Vec<Told> = (0..self.blocks.len())
            .filter(|&i| draft.kept[i] && self.blocks.at(i).kind == BlockKind::Paragraph)
            .map(|i| Told::of(self.blocks.at(i).text()))
            .collect();
        for i in quotes {
            let quote = Told::of(self.blocks.at(i).text());
            if paragraphs.iter().any(|p| p.says(&quote)) {
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
        let node = self.blocks.at(head).node;
        let level = self.doc.tag(node);
        if level.heading_level().is_none_or(|l| l > 3) {
            return;
        }
        let class = |n: NodeIx| self.doc.attr(n, "class").unwrap_or_default();
        let own = |n: NodeIx| {
            (0..self.blocks.len())
                .filter(|&i| draft.kept[i] && self.doc.contains(n, self.blocks.at(i).node))
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
                .any(|&n| self.doc.contains(n, self.blocks.at(i).node))
            {
                draft.set(i, false, "appended");
            }
        }
    }

    fn drop_rules(&self, draft: &mut Draft) {
        for i in 0..self.blocks.len() {
            let block = self.blocks.at(i);
            let drawn = |c: char| matches!(c, '-' | '–' | '—' | '_' | '*' | '=' | '~') || c == ' ';
            // A cell of a table says with a dash that there is nothing to say.
            let says = match block.kind {
                BlockKind::Paragraph | BlockKind::Heading => false,
                BlockKind::TableRow => row_of(self.doc, &block).is_some(),
                _ => true,
            };
            if !says && block.text().chars().all(drawn) {
                draft.set(i, false, "drawn-rule");
            }
        }
    }

    fn drop_windows(&self, draft: &mut Draft) {
        let words = |i| self.words(i);
        let kept = (draft.kept.as_slice(), words);
        let inside = windows::in_windows(self.doc, self.blocks, kept, self.terrain.headline);
        for i in inside {
            draft.set(i, false, "window");
        }
    }

    fn drop_bare_heads(&self, draft: &mut Draft) {
        let mut followed = false;
        for i in (0..self.blocks.len()).rev() {
            if !draft.kept[i] {
                continue;
            }
            if self.blocks.at(i).kind != BlockKind::Heading {
                followed = true;
            } else if !followed {
                draft.set(i, false, "no-text-follows");
            }
        }
    }
}
/// Whether a part of a line begins with a word for when and goes on with a number: "Published 5 hours ago".
fn tells_when(part: &str) -> bool {
    let Some(at) = part.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    part.len() <= 60 && date::label(&part[..at]).is_some()
}
