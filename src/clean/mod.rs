//! Cleaning: marks, beside the tree, what is certainly not text of the story.

mod captions;
mod contents;
mod controls;
mod hidden;
mod links;
mod memory;
mod phrases;
mod pointers;
mod recurring;
mod teasers;
mod widgets;

pub use memory::{Host, Memory};

use crate::document::{Document, Measures, NodeIx, Run, Runs, Tag};
use crate::rules::{RuleId, Rules};

/// What a pass looks at.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The page.
    pub doc: &'a Document,
    /// Its totals.
    pub measures: &'a Measures,
    /// Its pieces of visible text.
    pub runs: &'a Runs,
    /// The rule tables.
    pub rules: &'a Rules,
    /// What other pages of the same host have, if somebody remembers them.
    pub memory: Option<&'a Host>,
}

/// The page's main headings (`h1`), and how much is told below them.
struct MainHeadings<'a> {
    scene: &'a Scene<'a>,
    at: Vec<NodeIx>,
}

impl<'a> MainHeadings<'a> {
    fn of(scene: &'a Scene<'a>) -> Self {
        let at = scene.doc.all(Tag::H1).collect();
        Self { scene, at }
    }

    /// Whether one of them stands inside an element.
    fn any_in(&self, node: NodeIx) -> bool {
        let range = self.scene.doc.subtree(node);
        let next = self.at.partition_point(|h| h.index() < range.start);
        self.at
            .get(next)
            .is_some_and(|h| range.contains(&h.index()))
    }

    /// Words that are no link text between the last of them above an element and the element; 0
    /// without one.
    fn told_before(&self, node: NodeIx) -> f32 {
        let above = self.at.partition_point(|&h| h < node);
        let Some(&heading) = self.at[..above].last() else {
            return 0.0;
        };
        let start = self.scene.doc.subtree(heading).end;
        let between = self.scene.measures.span(start, node.index().max(start));
        between.words as f32 * (1.0 - between.link_share())
    }
}

/// Whether two elements have a class in common.
fn share_a_class(doc: &Document, a: NodeIx, b: NodeIx) -> bool {
    let classes = |n: NodeIx| doc.attr(n, "class").unwrap_or_default();
    let of_b = classes(b).split_ascii_whitespace();
    classes(a)
        .split_ascii_whitespace()
        .any(|class| of_b.clone().any(|other| other == class))
}

/// One verdict a node, with its reason; a mark covers the node's whole subtree.
#[derive(Debug)]
pub struct Marks {
    /// For each node, which of `rules` marked it, plus one; 0 for none.
    by: Vec<u8>,
    rules: Vec<RuleId>,
    /// Rules whose claims do not count.
    without: Vec<String>,
}

impl Marks {
    fn new(doc: &Document, without: &[String]) -> Self {
        Self {
            by: vec![0; doc.len()],
            rules: Vec::new(),
            without: without.to_vec(),
        }
    }

    /// Marks a node; the first claim stands, and a switched-off rule has none.
    pub fn claim(&mut self, node: NodeIx, rule: RuleId) {
        if self.by[node.index()] > 0 || self.without.iter().any(|id| id == rule.as_str()) {
            return;
        }
        let known = self.rules.iter().position(|&known| known == rule);
        let at = known.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len() - 1
        });
        // There are far fewer rules than a byte has numbers.
        self.by[node.index()] = u8::try_from(at + 1).unwrap_or(u8::MAX);
    }

    /// The rule that marked the node itself.
    pub fn at(&self, node: NodeIx) -> Option<RuleId> {
        self.rule(self.by[node.index()])
    }

    /// The rules that have marked something, in the order of their numbers; the first has number 1.
    pub(crate) fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.rules.iter().copied()
    }

    /// The rule of a number; there is none of number 0.
    fn rule(&self, number: u8) -> Option<RuleId> {
        let at = usize::from(number);
        at.checked_sub(1).map(|at| self.rules[at])
    }

    /// The number of the rule that covers a run, 0 for none; see [`Marks::rules`].
    pub(crate) fn number_for_run(&self, doc: &Document, run: &Run) -> u8 {
        let first = NodeIx::new(run.span().start);
        let mut around = std::iter::once(first).chain(doc.ancestors(first));
        let number = around.find_map(|n| Some(self.by[n.index()]).filter(|&by| by > 0));
        number.unwrap_or(0)
    }

    /// The rule that covers a run: a mark on its first text, or on the nearest element around it.
    pub fn rule_for_run(&self, doc: &Document, run: &Run) -> Option<RuleId> {
        self.rule_for(doc, NodeIx::new(run.span().start))
    }

    /// Marks one run and nothing else in its element.
    pub fn claim_run(&mut self, run: &Run, rule: RuleId) {
        self.claim(NodeIx::new(run.span().start), rule);
    }

    /// The rule that covers a node: its own mark, or the nearest ancestor's.
    pub fn rule_for(&self, doc: &Document, node: NodeIx) -> Option<RuleId> {
        self.at(node)
            .or_else(|| doc.ancestors(node).find_map(|n| self.at(n)))
    }
}

/// One reason to mark nodes, over the whole page.
trait Pass: Sync {
    /// The first part of the ids of the pass's rules.
    fn name(&self) -> &'static str;

    /// Claims the nodes that the pass is certain of.
    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks);
}

/// The passes in order. Order is meaning: the first claim on a node stands, so what nobody can see
/// comes first and keeps its reason.
const PASSES: &[&dyn Pass] = &[
    &hidden::Hidden,
    &controls::Controls,
    &links::Links,
    &contents::Contents,
    &widgets::Widgets,
    &teasers::Teasers,
    &captions::Captions,
    &phrases::Phrases,
    &pointers::Pointers,
    &recurring::Recurring,
];

/// Runs every pass over the page; the rules named in `without` mark nothing.
pub fn clean(scene: &Scene<'_>, without: &[String]) -> Marks {
    let mut marks = Marks::new(scene.doc, without);
    for pass in PASSES {
        debug_assert!(!pass.name().is_empty(), "every pass has a name");
        pass.mark(scene, &mut marks);
    }
    marks
}
