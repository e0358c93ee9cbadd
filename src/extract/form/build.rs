//! Building: kept blocks, one after another, into nested elements.
//!
//! Each block has a path of boxes around it (list, item, quotation). What it shares with the path
//! of the block before stays open; the rest is closed and opened anew. Boxes that only lay out the
//! page have no part in a path, as they have none in a block's kind.

use super::element::{Cell, Element, Item, List, ListStyle, Picture, Row, Span};
use super::inline::Inline;
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::{self, Block};

/// Boxes in a path at most; of more, the outer ones are left out.
const DEEPEST: usize = 12;

/// Items counted at most to find a list's first number.
const MOST_ITEMS: usize = 2_000;

/// Columns or rows that a cell is believed to take at most.
const WIDEST: u16 = 100;

/// A box around a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    List(NodeIx),
    Item(NodeIx),
    /// A list stands in another with no item around it: it belongs to the item before it.
    LooseItem(NodeIx),
    /// An item of which no element is known; the next one is another.
    BareItem,
    Quote(NodeIx),
}

impl Key {
    /// Whether a box that is open can take what the path has here.
    fn goes_on(self, open: Self) -> bool {
        match (self, open) {
            (Self::BareItem, _) => false,
            (Self::LooseItem(_), Self::Item(_)) => true,
            _ => self == open,
        }
    }
}

/// A box that is open, with what is in it so far.
struct Open {
    key: Key,
    list: Option<List>,
    term: bool,
    elements: Vec<Element>,
}

/// Puts elements together.
pub(super) struct Builder<'a> {
    doc: &'a Document,
    inline: Inline<'a>,
    out: Vec<Element>,
    open: Vec<Open>,
    /// Table, row and cell of the block before, if it was one of a data table.
    cell: Option<(NodeIx, NodeIx, NodeIx)>,
    /// Pictures inside the table that is being built: they come behind it.
    held: Vec<Picture>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(doc: &'a Document, inline: Inline<'a>) -> Self {
        Self {
            doc,
            inline,
            out: Vec::new(),
            open: Vec::new(),
            cell: None,
            held: Vec::new(),
        }
    }

    /// Takes the next kept block.
    pub(super) fn block(&mut self, block: &Block) {
        let spans = self.inline.spans(block);
        if let Some((row, cell)) = body::row_of(self.doc, block) {
            self.cell(row, cell, spans, false);
            return;
        }
        if let Some(row) = self.lone_row(block) {
            self.cell(row, block.node, spans, true);
            return;
        }
        self.end_table();
        let path = path(self.doc, block);
        self.go_to(&path);
        let element = match block.kind {
            BlockKind::Heading => Element::Heading {
                level: level(self.doc, block.node),
                spans: without_bold(spans),
            },
            BlockKind::Preformatted => Element::Preformatted {
                text: block.text().to_string(),
            },
            _ => Element::Paragraph { spans },
        };
        self.push(element);
    }

    /// Takes a picture that stands at a node.
    pub(super) fn picture(&mut self, node: NodeIx, picture: Picture) {
        if let Some((table, ..)) = self.cell {
            if self.doc.contains(table, node) {
                self.held.push(picture);
                return;
            }
            self.end_table();
        }
        self.go_to(&[]);
        self.push(Element::Image(picture));
    }

    /// What was built.
    pub(super) fn finish(mut self) -> Vec<Element> {
        self.end_table();
        self.go_to(&[]);
        self.out
    }

    fn end_table(&mut self) {
        if self.cell.take().is_some() {
            self.out.extend(self.held.drain(..).map(Element::Image));
        }
    }

    fn push(&mut self, element: Element) {
        match self.open.last_mut() {
            Some(open) => open.elements.push(element),
            None => self.out.push(element),
        }
    }

    /// Closes and opens boxes until the open ones are those of the path.
    fn go_to(&mut self, path: &[Key]) {
        let pairs = path.iter().zip(&self.open);
        let shared = pairs
            .take_while(|(key, open)| key.goes_on(open.key))
            .count();
        while self.open.len() > shared {
            self.close();
        }
        for &key in &path[shared..] {
            let list = match key {
                Key::List(node) => Some(list(self.doc, node, path)),
                _ => None,
            };
            let term = matches!(key, Key::Item(node) if self.doc.tag(node) == Tag::Dt);
            self.open.push(Open {
                key,
                list,
                term,
                elements: Vec::new(),
            });
        }
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        let Open {
            key,
            list,
            term,
            elements,
        } = closed;
        match (key, list) {
            (_, Some(list)) => self.push(Element::List(list)),
            (Key::Quote(_), None) => self.push(Element::Quote { elements }),
            (_, None) => {
                let around = self.open.last_mut().and_then(|open| open.list.as_mut());
                if let Some(list) = around {
                    list.items.push(Item { term, elements });
                }
            }
        }
    }

    /// The row of a cell that has it for itself, if the table goes on with it.
    fn lone_row(&self, block: &Block) -> Option<NodeIx> {
        let (table, ..) = self.cell.filter(|_| block.kind == BlockKind::TableRow)?;
        let row = self.doc.parent(block.node)?;
        let is_row = self.doc.tag(block.node).is_cell();
        (is_row && self.table_of(row) == table).then_some(row)
    }

    fn table_of(&self, row: NodeIx) -> NodeIx {
        let mut above = self.doc.ancestors(row);
        above
            .find(|&n| self.doc.tag(n) == Tag::Table)
            .unwrap_or(row)
    }

    fn cell(&mut self, row: NodeIx, node: NodeIx, spans: Vec<Span>, lone: bool) {
        let table = self.table_of(row);
        if self.cell.is_some_and(|(t, ..)| t != table) {
            self.end_table();
        }
        let before = self.cell.replace((table, row, node));
        if before.is_none() {
            self.go_to(&[]);
            self.push(Element::Table { rows: Vec::new() });
        }
        let Some(Element::Table { rows }) = self.out.last_mut() else {
            return;
        };
        let next = match before.filter(|&(_, r, _)| r == row && !lone) {
            Some((.., last)) if last == node => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.cells.last_mut()) {
                    cell.spans.push(Span {
                        text: "\n".to_owned(),
                        ..Span::default()
                    });
                    cell.spans.extend(spans);
                }
                return;
            }
            Some((.., last)) => self.doc.next_sibling(last),
            None => {
                rows.push(Row {
                    lone,
                    cells: Vec::new(),
                });
                self.doc.children(row).next()
            }
        };
        let Some(row) = rows.last_mut() else {
            return;
        };
        // Cells without text, or with text that was dropped, keep their place.
        let mut beside = next;
        while let Some(n) = beside.filter(|&n| n < node) {
            if self.doc.tag(n).is_cell() {
                row.cells.push(cell(self.doc, n, Vec::new()));
            }
            beside = self.doc.next_sibling(n);
        }
        row.cells.push(cell(self.doc, node, without_bold(spans)));
    }
}

fn cell(doc: &Document, node: NodeIx, spans: Vec<Span>) -> Cell {
    let taken = |name: &str| {
        let stated = doc.attr(node, name).and_then(|n| n.trim().parse().ok());
        stated.unwrap_or(1_u16).clamp(1, WIDEST)
    };
    let in_head = || doc.ancestors(node).nth(1).map(|n| doc.tag(n)) == Some(Tag::Thead);
    Cell {
        header: doc.tag(node) == Tag::Th || in_head(),
        columns: taken("colspan"),
        rows: taken("rowspan"),
        spans,
    }
}

/// The spans of what is bold by its kind: to say so again says nothing.
fn without_bold(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.iter().all(|s| s.strong || s.text.trim().is_empty()) {
        for span in &mut spans {
            span.strong = false;
        }
    }
    spans
}

fn level(doc: &Document, node: NodeIx) -> u8 {
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .find_map(|n| doc.tag(n).heading_level())
        .unwrap_or(2)
}

/// A list as it begins: its style by its tag, its number by the first item that is kept.
fn list(doc: &Document, node: NodeIx, path: &[Key]) -> List {
    let style = match doc.tag(node) {
        Tag::Ol => ListStyle::Numbers,
        Tag::Dl => ListStyle::Terms,
        _ => ListStyle::Bullets,
    };
    let mut start = 1;
    if style == ListStyle::Numbers {
        let at = path.iter().position(|&key| key == Key::List(node));
        let first = match at.and_then(|at| path.get(at + 1)) {
            Some(&Key::Item(item)) => Some(item),
            _ => None,
        };
        let is_item = |&n: &NodeIx| doc.tag(n) == Tag::Li;
        let items = doc.children(node).take(MOST_ITEMS).filter(is_item);
        let before = first.map_or(0, |first| items.take_while(|&n| n != first).count());
        let stated = doc.attr(node, "start").and_then(|s| s.trim().parse().ok());
        start = stated.unwrap_or(1_u32).saturating_add(before as u32);
    }
    List {
        style,
        start,
        items: Vec::new(),
    }
}

/// The boxes around a block, the outermost first.
fn path(doc: &Document, block: &Block) -> Vec<Key> {
    let mut keys = Vec::new();
    if matches!(
        block.kind,
        BlockKind::ListItem | BlockKind::Quote | BlockKind::Heading | BlockKind::Preformatted
    ) {
        boxes(doc, block.node, &mut keys);
    }
    keys.reverse();
    if keys.len() > DEEPEST {
        let cut = keys.len() - DEEPEST;
        let whole = |key: &Key| !matches!(key, Key::Item(_) | Key::LooseItem(_));
        let from = (cut..keys.len()).find(|&i| whole(&keys[i]));
        keys.drain(..from.unwrap_or(cut));
    }
    let fits = match block.kind {
        BlockKind::ListItem => matches!(keys.last(), Some(Key::Item(_))),
        BlockKind::Quote => matches!(keys.last(), Some(Key::Quote(_))),
        _ => true,
    };
    match block.kind {
        _ if fits => keys,
        // The block comes from outside the visible page: only its kind is known.
        BlockKind::ListItem => vec![Key::List(block.node), Key::BareItem],
        _ => vec![Key::Quote(block.node)],
    }
}

/// Collects the boxes around a node, the innermost first.
fn boxes(doc: &Document, node: NodeIx, keys: &mut Vec<Key>) {
    let mut item: Option<NodeIx> = None;
    // An item with no list around it makes one of its parent.
    let close = |item: &mut Option<NodeIx>, keys: &mut Vec<Key>| {
        if let Some(item) = item.take() {
            let parent = doc.parent(item).unwrap_or(NodeIx::ROOT);
            keys.extend([Key::Item(item), Key::List(parent)]);
        }
    };
    for n in std::iter::once(node).chain(doc.ancestors(node)) {
        match doc.tag(n) {
            Tag::Li | Tag::Dd | Tag::Dt => {
                close(&mut item, keys);
                item = Some(n);
            }
            Tag::Ul | Tag::Ol | Tag::Dl | Tag::Menu | Tag::Dir => {
                if let Some(item) = item.take() {
                    keys.extend([Key::Item(item), Key::List(n)]);
                } else if let Some(&Key::List(inner)) = keys.last() {
                    keys.extend([Key::LooseItem(inner), Key::List(n)]);
                }
            }
            Tag::Blockquote => {
                close(&mut item, keys);
                keys.push(Key::Quote(n));
            }
            Tag::Td
            | Tag::Th
            | Tag::Table
            | Tag::Article
            | Tag::Section
            | Tag::Main
            | Tag::Body => break,
            _ => {}
        }
    }
    close(&mut item, keys);
}
