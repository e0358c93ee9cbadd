//! Elements of an article that was read without them: what its blocks allow to tell.

use super::element::{Cell, Element, Item, List, ListStyle, Row, Span};
use crate::extract::article::{Article, Block, BlockKind};

/// The standfirst as paragraphs, where it stands apart from the text.
pub(super) fn standfirst(article: &Article) -> Vec<Element> {
    let apart = article.standfirst_apart().into_iter();
    apart
        .flat_map(|text| text.split("\n\n").map(paragraph))
        .collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn article(standfirst: &str, blocks: &[&str]) -> Article {
        let text = |text: &&str| Block {
            kind: BlockKind::Paragraph,
            text: (*text).to_owned(),
        };
        Article {
            headline: Some("Ferry returns".to_owned()),
            standfirst: Some(standfirst.to_owned()),
            text: blocks.join("\n\n"),
            paragraphs: blocks.iter().map(text).collect(),
            ..Article::default()
        }
    }

    #[test]
    fn a_standfirst_that_the_text_lacks_stands_above_it() {
        let found = article(
            "Eleven weeks *late*\n\nand < dry",
            &["The night ferry came back."],
        );
        assert_eq!(
            found.to_markdown(),
            "# Ferry returns\n\nEleven weeks \\*late\\*\n\nand \\< dry\n\nThe night ferry came back.\n"
        );
        assert_eq!(
            found.to_html(),
            "<h1>Ferry returns</h1>\n<p>Eleven weeks *late*</p>\n<p>and &lt; dry</p>\n\
             <p>The night ferry came back.</p>\n"
        );
    }

    #[test]
    fn a_standfirst_that_the_text_has_does_not_stand_there_twice() {
        for blocks in [
            &["Eleven weeks late.", "The night ferry came back."][..],
            &["At sea", "Eleven weeks late.", "The night ferry came back."],
            &["Eleven weeks late. The night ferry came back."],
        ] {
            let found = article("Eleven weeks late.", blocks);
            for form in [found.to_markdown(), found.to_html()] {
                assert_eq!(form.matches("Eleven weeks late.").count(), 1, "{form}");
            }
        }
        let words = article(
            "Late",
            &["Later the ferry came.", "Late in the day it left."],
        );
        assert_eq!(words.standfirst_apart(), Some("Late"));
    }
}
