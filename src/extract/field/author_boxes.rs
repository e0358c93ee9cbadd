//! Boxes about the author behind a story that has no byline at its head.

use super::byline::Names;
use super::dateline::is_place;
use super::element_names::of_element;
use super::marked_bylines::people_links;
use super::name_forms::is_person;
use super::names::same;
use super::seen::of_comment;
use super::{Candidate, Source, View};
use crate::document::NodeIx;
use crate::extract::article::Author;

/// How far behind the story such a box may begin, in blocks.
const BOX: usize = 8;
/// How far behind it others may sign, which makes the box one of several cards.
const CARDS: usize = 30;

/// The one person whom elements named as bylines, or links to people, name right behind the story.
pub(super) fn author_box(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    let all = signed_by(view);
    let [(node, at, author)] = all.as_slice() else {
        return;
    };
    if *at <= view.place.end + BOX {
        let found = Candidate::new(vec![author.clone()], Source::Visible("author box"), 2.0);
        out.push(found.at(*node).because("a box about one person"));
    }
}

/// The people whom elements behind the story name as authors, each once, with the element and its block.
pub(super) fn signed_by(view: &View<'_>) -> Vec<(NodeIx, usize, Author)> {
    let found = &view.facts.found;
    let behind = |n: &NodeIx| {
        let at = view.block_of(*n);
        at >= view.place.last && at <= view.place.end + CARDS && !view.hidden(*n)
    };
    let mut nodes = found.bylines.clone();
    nodes.extend(&found.author_links);
    nodes.extend(people_links(view));
    nodes.sort_unstable();
    nodes.dedup();
    nodes.retain(|n| behind(n) && !of_comment(view, *n));
    let mut out: Vec<(NodeIx, usize, Author)> = Vec::new();
    for node in nodes.into_iter().take(60) {
        for author in of_element(view, node).into_iter().filter(is_whole) {
            if !out
                .iter()
                .any(|(_, _, known)| same(&known.name, &author.name))
            {
                out.push((node, view.block_of(node), author));
            }
        }
    }
    out
}

/// Whether a name is a person's, and neither a place nor in capitals all over.
fn is_whole(author: &Author) -> bool {
    let name = &author.name;
    let shouted = |word: &str| word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
    is_person(name) && !is_place(name) && !name.split(' ').all(shouted)
}
