//! Elements made flat: the blocks and the plain text that they stand for.

use super::element::{Cell, Element, Item, Row, Span};
use crate::extract::article::{Block, BlockKind};

/// Blocks as text: a blank line between them, a line break inside lists and tables.
pub(crate) fn join(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            let tight = matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow)
                && blocks[i - 1].kind == block.kind;
            out.push_str(if tight { "\n" } else { "\n\n" });
        }
        out.push_str(&block.text);
    }
    out
}

/// Elements as text, by the same rules.
pub(super) fn text(elements: &[Element]) -> String {
    join(&blocks(elements))
}

/// The blocks that elements stand for, in order.
pub(super) fn blocks(elements: &[Element]) -> Vec<Block> {
    let mut out = Vec::new();
    flatten(elements, BlockKind::Paragraph, &mut out);
    out
}

/// `around` is what a paragraph is here: one of the running text, of an item or of a quotation.
fn flatten(elements: &[Element], around: BlockKind, out: &mut Vec<Block>) {
    for element in elements {
        match element {
            Element::Paragraph { spans } => push(out, around, plain(spans)),
            Element::Heading { spans, .. } => push(out, BlockKind::Heading, plain(spans)),
            Element::List(list) => {
                for Item { elements, .. } in &list.items {
                    flatten(elements, BlockKind::ListItem, out);
                }
            }
            Element::Quote { elements } => flatten(elements, BlockKind::Quote, out),
            Element::Table { rows } => {
                for row in rows {
                    let kind = if row.lone {
                        around
                    } else {
                        BlockKind::TableRow
                    };
                    push(out, kind, line(row));
                }
            }
            Element::Preformatted { text } => push(out, BlockKind::Preformatted, text.clone()),
            Element::Image(_) => {}
        }
    }
}

fn push(out: &mut Vec<Block>, kind: BlockKind, text: String) {
    if !text.is_empty() {
        out.push(Block { kind, text });
    }
}

/// The text of spans.
pub(super) fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// A row as one line, its cells parted by ` | `.
fn line(row: &Row) -> String {
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(cell)
        .filter(|c| !c.is_empty())
        .collect();
    cells.join(" | ")
}

fn cell(cell: &Cell) -> String {
    plain(&cell.spans).replace('\n', " ")
}
