//! Assembly: from kept blocks to the article's blocks.
//!
//! Cells of one row of a data table become one block, parted by ` | `. A cell that holds text alone
//! in its row is layout, and its text a paragraph.

use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::{Block, BlockKind};
use crate::extract::body::{Block as Piece, Judged};
use crate::text;

/// The article's blocks from the judged ones, in order.
pub(crate) fn assemble(doc: &Document, judged: &[Judged]) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut last: Option<(NodeIx, NodeIx)> = None;
    for block in judged.iter().filter(|j| j.kept).map(|j| &j.block) {
        let Some((row, node)) = row_of(doc, block) else {
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
            Some((line, (before, last))) if before == row => {
                // Two texts of one cell are one cell still.
                let parted = if last == node { " " } else { " | " };
                line.text.push_str(parted);
                line.text.push_str(&cell);
            }
            _ => out.push(Block {
                kind: block.kind,
                text: cell,
            }),
        }
        last = Some((row, node));
    }
    out
}

/// The row of a data table that a block belongs to, and its cell there.
pub(crate) fn row_of(doc: &Document, block: &Piece) -> Option<(NodeIx, NodeIx)> {
    (block.kind == BlockKind::TableRow)
        .then(|| data_row(doc, block.node))
        .flatten()
}

/// Words of a cell at most that holds its text in an element of its own.
const CELL_WORDS: u32 = 40;

/// Bytes of a text that can be no more than those words.
const CELL_BYTES: usize = 2_000;

/// Elements between a cell and its text at most.
const CELL_DEPTH: usize = 3;

/// The row of a text that stands in one of several cells of its row, and its cell. A text deeper
/// inside a cell belongs to a row only where the cells beside it are as short and the table has more
/// such rows: pages are laid out by tables, too.
fn data_row(doc: &Document, node: NodeIx) -> Option<(NodeIx, NodeIx)> {
    let (cell, row) = doc.cell_around(node, CELL_DEPTH)?;
    let is_row = two_told(doc, row).is_some();
    (is_row && (cell == node || is_data(doc, row, cell))).then_some((row, cell))
}

fn is_data(doc: &Document, row: NodeIx, cell: NodeIx) -> bool {
    let short = |cells: [NodeIx; 2]| cells.into_iter().all(|c| is_short(doc, c));
    let mut others = doc.rows_beside(row).take(3);
    is_short(doc, cell)
        && two_told(doc, row).is_some_and(short)
        && others.any(|other| two_told(doc, other).is_some_and(short))
}

/// The first two cells of a row that hold text.
fn two_told(doc: &Document, row: NodeIx) -> Option<[NodeIx; 2]> {
    let says = |n| doc.text(n).is_some_and(|t| !t.trim().is_empty());
    let mut told = doc.cells(row).filter(|&c| doc.within(c).any(says));
    Some([told.next()?, told.next()?])
}

/// Whether a cell holds no more than a few words, and neither a subhead nor another table.
fn is_short(doc: &Document, cell: NodeIx) -> bool {
    let mut words = 0;
    doc.within(cell).all(|n| {
        // What is long is not counted through for every text in its row.
        let said = doc.text(n).unwrap_or_default();
        words += match said.len() {
            0..=CELL_BYTES => text::count(said).words,
            _ => CELL_WORDS + 1,
        };
        let parts = doc.tag(n) == Tag::Table || doc.tag(n).heading_level().is_some();
        words <= CELL_WORDS && !parts
    })
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
    fn a_cell_may_hold_its_text_in_elements() {
        let found = lines(
            "<table><tr><td><p>Port</p><td><p>Seats</p><p>sold</p><tr><td><p>Ellery</p>\
             <td><div><p>1,200</p></div></table>",
        );
        let row = |text: &str| (BlockKind::TableRow, text.to_owned());
        assert_eq!(found, [row("Port | Seats sold"), row("Ellery | 1,200")]);
    }

    #[test]
    fn layout_cells_hold_paragraphs() {
        let found = lines("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>");
        assert_eq!(found[0], (BlockKind::Paragraph, "One.".to_owned()));
        assert_eq!(found.len(), 2);
    }
}
