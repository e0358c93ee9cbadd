//! Tables of contents: lists of nothing but links to places on the same page.
//!
//! Left alone: notes that lead back to their place (they are mostly text), and lists that lead anywhere
//! else.

use foldhash::HashSet;

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Tag};
use crate::rules::RuleId;

const LIST: RuleId = RuleId::new("contents.list");

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
        let linked = |&list: &NodeIx| scene.measures.total(doc, list).link_share() >= LINKED;
        let lists: Vec<NodeIx> = doc
            .nodes()
            .filter(|&n| matches!(doc.tag(n), Tag::Ul | Tag::Ol))
            .filter(linked)
            .collect();
        if lists.is_empty() {
            return;
        }
        let places: HashSet<&str> = doc
            .nodes()
            .flat_map(|n| [doc.attr(n, "id"), doc.attr(n, "name")])
            .flatten()
            .collect();
        let mut end = 0;
        for list in lists {
            // A list inside a list was looked at with it.
            if list.index() < end {
                continue;
            }
            end = doc.subtree(list).end;
            let links: Vec<&str> = doc
                .within(list)
                .filter(|&n| doc.tag(n) == Tag::A)
                .filter_map(|n| doc.attr(n, "href"))
                .collect();
            let leads_here = |href: &&str| {
                let place = href.strip_prefix('#');
                place.is_some_and(|place| places.contains(place))
            };
            if links.len() >= FEW && links.iter().all(leads_here) {
                marks.claim(list, LIST);
            }
        }
    }
}
