//! Runs: the maximal stretches of inline content between the edges of block elements.
//!
//! A run is what a reader sees as one piece: a paragraph, a list item's text, a table cell, a
//! button. Two `<br>` in a row end a run, one is a line break inside it. Inline tags neither glue
//! nor split words.

use std::ops::Range;

use crate::document::{Document, NodeIx, Tag};
use crate::text;

/// One piece of visible text.
#[derive(Debug, Clone)]
pub struct Run {
    /// The block element that the run stands in directly.
    pub node: NodeIx,
    /// The nodes of the run, as numbers: from its first text to its last.
    pub span: Range<usize>,
    /// Its text, white space folded; `\n` where a single `<br>` stands.
    pub text: String,
}

/// Cuts a document into runs, in document order; text in opaque elements and in the head is none.
///
/// # Examples
/// ```
/// use cleancopy::document::{Document, runs};
/// let doc = Document::parse("<p><b>D</b>rop cap<p>one<br>line<br><br>two");
/// let texts: Vec<String> = runs(&doc).into_iter().map(|run| run.text).collect();
/// assert_eq!(texts, ["Drop cap", "one\nline", "two"]);
/// ```
pub fn runs(doc: &Document) -> Vec<Run> {
    let mut cutter = Cutter {
        doc,
        out: Vec::new(),
        run: Open::default(),
        around: Vec::new(),
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
struct Open {
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
    out: Vec<Run>,
    run: Open,
    /// Open block elements: the number behind their last node, and whether white space counts.
    around: Vec<(usize, NodeIx, bool)>,
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
                let verbatim = tag == Tag::Pre || self.around.last().is_some_and(|o| o.2);
                self.around
                    .push((self.doc.subtree(node).end, node, verbatim));
            }
            Tag::Button | Tag::Label | Tag::Img => self.run.gap = true,
            _ => {}
        }
    }

    fn close_until(&mut self, at: usize) {
        while self.around.last().is_some_and(|&(end, ..)| end <= at) {
            self.flush();
            self.around.pop();
        }
    }

    fn push(&mut self, node: NodeIx) {
        let Some(raw) = self.doc.text(node) else {
            return;
        };
        let verbatim = self.around.last().is_some_and(|o| o.2);
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            // Most text is words of plain letters: they are taken whole.
            let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
            let (piece, behind) = rest.split_at(plain.max(c.len_utf8()));
            rest = behind;
            if plain > 0 {
                self.push_piece(piece, node);
            } else if text::is_space(c) && (!verbatim || self.run.text.is_empty()) {
                self.run.gap = true;
            } else if !text::is_invisible(c) {
                self.push_piece(piece, node);
            }
        }
    }

    fn push_piece(&mut self, piece: &str, node: NodeIx) {
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
        run.text.push_str(piece);
    }

    fn flush(&mut self) {
        let Open {
            mut text, from, to, ..
        } = std::mem::take(&mut self.run);
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            let node = self.around.last().map_or(NodeIx::ROOT, |o| o.1);
            self.out.push(Run {
                node,
                span: from..to,
                text,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(html: &str) -> Vec<String> {
        runs(&Document::parse(html))
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
