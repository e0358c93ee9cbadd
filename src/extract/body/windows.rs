//! Windows above a page: what a script opens and closes, told by its role.
//!
//! They are not marked before the weighing as `<dialog>` is: the model measures every block against
//! the page as a whole, and a page whose windows are gone is another page to it.

use std::collections::HashMap;

use crate::document::{Document, NodeIx};
use crate::extract::body::blocks::Blocks;

/// Kept words outside a window from which on they can be a story without what is in it: some pages
/// show their story in a window.
const STORY_WORDS: f32 = 100.0;

/// The kept blocks that stand in a window above the page, if it is not the story that does.
/// `headline` is the headline's block, `words` are those of every block.
pub(super) fn in_windows(
    doc: &Document,
    blocks: &Blocks,
    (kept, words): (&[bool], impl Fn(usize) -> f32),
    headline: Option<usize>,
) -> Vec<usize> {
    let mut windows: HashMap<NodeIx, Vec<usize>> = HashMap::new();
    for i in (0..blocks.len()).filter(|&i| kept[i]) {
        if let Some(window) = window_of(doc, blocks.at(i).node) {
            windows.entry(window).or_default().push(i);
        }
    }
    if windows.is_empty() {
        return Vec::new();
    }
    let all: f32 = (0..blocks.len()).filter(|&i| kept[i]).map(&words).sum();
    let is_story = |window: NodeIx, inside: &[usize]| {
        let held: f32 = inside.iter().map(|&i| words(i)).sum();
        let headed = headline.is_some_and(|h| doc.contains(window, blocks.at(h).node));
        held > all - held && (headed || all - held < STORY_WORDS)
    };
    windows
        .into_iter()
        .filter(|(window, inside)| !is_story(*window, inside))
        .flat_map(|(_, inside)| inside)
        .collect()
}

/// The outermost window around a node (WAI-ARIA 1.2: `dialog`, `alertdialog`, `aria-modal`).
fn window_of(doc: &Document, node: NodeIx) -> Option<NodeIx> {
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .filter(|&n| {
            matches!(doc.attr(n, "role"), Some("dialog" | "alertdialog"))
                || doc.attr(n, "aria-modal") == Some("true")
        })
        .last()
}
