//! Feeds: RSS 0.9x to 2.0 and RSS 1.0 (RDF), Atom (RFC 4287), JSON Feed (jsonfeed.org).
//!
//! `feed-rs` reads all of them. Where it finds a feed too broken to read, the items of what is XML
//! are taken one by one, by the walk that reads broken sitemaps.

use std::borrow::Cow;
use std::ops::ControlFlow;

use feed_rs::model;
use jiff::Timestamp;
use jiff::tz::Offset;
use url::Url;

use super::xml::{Element, Listener, walk};
use super::{Draft, Entry, Flaw, Listing, MAX_ENTRIES, address, decoded, title};
use crate::date::Moment;

/// Takes the addresses of a feed.
///
/// # Examples
/// ```
/// use cleancopy::discover::feed;
/// let rss = b"<rss version='2.0'><channel><title>News</title><item><title>Ferry returns</title>\
///     <link>https://news.example/ferry</link><pubDate>Sat, 31 Jan 2026 09:30:00 +0100</pubDate>\
///     </item></channel></rss>";
/// let found = feed(rss, &"https://news.example/rss".parse()?);
/// assert_eq!(found.entries[0].url.as_str(), "https://news.example/ferry");
/// assert_eq!(found.entries[0].title.as_deref(), Some("Ferry returns"));
/// let published = found.entries[0].published.and_then(|moment| moment.instant());
/// assert_eq!(published, Some("2026-01-31T08:30:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn feed(body: &[u8], base: &Url) -> Listing {
    let mut listing = Listing::default();
    let decoded = decoded(body);
    let text = without_declarations(&decoded);
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(base.as_str()))
        .sanitize_content(false)
        .build();
    match parser.parse(text.as_bytes()) {
        Ok(feed) => take(feed, base, &mut listing),
        Err(_) => salvage(text, base, &mut listing),
    }
    listing
}

/// A text without its XML declarations: it is decoded, and the reader below panics on one that
/// names an encoding in the middle of a text.
fn without_declarations(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "<?xml";
    let declares = |rest: &str| !rest.starts_with('-');
    if !text
        .match_indices(OPEN)
        .any(|(at, _)| declares(&text[at + OPEN.len()..]))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, after) = (&rest[..at], &rest[at + OPEN.len()..]);
        out.push_str(before);
        // A processing instruction of another name is passed over.
        out.push_str(if declares(after) { "<?was" } else { OPEN });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn take(feed: model::Feed, base: &Url, listing: &mut Listing) {
    for entry in feed.entries {
        if listing.entries.len() >= MAX_ENTRIES {
            listing.flaws.insert(Flaw::TooMany);
            break;
        }
        let Some(url) = link_of(&entry, base) else {
            listing.flaws.insert(Flaw::BadAddress);
            continue;
        };
        listing.entries.push(Entry {
            url,
            published: entry.published.and_then(|at| utc(at.timestamp())),
            modified: entry.updated.and_then(|at| utc(at.timestamp())),
            title: entry.title.and_then(|text| title(&text.content)),
        });
    }
}

/// The address of an entry: its link to the page itself, or an id that is one.
fn link_of(entry: &model::Entry, base: &Url) -> Option<Url> {
    let own = |link: &&model::Link| matches!(link.rel.as_deref(), None | Some("alternate"));
    let html = |link: &&model::Link| {
        let kind = link.media_type.as_deref();
        kind.is_none_or(|kind| kind.contains("html"))
    };
    let links = &entry.links;
    let best = links
        .iter()
        .find(|link| own(link) && html(link))
        .or_else(|| links.iter().find(own));
    best.and_then(|link| address(&link.href, base))
        .or_else(|| is_address(&entry.id).then(|| address(&entry.id, base))?)
}

fn is_address(id: &str) -> bool {
    id.starts_with("http://") || id.starts_with("https://")
}

/// A point in time as a moment in UTC.
fn utc(seconds: i64) -> Option<Moment> {
    let then = Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
    Some(Moment::on(then.date()).at(then.time(), Some(Offset::UTC)))
}

/// Takes the items of a feed that is not well formed.
fn salvage(text: &str, base: &Url, listing: &mut Listing) {
    let mut taker = Taker {
        base,
        listing,
        seen: false,
        item: Draft::default(),
        id: None,
    };
    walk(text, &["<item", "<entry"], &mut taker);
    taker.keep();
    let flaw = if taker.seen {
        Flaw::Broken
    } else {
        Flaw::NotAList
    };
    listing.flaws.insert(flaw);
}

struct Taker<'a> {
    base: &'a Url,
    listing: &'a mut Listing,
    seen: bool,
    item: Draft,
    /// What the item calls itself, which may be its address.
    id: Option<String>,
}

impl Taker<'_> {
    fn keep(&mut self) {
        let mut item = std::mem::take(&mut self.item);
        let id = self.id.take().filter(|id| is_address(id.trim()));
        item.address = item.address.or(id);
        let entry = item.finish(self.base, &mut self.listing.flaws);
        self.listing.entries.extend(entry);
    }
}

impl Listener for Taker<'_> {
    fn open(&mut self, element: &Element<'_>) -> ControlFlow<()> {
        match (element.parent, element.name) {
            (_, "item" | "entry") => {
                self.keep();
                self.seen = true;
                if self.listing.entries.len() >= MAX_ENTRIES {
                    self.listing.flaws.insert(Flaw::TooMany);
                    return ControlFlow::Break(());
                }
            }
            ("entry", "link") => {
                let rel = element.attribute("rel");
                if rel.is_none_or(|rel| rel.eq_ignore_ascii_case("alternate")) {
                    let link = element.attribute("href");
                    self.item.address = link.or(self.item.address.take());
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn close(&mut self, element: &Element<'_>) -> ControlFlow<()> {
        let text = || Some(element.text.to_owned()).filter(|text| !text.trim().is_empty());
        let item = &mut self.item;
        match (element.parent, element.name) {
            ("item", "link") => item.address = text(),
            ("item" | "entry", "guid" | "id") => self.id = text(),
            ("item" | "entry", "title") => item.title = text(),
            ("item" | "entry", "pubdate" | "published" | "date" | "issued") => {
                item.published = text();
            }
            ("item" | "entry", "updated" | "modified") => item.modified = text(),
            (_, "item" | "entry") => self.keep(),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
