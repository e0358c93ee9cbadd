//! Blocks: the document's runs with the kind that their markup gives them.

use std::borrow::Cow;
use std::ops::Range;

use crate::document::{Document, NodeIx, Run, Tag};
use crate::extract::article::BlockKind;

/// One piece of visible text.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    /// The block element that the run stands in directly.
    pub(crate) node: NodeIx,
    /// The nodes of the run, as numbers.
    pub(crate) span: Range<usize>,
    /// Its text, white space folded; `\n` where a single `<br>` stands.
    pub(crate) text: Cow<'a, str>,
    /// What it is by its markup.
    pub(crate) kind: BlockKind,
}

impl<'a> Block<'a> {
    pub(crate) fn of(doc: &Document, run: &'a Run) -> Self {
        Self {
            node: run.node,
            span: run.span.clone(),
            text: Cow::Borrowed(&run.text),
            kind: kind_of(doc, run.node),
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
