//! What the page as a whole looks like: where its prose lies.
//!
//! 1. Every block is measured on its own ([`Own`]).
//! 2. Prose is added up in document order, so that any element's share is one subtraction.
//! 3. The smallest elements that hold half and four fifths of the prose are found, and the element
//!    whose own blocks hold most.

use foldhash::{HashMap, HashMapExt};

use crate::document::{Document, NodeIx, Tag};
use crate::extract::body::blocks::{Block, Blocks};
use crate::extract::body::words::Words;
use crate::extract::body::{Hints, Scene};
use crate::text;

/// What one block is by itself, as far as others ask for it: there is one for every block of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Own {
    pub(crate) words: f32,
    pub(crate) link_share: f32,
    pub(crate) prose: f32,
    pub(crate) title_overlap: f32,
    /// Which of [`Terrain::families`] it is of.
    pub(crate) family: u32,
    /// How many other blocks have its text, up to 255.
    pub(crate) repeats: u8,
    pub(crate) ends_sentence: bool,
    pub(crate) in_link: bool,
    pub(crate) has_time: bool,
}

/// Totals over the blocks of one signature (tag and class of the block's element and its parent).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Family {
    pub(crate) count: f32,
    pub(crate) prose: f32,
    pub(crate) words: f32,
    pub(crate) links: f32,
}

/// Blocks from one sum in [`Terrain::sums`] to the next: between them it is added up when it is asked for.
const STEP: usize = 4;

/// The page's prose and where it lies.
#[derive(Debug)]
pub(crate) struct Terrain {
    pub(crate) own: Vec<Own>,
    /// By number; there is none of number 0.
    pub(crate) families: Vec<Family>,
    /// Where each block begins.
    starts: Vec<u32>,
    /// Prose words, all words and prose blocks before every [`STEP`]th block.
    sums: Vec<[f32; 3]>,
    /// Prose words of the page.
    pub(crate) prose: f32,
    pub(crate) words: f32,
    pub(crate) prose_blocks: f32,
    /// Smallest element that holds half, and four fifths, of the prose.
    pub(crate) half: NodeIx,
    pub(crate) most: NodeIx,
    /// The prose in `most`.
    pub(crate) in_most: f32,
    /// The element whose direct blocks hold most prose, and the prose by such element.
    pub(crate) best: NodeIx,
    pub(crate) direct: HashMap<NodeIx, f32>,
    /// Number of the headline's block among the blocks, if it is visible.
    pub(crate) headline: Option<usize>,
    pub(crate) articles: f32,
    /// A block of the kind that holds most prose.
    pub(crate) main: Option<usize>,
}

impl Terrain {
    pub(crate) fn of(scene: &Scene<'_>, (blocks, words): (&Blocks, &Words), hints: &Hints) -> Self {
        let mut own = measure(scene, (blocks, words), hints);
        let mut terrain = Self {
            families: families(scene.doc, blocks, &mut own),
            starts: blocks.iter().map(|b| b.span().start as u32).collect(),
            sums: running_sums(&own),
            prose: own.iter().map(|o| o.prose).sum(),
            words: own.iter().map(|o| o.words).sum(),
            prose_blocks: own.iter().filter(|o| o.prose > 0.0).count() as f32,
            half: NodeIx::ROOT,
            most: NodeIx::ROOT,
            in_most: 0.0,
            best: NodeIx::ROOT,
            direct: HashMap::new(),
            headline: headline_block(scene.doc, blocks, &own, hints),
            main: None,
            articles: scene.doc.all(Tag::Article).count() as f32,
            own,
        };
        terrain.most = terrain.holder(scene.doc, 0.8);
        terrain.in_most = terrain.prose_inside(scene.doc, terrain.most);
        terrain.half = terrain.holder(scene.doc, 0.5);
        terrain.add_direct(scene.doc, blocks);
        terrain.main = (0..blocks.len())
            .filter(|&i| terrain.own[i].prose > 0.0)
            .max_by(|&a, &b| terrain.kind(a).total_cmp(&terrain.kind(b)).then(b.cmp(&a)));
        terrain
    }

    /// Prose in blocks of the same kind.
    fn kind(&self, i: usize) -> f32 {
        self.family(i).prose
    }

    /// The family of a block.
    pub(crate) fn family(&self, i: usize) -> &Family {
        &self.families[self.own[i].family as usize]
    }

    fn add_direct(&mut self, doc: &Document, blocks: &Blocks) {
        let mut top = 0.0;
        for (block, own) in blocks.iter().zip(&self.own) {
            if let Some(parent) = doc.parent(block.node).filter(|_| own.prose > 0.0) {
                let sum = self.direct.entry(parent).or_insert(0.0);
                *sum += own.prose;
                if *sum > top {
                    top = *sum;
                    self.best = parent;
                }
            }
        }
    }

    /// Prose words, all words, blocks and prose blocks inside an element.
    pub(crate) fn inside(&self, doc: &Document, node: NodeIx) -> [f32; 4] {
        let range = doc.subtree(node);
        let (from, to) = (self.sum(range.start), self.sum(range.end));
        std::array::from_fn(|i| to[i] - from[i])
    }

    /// Prose words before a node, in document order.
    pub(crate) fn before(&self, node: usize) -> f32 {
        let blocks = self.blocks_before(node);
        let rest = self.own[blocks - blocks % STEP..blocks].iter();
        rest.fold(self.sums[blocks / STEP][0], |sum, own| sum + own.prose)
    }

    /// Prose words inside an element.
    pub(crate) fn prose_inside(&self, doc: &Document, node: NodeIx) -> f32 {
        let range = doc.subtree(node);
        self.before(range.end) - self.before(range.start)
    }

    fn blocks_before(&self, node: usize) -> usize {
        self.starts
            .partition_point(|&start| (start as usize) < node)
    }

    fn sum(&self, node: usize) -> [f32; 4] {
        let blocks = self.blocks_before(node);
        let mut sum = self.sums[blocks / STEP];
        for own in &self.own[blocks - blocks % STEP..blocks] {
            add(&mut sum, own);
        }
        let [prose, words, reading] = sum;
        [prose, words, blocks as f32, reading]
    }

    /// Share of the page's prose inside an element.
    pub(crate) fn share(&self, doc: &Document, node: NodeIx) -> f32 {
        if self.prose > 0.0 {
            self.prose_inside(doc, node) / self.prose
        } else {
            0.0
        }
    }

    /// The smallest element that holds at least this share of the prose.
    fn holder(&self, doc: &Document, share: f32) -> NodeIx {
        let wanted = self.prose * share;
        let mut here = NodeIx::ROOT;
        while let Some(child) = doc.children(here).find(|&c| {
            self.prose_inside(doc, c) >= wanted && self.prose > 0.0 && doc.tag(c) != Tag::Text
        }) {
            here = child;
        }
        here
    }
}

fn running_sums(own: &[Own]) -> Vec<[f32; 3]> {
    let mut sums = Vec::with_capacity(own.len() / STEP + 1);
    let mut sum = [0.0; 3];
    sums.push(sum);
    for step in own.chunks_exact(STEP) {
        for own in step {
            add(&mut sum, own);
        }
        sums.push(sum);
    }
    sums
}

/// Adds a block to a sum of those before it.
fn add(sum: &mut [f32; 3], own: &Own) {
    sum[0] += own.prose;
    sum[1] += own.words;
    sum[2] += f32::from(u8::from(own.prose > 0.0));
}

/// Puts every block into its family.
fn families(doc: &Document, blocks: &Blocks, own: &mut [Own]) -> Vec<Family> {
    let mut families = vec![Family::default()];
    let mut known: HashMap<_, u32> = HashMap::new();
    let class = |n| doc.attr(n, "class").unwrap_or_default();
    for (block, own) in blocks.iter().zip(own) {
        let parent = doc.parent(block.node).unwrap_or(NodeIx::ROOT);
        let look = |n| (doc.tag(n), class(n));
        own.family = *known
            .entry((look(block.node), look(parent)))
            .or_insert_with(|| {
                families.push(Family::default());
                families.len() as u32 - 1
            });
        let family = &mut families[own.family as usize];
        family.count += 1.0;
        family.prose += own.prose;
        family.words += own.words;
        family.links += own.words * own.link_share;
    }
    families
}

fn measure(scene: &Scene<'_>, (blocks, words): (&Blocks, &Words), hints: &Hints) -> Vec<Own> {
    let titles = Titles::of(&hints.titles);
    let mut texts: HashMap<&str, u32> = HashMap::new();
    for block in blocks.iter() {
        *texts.entry(block.text()).or_insert(0) += 1;
    }
    blocks
        .iter()
        .enumerate()
        .map(|(i, block)| {
            let mut own = measure_one(scene, &block);
            own.repeats = (texts[block.text()] - 1).min(u32::from(u8::MAX)) as u8;
            if own.words <= 60.0 {
                own.title_overlap = titles.overlap(words.get(i));
            }
            own
        })
        .collect()
}

fn measure_one(scene: &Scene<'_>, block: &Block) -> Own {
    let doc = scene.doc;
    let total = scene.measures.run(block);
    let (words, link_share) = (total.words as f32, total.link_share());
    let ends_sentence = text::ends_sentence(block.text());
    let reads = words >= 10.0 || (words >= 5.0 && ends_sentence);
    let is_time = |n| doc.tag(n) == Tag::Time;
    let first = NodeIx::new(block.span().start);
    Own {
        words,
        link_share,
        prose: if reads {
            words * (1.0 - link_share)
        } else {
            0.0
        },
        title_overlap: 0.0,
        family: 0,
        repeats: 0,
        ends_sentence,
        in_link: scene.measures.link_around(first).is_some(),
        has_time: is_time(block.node) || block.span().map(NodeIx::new).any(is_time),
    }
}

/// The words of the page's titles, for comparing every block with all titles at once.
struct Titles {
    /// In which titles, by number, each word stands.
    holders: HashMap<u64, Vec<usize>>,
    /// How many words each title has.
    lengths: Vec<usize>,
}

impl Titles {
    fn of(titles: &[String]) -> Self {
        let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut lengths = Vec::with_capacity(titles.len());
        for (number, title) in titles.iter().enumerate() {
            let mut length = 0;
            for word in text::hashes(title).take(40) {
                length += 1;
                let held = holders.entry(word).or_default();
                if held.last() != Some(&number) {
                    held.push(number);
                }
            }
            lengths.push(length);
        }
        Self { holders, lengths }
    }

    /// Share of words that a text has in common with the closest of the titles (Dice).
    fn overlap(&self, words: &[u64]) -> f32 {
        let words = &words[..words.len().min(60)];
        let mut both = vec![0_usize; self.lengths.len()];
        let mut held = false;
        for word in words {
            for &number in self.holders.get(word).into_iter().flatten() {
                both[number] += 1;
                held = true;
            }
        }
        if !held {
            return 0.0;
        }
        let words = words.len();
        both.iter()
            .zip(&self.lengths)
            .map(|(&both, &length)| 2.0 * both.min(length) as f32 / (words + length).max(1) as f32)
            .fold(0.0, f32::max)
    }
}

fn headline_block(doc: &Document, blocks: &Blocks, own: &[Own], hints: &Hints) -> Option<usize> {
    let by_node = hints.headline.and_then(|node| {
        blocks
            .iter()
            .position(|b| doc.contains(node, b.node) || doc.contains(b.node, node))
    });
    let by_text = || {
        (0..blocks.len())
            .filter(|&i| own[i].title_overlap >= 0.7)
            .max_by(|&a, &b| rank(doc, blocks, own, a).total_cmp(&rank(doc, blocks, own, b)))
    };
    by_node
        .or_else(by_text)
        .or_else(|| blocks.iter().position(|b| doc.tag(b.node) == Tag::H1))
}

/// How much a block with the title's words looks like the headline; earlier wins among equals.
fn rank(doc: &Document, blocks: &Blocks, own: &[Own], at: usize) -> f32 {
    let level = doc
        .tag(blocks.at(at).node)
        .heading_level()
        .map_or(0.0, |l| 1.0 / f32::from(l));
    own[at].title_overlap + level - own[at].link_share * 0.5 - at as f32 * 1e-4
}
