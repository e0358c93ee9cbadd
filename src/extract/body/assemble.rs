//! Assembly: from kept blocks to the article's blocks.
//!
//! Cells of one row of a data table become one block, parted by ` | `. A cell that holds text alone
//! in its row is layout, and its text a paragraph.

use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::{Block, BlockKind};
use crate::extract::body::Judged;

/// The article's blocks from the judged ones, in order.
pub(crate) fn assemble(doc: &Document, judged: &[Judged]) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut last_row = None;
    for block in judged.iter().filter(|j| j.kept).map(|j| &j.block) {
        let row = (block.kind == BlockKind::TableRow)
            .then(|| data_row(doc, block.node))
            .flatten();
        match (row, out.last_mut()) {
            (Some(row), Some(line)) if last_row == Some(row) => {
                line.text.push_str(" | ");
                line.text.push_str(&block.text.replace('\n', " "));
            }
            (Some(_), _) => out.push(Block {
                kind: block.kind,
                text: block.text.clone(),
            }),
            (None, _) => {
                let cell = block.kind == BlockKind::TableRow;
                let kind = if cell {
                    BlockKind::Paragraph
                } else {
                    block.kind
                };
                out.push(Block {
                    kind,
                    text: block.text.clone(),
                });
            }
        }
        last_row = row;
    }
    out
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
    use crate::extract::body::Block as Piece;
    use crate::extract::report::Because;

    fn lines(html: &str) -> Vec<(BlockKind, String)> {
        let doc = Document::parse(html);
        let judged: Vec<Judged> = runs(&doc)
            .iter()
            .map(|run| Judged {
                block: Piece::of(&doc, run),
                kept: true,
                because: Because::Field(""),
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
    fn layout_cells_hold_paragraphs() {
        let found = lines("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>");
        assert_eq!(found[0], (BlockKind::Paragraph, "One.".to_owned()));
        assert_eq!(found.len(), 2);
    }
}
