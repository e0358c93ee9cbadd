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
use std::io::{self, BufRead};
use std::thread::{self, JoinHandle};

use serde::Deserialize;
use url::Url;

use super::simhash::Sketch;
use super::{Ahead, Kept, Ready, Record, Simhash, Sink};
use crate::page::canonical;

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
    recalling: Option<JoinHandle<io::Result<Index>>>,
}

impl<S: Sink> Twins<S> {
    /// Marks what goes to `sink`.
    pub fn new(sink: S) -> Self {
        Self {
            sink,
            index: Index::default(),
            recalling: None,
        }
    }

    /// Takes in the JSON lines that an earlier run wrote, so that what comes now is compared with
    /// them, too, and marked as if there had been one run. Lines that are no records are passed
    /// over. Returns how many articles there were.
    ///
    /// # Errors
    /// When `lines` cannot be read.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::sink::{Jsonl, Twins};
    /// let earlier = r#"{"url":"https://a.example/1","outcome":"article","article":{"text":"A story."}}"#;
    /// let mut sink = Twins::new(Jsonl::new(Vec::new()));
    /// assert_eq!(sink.recall(earlier.as_bytes())?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recall(&mut self, lines: impl BufRead) -> io::Result<usize> {
        self.index()?.recall(lines)
    }

    /// As [`recall`](Self::recall), on a thread of its own: the first record waits for it to end,
    /// nothing before. So a crawl that goes on asks for pages at once, however many it has.
    ///
    /// A failure to read is one of the first record's [`put`](Sink::put).
    ///
    /// # Examples
    /// ```
    /// use cleancopy::outcome::Outcome;
    /// use cleancopy::sink::{Jsonl, Twins};
    /// use cleancopy::{Record, Sink};
    /// let earlier = r#"{"url":"https://a.example/1","outcome":"article","article":{"text":"A story."}}"#;
    /// let mut sink = Twins::new(Jsonl::new(Vec::new()));
    /// sink.recall_meanwhile(earlier.as_bytes())?;
    /// sink.put(&Record::of_failure("https://a.example/2", Outcome::Timeout, "after 60 s"))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn recall_meanwhile(&mut self, lines: impl BufRead + Send + 'static) -> io::Result<()> {
        let mut index = std::mem::take(self.index()?);
        let reader = thread::Builder::new().name("recall".to_owned());
        self.recalling = Some(reader.spawn(move || {
            index.recall(lines)?;
            Ok(index)
        })?);
        Ok(())
    }

    /// The record with its marks; `None` where it has none.
    fn marked(&mut self, record: &Record, sketch: Option<&Sketch>) -> io::Result<Option<Record>> {
        let Some(page) = Page::of(record) else {
            return Ok(None);
        };
        let (twin, near) = self.index()?.take(&page, sketch);
        Ok((twin.is_some() || near.is_some()).then(|| {
            let mut marked = record.clone();
            marked.twin_of = twin;
            marked.near_duplicate_of = near;
            marked
        }))
    }

    /// The index, once what is being recalled is in it.
    fn index(&mut self) -> io::Result<&mut Index> {
        if let Some(recalling) = self.recalling.take() {
            let recalled = recalling.join();
            let broken = |_| io::Error::other("reading earlier records panicked");
            self.index = recalled.map_err(broken)??;
        }
        Ok(&mut self.index)
    }
}

impl<S: Sink> Sink for Twins<S> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        match self.marked(record, None)? {
            Some(marked) => self.sink.put(&marked),
            None => self.sink.put(record),
        }
    }

    fn ahead(&self) -> Ahead {
        self.sink.ahead().with_sketches()
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        match self.marked(ready.record(), ready.sketch())? {
            // What was made of it ahead does not have the marks.
            Some(marked) => self.sink.put(&marked),
            None => self.sink.put_ready(ready),
        }
    }

    fn begin(&mut self, fence: u64) -> io::Result<()> {
        self.sink.begin(fence)
    }

    fn keep(&mut self, kept: &Kept) -> io::Result<()> {
        self.sink.keep(kept)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sink.sync()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sink.finish()
    }
}

/// What is compared of a page with an article.
#[derive(Debug)]
struct Page<'a> {
    url: &'a str,
    final_url: Option<&'a str>,
    canonical_url: Option<&'a str>,
    simhash: Option<Simhash>,
    text: &'a str,
}

impl<'a> Page<'a> {
    fn of(record: &'a Record) -> Option<Self> {
        let article = record.article.as_ref()?;
        Some(Self {
            url: &record.url,
            final_url: record.final_url.as_deref(),
            canonical_url: article.canonical_url.as_deref(),
            simhash: record.simhash,
            text: &article.text,
        })
    }
}

/// As much of a record that was written as is compared: most of a line is passed over unread.
#[derive(Debug, Deserialize)]
struct Earlier {
    url: String,
    #[serde(default)]
    final_url: Option<String>,
    #[serde(default)]
    simhash: Option<Simhash>,
    #[serde(default)]
    article: Option<EarlierArticle>,
}

#[derive(Debug, Deserialize)]
struct EarlierArticle {
    #[serde(default)]
    canonical_url: Option<String>,
    text: String,
}

impl Earlier {
    fn page(&self) -> Option<Page<'_>> {
        let article = self.article.as_ref()?;
        Some(Page {
            url: &self.url,
            final_url: self.final_url.as_deref(),
            canonical_url: article.canonical_url.as_deref(),
            simhash: self.simhash,
            text: &article.text,
        })
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
    /// Takes in what earlier lines tell of articles; returns how many there were.
    fn recall(&mut self, lines: impl BufRead) -> io::Result<usize> {
        let mut articles = 0;
        for line in lines.split(b'\n') {
            let line = line?;
            let Ok(earlier) = serde_json::from_slice::<Earlier>(&line) else {
                continue;
            };
            if let Some(page) = earlier.page() {
                self.take(&page, None);
                articles += 1;
            }
        }
        Ok(articles)
    }

    /// What a page and its story were before, and keeps them in mind.
    fn take(
        &mut self,
        page: &Page<'_>,
        sketch: Option<&Sketch>,
    ) -> (Option<String>, Option<String>) {
        let own = page.final_url.unwrap_or(page.url);
        let twin = self.page([page.canonical_url, Some(own), Some(page.url)], page.url);
        let near = page.simhash.and_then(|hash| {
            let sketch = sketch.map_or_else(|| Sketch::of(page.text), Sketch::clone);
            let near = self.nearest(hash, &sketch);
            if near.is_none() {
                self.keep(hash, sketch, page.url);
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
