//! Blocks: the maximal runs of inline content between the edges of block elements.
//!
//! A block is what a reader sees as one piece: a paragraph, a list item's text, a table cell, a
//! button. Two `<br>` in a row end a block, one is a line break inside it. Inline tags neither glue
//! nor split words.

use std::ops::Range;

use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::text;

/// One piece of visible text.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The block element that the run stands in directly.
    pub(crate) node: NodeIx,
    /// The nodes of the run, as numbers.
    pub(crate) span: Range<usize>,
    /// Its text, white space folded; `\n` where a single `<br>` stands.
    pub(crate) text: String,
    /// What it is by its markup.
    pub(crate) kind: BlockKind,
}

/// Cuts the whole document into blocks.
pub(crate) fn blocks(doc: &Document) -> Vec<Block> {
    let mut cutter = Cutter {
        doc,
        out: Vec::new(),
        run: Run::default(),
        open: Vec::new(),
    };
    let mut at = 0;
    while at < doc.len() {
        cutter.close_until(at);
        let node = NodeIx::new(at);
        let tag = doc.tag(node);
        if tag.is_opaque() || tag == Tag::Head {
            if tag.is_block() {
                cutter.flush();
            }
            at = doc.subtree(node).end;
            continue;
        }
        cutter.visit(node, tag);
        at += 1;
    }
    cutter.close_until(doc.len());
    cutter.flush();
    cutter.out
}

#[derive(Default)]
struct Run {
    text: String,
    from: usize,
    to: usize,
    /// White space seen since the last character.
    gap: bool,
    /// `<br>` seen since the last character.
    breaks: u8,
}

struct Cutter<'a> {
    doc: &'a Document,
    out: Vec<Block>,
    run: Run,
    /// Open block elements with the number behind their last node.
    open: Vec<(usize, NodeIx, BlockKind)>,
}

impl Cutter<'_> {
    fn visit(&mut self, node: NodeIx, tag: Tag) {
        match tag {
            Tag::Text => self.push(node),
            Tag::Br => {
                self.run.breaks = self.run.breaks.saturating_add(1);
                if self.run.breaks >= 2 {
                    self.flush();
                }
            }
            _ if tag.is_block() => {
                self.flush();
                let around = self.open.last().map_or(BlockKind::Paragraph, |o| o.2);
                let kind = kind_of(tag, around);
                self.open.push((self.doc.subtree(node).end, node, kind));
            }
            Tag::Button | Tag::Label | Tag::Img => self.run.gap = true,
            _ => {}
        }
    }

    fn close_until(&mut self, at: usize) {
        while self.open.last().is_some_and(|&(end, ..)| end <= at) {
            self.flush();
            self.open.pop();
        }
    }

    fn push(&mut self, node: NodeIx) {
        let Some(raw) = self.doc.text(node) else {
            return;
        };
        let verbatim = self
            .open
            .last()
            .is_some_and(|o| o.2 == BlockKind::Preformatted);
        for c in raw.chars() {
            let space = text::is_space(c);
            if space && !(verbatim && !self.run.text.is_empty()) {
                self.run.gap = true;
            } else if !text::is_invisible(c) {
                self.push_char(c, node);
            }
        }
    }

    fn push_char(&mut self, c: char, node: NodeIx) {
        let run = &mut self.run;
        if run.text.is_empty() {
            run.from = node.index();
        } else if run.breaks > 0 {
            run.text.push('\n');
        } else if run.gap {
            run.text.push(' ');
        }
        run.breaks = 0;
        run.gap = false;
        run.to = node.index() + 1;
        run.text.push(c);
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        let text = run.text.trim_end();
        if text.is_empty() {
            return;
        }
        let (node, kind) = self
            .open
            .last()
            .map_or((NodeIx::ROOT, BlockKind::Paragraph), |o| (o.1, o.2));
        let text = if text.len() == run.text.len() {
            run.text
        } else {
            text.to_owned()
        };
        self.out.push(Block {
            node,
            span: run.from..run.to,
            text,
            kind,
        });
    }
}

/// The kind of a block element, given the kind of the block element around it.
fn kind_of(tag: Tag, around: BlockKind) -> BlockKind {
    match tag {
        Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => BlockKind::Heading,
        Tag::Li | Tag::Dd | Tag::Dt => BlockKind::ListItem,
        Tag::Blockquote => BlockKind::Quote,
        Tag::Pre => BlockKind::Preformatted,
        Tag::Td | Tag::Th => BlockKind::TableRow,
        Tag::Figcaption | Tag::Caption => BlockKind::Caption,
        Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table | Tag::Article | Tag::Section | Tag::Main => {
            BlockKind::Paragraph
        }
        _ => around,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(html: &str) -> Vec<String> {
        blocks(&Document::parse(html))
            .into_iter()
            .map(|b| b.text)
            .collect()
    }

    #[test]
    fn inline_tags_neither_glue_nor_split() {
        assert_eq!(
            cut("<p><span>D</span>rop <b>cap</b>s, <i>in</i>line</p>"),
            ["Drop caps, inline"]
        );
        assert_eq!(
            cut("<div>one<div>two</div>three</div>"),
            ["one", "two", "three"]
        );
    }

    #[test]
    fn two_breaks_end_a_block_and_one_does_not() {
        assert_eq!(
            cut("<div>a<br>b<br><br>c<br> <br>d</div>"),
            ["a\nb", "c", "d"]
        );
    }

    #[test]
    fn invisible_characters_and_no_break_spaces_are_folded() {
        assert_eq!(
            cut("<p>so\u{ad}ft&nbsp;&nbsp;hy\u{200b}phen </p>"),
            ["soft hyphen"]
        );
        assert_eq!(cut("<pre>a\n  b</pre>"), ["a\n  b"]);
    }
}
