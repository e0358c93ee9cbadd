//! Running totals over the document: what any subtree holds, in constant time.

use super::{Document, NodeIx, Tag};
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
    fn plus(self, o: Self) -> Self {
        self.zip(o, u32::wrapping_add)
    }

    fn minus(self, o: Self) -> Self {
        self.zip(o, u32::wrapping_sub)
    }

    fn zip(self, o: Self, f: impl Fn(u32, u32) -> u32) -> Self {
        Self {
            letters: f(self.letters, o.letters),
            link_letters: f(self.link_letters, o.link_letters),
            words: f(self.words, o.words),
            links: f(self.links, o.links),
            paragraphs: f(self.paragraphs, o.paragraphs),
            images: f(self.images, o.images),
            items: f(self.items, o.items),
            controls: f(self.controls, o.controls),
            commas: f(self.commas, o.commas),
        }
    }

    /// Share of letters that are link text, 0 for no text.
    pub fn link_share(self) -> f32 {
        if self.letters == 0 {
            0.0
        } else {
            self.link_letters as f32 / self.letters as f32
        }
    }
}

/// Totals of every subtree of one document.
#[derive(Debug)]
pub struct Measures {
    /// The totals before a node, each kept once: most nodes add nothing.
    before: Vec<Totals>,
    /// For each node and for the end, which of `before` stands there.
    at: Vec<u32>,
    /// From which node on which `<a>` is around, by number plus one; 0 for none.
    links: Vec<(u32, u32)>,
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
        let mut sum = Totals::default();
        let mut out = Self {
            before: vec![sum],
            at: Vec::with_capacity(doc.len() + 1),
            links: vec![(0, 0)],
        };
        let (mut link_end, mut link_at, mut opaque_end) = (0, 0, 0);
        for node in doc.nodes() {
            out.at.push(out.before.len() as u32 - 1);
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
            let own = Self::own(doc, node, at < opaque_end, link_at > 0);
            if own != Totals::default() {
                sum = sum.plus(own);
                out.before.push(sum);
            }
        }
        out.at.push(out.before.len() as u32 - 1);
        out
    }

    fn own(doc: &Document, node: NodeIx, opaque: bool, linked: bool) -> Totals {
        let mut t = Totals::default();
        match doc.tag(node) {
            Tag::Input | Tag::Select | Tag::Textarea | Tag::Button => t.controls = 1,
            _ if opaque => {}
            Tag::A => t.links = 1,
            Tag::P => t.paragraphs = 1,
            Tag::Img | Tag::AmpImg => t.images = 1,
            Tag::Li => t.items = 1,
            Tag::Text => {
                let counts = text::count(doc.text(node).unwrap_or_default());
                t.letters = counts.letters;
                t.words = counts.words;
                t.commas = counts.commas;
                t.link_letters = if linked { counts.letters } else { 0 };
            }
            _ => {}
        }
        t
    }

    /// What a node and its descendants hold.
    pub fn total(&self, doc: &Document, node: NodeIx) -> Totals {
        let range = doc.subtree(node);
        self.span(range.start, range.end)
    }

    /// What the nodes numbered `from` to `to` (exclusive) hold.
    pub fn span(&self, from: usize, to: usize) -> Totals {
        let before = |node: usize| self.before[self.at[node] as usize];
        before(to).minus(before(from))
    }

    /// The `<a>` element that the node stands in, or is.
    pub fn link_around(&self, node: NodeIx) -> Option<NodeIx> {
        let behind = self.links.partition_point(|l| l.0 <= node.0);
        let at = self.links[behind - 1].1;
        (at > 0).then(|| NodeIx::new(at as usize - 1))
    }
}
