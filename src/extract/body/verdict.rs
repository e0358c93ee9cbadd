//! Whether the page holds a story at all, and how far the body can be trusted.

use crate::document::NodeIx;
use crate::extract::body::blocks::Blocks;
use crate::extract::body::repair::Draft;
use crate::extract::body::terrain::{Own, Terrain};
use crate::extract::body::{Hints, Scene};
use crate::extract::report::Verdict;
use crate::rules::PageKind;

/// Words that a body has at least, unless the model is sure of a shorter one.
const FEW_WORDS: f32 = 12.0;

/// Words from which on a page is a story whatever it calls itself.
const STORY_WORDS: f32 = 250.0;

/// Words from which on kept text is no list of teasers.
const LISTING_WORDS: f32 = 1_500.0;

/// Teasers that make a list.
const MANY_TEASERS: usize = 4;

/// What kind of page it is, by its text, its names and its build.
pub(crate) fn verdict(scene: &Scene<'_>, hints: &Hints, page: &Judgement<'_>) -> Verdict {
    if page.terrain.own.is_empty() {
        return Verdict::Empty;
    }
    let words: f32 = page.kept().map(|i| page.terrain.own[i].words).sum();
    if words < STORY_WORDS {
        match named(scene, hints, page) {
            Some(PageKind::Error) => return Verdict::ErrorPage,
            Some(PageKind::Wall) => return Verdict::Wall,
            Some(PageKind::Listing) => return Verdict::Listing,
            None => {}
        }
    }
    if !has_headline(page) && is_listing(scene, page) {
        return Verdict::Listing;
    }
    let best = page.scores.iter().copied().fold(0.0, f32::max);
    if words < FEW_WORDS && (words == 0.0 || best < 0.8) {
        return Verdict::NoStory;
    }
    Verdict::Article
}

/// What was decided about the blocks of a page.
pub(crate) struct Judgement<'a> {
    pub(crate) blocks: &'a Blocks<'a>,
    pub(crate) terrain: &'a Terrain,
    pub(crate) scores: &'a [f32],
    pub(crate) draft: &'a Draft,
}

impl Judgement<'_> {
    fn kept(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks.len()).filter(|&i| self.draft.kept[i])
    }

    /// The expected share of right words (F1) of the body, from the scores of all blocks.
    pub(crate) fn confidence(&self) -> f32 {
        let (mut right, mut taken, mut wanted) = (0.0, 0.0, 0.0);
        for (i, own) in self.terrain.own.iter().enumerate() {
            wanted += own.words * self.scores[i];
            if self.draft.kept[i] {
                right += own.words * self.scores[i];
                taken += own.words;
            }
        }
        if taken + wanted > 0.0 {
            2.0 * right / (taken + wanted)
        } else {
            0.0
        }
    }
}

/// The kind that the page's titles or its headline name.
fn named(scene: &Scene<'_>, hints: &Hints, page: &Judgement<'_>) -> Option<PageKind> {
    let pages = scene.rules.pages();
    let head = page.terrain.headline.map(|h| page.blocks.at(h).text());
    hints
        .titles
        .iter()
        .map(String::as_str)
        .chain(head)
        .find_map(|t| pages.kind_of(t))
}

/// Whether the page shows its own title as a headline of several words that is no link: the list
/// beside it, if there is one, is not what the page is about.
fn has_headline(page: &Judgement<'_>) -> bool {
    page.terrain.headline.is_some_and(|h| {
        let own = &page.terrain.own[h];
        own.words >= 4.0 && own.title_overlap >= 0.6 && !own.in_link
    })
}

/// Whether the page's text is teasers: short texts, each beside a link that reads like a headline,
/// spread over boxes of their own.
fn is_listing(scene: &Scene<'_>, page: &Judgement<'_>) -> bool {
    let own = &page.terrain.own;
    let is_link = |o: &Own| o.link_share > 0.8 && o.words >= 4.0 && o.words <= 30.0;
    let near = |i: usize| {
        own[i.saturating_sub(2)..(i + 2).min(own.len())]
            .iter()
            .any(is_link)
    };
    let text: Vec<usize> = page.kept().filter(|&i| own[i].link_share < 0.5).collect();
    let words: f32 = text.iter().map(|&i| own[i].words).sum();
    let teasers: Vec<usize> = text
        .iter()
        .copied()
        .filter(|&i| (8.0..70.0).contains(&own[i].words) && near(i))
        .collect();
    let in_teasers: f32 = teasers.iter().map(|&i| own[i].words).sum();
    let mut boxes: Vec<NodeIx> = teasers
        .iter()
        .filter_map(|&i| scene.doc.parent(page.blocks.at(i).node))
        .collect();
    boxes.sort();
    boxes.dedup();
    words < LISTING_WORDS
        && teasers.len() >= MANY_TEASERS
        && boxes.len() * 3 >= teasers.len() * 2
        && in_teasers >= 0.6 * words
}
