//! Elements of an article that was read without them: what its blocks allow to tell.

use super::element::{Cell, Element, Item, List, ListStyle, Row, Span};
use crate::extract::article::{Block, BlockKind};

/// Blocks as elements: items in a row are one list, rows one table, quotations one quotation.
pub(super) fn elements(blocks: &[Block]) -> Vec<Element> {
    let alike = |a: &Block, b: &Block| {
        a.kind == b.kind
            && matches!(
                a.kind,
                BlockKind::ListItem | BlockKind::TableRow | BlockKind::Quote
            )
    };
    blocks.chunk_by(alike).map(element).collect()
}

fn element(group: &[Block]) -> Element {
    let first = &group[0];
    let paragraphs = || group.iter().map(|block| paragraph(&block.text));
    match first.kind {
        BlockKind::ListItem => Element::List(List {
            style: ListStyle::Bullets,
            start: 1,
            items: paragraphs()
                .map(|paragraph| Item {
                    term: false,
                    elements: vec![paragraph],
                })
                .collect(),
        }),
        BlockKind::Quote => Element::Quote {
            elements: paragraphs().collect(),
        },
        BlockKind::TableRow => Element::Table {
            rows: group.iter().map(row).collect(),
        },
        BlockKind::Heading => Element::Heading {
            level: 2,
            spans: spans(&first.text),
        },
        BlockKind::Preformatted => Element::Preformatted {
            text: first.text.clone(),
        },
        BlockKind::Paragraph | BlockKind::Caption => paragraph(&first.text),
    }
}

fn row(block: &Block) -> Row {
    let cell = |text: &str| Cell {
        header: false,
        columns: 1,
        rows: 1,
        spans: spans(text),
    };
    Row {
        lone: false,
        cells: block.text.split(" | ").map(cell).collect(),
    }
}

fn paragraph(text: &str) -> Element {
    Element::Paragraph { spans: spans(text) }
}

fn spans(text: &str) -> Vec<Span> {
    vec![Span {
        text: text.to_owned(),
        ..Span::default()
    }]
}
