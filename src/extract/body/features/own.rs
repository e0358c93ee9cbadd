//! What a block says of itself: its text, its markup, the pictures beside it, and how its words
//! are like those of other blocks of the page.

use foldhash::HashSet;

use crate::document::{NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::Hints;
use crate::extract::body::features::{Maker, Row, flag, log};
use crate::extract::body::words::{runs, together};
use crate::page;
use crate::text;

/// Words from which on a block is compared with others by its runs.
pub(super) const TELLING_WORDS: f32 = 6.0;

/// Three-word runs of the stated body and description, to tell how much of a block they hold.
pub(super) struct Stated {
    pub(super) body: HashSet<u64>,
    pub(super) description: HashSet<u64>,
}

impl Stated {
    pub(super) fn of(hints: &Hints) -> Self {
        let set = |text: &Option<String>| {
            text.as_deref()
                .map(|t| runs(&text::hashes(t).collect::<Vec<_>>()).collect())
                .unwrap_or_default()
        };
        Self {
            body: set(&hints.stated_body),
            description: set(&hints.description),
        }
    }
}

/// The first two words of a text.
pub(super) fn start_of(words: &[u64]) -> u64 {
    together(&words[..words.len().min(2)])
}

/// Share of the runs of words that `is_held` says yes to; 0 for none.
fn share(words: &[u64], is_held: impl Fn(u64) -> bool) -> f32 {
    let (mut hit, mut all) = (0, 0);
    for run in runs(words) {
        all += 1;
        hit += u32::from(is_held(run));
    }
    if all == 0 {
        0.0
    } else {
        hit as f32 / all as f32
    }
}

fn held(words: &[u64], set: &HashSet<u64>) -> f32 {
    if set.is_empty() {
        -1.0
    } else {
        share(words, |run| set.contains(&run))
    }
}

/// Capitals, and marks that end sentences.
fn characters(text: &str) -> (u32, u32) {
    let (mut capitals, mut marks) = (0, 0);
    for b in text.bytes() {
        capitals += u32::from(b.is_ascii_uppercase());
        marks += u32::from(matches!(b, b'.' | b'!' | b'?' | b';'));
    }
    if !text.is_ascii() {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            capitals += u32::from(c.is_uppercase());
            marks += u32::from(matches!(c, '。' | '！' | '？' | '।'));
        }
    }
    (capitals, marks)
}

impl Maker<'_> {
    pub(super) fn own(&self, row: &mut Row, i: usize) {
        let (o, block) = (&self.terrain.own[i], self.blocks.at(i));
        let text = block.text();
        let total = self.measures.run(&block);
        let (capitals, marks) = characters(text);
        row.words = log(o.words);
        row.letters_a_word = total.letters as f32 / o.words.max(1.0);
        row.link_share = o.link_share;
        row.links = log(total.links as f32);
        row.commas_a_word = total.commas as f32 / o.words.max(1.0);
        row.ends_sentence = flag(o.ends_sentence);
        row.sentence_marks = marks as f32 / o.words.max(1.0);
        row.capitals = capitals as f32 / (total.letters as f32).max(1.0);
        row.title_overlap = o.title_overlap;
        row.repeats = f32::from(o.repeats.min(5));
        row.in_link = flag(o.in_link);
        row.has_time = flag(o.has_time);
        row.starts_upper = flag(text.chars().next().is_some_and(char::is_uppercase));
        row.ends_colon = flag(text.ends_with([':', '：']));
        let has = |byte| memchr::memchr(byte, text.as_bytes()).is_some();
        let rare = !text.is_ascii();
        row.has_bar = flag(has(b'|') || rare && text.contains(['•', '·', '»', '›']));
        row.has_copyright = flag(rare && text.contains(['©', '®', '™']));
        row.has_at = flag(has(b'@'));
        row.line_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count() as f32;
        row.stated = held(self.words.get(i), &self.stated.body);
        row.described = held(self.words.get(i), &self.stated.description);
    }

    /// Whether pictures stand right before the block or beside it: captions without markup.
    pub(super) fn images(&self, row: &mut Row, i: usize) {
        let block = self.blocks.at(i);
        let from = i.checked_sub(1).map_or(0, |j| self.blocks.at(j).span().end);
        let parent = self.doc.parent(block.node).unwrap_or(NodeIx::ROOT);
        let up = self.doc.parent(parent).unwrap_or(NodeIx::ROOT);
        let between = self
            .measures
            .span(from.min(block.span().start), block.span().start);
        row.image_just_before = (between.images as f32).min(3.0);
        row.image_in_parent = log(self.measures.total(self.doc, parent).images as f32);
        row.image_in_grandparent = log(self.measures.total(self.doc, up).images as f32);
    }

    /// How the block's text is like that of other blocks of the page.
    pub(super) fn likeness(&mut self, row: &mut Row, i: usize) {
        let text = self.blocks.at(i).text();
        row.is_question = flag(text.ends_with(['?', '？', '؟']));
        row.digits_start = flag(text.starts_with(|c: char| c.is_ascii_digit()));
        row.starts_like_others = log(self.starts[&start_of(self.words.get(i))] - 1.0);
        let own = &self.terrain.own;
        if let Some(before) = i.checked_sub(1) {
            row.colon_1 = flag(self.blocks.at(before).text().ends_with([':', '：']));
            row.question_1 = flag(self.blocks.at(before).text().ends_with(['?', '？', '؟']));
        }
        let [_, here, next] = self.digits;
        self.digits = [here, next, self.digits(i + 1)];
        [row.digits_1, row.digits, row.digits1] = self.digits;
        if own[i].words >= TELLING_WORDS {
            row.contained = share(self.words.get(i), |run| self.again.contains(&run));
        }
        let (mut links, mut external) = (0.0, 0.0);
        for at in self.blocks.at(i).span() {
            if let Some(href) = self.doc.attr(NodeIx::new(at), "href") {
                links += 1.0;
                external += flag(href.starts_with("http") && !self.same_host(href));
            }
        }
        row.external_links = if links > 0.0 { external / links } else { -1.0 };
    }

    /// The share of digits in a block's letters; 0 where there is no block.
    pub(super) fn digits(&self, i: usize) -> f32 {
        let Some(block) = self.blocks.get(i) else {
            return 0.0;
        };
        let digit = |b: u8| u32::from(b.is_ascii_digit());
        let digits: u32 = block.text().bytes().map(digit).sum();
        digits as f32 / (self.measures.run(&block).letters as f32).max(1.0)
    }

    fn same_host(&self, href: &str) -> bool {
        let rest = href.split_once("//").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !self.host.is_empty() && page::without_www(host).ends_with(self.host)
    }

    pub(super) fn markup(&self, row: &mut Row, i: usize) {
        let block = self.blocks.at(i);
        let tag = self.doc.tag(block.node);
        row.is_p = flag(tag == Tag::P);
        row.is_heading = flag(block.kind == BlockKind::Heading);
        row.heading_level = tag.heading_level().map_or(0.0, f32::from);
        row.is_item = flag(block.kind == BlockKind::ListItem);
        row.is_quote = flag(block.kind == BlockKind::Quote);
        row.is_cell = flag(block.kind == BlockKind::TableRow);
        row.is_caption = flag(block.kind == BlockKind::Caption);
        row.is_pre = flag(block.kind == BlockKind::Preformatted);
        row.is_div = flag(tag == Tag::Div);
        row.depth = f32::from(self.doc.depth(block.node));
    }
}
