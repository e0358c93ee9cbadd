//! A page parsed once, numbered in document order, and never changed.
//!
//! 1. `tokens` cuts the text into tags and words, html5ever's rules make a `tree` of them, with a cap
//!    on `nesting`; parts that were sent late are put into their places.
//! 2. One preorder walk numbers every node, and the nodes are put into that order where they lie: a
//!    subtree is the range from a node to its end.
//! 3. [`Measures`] adds up characters, links and tags, so that any subtree's total is one
//!    subtraction.
//! 4. [`runs`] cuts the visible text into pieces at the edges of block elements.
//!
//! Nothing here judges: what a node means is decided to the right of this module.

mod measure;
mod nesting;
mod path;
mod plain;
mod references;
mod runs;
mod shared;
mod table;
mod tag;
mod tokens;
mod tree;

pub use measure::{Measures, Totals};
pub(crate) use runs::trace;
pub use runs::{Run, Runs, runs};
pub use shared::SharedText;
pub use tag::Tag;

use std::ops::Range;

use html5ever::LocalName;

use tree::{Attr, Piece};

/// A node's number in document order (preorder); the document itself is 0.
///
/// A subtree is a contiguous range of numbers, see [`Document::subtree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIx(u32);

impl NodeIx {
    /// The document node.
    pub const ROOT: Self = Self(0);

    /// The number, for indexing arrays that hold one entry a node.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn new(index: usize) -> Self {
        Self(index as u32)
    }
}

/// A node. A dense page has one for every four bytes of it, so nothing stands here twice.
#[derive(Debug)]
struct Slot {
    parent: u32,
    /// The number behind its last descendant; of a text node, which has none, the length of its text.
    end: u32,
    /// Where its text begins in that of the document, or where its attributes do among all.
    from: u32,
    depth: u16,
    tag: Tag,
    /// How many attributes it has.
    attrs: u8,
}

/// A parsed page: its nodes in document order.
#[derive(Debug)]
pub struct Document {
    slots: Vec<Slot>,
    /// The text of all text nodes and the values of all attributes.
    text: String,
    attrs: Vec<Attr>,
    /// Names of the elements that [`Tag`] does not tell, by number.
    names: Vec<(u32, LocalName)>,
}

impl Document {
    /// Parses a page as a browser would (WHATWG HTML, "Parsing HTML documents"). There is no page
    /// that does not parse.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::document::{Document, Tag};
    /// let doc = Document::parse("<p class=lead>One<p>Two");
    /// let lead = doc.nodes().find(|&n| doc.tag(n) == Tag::P).expect("a paragraph");
    /// assert_eq!(doc.attr(lead, "class"), Some("lead"));
    /// assert_eq!(doc.text_of(lead), "One");
    /// ```
    pub fn parse(text: &str) -> Self {
        nesting::parse(text).into_document()
    }

    /// How many nodes the document has; at least one.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Always false: the document node itself counts.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All nodes in document order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeIx> + use<> {
        (0..self.slots.len() as u32).map(NodeIx)
    }

    /// A node and its descendants, as a range of [`NodeIx::index`].
    pub fn subtree(&self, node: NodeIx) -> Range<usize> {
        let (at, slot) = (node.index(), &self.slots[node.index()]);
        match slot.tag {
            Tag::Text => at..at + 1,
            _ => at..slot.end as usize,
        }
    }

    /// The nodes of [`Document::subtree`], the node itself first.
    pub fn within(&self, node: NodeIx) -> impl DoubleEndedIterator<Item = NodeIx> + use<> {
        self.subtree(node).map(NodeIx::new)
    }

    /// Whether `inner` is `outer` or one of its descendants.
    pub fn contains(&self, outer: NodeIx, inner: NodeIx) -> bool {
        self.subtree(outer).contains(&inner.index())
    }

    /// What kind of node it is.
    pub fn tag(&self, node: NodeIx) -> Tag {
        self.slots[node.index()].tag
    }

    /// How many ancestors the node has, up to 65,535.
    pub fn depth(&self, node: NodeIx) -> u16 {
        self.slots[node.index()].depth
    }

    /// The parent, `None` for the document node.
    pub fn parent(&self, node: NodeIx) -> Option<NodeIx> {
        (node != NodeIx::ROOT).then(|| NodeIx(self.slots[node.index()].parent))
    }

    /// The parent, its parent, and so on up to the document node.
    pub fn ancestors(&self, node: NodeIx) -> impl Iterator<Item = NodeIx> {
        std::iter::successors(self.parent(node), |&n| self.parent(n))
    }

    /// The children in order.
    pub fn children(&self, node: NodeIx) -> impl Iterator<Item = NodeIx> {
        let range = self.subtree(node);
        let first = (range.start + 1 < range.end).then(|| NodeIx::new(range.start + 1));
        std::iter::successors(first, move |&n| {
            let next = self.subtree(n).end;
            (next < range.end).then(|| NodeIx::new(next))
        })
    }

    /// The next sibling.
    pub fn next_sibling(&self, node: NodeIx) -> Option<NodeIx> {
        let parent = self.parent(node)?;
        let next = self.subtree(node).end;
        (next < self.subtree(parent).end).then(|| NodeIx::new(next))
    }

    /// The text of a text node.
    pub fn text(&self, node: NodeIx) -> Option<&str> {
        let slot = &self.slots[node.index()];
        let from = slot.from as usize;
        (slot.tag == Tag::Text).then(|| &self.text[from..from + slot.end as usize])
    }

    fn piece(&self, piece: Piece) -> &str {
        &self.text[piece.range()]
    }

    /// The value of an attribute, exactly as written; names are lower case. Of a tag with more than 255
    /// attributes, the first 255 by name count.
    pub fn attr(&self, node: NodeIx, name: &str) -> Option<&str> {
        let attr = self.own_attrs(node).iter().find(|a| &*a.name == name)?;
        Some(self.piece(attr.value))
    }

    /// The attributes of an element as name and value, sorted by name.
    pub fn attrs(&self, node: NodeIx) -> impl Iterator<Item = (&str, &str)> {
        self.own_attrs(node)
            .iter()
            .map(|a| (&*a.name, self.piece(a.value)))
    }

    fn own_attrs(&self, node: NodeIx) -> &[Attr] {
        let slot = &self.slots[node.index()];
        let from = slot.from as usize;
        match slot.attrs {
            0 => &[],
            attrs => &self.attrs[from..from + usize::from(attrs)],
        }
    }

    /// The name of an element as written in the page's HTML, lower case.
    pub fn name(&self, node: NodeIx) -> Option<&str> {
        match self.tag(node) {
            Tag::Document | Tag::Text | Tag::Invisible => None,
            Tag::Other => {
                let at = self.names.binary_search_by_key(&node.0, |n| n.0).ok()?;
                Some(&self.names[at].1)
            }
            tag => Some(tag.as_str()),
        }
    }

    /// The elements of one tag, in document order.
    pub fn all(&self, tag: Tag) -> impl Iterator<Item = NodeIx> {
        self.nodes().filter(move |&n| self.tag(n) == tag)
    }

    /// All text below a node as it stands, white space folded, scripts and styles left out.
    /// For labels and attributes of the page; article text is made by `extract::body`.
    pub fn text_of(&self, node: NodeIx) -> String {
        let mut out = String::new();
        let mut at = node.index();
        let end = self.subtree(node).end;
        let mut open: Vec<usize> = Vec::new();
        while at < end {
            let here = NodeIx::new(at);
            while open.last().is_some_and(|&end| end <= at) {
                open.pop();
                out.push(' ');
            }
            let tag = self.tag(here);
            if tag.is_opaque() && here != node {
                at = self.subtree(here).end;
                continue;
            }
            if let Some(text) = self.text(here) {
                out.push_str(text);
            } else if tag.is_block() || tag == Tag::Br {
                out.push(' ');
                open.push(self.subtree(here).end);
            }
            at += 1;
        }
        crate::text::fold_space(&out)
    }
}
