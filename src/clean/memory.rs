//! What recurs on the pages of one host: a value that is fed pages and handed to reading.
//!
//! Text that stands on several pages is furniture wherever it stands and whatever it says: the
//! newsletter's praise, the list of most-read stories, the publisher's note under every story. One
//! page cannot show that, the next one does.
//!
//! It must stand in the same markup, too: a story's first sentence stands as a teaser on other pages,
//! and is no furniture of its own.
//!
//! A page with the title of another, or with nearly all its text, is the same story again (an update,
//! a print version, an address with another query). It teaches nothing, or it would make the story
//! furniture.

use foldhash::{HashMap, HashSet};

use crate::decode::decode;
use crate::document::{Document, Run, Runs, Tag, runs};
use crate::page::{RawPage, bare_host};
use crate::text;

/// Words from which on a text tells its page from others. Shorter ones stand in stories, too.
const FEW_WORDS: u32 = 4;

/// Words from which on a text counts as a paragraph when pages are compared.
const LONG: u32 = 20;

/// Texts that are kept of one host; those seen once go first.
const MOST_TEXTS: usize = 50_000;

/// Pages of a host that are learned from: what recurs has shown by then.
const MOST_PAGES: usize = 500;

/// What the pages that were learned have in common, host by host.
///
/// The same pages in the same order give the same memory.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use cleancopy::clean::Memory;
/// use cleancopy::{Options, RawPage, read};
/// let page = |name: &str, story: &str| {
///     let html = format!(
///         "<h1>{name}</h1><p>{story} It had been expected for weeks, the council said on Monday, \
///          and nobody on the quay was surprised.</p>\
///          <p>The Courier is owned by its readers, who meet every spring in the old town hall.</p>"
///     );
///     let url = format!("https://courier.example/{name}").parse().expect("a URL");
///     RawPage::from_text(&html).with_url(url)
/// };
/// let ferry = page("ferry", "The night ferry came back with a new engine.");
/// let mut memory = Memory::default();
/// memory.learn(&ferry);
/// memory.learn(&page("bridge", "The old bridge over the river was closed for lorries."));
/// assert_eq!(memory.pages("courier.example"), 2);
///
/// let mut options = Options::default();
/// options.memory = Some(Arc::new(memory));
/// let article = read(&ferry, &options).article.expect("a story");
/// assert!(!article.text.contains("owned by its readers"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Memory {
    hosts: HashMap<String, Host>,
}

/// What recurs on one host.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// On how many pages each text stands.
    texts: HashMap<u64, u32>,
    /// How many pages were learned, and what each is known by: all its texts, and its title.
    pages: usize,
    known: HashSet<u64>,
}

impl Memory {
    /// Learns a page; the same one again teaches nothing. Pages without an address count as one host.
    pub fn learn(&mut self, page: &RawPage) {
        let host = host_of(page.url.as_ref());
        let known = self.hosts.entry(host.to_owned()).or_default();
        if known.pages < MOST_PAGES {
            let doc = Document::parse(&decode(page).text);
            known.learn(&doc, &runs(&doc));
        }
    }

    /// How many pages of a host were learned, its name without `www.`.
    pub fn pages(&self, host: &str) -> usize {
        self.hosts.get(host).map_or(0, |h| h.pages)
    }

    /// What is known of the host of an address, or of pages that have none.
    pub(crate) fn host(&self, url: Option<&url::Url>) -> Option<&Host> {
        self.hosts.get(host_of(url))
    }
}

fn host_of(url: Option<&url::Url>) -> &str {
    url.map(bare_host).unwrap_or_default()
}

impl Host {
    fn learn(&mut self, doc: &Document, runs: &Runs) {
        let prints: Vec<Print> = prints(doc, runs).flatten().collect();
        let names = names(doc, &prints);
        let again = names.iter().flatten().any(|name| self.known.contains(name));
        if prints.is_empty() || again || self.is_copy(&prints, 1) {
            return;
        }
        self.pages += 1;
        self.known.extend(names.into_iter().flatten());
        let texts: HashSet<u64> = prints.iter().map(|p| p.hash).collect();
        for text in texts {
            *self.texts.entry(text).or_insert(0) += 1;
        }
        if self.texts.len() > MOST_TEXTS {
            self.texts.retain(|_, pages| *pages > 1);
        }
    }

    /// The texts of a page that stand on other pages of the host: one answer for each run.
    pub(crate) fn recurring(&self, doc: &Document, runs: &Runs) -> Vec<bool> {
        let prints: Vec<Option<Print>> = prints(doc, runs).collect();
        let known: Vec<Print> = prints.iter().flatten().copied().collect();
        // A page that was learned itself stands in the count.
        let names = names(doc, &known);
        let learned = names.iter().flatten().any(|name| self.known.contains(name));
        let least = 1 + u32::from(learned);
        if self.is_copy(&known, least) {
            return vec![false; runs.len()];
        }
        let again = |print: &Print| self.count(print) >= least;
        prints
            .iter()
            .map(|print| print.as_ref().is_some_and(again))
            .collect()
    }

    fn count(&self, print: &Print) -> u32 {
        self.texts.get(&print.hash).copied().unwrap_or(0)
    }

    /// Whether four fifths of a page's paragraphs are known: then it is no page of its own.
    fn is_copy(&self, prints: &[Print], least: u32) -> bool {
        let long = || prints.iter().filter(|p| p.words >= LONG);
        let all: u32 = long().map(|p| p.words).sum();
        let again = long().filter(|p| self.count(p) >= least);
        all > 0 && again.map(|p| p.words).sum::<u32>() * 5 > all * 4
    }
}

/// One text for comparing.
#[derive(Debug, Clone, Copy)]
struct Print {
    hash: u64,
    words: u32,
}

/// What is compared of every run.
fn prints(doc: &Document, runs: &Runs) -> impl Iterator<Item = Option<Print>> {
    runs.iter().map(|run| Print::of(doc, run, runs.text(run)))
}

impl Print {
    /// The hash of a run's folded text, every digit as one, and of the names around it; `None` for
    /// a text of a few words.
    fn of(doc: &Document, run: &Run, said: &str) -> Option<Self> {
        let words = text::count(said).words;
        if words < FEW_WORDS {
            return None;
        }
        let digit = |b: u8| if b.is_ascii_digit() { b'#' } else { b };
        let text = text::fold(said);
        let mut hash = text.bytes().map(digit).fold(text::FNV_START, text::fnv);
        for node in std::iter::once(run.node).chain(doc.parent(run.node)) {
            let name = doc.name(node).unwrap_or_default().bytes();
            let class = doc.attr(node, "class").unwrap_or_default().bytes();
            hash = name.chain(class).map(digit).fold(hash, text::fnv);
        }
        Some(Self { hash, words })
    }
}

/// What a page is known by: all its texts as one number, and its title, if it has one.
fn names(doc: &Document, prints: &[Print]) -> [Option<u64>; 2] {
    let texts = prints.iter().flat_map(|p| p.hash.to_le_bytes());
    let title = doc
        .all(Tag::Title)
        .next()
        .map(|node| text::fold(&doc.text_of(node)));
    let title = title.filter(|title| !title.is_empty());
    let hash = |title: String| title.bytes().fold(!text::FNV_START, text::fnv);
    [
        Some(texts.fold(text::FNV_START, text::fnv)),
        title.map(hash),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(texts: &[&str]) -> (Document, Runs) {
        let doc = Document::parse(&format!("<p>{}</p>", texts.join("</p><p>")));
        let runs = runs(&doc);
        (doc, runs)
    }

    const STORY: &str = "The night ferry came back on Monday after eleven weeks in the yard, with a \
        new engine and a fresh coat of paint, and was met by a crowd.";
    const OTHER: &str = "The bridge over the river was closed for lorries on Tuesday because a \
        hanger had cracked, and nobody knows yet when it will open again.";

    #[test]
    fn what_stands_on_another_page_recurs_and_digits_do_not_tell() {
        let mut host = Host::default();
        let (doc, runs) = page(&[STORY, "Read by 12 people this week", "Also"]);
        host.learn(&doc, &runs);
        let (doc, runs) = page(&[OTHER, "Read by 97 people this week", "Also"]);
        assert_eq!(host.recurring(&doc, &runs), [false, true, false]);
        host.learn(&doc, &runs);
        let again = host.recurring(&doc, &runs);
        assert_eq!(again, [false, true, false], "it was learned itself");
    }

    #[test]
    fn a_teaser_elsewhere_does_not_make_the_first_sentence_furniture() {
        let mut host = Host::default();
        let lead = "The night ferry came back on Monday.";
        let teaser = format!("<a class=teaser>{lead}</a>");
        let (doc, runs) = page(&[OTHER, &format!("</p><div class=teaser>{teaser}</div>")]);
        host.learn(&doc, &runs);
        let (doc, runs) = page(&[lead, STORY]);
        assert_eq!(host.recurring(&doc, &runs), [false, false]);
    }

    #[test]
    fn the_same_story_again_is_not_furniture() {
        let mut host = Host::default();
        let (doc, runs) = page(&[STORY, "Read by 12 people this week"]);
        host.learn(&doc, &runs);
        let (doc, runs) = page(&[
            STORY,
            "Read by 12 people this week",
            "Updated at noon on Tuesday",
        ]);
        assert_eq!(host.recurring(&doc, &runs), [false; 3]);
        host.learn(&doc, &runs);
        assert_eq!(host.pages, 1);
    }
}
