//! Teasers of other stories below the story: boxes side by side, each with a linked headline, a date
//! and a few lines.
//!
//! Left alone: boxes above the story or on a page without one (a section front is told by its
//! teasers), boxes without a date (a list of hotels), boxes whose headline leads to a place on the same
//! page (a live blog's entries), and boxes with more text than a teaser has.

use std::collections::BTreeMap;

use crate::clean::{MainHeadings, Marks, Pass, Scene, share_a_class};
use crate::date::{self, Reading};
use crate::document::{NodeIx, Tag};
use crate::rules::RuleId;

const DATED: RuleId = RuleId::new("teasers.dated");

/// Boxes that make a list of teasers.
const FEW: usize = 3;

/// How many elements up from its headline a box is looked for.
const UP: usize = 6;

/// Words beside link text that no teaser has more of.
const TEASER_WORDS: f32 = 130.0;

/// Words of a line that states when a teaser's story was published.
const DATE_WORDS: u32 = 10;

/// Words that are no link text and stand between the main heading and the teasers.
const STORY_WORDS: f32 = 100.0;

pub(super) struct Teasers;

impl Pass for Teasers {
    fn name(&self) -> &'static str {
        "teasers"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let headings = MainHeadings::of(scene);
        for boxes in lists(scene).into_values().filter(|b| b.len() >= FEW) {
            let alike: Vec<NodeIx> = boxes
                .iter()
                .copied()
                .filter(|&b| is_like(scene, b, boxes[0]) && is_teaser(scene, b))
                .collect();
            let dated = alike.iter().filter(|&&b| has_date(scene, b)).count();
            if alike.len() >= FEW
                && dated * 3 >= alike.len() * 2
                && headings.told_before(alike[0]) >= STORY_WORDS
            {
                for teaser in alike {
                    marks.claim(teaser, DATED);
                }
            }
        }
    }
}

/// Boxes with one linked headline each, by the element they stand in.
fn lists(scene: &Scene<'_>) -> BTreeMap<NodeIx, Vec<NodeIx>> {
    let doc = scene.doc;
    let is_heading = |n: &NodeIx| matches!(doc.tag(*n), Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5);
    let mut lists: BTreeMap<NodeIx, Vec<NodeIx>> = BTreeMap::new();
    let mut several: Vec<NodeIx> = Vec::new();
    // In document order the headings of one box come one after another, whatever their levels.
    for heading in doc
        .nodes()
        .filter(is_heading)
        .filter(|&heading| leads_away(scene, heading))
    {
        let mut inner = heading;
        for outer in doc.ancestors(heading).take(UP) {
            match lists.entry(outer).or_default() {
                boxes if boxes.last() == Some(&inner) => several.push(inner),
                boxes => boxes.push(inner),
            }
            inner = outer;
        }
    }
    several.sort_unstable();
    for boxes in lists.values_mut() {
        boxes.retain(|b| several.binary_search(b).is_err());
    }
    lists
}

/// Whether a heading holds a link to another page, or stands in one.
fn leads_away(scene: &Scene<'_>, heading: NodeIx) -> bool {
    let doc = scene.doc;
    let around = doc
        .ancestors(heading)
        .take(2)
        .filter(|&n| doc.tag(n) == Tag::A);
    doc.within(heading)
        .filter(|&n| doc.tag(n) == Tag::A)
        .chain(around)
        .filter_map(|n| doc.attr(n, "href"))
        .any(|href| !href.is_empty() && !href.contains('#'))
}

/// Whether two boxes have the same tag and a class in common, or neither has one.
fn is_like(scene: &Scene<'_>, a: NodeIx, b: NodeIx) -> bool {
    let doc = scene.doc;
    let bare = |n: NodeIx| doc.attr(n, "class").unwrap_or_default().is_empty();
    doc.tag(a) == doc.tag(b) && (bare(a) && bare(b) || share_a_class(doc, a, b))
}

fn is_teaser(scene: &Scene<'_>, node: NodeIx) -> bool {
    let total = scene.measures.total(scene.doc, node);
    total.words as f32 * (1.0 - total.link_share()) <= TEASER_WORDS
}

/// Whether a box holds a time, or a short line that begins with a date.
fn has_date(scene: &Scene<'_>, node: NodeIx) -> bool {
    let doc = scene.doc;
    if doc.within(node).any(|n| doc.tag(n) == Tag::Time) {
        return true;
    }
    let range = doc.subtree(node);
    let from = scene
        .runs
        .partition_point(|run| run.span().start < range.start);
    let lines = scene.runs[from..]
        .iter()
        .take_while(|run| run.span().start < range.end);
    lines
        .filter(|run| scene.measures.run(run).words <= DATE_WORDS)
        .any(|run| {
            date::spot(scene.runs.text(run), &Reading::default())
                .is_some_and(|s| s.from == 0 && s.day.is_some())
        })
}
