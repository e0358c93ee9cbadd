//! Which decision each text node of a page fell under.
//!
//! A report names the element of a block. Where one element holds several blocks, its text nodes go
//! to them in document order: to each block until it has as many characters as its text.

use std::collections::HashMap;

use cleancopy::document::{Document, NodeIx, Tag};
use cleancopy::extract::BlockDecision;
use cleancopy::text;

/// A text node that was judged.
pub(super) struct Owned {
    pub(super) node: NodeIx,
    /// Its block, as the number in the report.
    pub(super) block: usize,
    /// Whether it is the last text node of its block.
    pub(super) ends: bool,
}

/// The text nodes that were judged, in document order.
pub(super) fn owners(doc: &Document, blocks: &[BlockDecision]) -> Vec<Owned> {
    // By element, the blocks that wait for characters, the next one last, and for how many.
    let mut waiting: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (number, block) in blocks.iter().enumerate().rev() {
        let queue = waiting.entry(block.node as usize).or_default();
        queue.push((number, weight(&block.text)));
    }
    let mut owned = Vec::new();
    let mut behind = 0;
    for node in doc.nodes() {
        if node.index() < behind {
            continue;
        }
        if is_never_shown(doc.tag(node)) {
            behind = doc.subtree(node).end;
        }
        let size = doc.text(node).map_or(0, weight);
        if size > 0 {
            owned.extend(owner_of(doc, node, size, &mut waiting));
        }
    }
    owned
}

/// Whether no text below an element of this kind is shown to readers, whatever its style.
pub(super) fn is_never_shown(tag: Tag) -> bool {
    tag.is_opaque() || matches!(tag, Tag::Head | Tag::Invisible)
}

/// Gives a text node of `size` characters to the first block of its element that still waits.
fn owner_of(
    doc: &Document,
    node: NodeIx,
    size: usize,
    waiting: &mut HashMap<usize, Vec<(usize, usize)>>,
) -> Option<Owned> {
    let element = doc.ancestors(node).find(|n| {
        let tag = doc.tag(*n);
        let cell = tag.is_cell() && !waiting.contains_key(&n.index());
        tag.is_block() && !cell
    })?;
    let queue = waiting.get_mut(&element.index())?;
    let (block, left) = queue.last_mut()?;
    let block = *block;
    *left = left.saturating_sub(size);
    let ends = *left == 0;
    if ends && queue.len() > 1 {
        queue.pop();
    }
    Some(Owned { node, block, ends })
}

/// Characters of a text that a block's text has too; bars are left out because table rows get them.
fn weight(text: &str) -> usize {
    text.chars()
        .filter(|&c| !text::is_space(c) && !text::is_invisible(c) && c != '|' && c != '\n')
        .count()
}
