//! Spans: a block's text with what its inline markup says of it.
//!
//! The block is cut once more from the tree, with the text nodes it comes from. White space
//! between two nodes is marked only where both sides are marked alike.

use std::collections::HashMap;

use super::element::Span;
use super::links::Base;
use crate::document::{Document, NodeIx, Tag, trace};
use crate::extract::body::Block;

/// What the elements around a text node say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Style {
    emphasis: bool,
    strong: bool,
    code: bool,
    link: Option<NodeIx>,
}

impl Style {
    /// What two neighbours have in common.
    fn shared(self, other: Self) -> Self {
        Self {
            emphasis: self.emphasis && other.emphasis,
            strong: self.strong && other.strong,
            code: self.code && other.code,
            link: self.link.filter(|_| self.link == other.link),
        }
    }
}

/// Makes spans of blocks.
pub(super) struct Inline<'a> {
    doc: &'a Document,
    /// What links are resolved against; `None` where they are not wanted.
    base: Option<&'a Base>,
    /// Links that were resolved already.
    known: HashMap<NodeIx, Option<String>>,
}

impl<'a> Inline<'a> {
    pub(super) fn new(doc: &'a Document, base: Option<&'a Base>) -> Self {
        Self {
            doc,
            base,
            known: HashMap::new(),
        }
    }

    /// The spans of a block; their text together is the block's.
    pub(super) fn spans(&mut self, block: &Block) -> Vec<Span> {
        let traced = trace(self.doc, block.node, block.span());
        if traced.text != block.text() {
            // The text comes from elsewhere: structured data, script state.
            return vec![Span {
                text: block.text().to_string(),
                ..Span::default()
            }];
        }
        let text = traced.text.as_str();
        let mut runs: Vec<(usize, Style)> = Vec::new();
        let mut before = None;
        for (i, &(from, node)) in traced.parts.iter().enumerate() {
            let next = traced.parts.get(i + 1).map_or(text.len(), |p| p.0);
            let (from, to) = (from.min(text.len()), next.min(text.len()));
            let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) else {
                continue;
            };
            let style = self.style(node);
            let space = part.len() - part.trim_start().len();
            if let Some(before) = before.filter(|_| space > 0) {
                runs.push((from, style.shared(before)));
            }
            if space < part.len() {
                runs.push((if before.is_some() { from + space } else { from }, style));
                before = Some(style);
            }
        }
        runs.dedup_by_key(|run| run.1);
        let ends = runs.iter().skip(1).map(|run| run.0).chain([text.len()]);
        let cuts: Vec<_> = runs.iter().zip(ends).collect();
        cuts.into_iter()
            .map(|(&(from, style), to)| self.span(&text[from..to], style))
            .collect()
    }

    fn span(&mut self, text: &str, style: Style) -> Span {
        Span {
            text: text.to_owned(),
            emphasis: style.emphasis,
            strong: style.strong,
            code: style.code,
            link: style.link.and_then(|node| self.address(node)),
        }
    }

    fn style(&mut self, node: NodeIx) -> Style {
        let mut style = Style::default();
        for n in self.doc.ancestors(node) {
            match self.doc.tag(n) {
                Tag::Em | Tag::I => style.emphasis = true,
                Tag::Strong | Tag::B => style.strong = true,
                Tag::Code => style.code = true,
                Tag::A if style.link.is_none() && self.address(n).is_some() => style.link = Some(n),
                Tag::Article
                | Tag::Section
                | Tag::Main
                | Tag::Body
                | Tag::Ul
                | Tag::Ol
                | Tag::Dl
                | Tag::Table
                | Tag::Blockquote => break,
                _ => {}
            }
        }
        style
    }

    fn address(&mut self, node: NodeIx) -> Option<String> {
        let (doc, base) = (self.doc, self.base?);
        let found = self.known.entry(node);
        found
            .or_insert_with(|| base.link(doc.attr(node, "href")?))
            .clone()
    }
}
