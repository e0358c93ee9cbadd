//! Parsing with a cap on nesting.
//!
//! The tree construction rules look at the stack of open elements for almost every tag, so a page
//! of a million nested elements costs a million times a million steps. Browsers stop nesting at 512
//! levels and go on flat; so do we: a tag that would open a deeper level is passed over, and its
//! text lands in the element that is open. Elements whose end tags may be left out (`p`, `li`,
//! table parts …) do not count, because the rules close them by themselves.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag as Token, TagKind, Token as AnyToken, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink as _};
use html5ever::{Attribute, LocalName};

use super::tokens;
use super::tree::{Sink, Tree};

/// Levels of open elements that are built, as in the browsers' engines.
const MAX_DEPTH: u32 = 512;

struct Guard {
    inner: TreeBuilder<u32, Sink>,
    depth: Cell<u32>,
    /// Names of the start tags passed over, innermost last: their end tags are passed over too.
    skipped: RefCell<Vec<LocalName>>,
}

fn counts(tag: &Token) -> bool {
    !tag.self_closing
        && !matches!(
            &*tag.name,
            "html"
                | "head"
                | "body"
                | "p"
                | "li"
                | "dt"
                | "dd"
                | "tr"
                | "td"
                | "th"
                | "tbody"
                | "thead"
                | "tfoot"
                | "caption"
                | "colgroup"
                | "option"
                | "optgroup"
                | "rb"
                | "rt"
                | "rtc"
                | "rp"
                | "a"
                | "area"
                | "base"
                | "br"
                | "col"
                | "embed"
                | "hr"
                | "img"
                | "input"
                | "link"
                | "meta"
                | "param"
                | "source"
                | "track"
                | "wbr"
                | "script"
                | "style"
                | "title"
                | "textarea"
                | "noscript"
                | "noframes"
                | "xmp"
                | "iframe"
                | "plaintext"
                | "template"
                | "frame"
                | "image"
                | "bgsound"
                | "basefont"
                | "keygen"
        )
}

impl Guard {
    /// Whether the tree builder is to be spared this tag.
    fn passes_over(&self, tag: &Token) -> bool {
        if !counts(tag) {
            return false;
        }
        let mut skipped = self.skipped.borrow_mut();
        match tag.kind {
            TagKind::StartTag if self.depth.get() >= MAX_DEPTH => {
                skipped.push(tag.name.clone());
                true
            }
            TagKind::StartTag => {
                self.depth.set(self.depth.get() + 1);
                false
            }
            TagKind::EndTag if skipped.last() == Some(&tag.name) => {
                skipped.pop();
                true
            }
            TagKind::EndTag => {
                self.depth.set(self.depth.get().saturating_sub(1));
                false
            }
        }
    }
}

impl TokenSink for Guard {
    type Handle = u32;

    fn process_token(&self, token: AnyToken, line: u64) -> TokenSinkResult<u32> {
        if let AnyToken::TagToken(tag) = &token
            && self.passes_over(tag)
        {
            return TokenSinkResult::Continue;
        }
        self.inner.process_token(token, line)
    }

    fn end(&self) {
        self.inner.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.inner
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl tokens::Sink for Guard {
    fn keep(&self, name: &LocalName, value: &str) -> bool {
        self.inner.sink.keep(name, value)
    }

    fn kept(&self) -> Vec<Attribute> {
        self.inner.sink.kept()
    }

    fn forget(&self) {
        self.inner.sink.forget();
    }

    fn keep_raw(&self, text: &str) -> Option<StrTendril> {
        self.inner.sink.keep_raw(text)
    }
}

/// The tree of a page, at most [`MAX_DEPTH`] counted levels deep.
pub(super) fn parse(text: &str) -> Tree {
    let guard = Guard {
        inner: TreeBuilder::new(Sink::new(text.len()), TreeBuilderOpts::default()),
        depth: Cell::new(0),
        skipped: RefCell::new(Vec::new()),
    };
    tokens::feed(text, &guard);
    guard.inner.sink.finish()
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, Tag};

    #[test]
    fn deep_nesting_stays_flat_and_keeps_its_text() {
        let page = format!(
            "{}deep{}after",
            "<div>".repeat(100_000),
            "</div>".repeat(100_000)
        );
        let doc = Document::parse(&page);
        assert!(doc.nodes().all(|n| doc.depth(n) < 600));
        assert_eq!(doc.text_of(super::super::NodeIx::ROOT), "deep after");
    }

    #[test]
    fn unclosed_paragraphs_are_siblings_however_many() {
        let doc = Document::parse(&"<p>x".repeat(2_000));
        assert_eq!(doc.all(Tag::P).count(), 2_000);
    }
}
