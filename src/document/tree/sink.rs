//! What the tree builder of html5ever calls: a [`Tree`] that is shared while it is written to.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, QualName, expanded_name, local_name, ns};

use super::{Attr, DOCUMENT, INVISIBLE, NONE, PAST, Piece, RAW, Tree, mark_of};

/// A [`Tree`] as html5ever wants it: shared while it is written to.
#[derive(Debug)]
pub(in crate::document) struct Sink(RefCell<Tree>);

/// Attributes of a tag that may go past the tree builder; tags whose attributes may, and texts.
const MANY: usize = 16;
const MOST: usize = 1_000_000;

impl Sink {
    /// Keeps an attribute of a tag that is being read.
    pub(in crate::document) fn keep(&self, name: &LocalName, value: &str) -> bool {
        let mut tree = self.0.borrow_mut();
        let known = &tree.attrs[tree.reading..];
        if known.len() == MANY || tree.past.len() == MOST {
            return false;
        }
        if known.iter().all(|attr| attr.name != *name) {
            let value = tree.keep(value);
            let name = name.clone();
            tree.attrs.push(Attr { name, value });
        }
        true
    }

    /// Ends the attributes of a tag. The tree builder copies what it is given and drops it wherever
    /// it wants; it is given one attribute with their number.
    pub(in crate::document) fn kept(&self) -> Vec<Attribute> {
        let mut tree = self.0.borrow_mut();
        let from = tree.reading;
        if tree.attrs.len() == from {
            return Vec::new();
        }
        tree.attrs[from..].sort_unstable_by(|a, b| a.name.cmp(&b.name));
        tree.reading = tree.attrs.len();
        let piece = Piece::between(from, tree.reading);
        let mark = mark_of(tree.past.len());
        tree.past.push(piece);
        vec![Attribute {
            name: QualName::new(None, ns!(), LocalName::from(PAST)),
            value: StrTendril::from_char(mark),
        }]
    }

    /// Drops the attributes of a tag that was not read to its end.
    pub(in crate::document) fn forget(&self) {
        let mut tree = self.0.borrow_mut();
        let from = tree.reading;
        tree.attrs.truncate(from);
    }

    /// Keeps text that the tree builder would hand on as it is; what stands for it there. `None` if
    /// there is no more room.
    pub(in crate::document) fn keep_raw(&self, text: &str) -> Option<StrTendril> {
        let mut tree = self.0.borrow_mut();
        if tree.raw.len() == MOST {
            return None;
        }
        let mut stands = StrTendril::from_char(RAW);
        stands.push_char(mark_of(tree.raw.len()));
        let piece = tree.keep(text);
        tree.raw.push(piece);
        Some(stands)
    }

    /// A sink for the tree of a page of so many bytes.
    pub(in crate::document) fn new(bytes: usize) -> Self {
        Self(RefCell::new(Tree::new(bytes)))
    }
}

impl TreeSink for Sink {
    type Handle = u32;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        let mut tree = self.0.into_inner();
        tree.settle();
        tree.place_parts();
        tree
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn get_document(&self) -> u32 {
        0
    }

    fn same_node(&self, one: &u32, other: &u32) -> bool {
        one == other
    }

    fn elem_name<'a>(&'a self, element: &'a u32) -> Ref<'a, QualName> {
        Ref::map(self.0.borrow(), |tree| {
            &tree.names[tree.nodes[*element as usize].name as usize].name
        })
    }

    fn create_element(&self, name: QualName, mut attrs: Vec<Attribute>, _: ElementFlags) -> u32 {
        let mut tree = self.0.borrow_mut();
        let holds_fragment = name.expanded() == expanded_name!(html "template");
        attrs.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let (attrs, name) = (tree.keep_attrs(attrs), tree.number_of(name));
        let element = tree.add(name, attrs);
        if holds_fragment {
            tree.templates.push(element);
            let fragment = tree.add(DOCUMENT, Piece::default());
            tree.append(element, fragment);
        }
        element
    }

    fn get_template_contents(&self, template: &u32) -> u32 {
        // It was made with its element.
        template + 1
    }

    fn create_comment(&self, _: StrTendril) -> u32 {
        self.0.borrow_mut().add(INVISIBLE, Piece::default())
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> u32 {
        self.0.borrow_mut().add(INVISIBLE, Piece::default())
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        let mut tree = self.0.borrow_mut();
        let doctype = tree.add(INVISIBLE, Piece::default());
        tree.append(0, doctype);
    }

    fn append(&self, parent: &u32, child: NodeOrText<u32>) {
        let mut tree = self.0.borrow_mut();
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let last = tree.nodes[*parent as usize].last;
                if last != NONE && tree.extend(last, &text) {
                    return;
                }
                tree.add_text(&text)
            }
        };
        tree.append(*parent, id);
    }

    fn append_before_sibling(&self, sibling: &u32, child: NodeOrText<u32>) {
        let mut tree = self.0.borrow_mut();
        if let NodeOrText::AppendNode(id) = child {
            tree.detach(id);
        }
        if tree.nodes[*sibling as usize].parent == NONE {
            return;
        }
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let before = tree.before(*sibling);
                if before.is_some_and(|before| tree.extend(before, &text)) {
                    return;
                }
                tree.add_text(&text)
            }
        };
        tree.insert_before(*sibling, id);
    }

    fn append_based_on_parent_node(&self, element: &u32, before: &u32, child: NodeOrText<u32>) {
        let is_placed = self.0.borrow().nodes[*element as usize].parent != NONE;
        if is_placed {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn add_attrs_if_missing(&self, element: &u32, attrs: Vec<Attribute>) {
        let mut tree = self.0.borrow_mut();
        tree.late.extend(attrs.into_iter().map(|a| (*element, a)));
    }

    fn remove_from_parent(&self, node: &u32) {
        self.0.borrow_mut().detach(*node);
    }

    fn reparent_children(&self, node: &u32, new_parent: &u32) {
        self.0.borrow_mut().reparent(*node, *new_parent);
    }
}
