//! Blocks: the document's runs with the kind that their markup gives them.

use std::ops::Deref;

use crate::document::{Document, NodeIx, Run, Tag};
use crate::extract::article::BlockKind;

/// One piece of visible text: a [`Run`], read as one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    run: &'a Run,
    /// What it is by its markup.
    pub(crate) kind: BlockKind,
}

impl Deref for Block<'_> {
    type Target = Run;

    fn deref(&self) -> &Run {
        self.run
    }
}

impl<'a> Block<'a> {
    pub(crate) fn of(doc: &Document, run: &'a Run) -> Self {
        Self {
            run,
            kind: kind_of(doc, run.node),
        }
    }

    /// The block as one of another run.
    pub(crate) fn moved_to(self, run: &Run) -> Block<'_> {
        Block {
            run,
            kind: self.kind,
        }
    }
}

/// The kind that the nearest telling element gives; containers that hold stories end the search.
fn kind_of(doc: &Document, node: NodeIx) -> BlockKind {
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .find_map(|n| match doc.tag(n) {
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => Some(BlockKind::Heading),
            Tag::Li | Tag::Dd | Tag::Dt => Some(BlockKind::ListItem),
            Tag::Blockquote => Some(BlockKind::Quote),
            Tag::Pre => Some(BlockKind::Preformatted),
            Tag::Td | Tag::Th => Some(BlockKind::TableRow),
            Tag::Figcaption | Tag::Caption => Some(BlockKind::Caption),
            Tag::Ul
            | Tag::Ol
            | Tag::Dl
            | Tag::Table
            | Tag::Article
            | Tag::Section
            | Tag::Main
            | Tag::Body => Some(BlockKind::Paragraph),
            _ => None,
        })
        .unwrap_or(BlockKind::Paragraph)
}
