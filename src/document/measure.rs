//! Running totals over the document: what any subtree holds, in constant time.

use super::{Document, NodeIx, Run, Tag};
use crate::text;

/// What a stretch of the document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Letters and digits of visible text.
    pub letters: u32,
    /// Letters and digits inside `<a>`.
    pub link_letters: u32,
    /// Words of visible text; two CJK characters count as one word.
    pub words: u32,
    /// `<a>` elements.
    pub links: u32,
    /// `<p>` elements.
    pub paragraphs: u32,
    /// Images.
    pub images: u32,
    /// `<li>` elements.
    pub items: u32,
    /// Form controls.
    pub controls: u32,
    /// Commas in visible text, in any script.
    pub commas: u32,
}

impl Totals {
    /// Share of letters that are link text, 0 for no text.
    pub fn link_share(self) -> f32 {
        if self.letters == 0 {
            0.0
        } else {
            self.link_letters as f32 / self.letters as f32
        }
    }
}

/// Letters, letters inside `<a>`, words, commas.
type OfText = [u32; 4];
/// Links, paragraphs, images, items, controls; a node is one of them at most.
type OfTags = [u32; 5];
const LINK: usize = 0;
const PARAGRAPH: usize = 1;
const IMAGE: usize = 2;
const ITEM: usize = 3;
const CONTROL: usize = 4;

/// Totals of every subtree of one document.
#[derive(Debug)]
pub struct Measures {
    text: Sums,
    tags: Counts,
    /// From which node on which `<a>` is around, by number plus one; 0 for none.
    links: Vec<(u32, u32)>,
}

/// Nodes of one stretch: what is added in one can be counted in a byte.
const STRETCH: usize = 256;

/// Sums over the nodes before each node. Most nodes add nothing, so every sum is kept once, and which
/// of them stands at a node is told by a byte beside a number for each stretch of nodes.
#[derive(Debug)]
struct Sums {
    kept: Vec<OfText>,
    /// Number of the sum at the beginning of each stretch.
    stretches: Vec<u32>,
    /// How many sums further on the one at a node is.
    at: Vec<u8>,
}

impl Sums {
    fn new(nodes: usize) -> Self {
        // A dense page adds to one of two nodes.
        let mut kept = Vec::with_capacity(nodes / 2 + 2);
        kept.push([0; 4]);
        Self {
            kept,
            stretches: Vec::with_capacity(nodes / STRETCH + 1),
            at: Vec::with_capacity(nodes + 1),
        }
    }

    /// Goes on to the next node, which adds `own`.
    fn push(&mut self, own: OfText) {
        let now = self.kept.len() as u32 - 1;
        if self.at.len().is_multiple_of(STRETCH) {
            self.stretches.push(now);
        }
        let begin = self.stretches[self.stretches.len() - 1];
        self.at.push((now - begin) as u8);
        if own != [0; 4] {
            let sum = self.kept[now as usize];
            let sum = std::array::from_fn(|i| sum[i].wrapping_add(own[i]));
            self.kept.push(sum);
        }
    }

    fn before(&self, node: usize) -> &OfText {
        let at = self.stretches[node / STRETCH] + u32::from(self.at[node]);
        &self.kept[at as usize]
    }

    fn between(&self, from: usize, to: usize) -> OfText {
        let (from, to) = (self.before(from), self.before(to));
        std::array::from_fn(|i| to[i].wrapping_sub(from[i]))
    }
}

/// How many nodes of each kind stand before each node: before its stretch, and from there on.
#[derive(Debug)]
struct Counts {
    stretches: Vec<OfTags>,
    at: Vec<[u8; 5]>,
    /// What stands before the next node.
    all: OfTags,
}

impl Counts {
    fn new(nodes: usize) -> Self {
        Self {
            stretches: Vec::with_capacity(nodes / STRETCH + 1),
            at: Vec::with_capacity(nodes + 1),
            all: [0; 5],
        }
    }

    /// Goes on to the next node, and counts it.
    fn push(&mut self, kind: Option<usize>) {
        if self.at.len().is_multiple_of(STRETCH) {
            self.stretches.push(self.all);
        }
        let begin = self.stretches[self.stretches.len() - 1];
        let since = std::array::from_fn(|i| (self.all[i] - begin[i]) as u8);
        self.at.push(since);
        if let Some(kind) = kind {
            self.all[kind] += 1;
        }
    }

    fn between(&self, from: usize, to: usize) -> OfTags {
        let stretch = |node: usize| &self.stretches[node / STRETCH];
        let (start, end) = (stretch(from), stretch(to));
        let (from, to) = (self.at[from], self.at[to]);
        let before = |all: &OfTags, since: [u8; 5], i: usize| all[i] + u32::from(since[i]);
        std::array::from_fn(|i| before(end, to, i).wrapping_sub(before(start, from, i)))
    }
}

impl Measures {
    /// Adds up the document once; text inside scripts, styles and other opaque elements counts as
    /// nothing.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::document::{Document, Measures, NodeIx};
    /// let doc = Document::parse("<p>two words <a href=/>linked</a><script>not text</script>");
    /// let all = Measures::of(&doc).total(&doc, NodeIx::ROOT);
    /// assert_eq!((all.words, all.links, all.link_letters), (3, 1, 6));
    /// ```
    pub fn of(doc: &Document) -> Self {
        let mut out = Self {
            text: Sums::new(doc.len()),
            tags: Counts::new(doc.len()),
            links: vec![(0, 0)],
        };
        let (mut link_end, mut link_at, mut opaque_end) = (0, 0, 0);
        for node in doc.nodes() {
            let (at, tag, around) = (node.index(), doc.tag(node), link_at);
            if at >= link_end {
                link_at = 0;
            }
            if at >= opaque_end && tag.is_opaque() {
                opaque_end = doc.subtree(node).end;
            }
            if tag == Tag::A && at >= opaque_end {
                (link_at, link_end) = (at as u32 + 1, doc.subtree(node).end);
            }
            if link_at != around {
                out.links.push((at as u32, link_at));
            }
            let opaque = at < opaque_end;
            let text = match doc.text(node).filter(|_| !opaque) {
                Some(text) => of_text(text, link_at > 0),
                None => [0; 4],
            };
            out.text.push(text);
            out.tags.push(kind(tag, opaque));
        }
        // The sums behind the last node.
        out.text.push([0; 4]);
        out.tags.push(None);
        out
    }

    /// What a node and its descendants hold.
    pub fn total(&self, doc: &Document, node: NodeIx) -> Totals {
        let range = doc.subtree(node);
        self.span(range.start, range.end)
    }

    /// What a run holds.
    pub fn run(&self, run: &Run) -> Totals {
        self.span(run.span().start, run.span().end)
    }

    /// What the nodes numbered `from` to `to` (exclusive) hold.
    pub fn span(&self, from: usize, to: usize) -> Totals {
        let [letters, link_letters, words, commas] = self.text.between(from, to);
        let [links, paragraphs, images, items, controls] = self.tags.between(from, to);
        Totals {
            letters,
            link_letters,
            words,
            links,
            paragraphs,
            images,
            items,
            controls,
            commas,
        }
    }

    /// The `<a>` element that the node stands in, or is.
    pub fn link_around(&self, node: NodeIx) -> Option<NodeIx> {
        let behind = self.links.partition_point(|l| l.0 <= node.0);
        let at = self.links[behind - 1].1;
        (at > 0).then(|| NodeIx::new(at as usize - 1))
    }
}

fn of_text(text: &str, linked: bool) -> OfText {
    let counts = text::count(text);
    let linked = if linked { counts.letters } else { 0 };
    [counts.letters, linked, counts.words, counts.commas]
}

/// Which of [`OfTags`] a node is.
fn kind(tag: Tag, opaque: bool) -> Option<usize> {
    match tag {
        Tag::Input | Tag::Select | Tag::Textarea | Tag::Button => Some(CONTROL),
        _ if opaque => None,
        Tag::A => Some(LINK),
        Tag::P => Some(PARAGRAPH),
        Tag::Img | Tag::AmpImg => Some(IMAGE),
        Tag::Li => Some(ITEM),
        _ => None,
    }
}
