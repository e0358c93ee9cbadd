//! Where further addresses are: sitemaps, feeds, the links of a page, robots.txt.
//!
//! 1. [`sitemaps_of_robots`]: the `Sitemap:` lines of a robots.txt.
//! 2. [`sitemap`]: a sitemap, a sitemap index, a news sitemap, a list of addresses as text.
//! 3. [`feed`]: RSS, Atom, JSON Feed.
//! 4. [`links`]: what a page links to, and what it says about itself.
//! 5. [`Scope`] and [`Traps`]: which of them to follow.
//!
//! Bytes come in and addresses go out. Nothing here asks a server for anything, and nothing fails:
//! broken input gives what can be had from it, and its [`Flaw`]s.

mod feed;
mod links;
mod robots;
mod scope;
mod sitemap;
mod trap;
mod xml;

pub use feed::feed;
pub use links::{FeedLink, Link, PageLinks, Place, links};
pub use robots::sitemaps_of_robots;
pub use scope::Scope;
pub use sitemap::{MAX_BYTES, sitemap};
pub use trap::{Trap, Traps};

use std::collections::BTreeSet;
use std::fmt;

use url::Url;

use crate::date::{Moment, Reading, stated};
use crate::page::names_user;

/// So many addresses of one sitemap or feed are taken (sitemaps.org protocol).
pub const MAX_ENTRIES: usize = 50_000;

/// Longest address that is taken, in bytes (sitemaps.org protocol: less than 2,048 characters).
pub const MAX_ADDRESS: usize = 2_047;

/// Characters of a title that are kept.
const MAX_TITLE: usize = 500;

/// One address that a sitemap or feed names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The address, absolute.
    pub url: Url,
    /// When it was published: `news:publication_date`, `pubDate`, `published`, `date_published`.
    pub published: Option<Moment>,
    /// When it was last changed: `lastmod`, `updated`, `date_modified`.
    pub modified: Option<Moment>,
    /// Its title: `news:title`, or the title of a feed's entry.
    pub title: Option<String>,
}

impl Entry {
    /// An entry of which only the address is known.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            published: None,
            modified: None,
            title: None,
        }
    }

    /// The latest moment at which it can have been published: the stated date of publication, or
    /// of the last change.
    pub fn at_latest(&self) -> Option<Moment> {
        self.published.or(self.modified)
    }
}

/// What a sitemap or feed holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Listing {
    /// Pages, in the order in which they are named.
    pub entries: Vec<Entry>,
    /// Further sitemaps, of a sitemap index.
    pub sitemaps: Vec<Entry>,
    /// What was wrong with it.
    pub flaws: BTreeSet<Flaw>,
}

/// What was wrong with a sitemap or feed that was read nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Flaw {
    /// It is neither a sitemap nor a feed.
    NotAList,
    /// It is not well formed; what could be understood was taken.
    Broken,
    /// It is larger than the protocol allows, after decompression; the rest was passed over.
    CutOff,
    /// It names more addresses than the protocol allows; the rest was passed over.
    TooMany,
    /// It names something that is no http(s) address, or one that is too long.
    BadAddress,
}

impl Flaw {
    /// The flaw in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAList => "neither a sitemap nor a feed",
            Self::Broken => "not well formed",
            Self::CutOff => "larger than the protocol allows",
            Self::TooMany => "more addresses than the protocol allows",
            Self::BadAddress => "some addresses are none",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An entry as far as it was read, in the words of its listing.
#[derive(Debug, Default)]
struct Draft {
    address: Option<String>,
    published: Option<String>,
    modified: Option<String>,
    title: Option<String>,
}

impl Draft {
    /// The entry, if it has an address; one that is none is a flaw.
    fn finish(self, base: &Url, flaws: &mut BTreeSet<Flaw>) -> Option<Entry> {
        let Some(url) = address(&self.address?, base) else {
            flaws.insert(Flaw::BadAddress);
            return None;
        };
        Some(Entry {
            url,
            published: self.published.as_deref().and_then(moment),
            modified: self.modified.as_deref().and_then(moment),
            title: self.title.as_deref().and_then(title),
        })
    }
}

/// An http(s) address as somebody wrote it, made absolute, without its fragment. One that names a
/// user is none: it is there to pass for another (RFC 9110, section 4.2.4).
fn address(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_ADDRESS {
        return None;
    }
    let mut url = base.join(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > 3 * MAX_ADDRESS {
        return None;
    }
    if names_user(&url) {
        return None;
    }
    url.set_fragment(None);
    Some(url)
}

/// A date written for machines.
fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let read = || stated(text, &Reading::default());
    text.parse().ok().or_else(read)
}

/// A title: white space folded, nothing for an empty one.
fn title(text: &str) -> Option<String> {
    let folded = crate::text::fold_space(text);
    let cut: String = folded.chars().take(MAX_TITLE).collect();
    (!cut.is_empty()).then_some(cut)
}

/// An address that a machine reads, and text as its encoding says: a byte order mark, the
/// declaration of XML, or UTF-8. Never fails.
fn decoded(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let declared = || {
        let head = &bytes[..bytes.len().min(256)];
        let head = String::from_utf8_lossy(head);
        let declaration = head.trim_start().strip_prefix("<?xml")?;
        let declaration = &declaration[..declaration.find("?>")?];
        let value = declaration.split_once("encoding")?.1.trim_start();
        let value = value.strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let label = value[1..].split(quote).next()?;
        encoding_rs::Encoding::for_label(label.as_bytes())
    };
    let encoding = declared().unwrap_or(encoding_rs::UTF_8);
    encoding.decode(bytes).0
}
