//! Running totals over the document: what any subtree holds, in constant time.

use foldhash::HashMap;

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
/// Links, paragraphs, images, items, controls; a node adds one at most.
type OfTags = [u32; 5];

/// Totals of every subtree of one document.
#[derive(Debug)]
pub struct Measures {
    text: Sums<u16, 4>,
    tags: Sums<u8, 5>,
    /// From which node on which `<a>` is around, by number plus one; 0 for none.
    links: Vec<(u32, u32)>,
}

/// Nodes of one stretch of [`Sums`]: parts are counted in a byte.
const STRETCH: usize = 256;

/// Sums over the nodes before each node: before its stretch of nodes, and from there on. Most nodes add
/// nothing, so every sum in a stretch is kept once, and a byte tells which of them stands at a node.
#[derive(Debug)]
struct Sums<Part, const N: usize> {
    /// The sum before each stretch, and the number of the first part in it.
    stretches: Vec<([u32; N], u32)>,
    parts: Vec<[Part; N]>,
    /// The parts that are too large, by number: there they are zeros.
    large: HashMap<u32, [u32; N]>,
    /// How many parts further on in its stretch the one at a node is.
    at: Vec<u8>,
    /// The sum before the next node.
    all: [u32; N],
}

impl<Part, const N: usize> Sums<Part, N>
where
    Part: Copy + Default + Into<u32> + TryFrom<u32>,
{
    fn new(nodes: usize, parts: usize) -> Self {
        Self {
            stretches: Vec::with_capacity(nodes / STRETCH + 1),
            parts: Vec::with_capacity(parts),
            large: HashMap::default(),
            at: Vec::with_capacity(nodes + 1),
            all: [0; N],
        }
    }

    /// Goes on to the next node, which adds `own`.
    fn push(&mut self, own: [u32; N]) {
        if self.at.len().is_multiple_of(STRETCH) {
            self.stretches.push((self.all, self.parts.len() as u32));
            self.parts.push([Part::default(); N]);
        }
        let (before, first) = self.stretches[self.stretches.len() - 1];
        self.at.push((self.parts.len() as u32 - 1 - first) as u8);
        if own != [0; N] {
            self.all = std::array::from_fn(|i| self.all[i].wrapping_add(own[i]));
            let part = std::array::from_fn(|i| self.all[i].wrapping_sub(before[i]));
            let small = part.map(Part::try_from);
            if small.iter().any(Result::is_err) {
                self.large.insert(self.parts.len() as u32, part);
                self.parts.push([Part::default(); N]);
            } else {
                self.parts.push(small.map(Result::unwrap_or_default));
            }
        }
    }

    #[inline]
    fn number(&self, node: usize) -> (&[u32; N], u32) {
        let (before, first) = &self.stretches[node / STRETCH];
        (before, *first + u32::from(self.at[node]))
    }

    #[inline]
    fn before(&self, node: usize) -> [u32; N] {
        let (before, number) = self.number(node);
        let part = self.parts[number as usize];
        std::array::from_fn(|i| before[i].wrapping_add(part[i].into()))
    }

    #[inline]
    fn between(&self, from: usize, to: usize) -> [u32; N] {
        if !self.large.is_empty() {
            return self.between_large(from, to);
        }
        let (from, to) = (self.before(from), self.before(to));
        std::array::from_fn(|i| to[i].wrapping_sub(from[i]))
    }

    /// The same where some parts are large: few pages have any.
    #[cold]
    #[inline(never)]
    fn between_large(&self, from: usize, to: usize) -> [u32; N] {
        let before = |node| {
            let (before, number) = self.number(node);
            let large = self.large.get(&number);
            let sum = |large: &[u32; N]| std::array::from_fn(|i| before[i].wrapping_add(large[i]));
            large.map_or_else(|| self.before(node), sum)
        };
        let (from, to) = (before(from), before(to));
        std::array::from_fn(|i| to[i].wrapping_sub(from[i]))
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
            // A dense page has text in one of two nodes.
            text: Sums::new(doc.len(), doc.len() / 2 + 2),
            tags: Sums::new(doc.len(), 0),
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
            let (text, tags) = Self::own(doc, node, at < opaque_end, link_at > 0);
            out.text.push(text);
            out.tags.push(tags);
        }
        // The sums behind the last node.
        out.text.push([0; 4]);
        out.tags.push([0; 5]);
        out
    }

    fn own(doc: &Document, node: NodeIx, opaque: bool, linked: bool) -> (OfText, OfTags) {
        let no_text = [0; 4];
        match doc.tag(node) {
            Tag::Input | Tag::Select | Tag::Textarea | Tag::Button => (no_text, [0, 0, 0, 0, 1]),
            _ if opaque => (no_text, [0; 5]),
            Tag::A => (no_text, [1, 0, 0, 0, 0]),
            Tag::P => (no_text, [0, 1, 0, 0, 0]),
            Tag::Img | Tag::AmpImg => (no_text, [0, 0, 1, 0, 0]),
            Tag::Li => (no_text, [0, 0, 0, 1, 0]),
            Tag::Text => {
                let counts = text::count(doc.text(node).unwrap_or_default());
                let linked = if linked { counts.letters } else { 0 };
                let own = [counts.letters, linked, counts.words, counts.commas];
                (own, [0; 5])
            }
            _ => (no_text, [0; 5]),
        }
    }

    /// What a node and its descendants hold.
    #[inline]
    pub fn total(&self, doc: &Document, node: NodeIx) -> Totals {
        let range = doc.subtree(node);
        self.span(range.start, range.end)
    }

    /// What a run holds.
    #[inline]
    pub fn run(&self, run: &Run) -> Totals {
        self.span(run.span().start, run.span().end)
    }

    /// What the nodes numbered `from` to `to` (exclusive) hold.
    #[inline]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_no_small_part_holds_are_kept_too() {
        let long = "word ".repeat(20_000);
        let page = format!("<p>one<p>{long}<p>two <a href=/>three</a><p>{long}<p>four");
        let doc = Document::parse(&page);
        let measures = Measures::of(&doc);
        let words = |n| measures.total(&doc, n).words;
        let counts: Vec<u32> = doc.all(Tag::P).map(words).collect();
        assert_eq!(counts, [1, 20_000, 2, 20_000, 1]);
        let all = measures.total(&doc, NodeIx::ROOT);
        assert_eq!((all.letters, all.link_letters), (160_015, 5));
    }
}
