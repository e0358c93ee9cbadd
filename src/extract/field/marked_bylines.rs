//! Bylines that the page marks: microdata, `rel=author`, links to people, elements named as bylines.

use super::author_boxes::signed_by;
use super::byline::{NEAR, Names, unique};
use super::element_names::{WIDEST, of_element};
use super::name_forms::{is_account, is_person};
use super::name_words::{is_lead, without_lead};
use super::names::is_pictures;
use super::seen::of_comment;
use super::signs::{in_prose, leads_out, reviews};
use super::{Candidate, Source, View};
use crate::document::{NodeIx, Tag};

/// What every block between a byline and the head of the story takes from its weight.
const FARTHER: f32 = 0.05;

/// Microdata, `rel=author` and elements named as bylines, near the head of the story.
pub(super) fn marked(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    let found = &view.facts.found;
    let doc = view.facts.scene.doc;
    let items = found
        .items
        .iter()
        .filter(|(p, _)| matches!(*p, "author" | "creator"));
    let near = |n: &NodeIx| {
        let shown = view.distance(*n) <= NEAR && !view.hidden(*n);
        shown && !signs_else(view, *n) && !reviews(view, *n)
    };
    let group = |nodes: &mut dyn Iterator<Item = NodeIx>| -> Names {
        unique(
            nodes
                .filter(near)
                .take(12)
                .flat_map(|n| of_element(view, n)),
        )
    };
    let value = group(&mut items.map(|(_, n)| *n));
    out.push(Candidate::new(value, Source::Microdata("author"), 4.1));
    let mut linked = |nodes: &[NodeIx], source: &'static str, weight: f32| {
        let (distance, group) = together(view, nodes);
        let own = group.into_iter().filter(|(n, _)| near(n)).take(12);
        let value = unique(own.flat_map(|l| l.1));
        let weight = weight - FARTHER * distance as f32;
        out.push(Candidate::new(value, Source::Visible(source), weight));
    };
    linked(&found.author_links, "rel=author", 4.0);
    linked(&people_links(view), "author link", 3.65);
    let mut best: Option<(usize, Names, bool)> = None;
    let mut several = None;
    for &node in found.bylines.iter().take(120) {
        let distance = view.distance(node);
        let wide = doc.subtree(node).len() > WIDEST;
        let farther = best.as_ref().is_some_and(|(d, _, _)| distance > *d);
        if distance > NEAR || wide || farther || view.hidden(node) || signs_else(view, node) {
            continue;
        }
        let behind = view.block_of(node) > view.place.end;
        if behind && *several.get_or_insert_with(|| signed_by(view).len() > 1) {
            continue;
        }
        let whole = doc.text_of(node);
        let lead = without_lead(&whole).1;
        let mut value = of_element(view, node);
        // One word out of a sentence is no name.
        let short = whole.split(' ').count() <= 8;
        value.retain(|a| lead || is_person(&a.name) || short && !a.name.contains(' '));
        // Three things or more, in lower case, are what a story lists.
        let things = value.iter().filter(|a| is_account(&a.name)).count();
        if value.len() > 2 && things * 2 > value.len() {
            continue;
        }
        let closer = best
            .as_ref()
            .is_none_or(|(d, v, _)| distance < *d || (distance == *d && value.len() > v.len()));
        if !value.is_empty() && closer {
            best = Some((distance, value, lead));
        }
    }
    if let Some((distance, value, lead)) = best {
        // The words of a byline tell more than the name of its element.
        let weight = if lead { 3.8 } else { 3.5 } - FARTHER * distance as f32;
        out.push(Candidate::new(value, Source::Visible("byline"), weight));
    }
}

/// How far apart the links of one byline may stand, in blocks.
const ONE_BYLINE: usize = 3;

/// The nodes that stand together nearest to the head of the story, each with its names, and how near: others
/// sign other stories.
fn together(view: &View<'_>, nodes: &[NodeIx]) -> (usize, Vec<(NodeIx, Names)>) {
    let mut groups: Vec<Vec<(NodeIx, Names)>> = Vec::new();
    let mut last = None;
    let near = |n: &NodeIx| view.distance(*n) <= NEAR && !view.hidden(*n);
    for &node in nodes.iter().filter(|n| near(n)) {
        let names = of_element(view, node);
        let person = names.iter().any(|a| is_person(&a.name));
        if names.is_empty() || !person && (leads_out(view, node) || in_prose(view, node)) {
            continue;
        }
        let at = view.block_of(node);
        let joins = last.is_some_and(|last| at <= last + ONE_BYLINE);
        last = Some(at);
        match groups.last_mut() {
            Some(group) if joins => group.push((node, names)),
            _ => groups.push(vec![(node, names)]),
        }
    }
    let distance = |group: &Vec<(NodeIx, Names)>| {
        let all = group.iter().map(|(node, _)| view.distance(*node));
        all.min().unwrap_or(usize::MAX)
    };
    let with_distance = groups.into_iter().map(|group| (distance(&group), group));
    with_distance.min_by_key(|(d, _)| *d).unwrap_or_default()
}

/// Links that by their address or their label lead to a person's page, in the page's order.
pub(super) fn people_links(view: &View<'_>) -> Vec<NodeIx> {
    let found = &view.facts.found;
    let labelled = found.labelled_links.iter().copied();
    let mut links: Vec<NodeIx> = labelled.filter(|&n| names_its_text(view, n)).collect();
    links.extend(&found.people_links);
    links.sort_unstable();
    links.dedup();
    links
}

/// Whether a link's label says that what it leads to is by whom its text names: "All articles by Ada Quill".
fn names_its_text(view: &View<'_>, link: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    if doc.subtree(link).len() > 40 {
        return false;
    }
    let name = doc.text_of(link);
    let labels = ["title", "aria-label"];
    is_person(&name)
        && labels.iter().any(|label| {
            let label = doc.attr(link, label).unwrap_or_default();
            let lead = label.strip_suffix(name.as_str()).map(str::trim_end);
            lead.and_then(|lead| lead.rsplit_once(' '))
                .is_some_and(|(_, last)| is_lead(last))
        })
}

/// Whoever made a picture, wrote a comment, or is asked for a name in a form, did not sign the story.
fn signs_else(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    if of_comment(view, node) || is_pictures(&doc.text_of(node)) {
        return true;
    }
    let small = |n: NodeIx| doc.subtree(n).len() <= 20 * WIDEST;
    // An address is the author's, wherever it stands (HTML, 4.3.10).
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .take(8)
        .take_while(|&n| doc.tag(n) != Tag::Address)
        .any(|n| match doc.tag(n) {
            Tag::Figure | Tag::Figcaption | Tag::Label | Tag::Blockquote => true,
            // A form around the whole page is a habit of some systems.
            Tag::Form => small(n),
            _ => false,
        })
}
