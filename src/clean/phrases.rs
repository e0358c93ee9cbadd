//! Blocks that say what they are: labels, calls and pointers, by the phrase table; and the links
//! that follow such a label inside the same box.

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Run};
use crate::rules::{RuleId, Spoken};

const AFTER_LABEL: RuleId = RuleId::new("links.after-label");

/// Rules whose block is a label for the links below it.
const LABELS: &[&str] = &["phrases.reading.also", "phrases.reading.label"];

/// Rules whose words are names, too: of networks, of ways to write to somebody, of things that are new.
const NAMES: &[&str] = &[
    "phrases.newsletter.call",
    "phrases.reading.label",
    "phrases.share.label",
];

/// Links that a label can speak for.
const MOST_LINKS: usize = 12;

/// Words of a name in a cell at most.
const NAME_WORDS: u32 = 3;

pub(super) struct Phrases;

impl Pass for Phrases {
    fn name(&self) -> &'static str {
        "phrases"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        for (i, run) in scene.runs.iter().enumerate() {
            let total = scene.measures.run(run);
            let block = Spoken {
                text: scene.runs.text(run),
                words: total.words,
                link_share: total.link_share(),
                heading: scene.doc.tag(run.node).heading_level().is_some(),
            };
            let rule = scene.rules.phrases().rule_for(&block);
            let named = |rule: &RuleId| NAMES.contains(&rule.as_str()) && is_entry(scene, run);
            let Some(rule) = rule.filter(|rule| !named(rule)) else {
                continue;
            };
            marks.claim_run(run, rule);
            if LABELS.contains(&rule.as_str()) {
                mark_links_below(scene, i, marks);
            }
        }
    }
}

/// Marks the runs of link text right behind a label, as long as they stand in its box: the
/// label's parent, or the parent above where the label stands alone in its own.
fn mark_links_below(scene: &Scene<'_>, label: usize, marks: &mut Marks) {
    let doc = scene.doc;
    let run = &scene.runs[label];
    let alone =
        |node: NodeIx| scene.measures.total(doc, node).letters == scene.measures.run(run).letters;
    let Some(own_box) = std::iter::once(run.node)
        .chain(doc.ancestors(run.node))
        .take(4)
        .find(|&n| !alone(n))
    else {
        return;
    };
    let linked = |run: &&Run| {
        let total = scene.measures.run(run);
        doc.contains(own_box, run.node) && total.link_share() > 0.8 && total.words < 40
    };
    for run in scene.runs[label + 1..]
        .iter()
        .take(MOST_LINKS)
        .take_while(linked)
    {
        marks.claim_run(run, AFTER_LABEL);
    }
}

/// Whether a run is all of a cell beside other cells of a table with several such rows: what is a
/// label elsewhere (`Facebook`, `E-mail`) is a name there.
fn is_entry(scene: &Scene<'_>, run: &Run) -> bool {
    let (doc, total) = (scene.doc, scene.measures.run(run));
    if total.words > NAME_WORDS || total.link_share() > 0.5 {
        return false;
    }
    let Some((cell, row)) = doc.cell_around(run.node, 2) else {
        return false;
    };
    let is_told = |&other: &NodeIx| {
        let said = scene.measures.total(doc, other);
        said.letters > 0 && said.link_share() < 0.5
    };
    scene.measures.total(doc, cell).letters == total.letters
        && doc.cells(row).any(|other| other != cell && is_told(&other))
        && doc
            .rows_beside(row)
            .any(|other| doc.cells(other).filter(is_told).take(2).count() == 2)
}
