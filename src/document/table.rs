//! Tables: which cell a node stands in, and what stands beside it.

use super::{Document, NodeIx, Tag};

impl Document {
    /// The cell that a node is or stands in, no more than `depth` elements deep, with the row that the
    /// cell is in.
    pub(crate) fn cell_around(&self, node: NodeIx, depth: usize) -> Option<(NodeIx, NodeIx)> {
        let mut around = std::iter::once(node).chain(self.ancestors(node).take(depth));
        let cell = around.find(|&n| self.tag(n).is_cell())?;
        let row = self.parent(cell).filter(|&r| self.tag(r) == Tag::Tr)?;
        Some((cell, row))
    }

    /// The cells of a row.
    pub(crate) fn cells(&self, row: NodeIx) -> impl Iterator<Item = NodeIx> {
        self.children(row).filter(|&n| self.tag(n).is_cell())
    }

    /// The other rows in a row's part of the table.
    pub(crate) fn rows_beside(&self, row: NodeIx) -> impl Iterator<Item = NodeIx> {
        let part = self.parent(row).into_iter();
        let all = part.flat_map(|part| self.children(part));
        all.filter(move |&other| other != row && self.tag(other) == Tag::Tr)
    }
}
