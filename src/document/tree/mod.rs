//! The tree while it is built: an arena that the tree builder of html5ever writes to.
//!
//! Nodes are numbers. Siblings form a ring, so that a parent needs to know its last child alone: the
//! ring leads from it to the first. Text and attribute values lie one behind the other in one string;
//! comments, doctypes and processing instructions are nodes without content. What the tree builder
//! may do to a node that it has placed (move it, give it more text or more attributes) costs the same
//! however large the page is.

mod sink;
mod streamed;

pub(super) use sink::Sink;

use std::ops::Range;

use foldhash::HashMap;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use super::{Document, Slot, Tag};

/// No node.
const NONE: u32 = u32::MAX;

/// How many bytes of a page come to one node, about; to one attribute as well.
const BYTES_A_NODE: usize = 100;

/// Names of what is no element, at the head of [`Tree::names`].
const DOCUMENT: u32 = 0;
const TEXT: u32 = 1;
const INVISIBLE: u32 = 2;

/// A piece of [`Tree::text`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Piece {
    from: u32,
    len: u32,
}

impl Piece {
    fn between(from: usize, to: usize) -> Self {
        Self {
            from: from as u32,
            len: (to - from) as u32,
        }
    }

    pub(super) fn range(self) -> Range<usize> {
        self.from as usize..self.from as usize + self.len as usize
    }
}

/// One attribute.
#[derive(Debug)]
pub(super) struct Attr {
    pub(super) name: LocalName,
    pub(super) value: Piece,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    parent: u32,
    /// The last child.
    last: u32,
    /// The sibling before; for the first one, the last.
    previous: u32,
    /// The sibling behind; for the last one, the first.
    next: u32,
    /// Its text, or its attributes as a piece of [`Tree::attrs`].
    has: Piece,
    /// Which of [`Tree::names`].
    name: u32,
}

/// A name with what it means to reading.
#[derive(Debug)]
struct Name {
    name: QualName,
    tag: Tag,
}

/// A page's nodes, the document first.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    names: Vec<Name>,
    numbers: HashMap<QualName, u32>,
    /// All text and attribute values.
    text: String,
    attrs: Vec<Attr>,
    /// The further pieces of text nodes that other text came between.
    broken: HashMap<u32, Vec<Piece>>,
    /// Where the attributes of the tag begin that is being read.
    reading: usize,
    /// The attributes of tags that went past the tree builder.
    past: Vec<Piece>,
    /// Text that went past the tree builder.
    raw: Vec<Piece>,
    /// Attributes of `<html>` and `<body>` that stand in later tags of them.
    late: Vec<(u32, Attribute)>,
    /// Templates: where parts that come later may belong.
    templates: Vec<u32>,
}

/// The name of the attribute that stands for those that went past the tree builder: no tag has it.
const PAST: &str = " ";

/// What text begins with that stands for other text which went past the tree builder: a NUL is a token
/// of its own, so no other text has one.
const RAW: char = '\0';

/// Numbers as characters: as such they fit into a tendril that has no memory of its own.
fn mark_of(index: usize) -> char {
    let surrogates = if index < 0xd800 { 0 } else { 0x800 };
    char::from_u32((index + surrogates) as u32).unwrap_or_default()
}

fn index_of(mark: char) -> usize {
    let code = mark as usize;
    if code < 0xd800 { code } else { code - 0x800 }
}

impl Tree {
    /// An empty tree for a page of so many bytes.
    fn new(bytes: usize) -> Self {
        let name = |tag| Name {
            name: QualName::new(None, ns!(), local_name!("")),
            tag,
        };
        let mut tree = Self {
            nodes: Vec::with_capacity(bytes / BYTES_A_NODE),
            names: [Tag::Document, Tag::Text, Tag::Invisible].map(name).into(),
            numbers: HashMap::default(),
            text: String::with_capacity(bytes),
            attrs: Vec::with_capacity(bytes / BYTES_A_NODE),
            broken: HashMap::default(),
            reading: 0,
            past: Vec::new(),
            raw: Vec::new(),
            late: Vec::new(),
            templates: Vec::new(),
        };
        tree.add(DOCUMENT, Piece::default());
        tree
    }

    fn add(&mut self, name: u32, has: Piece) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node {
            parent: NONE,
            last: NONE,
            previous: id,
            next: id,
            has,
            name,
        });
        id
    }

    fn node(&mut self, id: u32) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    fn number_of(&mut self, name: QualName) -> u32 {
        if let Some(&number) = self.numbers.get(&name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(Name {
            tag: Tag::named(&name.local),
            name: name.clone(),
        });
        self.numbers.insert(name, number);
        number
    }

    fn keep(&mut self, text: &str) -> Piece {
        let from = self.text.len();
        self.text.push_str(text);
        Piece::between(from, self.text.len())
    }

    /// Keeps text, unless it is kept already.
    fn keep_text(&mut self, text: &str) -> Piece {
        let Some(mark) = text.strip_prefix(RAW) else {
            return self.keep(text);
        };
        let mark = mark.chars().next().map_or(0, index_of);
        self.raw.get(mark).copied().unwrap_or_default()
    }

    /// Keeps the attributes of a tag, unless they are kept already.
    fn keep_attrs(&mut self, attrs: Vec<Attribute>) -> Piece {
        if let [only] = attrs.as_slice()
            && *only.name.local == *PAST
        {
            let mark = only.value.chars().next().map_or(0, index_of);
            return self.past.get(mark).copied().unwrap_or_default();
        }
        let from = self.attrs.len();
        for attr in attrs {
            let value = self.keep(&attr.value);
            self.attrs.push(Attr {
                name: attr.name.local,
                value,
            });
        }
        self.reading = self.attrs.len();
        Piece::between(from, self.reading)
    }

    /// Puts a node that has no parent behind `before`, in the ring of the children of `parent`.
    fn link(&mut self, id: u32, parent: u32, before: u32) {
        let after = self.nodes[before as usize].next;
        self.node(before).next = id;
        self.node(after).previous = id;
        let node = self.node(id);
        (node.parent, node.previous, node.next) = (parent, before, after);
    }

    fn append(&mut self, parent: u32, id: u32) {
        match self.nodes[parent as usize].last {
            NONE => self.node(id).parent = parent,
            last => self.link(id, parent, last),
        }
        self.node(parent).last = id;
    }

    /// The sibling before, if there is one.
    fn before(&self, id: u32) -> Option<u32> {
        let node = &self.nodes[id as usize];
        let last = self.nodes[node.parent as usize].last;
        (node.previous != last).then_some(node.previous)
    }

    fn insert_before(&mut self, sibling: u32, id: u32) {
        let Node {
            parent, previous, ..
        } = self.nodes[sibling as usize];
        self.link(id, parent, previous);
    }

    fn detach(&mut self, id: u32) {
        let Node {
            parent,
            previous,
            next,
            ..
        } = self.nodes[id as usize];
        if parent == NONE {
            return;
        }
        if self.nodes[parent as usize].last == id {
            self.node(parent).last = if previous == id { NONE } else { previous };
        }
        self.node(previous).next = next;
        self.node(next).previous = previous;
        let node = self.node(id);
        (node.parent, node.previous, node.next) = (NONE, id, id);
    }

    fn reparent(&mut self, from: u32, to: u32) {
        while let Some(first) = self.first_child(from) {
            self.detach(first);
            self.append(to, first);
        }
    }

    fn first_child(&self, id: u32) -> Option<u32> {
        let last = self.nodes[id as usize].last;
        (last != NONE).then(|| self.nodes[last as usize].next)
    }

    /// Adds to a text node, or says that it is none.
    fn extend(&mut self, id: u32, text: &str) -> bool {
        if self.nodes[id as usize].name != TEXT {
            return false;
        }
        let piece = self.keep_text(text);
        let has = &mut self.nodes[id as usize].has;
        if has.from + has.len == piece.from {
            has.len += piece.len;
        } else {
            self.broken.entry(id).or_default().push(piece);
        }
        true
    }

    fn add_text(&mut self, text: &str) -> u32 {
        let piece = self.keep_text(text);
        self.add(TEXT, piece)
    }

    /// Joins what came in pieces.
    fn settle(&mut self) {
        for (id, pieces) in std::mem::take(&mut self.broken) {
            let has = self.nodes[id as usize].has;
            let from = self.text.len();
            for piece in std::iter::once(has).chain(pieces) {
                self.text.extend_from_within(piece.range());
            }
            self.node(id).has = Piece::between(from, self.text.len());
        }
        let mut late = std::mem::take(&mut self.late);
        // The sort is stable: of one name, the attribute that came first stays.
        late.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        late.dedup_by(|b, a| a.0 == b.0 && a.1.name == b.1.name);
        while let Some(&(id, _)) = late.last() {
            let start = late.partition_point(|l| l.0 < id);
            let more = late.split_off(start).into_iter().map(|l| l.1).collect();
            self.merge(id, more);
        }
    }

    /// Adds those attributes that an element does not have.
    fn merge(&mut self, id: u32, mut more: Vec<Attribute>) {
        let old = self.nodes[id as usize].has.range();
        let known = &self.attrs[old.clone()];
        more.retain(|a| {
            known
                .binary_search_by(|k| k.name.cmp(&a.name.local))
                .is_err()
        });
        let start = self.attrs.len();
        for at in old {
            let Attr { name, value } = &self.attrs[at];
            let (name, value) = (name.clone(), *value);
            self.attrs.push(Attr { name, value });
        }
        self.keep_attrs(more);
        self.attrs[start..].sort_by(|a, b| a.name.cmp(&b.name));
        self.node(id).has = Piece::between(start, self.attrs.len());
    }

    /// Numbers the nodes in document order: from here on a node has its number in `previous`, that of
    /// its parent in `parent`, and in `last` the number behind its last descendant. Returns how many
    /// have a place.
    fn number(&mut self) -> u32 {
        for node in &mut self.nodes {
            node.previous = NONE;
        }
        let (mut at, mut count) = (0, 0);
        loop {
            self.node(at).previous = count;
            count += 1;
            if let Some(first) = self.first_child(at) {
                at = first;
                continue;
            }
            loop {
                let Node { parent, next, .. } = self.nodes[at as usize];
                if at == 0 {
                    self.node(at).last = count;
                    return count;
                }
                let above = &self.nodes[parent as usize];
                let (number, is_last) = (above.previous, above.last == at);
                let node = self.node(at);
                (node.parent, node.last) = (number, count);
                if !is_last {
                    at = next;
                    break;
                }
                at = parent;
            }
        }
    }

    /// The document: its nodes in document order, in the memory that they have here.
    pub(super) fn into_document(mut self) -> Document {
        let count = self.number();
        let mut behind = count;
        for node in &mut self.nodes {
            if node.previous == NONE {
                node.previous = behind;
                behind += 1;
            }
        }
        // Most nodes were made where they belong.
        for at in 0..self.nodes.len() {
            while self.nodes[at].previous as usize != at {
                let place = self.nodes[at].previous as usize;
                self.nodes.swap(at, place);
            }
        }
        self.nodes.truncate(count as usize);
        let mut names = Vec::new();
        for at in 0..self.nodes.len() {
            let Node { parent, name, .. } = self.nodes[at];
            // From here on `next` is how many ancestors there are.
            self.nodes[at].next = match at {
                0 => 0,
                _ => self.nodes[parent as usize].next + 1,
            };
            let Name { tag, name } = &self.names[name as usize];
            if *tag == Tag::Other {
                names.push((at as u32, name.local.clone()));
            }
        }
        let tags: Vec<Tag> = self.names.iter().map(|name| name.tag).collect();
        let nodes = self.nodes.into_iter().map(|node| {
            let is_text = node.name == TEXT;
            Slot {
                parent: if node.parent == NONE { 0 } else { node.parent },
                end: if is_text { node.has.len } else { node.last },
                from: node.has.from,
                depth: node.next.min(u32::from(u16::MAX)) as u16,
                tag: tags[node.name as usize],
                attrs: if is_text {
                    0
                } else {
                    u8::try_from(node.has.len).unwrap_or(u8::MAX)
                },
            }
        });
        let mut slots: Vec<Slot> = nodes.collect();
        slots.shrink_to_fit();
        Document {
            slots,
            text: self.text,
            attrs: self.attrs,
            names,
        }
    }
}
