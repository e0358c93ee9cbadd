//! Assembly: from kept blocks to the article's blocks.
//!
//! Cells of one row of a data table become one block, parted by ` | `. A cell that holds text alone
//! in its row is layout, and its text a paragraph.

use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::{Block, BlockKind};
use crate::extract::body::{Block as Piece, Judged};

/// The article's blocks from the judged ones, in order.
pub(crate) fn assemble(doc: &Document, judged: &[Judged]) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut last: Option<(NodeIx, NodeIx)> = None;
    for block in judged.iter().filter(|j| j.kept).map(|j| &j.block) {
        let Some(row) = row_of(doc, block) else {
            out.push(Block {
                kind: match block.kind {
                    BlockKind::TableRow => BlockKind::Paragraph,
                    kind => kind,
                },
                text: block.text().to_string(),
            });
            last = None;
            continue;
        };
        let cell = block.text().replace('\n', " ");
        match out.last_mut().zip(last) {
            Some((line, (before, node))) if before == row => {
                // Two texts of one cell are one cell still.
                let parted = if node == block.node { " " } else { " | " };
                line.text.push_str(parted);
                line.text.push_str(&cell);
            }
            _ => out.push(Block {
                kind: block.kind,
                text: cell,
            }),
        }
        last = Some((row, block.node));
    }
    out
}

/// The row of a data table that a block is a cell of.
pub(crate) fn row_of(doc: &Document, block: &Piece) -> Option<NodeIx> {
    (block.kind == BlockKind::TableRow)
        .then(|| data_row(doc, block.node))
        .flatten()
}

/// The row of a cell, if it is one of several cells of its row; a text deeper inside a cell belongs
/// to no row.
fn data_row(doc: &Document, cell: NodeIx) -> Option<NodeIx> {
    let row = doc.parent(cell).filter(|&r| doc.tag(r) == Tag::Tr)?;
    let cells = doc
        .children(row)
        .filter(|&c| matches!(doc.tag(c), Tag::Td | Tag::Th))
        .filter(|&c| {
            doc.within(c)
                .any(|n| doc.text(n).is_some_and(|t| !t.trim().is_empty()))
        });
    (cells.take(2).count() == 2).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::runs;

    fn lines(html: &str) -> Vec<(BlockKind, String)> {
        let doc = Document::parse(html);
        let runs = runs(&doc);
        let judged: Vec<Judged> = (0..runs.len())
            .map(|at| Judged {
                block: Piece::of(&doc, &runs, at),
                kept: true,
                score: 0.0,
                because: None,
            })
            .collect();
        assemble(&doc, &judged)
            .into_iter()
            .map(|b| (b.kind, b.text))
            .collect()
    }

    #[test]
    fn cells_of_a_row_are_one_line() {
        let found = lines("<table><tr><th>Line<th>Seats<tr><td>Port<td>1,200</table>");
        let row = |text: &str| (BlockKind::TableRow, text.to_owned());
        assert_eq!(found, [row("Line | Seats"), row("Port | 1,200")]);
    }

    #[test]
    fn a_row_is_one_line_whatever_breaks_its_cells() {
        let found = lines("<table><tr><td>Port<br>Ellery<td>one<br><br>two<td>3</table>");
        let row = "Port Ellery | one two | 3".to_owned();
        assert_eq!(found, [(BlockKind::TableRow, row)]);
    }

    #[test]
    fn layout_cells_hold_paragraphs() {
        let found = lines("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>");
        assert_eq!(found[0], (BlockKind::Paragraph, "One.".to_owned()));
        assert_eq!(found.len(), 2);
    }
}
