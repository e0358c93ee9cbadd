//! Runs: the maximal stretches of inline content between the edges of block elements.
//!
//! A run is what a reader sees as one piece: a paragraph, a list item's text, a table cell, a
//! button. Two `<br>` in a row end a run, one is a line break inside it. Inline tags neither glue
//! nor split words.

use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::document::{Document, NodeIx, SharedText, Tag};
use crate::text;

/// One piece of visible text; see [`Runs::text`].
#[derive(Debug, Clone)]
pub struct Run {
    /// The block element that the run stands in directly.
    pub node: NodeIx,
    /// See [`Run::span`].
    from: u32,
    to: u32,
    /// Where its text begins and ends in that of all runs.
    text: (u32, u32),
}

impl Run {
    /// The nodes of the run, as numbers: from its first text to its last.
    pub fn span(&self) -> Range<usize> {
        self.from as usize..self.to as usize
    }
}

/// The runs of a document in their order, with their texts one behind the other.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    all: Vec<Run>,
    text: Arc<String>,
}

impl Deref for Runs {
    type Target = [Run];

    fn deref(&self) -> &[Run] {
        &self.all
    }
}

impl Runs {
    /// The text of one of the runs, white space folded; `\n` where a single `<br>` stands.
    pub fn text(&self, run: &Run) -> &str {
        &self.text[run.text.0 as usize..run.text.1 as usize]
    }

    /// The same text for keeping.
    pub(crate) fn shared_text(&self, run: &Run) -> SharedText {
        SharedText::of(&self.text, run.text)
    }

    /// The text of every run.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|run| self.text(run))
    }

    /// The runs as some that stand at a node of another document.
    pub(crate) fn moved_to(self, node: NodeIx) -> Self {
        let all = self.all.into_iter().map(|run| Run {
            node,
            from: node.0,
            to: node.0 + 1,
            ..run
        });
        Self {
            all: all.collect(),
            text: self.text,
        }
    }
}

/// Cuts a document into runs, in document order; text in opaque elements and in the head is none.
///
/// # Examples
/// ```
/// use cleancopy::document::{Document, runs};
/// let doc = Document::parse("<p><b>D</b>rop cap<p>one<br>line<br><br>two");
/// assert!(runs(&doc).texts().eq(["Drop cap", "one\nline", "two"]));
/// ```
pub fn runs(doc: &Document) -> Runs {
    let mut cutter = Cutter::new(doc);
    cutter.walk(0..doc.len());
    cutter.close_until(doc.len());
    cutter.flush();
    let Cutter {
        mut all, mut text, ..
    } = cutter;
    all.shrink_to_fit();
    text.shrink_to_fit();
    let text = Arc::new(text);
    Runs { all, text }
}

/// A run's text once more, with the text nodes it comes from.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// The text as in [`Runs::text`].
    pub(crate) text: String,
    /// Where in the text each text node's part begins, in bytes; the white space before a part
    /// belongs to it.
    pub(crate) parts: Vec<(usize, NodeIx)>,
}

/// Cuts one run again, by its block element and span, and keeps what [`runs`] forgets.
pub(crate) fn trace(doc: &Document, node: NodeIx, span: Range<usize>) -> Traced {
    let mut cutter = Cutter::new(doc);
    let verbatim = std::iter::once(node)
        .chain(doc.ancestors(node))
        .any(|n| doc.tag(n) == Tag::Pre);
    cutter.around.push((usize::MAX, node, verbatim));
    cutter.parts = Some(Vec::new());
    cutter.walk(span);
    cutter.flush();
    Traced {
        text: cutter.text,
        parts: cutter.parts.unwrap_or_default(),
    }
}

/// What parts two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Gap {
    /// Nothing.
    #[default]
    None,
    /// Spaces and tabs.
    Space,
    /// The end of a line of the source, with or without spaces around it.
    Wrap,
    /// The edge of a box, or a space that is no layout of the source.
    Sure,
}

impl Gap {
    /// The gap with one more character of white space in it.
    fn with(self, c: char) -> Self {
        match (self, c) {
            (Self::Sure, _) => Self::Sure,
            (_, '\n') | (Self::Wrap, ' ' | '\t' | '\r') => Self::Wrap,
            (_, ' ' | '\t' | '\r') => Self::Space,
            _ => Self::Sure,
        }
    }
}

#[derive(Default)]
struct Open {
    text: String,
    from: usize,
    to: usize,
    /// What was seen since the last character.
    gap: Gap,
    /// `<br>` seen since the last character.
    breaks: u8,
}

struct Cutter<'a> {
    doc: &'a Document,
    all: Vec<Run>,
    /// The texts of the runs.
    text: String,
    run: Open,
    /// Open block elements: the number behind their last node, and whether white space counts.
    around: Vec<(usize, NodeIx, bool)>,
    /// The number behind the last button's last node: what follows stands apart from it.
    button_end: usize,
    /// Where the text nodes' parts begin, if that is asked for.
    parts: Option<Vec<(usize, NodeIx)>>,
}

impl<'a> Cutter<'a> {
    fn new(doc: &'a Document) -> Self {
        Self {
            doc,
            all: Vec::new(),
            text: String::new(),
            run: Open::default(),
            around: Vec::new(),
            button_end: 0,
            parts: None,
        }
    }

    fn walk(&mut self, span: Range<usize>) {
        let mut at = span.start;
        while at < span.end {
            self.close_until(at);
            let node = NodeIx::new(at);
            let tag = self.doc.tag(node);
            if tag.is_opaque() || tag == Tag::Head {
                if tag.is_block() {
                    self.flush();
                }
                at = self.doc.subtree(node).end;
                continue;
            }
            self.visit(node, tag);
            at += 1;
        }
    }

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
            Tag::Button => {
                self.run.gap = Gap::Sure;
                self.button_end = self.doc.subtree(node).end;
            }
            Tag::Label | Tag::Img => self.run.gap = Gap::Sure,
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
        if self.button_end > 0 && node.index() >= self.button_end {
            // A button is a box of its own; a comma behind it still belongs to the word in it.
            if raw.starts_with(char::is_alphanumeric) {
                self.run.gap = Gap::Sure;
            }
            self.button_end = 0;
        }
        if let Some(parts) = &mut self.parts {
            parts.push((self.run.text.len(), node));
        }
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let plain = text::plain_stretch(rest);
            let (piece, behind) = rest.split_at(plain.max(c.len_utf8()));
            rest = behind;
            if plain > 0 {
                self.push_piece(piece, c, node);
            } else if text::is_space(c) && (!verbatim || self.run.text.is_empty()) {
                self.run.gap = self.run.gap.with(c);
            } else if !(text::is_invisible(c) || self.run.text.is_empty() && is_joiner(c)) {
                self.push_piece(piece, c, node);
            }
        }
    }

    fn push_piece(&mut self, piece: &str, first: char, node: NodeIx) {
        let run = &mut self.run;
        if run.text.is_empty() {
            run.from = node.index();
        } else if run.breaks > 0 {
            run.text.push('\n');
        } else if run.gap != Gap::None
            && !(run.gap == Gap::Wrap && joins(&run.text, first, run.to > node.index()))
        {
            run.text.push(' ');
        }
        run.breaks = 0;
        run.gap = Gap::None;
        run.to = node.index() + 1;
        run.text.push_str(piece);
    }

    fn flush(&mut self) {
        let text = self.run.text.as_str();
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || is_joiner(c));
        if !text.is_empty() {
            let node = self.around.last().map_or(NodeIx::ROOT, |o| o.1);
            let begin = self.text.len() as u32;
            self.text.push_str(text);
            self.all.push(Run {
                node,
                from: self.run.from as u32,
                to: self.run.to as u32,
                text: (begin, self.text.len() as u32),
            });
        }
        // The memory of the text serves the next one.
        let mut text = std::mem::take(&mut self.run.text);
        text.clear();
        self.run = Open {
            text,
            ..Open::default()
        };
    }
}

/// Whether a character does nothing but join its neighbours, or keep them apart: without one it is
/// nothing. Editors leave paragraphs of it.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a line that ends in the source between two characters is no space: both are of a script
/// that is set without (CSS Text Module Level 3, section 4.1.3). Between two elements it is one
/// unless punctuation stands there, which has its space in itself: their words may be apart.
fn joins(before: &str, next: char, one_node: bool) -> bool {
    let is_mark = |c: char| {
        matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff1f}')
    };
    let is_wide = |c: char| {
        is_mark(c)
            || matches!(c, '\u{3004}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
                | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
                | '\u{ff10}'..='\u{ff60}' | '\u{20000}'..='\u{3134f}')
    };
    let last = before.chars().next_back();
    is_wide(next)
        && last.is_some_and(|last| is_wide(last) && (one_node || is_mark(last) || is_mark(next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(html: &str) -> Vec<String> {
        let runs = runs(&Document::parse(html));
        runs.texts().map(str::to_owned).collect()
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
    fn a_button_is_not_glued_to_what_follows() {
        assert_eq!(
            cut("<div><button>Share</button><a>Mail</a>, <button>x</button>, y</div>"),
            ["Share Mail, x, y"]
        );
    }

    #[test]
    fn joiners_alone_are_no_text() {
        let page = "<p>&zwj;<p>\u{200d} a \u{1f468}\u{200d}\u{1f469} b&zwnj;<p>&zwj; &zwnj;";
        assert_eq!(cut(page), ["a \u{1f468}\u{200d}\u{1f469} b"]);
    }

    #[test]
    fn a_wrapped_line_is_no_space_in_chinese() {
        assert_eq!(
            cut("<p>渡口<b>停\n 航</b>，\n新桥 通车\nA 座"),
            ["渡口停航，新桥 通车 A 座"]
        );
    }

    #[test]
    fn a_traced_run_has_the_same_text_and_knows_its_nodes() {
        let doc = Document::parse("<p>one <b>two</b><br>three &nbsp; <i> four</i></p><p>five");
        let runs = runs(&doc);
        for (run, text) in runs.iter().zip(runs.texts()) {
            let traced = trace(&doc, run.node, run.span());
            assert_eq!(traced.text, text);
            let starts: Vec<&str> = traced.parts.iter().map(|p| &text[p.0..]).collect();
            let expected = [
                "one two\nthree four",
                " two\nthree four",
                "\nthree four",
                " four",
            ];
            assert!(starts == expected || starts == ["five"], "{starts:?}");
        }
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
