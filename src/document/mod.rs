//! A page parsed once, numbered in document order, and never changed.
//!
//! 1. The text goes through html5ever into scraper's tree, with a cap on nesting (`nesting`).
//! 2. One preorder walk numbers every node: a subtree is the range from a node to its end.
//! 3. [`Measures`] adds up characters, links and tags, so that any subtree's total is one
//!    subtraction.
//! 4. [`runs`] cuts the visible text into pieces at the edges of block elements.
//!
//! Nothing here judges: what a node means is decided to the right of this module.

mod measure;
mod nesting;
mod path;
mod runs;
mod tag;

pub use measure::{Measures, Totals};
pub(crate) use runs::trace;
pub use runs::{Run, runs};
pub use tag::Tag;

use std::ops::Range;

use ego_tree::NodeId;
use scraper::{Html, Node};

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

#[derive(Debug)]
struct Slot {
    id: NodeId,
    parent: u32,
    end: u32,
    depth: u16,
    tag: Tag,
}

/// A parsed page: scraper's tree and its preorder numbering.
#[derive(Debug)]
pub struct Document {
    html: Html,
    slots: Vec<Slot>,
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
        Self::number(nesting::parse(text))
    }

    fn number(html: Html) -> Self {
        let root = html.tree.root();
        let mut slots: Vec<Slot> = Vec::with_capacity(html.tree.values().len());
        let mut cursor = Some(root);
        let mut open: Vec<u32> = Vec::new();
        while let Some(node) = cursor {
            let index = slots.len() as u32;
            slots.push(Slot {
                id: node.id(),
                parent: open.last().copied().unwrap_or(0),
                end: index + 1,
                depth: open.len().min(usize::from(u16::MAX)) as u16,
                tag: Tag::of(node.value()),
            });
            if let Some(child) = node.first_child() {
                open.push(index);
                cursor = Some(child);
                continue;
            }
            let mut here = node;
            cursor = loop {
                if let Some(next) = here.next_sibling() {
                    break Some(next);
                }
                let (Some(parent), Some(closed)) = (here.parent(), open.pop()) else {
                    break None;
                };
                slots[closed as usize].end = slots.len() as u32;
                here = parent;
            };
        }
        Self { html, slots }
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
        node.index()..self.slots[node.index()].end as usize
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
        match self.value(node) {
            Node::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The value of an attribute, exactly as written; names are lower case.
    pub fn attr(&self, node: NodeIx, name: &str) -> Option<&str> {
        // A name made for scraper's own look-up would be hashed each time.
        self.attrs(node)
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// The attributes of an element as name and value, sorted by name.
    pub fn attrs(&self, node: NodeIx) -> impl Iterator<Item = (&str, &str)> {
        self.value(node)
            .as_element()
            .into_iter()
            .flat_map(scraper::node::Element::attrs)
    }

    /// The name of an element as written in the page's HTML, lower case.
    pub fn name(&self, node: NodeIx) -> Option<&str> {
        self.value(node)
            .as_element()
            .map(scraper::node::Element::name)
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

    fn value(&self, node: NodeIx) -> &Node {
        self.html
            .tree
            .get(self.slots[node.index()].id)
            .expect("every numbered node came from this tree")
            .value()
    }
}
