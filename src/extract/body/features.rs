//! The model's inputs: named numbers of one block, its neighbours, its ancestors and its page.
//!
//! Names are the contract with the trained model: a model that names other inputs is refused. To
//! add one: a name here, a line where it is computed, and train anew (`tools/train`).

use std::collections::HashMap;

use crate::document::{Document, Measures, NodeIx, Tag};
use crate::extract::article::BlockKind;
use crate::extract::body::blocks::Block;
use crate::extract::body::names::{Group, Names};
use crate::extract::body::terrain::{Own, Terrain};
use crate::extract::body::{Hints, Scene};

macro_rules! features {
    ($($name:ident),* $(,)?) => {
        /// The inputs of one block.
        #[derive(Debug, Clone, Default)]
        pub(crate) struct Row { $(pub(crate) $name: f32),* }

        /// The names of the inputs, in the order of [`Row::values`].
        pub const FEATURES: &[&str] = &[$(stringify!($name)),*];

        impl Row {
            /// The inputs as numbers.
            pub(crate) fn values(&self) -> [f32; FEATURES.len()] {
                [$(self.$name),*]
            }
        }
    };
}

features! {
    // The block itself.
    words, letters_a_word, link_share, links, commas_a_word, ends_sentence, sentence_marks,
    capitals, digits, bold_share, title_overlap, repeats, in_link, has_time, starts_upper,
    ends_colon, has_bar, has_copyright, has_at, line_breaks, stated, described,
    // Its markup.
    image_just_before, image_in_parent, image_in_grandparent, is_question, digits_start,
    contained, starts_like_others, colon_1, question_1, digits_1, digits1, external_links,
    is_p, is_heading, heading_level, is_item, is_quote, is_cell, is_caption, is_pre, is_div, depth,
    // Its place.
    at_block, at_prose, from_headline, prose_since_headline, h1_before, headings_since_prose,
    // Its neighbours.
    words_1, words_2, words1, words2, link_1, link_2, link1, link2, ends_1, ends1, prose_1, prose1,
    same_parent_1, same_parent1, same_family_1, same_family1, heading_1, heading1, gap_1, gap1,
    near_prose, near_links, near_words, to_prose_1, to_prose1, prose_ahead, prose_behind,
    // What its neighbours' kinds and parents hold.
    kind_prose_1, kind_prose_2, kind_prose1, kind_prose2, direct_1, direct1, next_text_kind,
    next_text_words, next_text_link, last_text_kind, last_text_link, next_text_same_parent,
    prose_left_in_parent, prose_left_in_best, prose_left_in_up2, place_in_up2,
    // The list or table around it.
    list_items, list_words, list_links, list_after_colon, list_share,
    // Its look, against the page's dominant kind of paragraph.
    kind_rank, same_tag_as_main, same_class_as_main, same_depth_as_main, class_words, italic_share,
    link_first, link_last, bold_first, label_words, small_text,
    // The blocks of its kind.
    family_count, family_prose, family_words, family_links,
    // Its ancestors.
    share_0, share_1, share_2, share_3, share_4, links_1up, links_2up, links_3up, blocks_1up,
    blocks_2up, reading_1up, reading_2up, reading_3up, direct_share, words_1up, words_2up,
    siblings, index_of_type,
    in_article, in_main, in_aside, in_nav, in_footer, in_header, in_form, in_figure, in_table,
    in_list, in_quote, in_section, in_button, in_details,
    in_best, in_half, in_most, up_to_best, up_to_half, up_to_most, article_share, article_number,
    name_story, name_lead, name_comment, name_share, name_related, name_promo, name_ad,
    name_furniture, name_byline, name_date, name_caption, name_title, name_tags, name_quote,
    name_box, name_hidden, own_names, parent_names_bad,
    // Its page.
    page_prose, page_words, page_prose_blocks, page_most_share, page_articles, page_stated,
    page_best_share, page_headline,
}

/// Stands for "no such ancestor" in the distances.
const FAR: f32 = 30.0;

/// The inputs of every block of a page.
pub(crate) fn rows(
    scene: &Scene<'_>,
    blocks: &[Block],
    terrain: &Terrain,
    hints: &Hints,
) -> Vec<Row> {
    let mut maker = Maker {
        doc: scene.doc,
        blocks,
        terrain,
        stated: Stated::of(hints),
        measures: scene.measures,
        starts: HashMap::new(),
        runs: HashMap::new(),
        host: hints.host.clone(),
        names: Names::default(),
        lines: HashMap::new(),
    };
    for (block, own) in blocks.iter().zip(&terrain.own) {
        *maker.starts.entry(start_of(&block.text)).or_insert(0.0) += 1.0;
        if own.words >= 6.0 {
            for run in runs(&block.text) {
                *maker.runs.entry(run).or_insert(0) += 1;
            }
        }
    }
    let mut place = Place::default();
    (0..blocks.len())
        .map(|i| {
            let mut row = Row::default();
            maker.own(&mut row, i);
            maker.images(&mut row, i);
            maker.likeness(&mut row, i);
            maker.markup(&mut row, i);
            maker.place(&mut row, i, &mut place);
            maker.neighbours(&mut row, i);
            maker.family(&mut row, i);
            maker.kinds(&mut row, i);
            maker.list(&mut row, i);
            maker.look(&mut row, i);
            maker.ancestors(&mut row, i);
            maker.page(&mut row);
            row
        })
        .collect()
}

/// Three-word runs of the stated body and description, to tell how much of a block they hold.
struct Stated {
    body: std::collections::HashSet<u64>,
    description: std::collections::HashSet<u64>,
}

impl Stated {
    fn of(hints: &Hints) -> Self {
        let set = |text: &Option<String>| {
            text.as_deref()
                .map(|t| runs(t).collect())
                .unwrap_or_default()
        };
        Self {
            body: set(&hints.stated_body),
            description: set(&hints.description),
        }
    }
}

/// Hashes of all runs of three words; one hash for a shorter text.
fn runs(text: &str) -> impl Iterator<Item = u64> {
    let words: Vec<u64> = crate::text::words(text).map(|w| fnv(w.bytes())).collect();
    let n = words.len().min(3);
    let last = if n == 0 { 0 } else { words.len() - n + 1 };
    (0..last).map(move |i| fnv(words[i..i + n].iter().flat_map(|w| w.to_le_bytes())))
}

/// The first two words of a text.
fn start_of(text: &str) -> u64 {
    fnv(crate::text::words(text)
        .take(2)
        .flat_map(String::into_bytes))
}

fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
    })
}

fn held(text: &str, set: &std::collections::HashSet<u64>) -> f32 {
    if set.is_empty() {
        return -1.0;
    }
    let (mut all, mut hit) = (0.0, 0.0);
    for run in runs(text) {
        all += 1.0;
        hit += f32::from(u8::from(set.contains(&run)));
    }
    if all > 0.0 { hit / all } else { 0.0 }
}

/// What is counted while walking the blocks in order.
#[derive(Default)]
struct Place {
    prose: f32,
    h1: f32,
    headings: f32,
}

/// What the line of ancestors of an element says, computed once an element.
#[derive(Debug, Clone, Copy)]
struct Line {
    tags: [u8; 14],
    names: [u8; 16],
    own_mask: u32,
    parent_mask: u32,
    article: Option<NodeIx>,
}

struct Maker<'a> {
    doc: &'a Document,
    blocks: &'a [Block],
    terrain: &'a Terrain,
    stated: Stated,
    measures: &'a Measures,
    /// How many blocks start with the same words; how often each run of three words occurs.
    starts: HashMap<u64, f32>,
    runs: HashMap<u64, u32>,
    host: String,
    names: Names<'a>,
    lines: HashMap<NodeIx, Line>,
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}

fn log(value: f32) -> f32 {
    value.max(0.0).ln_1p()
}

impl Maker<'_> {
    fn own(&self, row: &mut Row, i: usize) {
        let (o, text) = (&self.terrain.own[i], self.blocks[i].text.as_str());
        row.words = log(o.words);
        row.letters_a_word = o.letters / o.words.max(1.0);
        row.link_share = o.link_share;
        row.links = log(o.links);
        row.commas_a_word = o.commas / o.words.max(1.0);
        row.ends_sentence = flag(o.ends_sentence);
        row.sentence_marks = o.sentence_marks / o.words.max(1.0);
        row.capitals = o.capitals;
        row.digits = o.digits;
        row.bold_share = o.bold_share;
        row.title_overlap = o.title_overlap;
        row.repeats = o.repeats.min(5.0);
        row.in_link = flag(o.in_link);
        row.has_time = flag(o.has_time);
        row.starts_upper = flag(text.chars().next().is_some_and(char::is_uppercase));
        row.ends_colon = flag(text.ends_with([':', '：']));
        row.has_bar = flag(text.contains(['|', '•', '·', '»', '›']));
        row.has_copyright = flag(text.contains(['©', '®', '™']));
        row.has_at = flag(text.contains('@'));
        row.line_breaks = text.matches('\n').count() as f32;
        row.stated = held(text, &self.stated.body);
        row.described = held(text, &self.stated.description);
    }

    /// Whether pictures stand right before the block or beside it: captions without markup.
    fn images(&self, row: &mut Row, i: usize) {
        let block = &self.blocks[i];
        let from = i.checked_sub(1).map_or(0, |j| self.blocks[j].span.end);
        let parent = self.doc.parent(block.node).unwrap_or(NodeIx::ROOT);
        let up = self.doc.parent(parent).unwrap_or(NodeIx::ROOT);
        let between = self
            .measures
            .span(from.min(block.span.start), block.span.start);
        row.image_just_before = (between.images as f32).min(3.0);
        row.image_in_parent = log(self.measures.total(self.doc, parent).images as f32);
        row.image_in_grandparent = log(self.measures.total(self.doc, up).images as f32);
    }

    /// How the block's text is like that of other blocks of the page.
    fn likeness(&self, row: &mut Row, i: usize) {
        let text = self.blocks[i].text.as_str();
        row.is_question = flag(text.ends_with(['?', '？', '؟']));
        row.digits_start = flag(text.starts_with(|c: char| c.is_ascii_digit()));
        row.starts_like_others = log(self.starts[&start_of(text)] - 1.0);
        let own = &self.terrain.own;
        if let Some(before) = i.checked_sub(1) {
            row.colon_1 = flag(self.blocks[before].text.ends_with([':', '：']));
            row.question_1 = flag(self.blocks[before].text.ends_with(['?', '？', '؟']));
            row.digits_1 = own[before].digits;
        }
        row.digits1 = own.get(i + 1).map_or(0.0, |o| o.digits);
        if own[i].words >= 6.0 {
            let (mut all, mut again) = (0.0, 0.0);
            for run in runs(text) {
                all += 1.0;
                again += flag(self.runs.get(&run).is_some_and(|&n| n > 1));
            }
            row.contained = if all > 0.0 { again / all } else { 0.0 };
        }
        let (mut links, mut external) = (0.0, 0.0);
        for at in self.blocks[i].span.clone() {
            if let Some(href) = self.doc.attr(NodeIx::new(at), "href") {
                links += 1.0;
                external += flag(href.starts_with("http") && !self.same_host(href));
            }
        }
        row.external_links = if links > 0.0 { external / links } else { -1.0 };
    }

    fn same_host(&self, href: &str) -> bool {
        let rest = href.split_once("//").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !self.host.is_empty()
            && host
                .trim_start_matches("www.")
                .ends_with(self.host.as_str())
    }

    fn markup(&self, row: &mut Row, i: usize) {
        let block = &self.blocks[i];
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

    fn place(&self, row: &mut Row, i: usize, place: &mut Place) {
        let (t, o) = (self.terrain, &self.terrain.own[i]);
        row.at_block = i as f32 / self.blocks.len() as f32;
        row.at_prose = place.prose / t.prose.max(1.0);
        row.from_headline = t
            .headline
            .map_or(-99.0, |h| (i as f32 - h as f32).clamp(-50.0, 200.0));
        row.h1_before = place.h1;
        row.headings_since_prose = place.headings;
        row.prose_since_headline = match t.headline {
            Some(h) if i >= h => log(place.prose - self.prose_before(h)),
            Some(_) => -1.0,
            None => -2.0,
        };
        place.prose += o.prose;
        place.h1 += flag(self.doc.tag(self.blocks[i].node) == Tag::H1);
        place.headings = if o.prose > 0.0 {
            0.0
        } else {
            place.headings + flag(self.blocks[i].kind == BlockKind::Heading)
        };
    }

    fn prose_before(&self, i: usize) -> f32 {
        self.terrain.before(self.blocks[i].span.start)
    }

    fn neighbours(&self, row: &mut Row, i: usize) {
        let none = Own::default();
        let get = |d: isize| {
            i.checked_add_signed(d)
                .and_then(|j| self.terrain.own.get(j))
                .unwrap_or(&none)
        };
        let (a2, a1, b1, b2) = (get(-2), get(-1), get(1), get(2));
        (row.words_2, row.words_1) = (log(a2.words), log(a1.words));
        (row.words1, row.words2) = (log(b1.words), log(b2.words));
        (row.link_2, row.link_1) = (a2.link_share, a1.link_share);
        (row.link1, row.link2) = (b1.link_share, b2.link_share);
        (row.ends_1, row.ends1) = (flag(a1.ends_sentence), flag(b1.ends_sentence));
        (row.prose_1, row.prose1) = (log(a1.prose), log(b1.prose));
        let here = &self.terrain.own[i];
        row.same_family_1 = flag(a1.signature == here.signature);
        row.same_family1 = flag(b1.signature == here.signature);
        let (before, after) = (
            i.checked_sub(1),
            (i + 1 < self.blocks.len()).then_some(i + 1),
        );
        (row.same_parent_1, row.heading_1, row.gap_1) = self.beside(i, before);
        (row.same_parent1, row.heading1, row.gap1) = self.beside(i, after);
        self.window(row, i);
    }

    /// Same parent, heading, and how far the common ancestor of two neighbours is.
    fn beside(&self, i: usize, other: Option<usize>) -> (f32, f32, f32) {
        let Some(j) = other else {
            return (0.0, 0.0, FAR);
        };
        let (a, b) = (self.blocks[i].node, self.blocks[j].node);
        let same = self.doc.parent(a) == self.doc.parent(b);
        let up = std::iter::once(a)
            .chain(self.doc.ancestors(a))
            .take(FAR as usize)
            .take_while(|&n| !self.doc.contains(n, b))
            .count();
        (
            flag(same),
            flag(self.blocks[j].kind == BlockKind::Heading),
            up as f32,
        )
    }

    fn window(&self, row: &mut Row, i: usize) {
        let own = &self.terrain.own;
        let (from, to) = (i.saturating_sub(4), (i + 5).min(own.len()));
        let near = &own[from..to];
        let n = near.len() as f32;
        row.near_prose = near.iter().filter(|o| o.prose > 0.0).count() as f32 / n;
        row.near_links = near.iter().map(|o| o.link_share).sum::<f32>() / n;
        row.near_words = log(near.iter().map(|o| o.words).sum::<f32>() / n);
        let far = |found: Option<usize>| found.map_or(FAR, |d| d as f32);
        row.to_prose_1 = far(own[..i].iter().rev().take(30).position(|o| o.prose > 0.0));
        row.to_prose1 = far(own[i + 1..].iter().take(30).position(|o| o.prose > 0.0));
        row.prose_behind = log(own[i.saturating_sub(10)..i].iter().map(|o| o.prose).sum());
        row.prose_ahead = log(own[i + 1..(i + 11).min(own.len())]
            .iter()
            .map(|o| o.prose)
            .sum());
    }

    /// Share of the page's prose that stands in blocks of the same kind as this one.
    fn kind_prose(&self, i: Option<usize>) -> f32 {
        let own = i.and_then(|i| self.terrain.own.get(i));
        own.map_or(-1.0, |o| {
            self.terrain.families[&o.signature].prose / self.terrain.prose.max(1.0)
        })
    }

    fn kinds(&self, row: &mut Row, i: usize) {
        let (doc, t) = (self.doc, self.terrain);
        row.kind_prose_1 = self.kind_prose(i.checked_sub(1));
        row.kind_prose_2 = self.kind_prose(i.checked_sub(2));
        row.kind_prose1 = self.kind_prose(Some(i + 1));
        row.kind_prose2 = self.kind_prose(Some(i + 2));
        let direct = |i: Option<usize>| {
            i.and_then(|i| self.blocks.get(i))
                .and_then(|b| doc.parent(b.node))
                .map_or(-1.0, |p| {
                    t.direct.get(&p).copied().unwrap_or(0.0) / t.prose.max(1.0)
                })
        };
        row.direct_1 = direct(i.checked_sub(1));
        row.direct1 = direct(Some(i + 1));
        let text = |&j: &usize| self.blocks[j].kind != BlockKind::Heading;
        let next = (i + 1..self.blocks.len()).take(4).find(text);
        let last = (0..i).rev().take(4).find(text);
        row.next_text_kind = self.kind_prose(next);
        row.last_text_kind = self.kind_prose(last);
        row.next_text_words = next.map_or(-1.0, |j| log(t.own[j].words));
        row.next_text_link = next.map_or(-1.0, |j| t.own[j].link_share);
        row.last_text_link = last.map_or(-1.0, |j| t.own[j].link_share);
        let parent = doc.parent(self.blocks[i].node).unwrap_or(NodeIx::ROOT);
        row.next_text_same_parent =
            next.map_or(-1.0, |j| flag(doc.contains(parent, self.blocks[j].node)));
        let (here, up2) = (
            self.blocks[i].span.end,
            doc.parent(parent).unwrap_or(NodeIx::ROOT),
        );
        let left = |holder: NodeIx| {
            let end = doc.subtree(holder).end;
            if end > here {
                log(t.before(end) - t.before(here))
            } else {
                -1.0
            }
        };
        row.prose_left_in_parent = left(parent);
        row.prose_left_in_up2 = left(up2);
        row.prose_left_in_best = left(t.best);
        let held = t.inside(doc, up2)[0];
        let before = t.before(self.blocks[i].span.start) - t.before(up2.index());
        row.place_in_up2 = if held > 0.0 { before / held } else { -1.0 };
    }

    /// The nearest list or table around the block.
    fn list(&self, row: &mut Row, i: usize) {
        let doc = self.doc;
        let around = std::iter::once(self.blocks[i].node)
            .chain(doc.ancestors(self.blocks[i].node))
            .take(8)
            .find(|&n| matches!(doc.tag(n), Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table));
        let Some(list) = around else {
            row.list_items = -1.0;
            row.list_after_colon = -1.0;
            return;
        };
        let total = self.measures.total(doc, list);
        let inside = self.terrain.inside(doc, list);
        row.list_items = log(inside[2]);
        row.list_words = log(inside[1] / inside[2].max(1.0));
        row.list_links = total.link_share();
        row.list_share = inside[1] / self.terrain.words.max(1.0);
        let before = self.blocks[..i]
            .iter()
            .rev()
            .take(60)
            .find(|b| !doc.contains(list, b.node));
        row.list_after_colon = before.map_or(0.0, |b| flag(b.text.ends_with([':', '：'])));
    }

    /// How the block looks, next to the page's dominant kind of paragraph.
    fn look(&self, row: &mut Row, i: usize) {
        let (doc, t, block) = (self.doc, self.terrain, &self.blocks[i]);
        let class = |n: NodeIx| doc.attr(n, "class").unwrap_or_default();
        row.kind_rank = self.kind_prose(Some(i)) / self.kind_prose(t.main).max(0.001);
        if let Some(main) = t.main {
            let main = self.blocks[main].node;
            row.same_tag_as_main = flag(doc.tag(main) == doc.tag(block.node));
            row.same_class_as_main = flag(class(main) == class(block.node));
            row.same_depth_as_main =
                (f32::from(doc.depth(block.node)) - f32::from(doc.depth(main))).clamp(-9.0, 9.0);
        }
        row.class_words = class(block.node).split_ascii_whitespace().count().min(9) as f32;
        let letters = t.own[i].letters.max(1.0);
        let (mut italic, mut seen) = (0.0, 0.0);
        for at in block.span.clone() {
            let node = NodeIx::new(at);
            let own = self.measures.span(at, at + 1).letters as f32;
            if own == 0.0 {
                continue;
            }
            let (mut is_italic, mut is_bold, mut is_small) = (false, false, false);
            for n in doc.ancestors(node).take_while(|&n| n != block.node).take(6) {
                match doc.tag(n) {
                    Tag::Em | Tag::I | Tag::Cite => is_italic = true,
                    Tag::B | Tag::Strong => is_bold = true,
                    Tag::Small | Tag::Sub | Tag::Sup => is_small = true,
                    _ => {}
                }
            }
            let linked = self.measures.link_around(node).is_some();
            if seen == 0.0 {
                row.link_first = flag(linked);
                row.bold_first = flag(is_bold);
            }
            row.link_last = flag(linked);
            row.small_text += flag(is_small) * own / letters;
            italic += flag(is_italic) * own;
            seen += own;
        }
        row.italic_share = italic / letters;
        let label = block
            .text
            .char_indices()
            .take(40)
            .find(|(_, c)| matches!(c, ':' | '：' | '|'));
        row.label_words = label.map_or(-1.0, |(at, _)| {
            block.text[..at].split(' ').count().min(9) as f32
        });
    }

    fn family(&self, row: &mut Row, i: usize) {
        let family = self.terrain.families[&self.terrain.own[i].signature];
        row.family_count = log(family.count);
        row.family_prose = family.prose / self.terrain.prose.max(1.0);
        row.family_words = log(family.words / family.count.max(1.0));
        row.family_links = family.links / family.words.max(1.0);
    }

    fn ancestors(&mut self, row: &mut Row, i: usize) {
        let (doc, t, node) = (self.doc, self.terrain, self.blocks[i].node);
        let up: [NodeIx; 5] = {
            let mut line = std::iter::once(node).chain(doc.ancestors(node));
            let mut last = node;
            std::array::from_fn(|_| {
                last = line.next().unwrap_or(last);
                last
            })
        };
        let inside = up.map(|n| t.inside(doc, n));
        let prose = t.prose.max(1.0);
        let reading = |s: [f32; 4]| s[3] / s[2].max(1.0);
        [
            row.share_0,
            row.share_1,
            row.share_2,
            row.share_3,
            row.share_4,
        ] = inside.map(|s| s[0] / prose);
        let lean = |s: [f32; 4]| s[0] / s[1].max(1.0);
        [row.links_1up, row.links_2up, row.links_3up] =
            [lean(inside[1]), lean(inside[2]), lean(inside[3])];
        (row.blocks_1up, row.blocks_2up) = (log(inside[1][2]), log(inside[2][2]));
        [row.reading_1up, row.reading_2up, row.reading_3up] =
            [reading(inside[1]), reading(inside[2]), reading(inside[3])];
        (row.words_1up, row.words_2up) = (log(inside[1][1]), log(inside[2][1]));
        row.direct_share = t.direct.get(&up[1]).copied().unwrap_or(0.0) / prose;
        let (mut siblings, mut before) = (0, 0);
        for child in doc.children(up[1]).take(200) {
            if doc.tag(child) == doc.tag(node) {
                siblings += 1;
                before += u32::from(child < node);
            }
        }
        (row.siblings, row.index_of_type) = (log(siblings as f32), log(before as f32));
        self.line(row, node);
        self.containers(row, node);
    }

    fn containers(&self, row: &mut Row, node: NodeIx) {
        let (doc, t) = (self.doc, self.terrain);
        let up_to = |holder: NodeIx| {
            let depth = |n| f32::from(doc.depth(n));
            if doc.contains(holder, node) {
                (1.0, depth(node) - depth(holder))
            } else {
                let up = doc
                    .ancestors(node)
                    .take_while(|&n| !doc.contains(n, holder))
                    .count();
                (0.0, -(up as f32) - 1.0)
            }
        };
        (row.in_best, row.up_to_best) = up_to(t.best);
        (row.in_half, row.up_to_half) = up_to(t.half);
        (row.in_most, row.up_to_most) = up_to(t.most);
    }

    fn line(&mut self, row: &mut Row, node: NodeIx) {
        let line = self.line_of(node);
        let far = |d: u8| f32::from(d).min(FAR);
        [
            row.in_article,
            row.in_main,
            row.in_aside,
            row.in_nav,
            row.in_footer,
            row.in_header,
            row.in_form,
            row.in_figure,
            row.in_table,
            row.in_list,
            row.in_quote,
            row.in_section,
            row.in_button,
            row.in_details,
        ] = line.tags.map(far);
        [
            row.name_story,
            row.name_lead,
            row.name_comment,
            row.name_share,
            row.name_related,
            row.name_promo,
            row.name_ad,
            row.name_furniture,
            row.name_byline,
            row.name_date,
            row.name_caption,
            row.name_title,
            row.name_tags,
            row.name_quote,
            row.name_box,
            row.name_hidden,
        ] = line.names.map(far);
        let bad = [
            Group::Comment,
            Group::Share,
            Group::Related,
            Group::Promo,
            Group::Ad,
            Group::Furniture,
            Group::Byline,
            Group::Caption,
            Group::Tags,
            Group::Hidden,
        ]
        .iter()
        .fold(0, |mask, &g| mask | 1_u32 << g as u32);
        row.own_names = (line.own_mask & bad).count_ones() as f32;
        row.parent_names_bad = (line.parent_mask & bad).count_ones() as f32;
        let article = line.article.map(|a| self.terrain.share(self.doc, a));
        row.article_share = article.unwrap_or(-1.0);
        row.article_number = line.article.map_or(-1.0, |a| {
            self.terrain.before(a.index()) / self.terrain.prose.max(1.0)
        });
    }

    /// The line of an element, from its parent's line; computed top down for what is not known yet.
    fn line_of(&mut self, node: NodeIx) -> Line {
        let mut todo = Vec::new();
        let mut line = Line {
            tags: [FAR as u8; 14],
            names: [FAR as u8; 16],
            own_mask: 0,
            parent_mask: 0,
            article: None,
        };
        for n in std::iter::once(node).chain(self.doc.ancestors(node)) {
            if let Some(&known) = self.lines.get(&n) {
                line = known;
                break;
            }
            todo.push(n);
        }
        for &n in todo.iter().rev() {
            line = self.step(line, n);
            self.lines.insert(n, line);
        }
        line
    }

    fn step(&mut self, mut line: Line, node: NodeIx) -> Line {
        for d in line.tags.iter_mut().chain(&mut line.names) {
            *d = d.saturating_add(1).min(FAR as u8);
        }
        let tag = self.doc.tag(node);
        let slot = match tag {
            Tag::Article => Some(0),
            Tag::Main => Some(1),
            Tag::Aside => Some(2),
            Tag::Nav => Some(3),
            Tag::Footer => Some(4),
            Tag::Header => Some(5),
            Tag::Form => Some(6),
            Tag::Figure | Tag::Picture => Some(7),
            Tag::Table => Some(8),
            Tag::Ul | Tag::Ol | Tag::Dl => Some(9),
            Tag::Blockquote => Some(10),
            Tag::Section => Some(11),
            Tag::Button | Tag::Label => Some(12),
            Tag::Details => Some(13),
            _ => None,
        };
        if let Some(slot) = slot {
            line.tags[slot] = 0;
        }
        if tag == Tag::Article {
            line.article = Some(node);
        }
        let mask = if matches!(tag, Tag::Body | Tag::Html | Tag::Document) {
            0
        } else {
            self.names.of(self.doc, node)
        };
        line.parent_mask = line.own_mask;
        line.own_mask = mask;
        for &group in Group::ALL {
            if mask >> group as u32 & 1 == 1 {
                line.names[group as usize] = 0;
            }
        }
        line
    }

    fn page(&self, row: &mut Row) {
        let t = self.terrain;
        row.page_prose = log(t.prose);
        row.page_words = log(t.words);
        row.page_prose_blocks = log(t.prose_blocks);
        row.page_most_share = t.inside(self.doc, t.most)[0] / t.words.max(1.0);
        row.page_articles = t.articles.min(50.0);
        row.page_stated = log(self.stated.body.len() as f32);
        row.page_best_share = t.direct.get(&t.best).copied().unwrap_or(0.0) / t.prose.max(1.0);
        row.page_headline = flag(t.headline.is_some());
    }
}
