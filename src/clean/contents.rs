//! Tables of contents: lists of nothing but links to places on the same page.
//!
//! Left alone: notes that lead back to their place (they are mostly text), and lists that lead anywhere
//! else.

use foldhash::HashSet;

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Run, Tag};
use crate::rules::RuleId;

const LIST: RuleId = RuleId::new("contents.list");

const LABEL: RuleId = RuleId::new("contents.label");

/// Words of a table's label at most.
const LABEL_WORDS: u32 = 5;

/// Links that make a list.
const FEW: usize = 3;

/// Share of a list's letters that is link text at least.
const LINKED: f32 = 0.85;

pub(super) struct Contents;

impl Pass for Contents {
    fn name(&self) -> &'static str {
        "contents"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let doc = scene.doc;
        let lists = candidates(scene);
        if lists.is_empty() {
            return;
        }
        let places: HashSet<&str> = doc
            .nodes()
            .flat_map(|n| [doc.attr(n, "id"), doc.attr(n, "name")])
            .flatten()
            .collect();
        for (list, targets) in lists {
            if targets.iter().all(|target| places.contains(target)) {
                marks.claim(list, LIST);
                if let Some(label) = label(scene, list) {
                    marks.claim_run(label, LABEL);
                }
            }
        }
    }
}

/// The short line right before a list: what the table calls itself. The main heading is none.
fn label<'a>(scene: &Scene<'a>, list: NodeIx) -> Option<&'a Run> {
    let behind = scene
        .runs
        .partition_point(|run| run.span().start < list.index());
    let run = &scene.runs[behind.checked_sub(1)?];
    let words = scene.measures.run(run).words;
    let ends = scene.runs.text(run).ends_with(['.', '!', '?', '…', '。']);
    (words <= LABEL_WORDS && !ends && scene.doc.tag(run.node) != Tag::H1).then_some(run)
}

/// Lists whose links all ask for a place on this page, with the names of those places; a list inside
/// another is looked at with it.
fn candidates<'a>(scene: &Scene<'a>) -> Vec<(NodeIx, Vec<&'a str>)> {
    let doc = scene.doc;
    let mut out = Vec::new();
    let mut end = 0;
    for list in doc.nodes() {
        if list.index() < end
            || !matches!(doc.tag(list), Tag::Ul | Tag::Ol)
            || scene.measures.total(doc, list).link_share() < LINKED
        {
            continue;
        }
        end = doc.subtree(list).end;
        let targets: Option<Vec<&str>> = doc
            .within(list)
            .filter(|&n| doc.tag(n) == Tag::A)
            .filter_map(|n| doc.attr(n, "href"))
            .map(|href| href.strip_prefix('#'))
            .collect();
        out.extend(targets.filter(|t| t.len() >= FEW).map(|t| (list, t)));
    }
    out
}
