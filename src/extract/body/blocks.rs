//! Blocks: the document's runs with the kind that their markup gives them.

use std::ops::Deref;

use crate::document::{Document, NodeIx, Run, Runs, SharedText, Tag};
use crate::extract::article::BlockKind;

/// One piece of visible text: a [`Run`], read as one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    runs: &'a Runs,
    at: u32,
    /// What it is by its markup.
    pub(crate) kind: BlockKind,
}

impl Deref for Block<'_> {
    type Target = Run;

    fn deref(&self) -> &Run {
        &self.runs[self.at as usize]
    }
}

impl<'a> Block<'a> {
    /// The run of a number as a block.
    pub(crate) fn of(doc: &Document, runs: &'a Runs, at: usize) -> Self {
        Self {
            runs,
            at: at as u32,
            kind: kind_of(doc, runs[at].node),
        }
    }

    /// See [`Runs::text`].
    pub(crate) fn text(&self) -> &'a str {
        self.runs.text(self)
    }

    /// See [`Runs::shared_text`].
    pub(crate) fn shared_text(&self) -> SharedText {
        self.runs.shared_text(self)
    }

    /// The block as one of other runs.
    pub(crate) fn moved_to(self, runs: &Runs) -> Block<'_> {
        Block { runs, ..self }
    }
}

/// Some runs of a page as blocks; a block is put together when it is asked for.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    runs: &'a Runs,
    /// Which runs, and what they are.
    all: Vec<u32>,
    kinds: Vec<BlockKind>,
}

impl<'a> Blocks<'a> {
    /// Those runs whose numbers are wanted.
    pub(crate) fn of(doc: &Document, runs: &'a Runs, wanted: impl Fn(usize) -> bool) -> Self {
        // Not collected: many blocks would be copied whenever there are more than was guessed.
        let mut all = Vec::with_capacity(runs.len());
        all.extend((0..runs.len() as u32).filter(|&at| wanted(at as usize)));
        let kinds = all.iter().map(|&at| kind_of(doc, runs[at as usize].node));
        let kinds = kinds.collect();
        Self { runs, all, kinds }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The block of a number, which there is.
    pub(crate) fn at(&self, i: usize) -> Block<'a> {
        Block {
            runs: self.runs,
            at: self.all[i],
            kind: self.kinds[i],
        }
    }

    /// The block of a number, if there is one.
    pub(crate) fn get(&self, i: usize) -> Option<Block<'a>> {
        (i < self.len()).then(|| self.at(i))
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Block<'a>> {
        (0..self.len()).map(|i| self.at(i))
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
