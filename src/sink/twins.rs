//! Marks records of pages that were there before: the same page at another address, or the same
//! story on another page. They are marked and never dropped.
//!
//! 1. Two pages are **twins** if they state the same canonical address, or one states the other's:
//!    AMP and mobile versions, print versions, links with parameters nobody knows.
//! 2. Two stories are **near duplicates** if their fingerprints ([`Simhash`]) differ in no more than
//!    a few bits and a sketch of each says that they share most of their shingles: wire copy,
//!    syndication, versions. The sketch tells copies from form letters, such as reports of markets
//!    and weather, whose fingerprints are near too.
//!
//! The index is banded: of eight bands of eight bits, two fingerprints that differ in at most seven
//! bits share at least one (Manku, Jain and Das Sarma, section 3), and most of those that differ in
//! a few more. So only fingerprints with a band in common are compared. Memory is bounded: beyond a number of stories the oldest is forgotten.

use std::collections::{HashMap, VecDeque};
use std::io;

use url::Url;

use super::simhash::Sketch;
use super::{Record, Simhash, Sink};
use crate::page::{Exchange, canonical};

/// Fingerprints that differ in more bits are those of different stories.
const MAX_DISTANCE: u32 = 12;
/// Stories that share less of their shingles are different ones.
const MIN_IN_COMMON: f32 = 0.6;
/// Stories that are kept in mind: some 150 MB at most.
const MAX_STORIES: usize = 300_000;
const BANDS: usize = 8;

/// A sink in front of another: marks records and hands them on.
///
/// # Examples
/// ```
/// use cleancopy::sink::{Jsonl, Twins};
/// use cleancopy::{Options, RawPage, Record, Sink, read};
///
/// let text = "The night ferry came back to the harbour on Monday after eleven weeks in the yard, \
///     with a new engine, a fresh coat of paint and a captain who had missed her. A small crowd met \
///     her on the quay, and the mayor spoke about the winter that was now over.";
/// let page = RawPage::from_text(&format!("<h1>Ferry returns</h1><p>{text}</p><p>{text}</p>"));
/// let mut lines = Vec::new();
/// let mut sink = Twins::new(Jsonl::new(&mut lines));
/// for url in ["https://a.example/ferry", "https://b.example/news/7"] {
///     sink.put(&Record::of_page(url, &page, read(&page, &Options::default())))?;
/// }
/// let out = String::from_utf8(lines).expect("JSON is UTF-8");
/// let second = out.lines().nth(1).expect("two records");
/// assert!(second.contains(r#""near_duplicate_of":"https://a.example/ferry""#));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Twins<S> {
    sink: S,
    index: Index,
}

impl<S: Sink> Twins<S> {
    /// Marks what goes to `sink`.
    pub fn new(sink: S) -> Self {
        Self {
            sink,
            index: Index::default(),
        }
    }
}

impl<S: Sink> Sink for Twins<S> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let (twin, near) = self.index.take(record);
        if twin.is_none() && near.is_none() {
            return self.sink.put(record);
        }
        let mut marked = record.clone();
        marked.twin_of = twin;
        marked.near_duplicate_of = near;
        self.sink.put(&marked)
    }

    fn begin(&mut self, fence: u64) -> io::Result<()> {
        self.sink.begin(fence)
    }

    fn keep(&mut self, exchange: &Exchange) -> io::Result<()> {
        self.sink.keep(exchange)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sink.sync()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sink.finish()
    }
}

/// One story as it is kept in mind.
#[derive(Debug)]
struct Story {
    hash: Simhash,
    sketch: Sketch,
    url: Box<str>,
}

/// The pages and stories seen.
#[derive(Debug, Default)]
struct Index {
    /// The address of the first record for each canonical address.
    pages: HashMap<Box<str>, Box<str>>,
    /// Those addresses, oldest first.
    order: VecDeque<Box<str>>,
    stories: VecDeque<Story>,
    /// Stories forgotten so far: a story's number is its place plus this.
    forgotten: usize,
    /// Numbers of stories by band and value.
    bands: HashMap<(u8, u8), VecDeque<usize>>,
}

impl Index {
    /// What a record's page and story were before, and keeps them in mind.
    fn take(&mut self, record: &Record) -> (Option<String>, Option<String>) {
        let Some(article) = &record.article else {
            return (None, None);
        };
        let own = record.final_url.as_deref().unwrap_or(&record.url);
        let stated = article.canonical_url.as_deref();
        let twin = self.page([stated, Some(own), Some(&record.url)], &record.url);
        let near = record.simhash.and_then(|hash| {
            let sketch = Sketch::of(&article.text);
            let near = self.nearest(hash, &sketch);
            if near.is_none() {
                self.keep(hash, sketch, &record.url);
            }
            near
        });
        (twin, near)
    }

    /// The record that had one of these addresses first, if it is another; keeps them.
    fn page(&mut self, addresses: [Option<&str>; 3], url: &str) -> Option<String> {
        let forms: Vec<Box<str>> = addresses
            .into_iter()
            .flatten()
            .filter_map(|address| Url::parse(address).ok())
            .map(|address| canonical(&address).as_str().into())
            .collect();
        let first = forms.iter().find_map(|form| self.pages.get(form)).cloned();
        let name = first.clone().unwrap_or_else(|| url.into());
        for form in forms {
            if !self.pages.contains_key(&form) {
                self.pages.insert(form.clone(), name.clone());
                self.order.push_back(form);
            }
        }
        while self.order.len() > MAX_STORIES {
            if let Some(oldest) = self.order.pop_front() {
                self.pages.remove(&oldest);
            }
        }
        first.filter(|first| &**first != url).map(Into::into)
    }

    /// The first story that is nearly this one.
    fn nearest(&self, hash: Simhash, sketch: &Sketch) -> Option<String> {
        let candidates = bands(hash)
            .filter_map(|band| self.bands.get(&band))
            .flatten();
        let near = candidates.filter(|&&number| {
            let story = &self.stories[number - self.forgotten];
            story.hash.distance(hash) <= MAX_DISTANCE
                && story.sketch.in_common(sketch) >= MIN_IN_COMMON
        });
        let first = near.min()?;
        Some(self.stories[first - self.forgotten].url.to_string())
    }

    fn keep(&mut self, hash: Simhash, sketch: Sketch, url: &str) {
        let number = self.forgotten + self.stories.len();
        for band in bands(hash) {
            self.bands.entry(band).or_default().push_back(number);
        }
        let url = url.into();
        self.stories.push_back(Story { hash, sketch, url });
        if self.stories.len() > MAX_STORIES
            && let Some(oldest) = self.stories.pop_front()
        {
            self.forgotten += 1;
            for band in bands(oldest.hash) {
                // Numbers stand in order, so the oldest is in front.
                if let Some(numbers) = self.bands.get_mut(&band) {
                    numbers.pop_front();
                }
            }
        }
    }
}

/// The bands of a fingerprint: which, and its eight bits.
fn bands(hash: Simhash) -> impl Iterator<Item = (u8, u8)> {
    let bytes: [u8; BANDS] = hash.0.to_le_bytes();
    (0..).zip(bytes)
}

#[cfg(test)]
mod tests;
