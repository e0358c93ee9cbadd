//! Sitemaps: <https://www.sitemaps.org/protocol.html>, with Google's extension for news,
//! <http://www.google.com/schemas/sitemap-news/0.9>.
//!
//! 1. A gzipped one is inflated, up to the protocol's 50 MiB; a torn one gives what came.
//! 2. What begins with `<` is XML: `url` and `sitemap` elements are taken wherever they stand, of
//!    images, videos and other extensions nothing. A feed, which the protocol allows as a sitemap,
//!    is read as a [feed](super::feed()). HTML is no sitemap.
//! 3. Anything else is a list of addresses, one a line.
//!
//! At most 50,000 addresses are taken. Neither limit makes a sitemap fail.

use std::io::Read as _;
use std::ops::ControlFlow;

use flate2::read::MultiGzDecoder;
use url::Url;

use super::xml::{Element, Listener, walk};
use super::{Draft, Entry, Flaw, Listing, MAX_ENTRIES, address, decoded, feed};

/// So many bytes of a sitemap are read, after decompression (sitemaps.org protocol).
pub const MAX_BYTES: usize = 50 * 1024 * 1024;

/// Layers of gzip that are taken off: some servers compress what is compressed.
const MAX_LAYERS: usize = 2;

/// Takes the addresses of a sitemap.
///
/// # Examples
/// ```
/// use cleancopy::discover::sitemap;
/// let xml = b"<urlset><url><loc>https://news.example/a?x=1&y=2</loc>\
///     <lastmod>2026-01-31</lastmod></url><url><loc>/b</loc>";
/// let found = sitemap(xml, &"https://news.example/map.xml".parse()?);
/// let urls: Vec<&str> = found.entries.iter().map(|entry| entry.url.as_str()).collect();
/// assert_eq!(urls, ["https://news.example/a?x=1&y=2", "https://news.example/b"]);
/// assert_eq!(found.entries[0].modified.map(|m| m.to_string()).as_deref(), Some("2026-01-31"));
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn sitemap(body: &[u8], base: &Url) -> Listing {
    let mut listing = Listing::default();
    let (inflated, flaw) = inflate(body);
    listing.flaws.extend(flaw);
    let mut bytes = inflated.as_deref().unwrap_or(body);
    if bytes.len() > MAX_BYTES {
        bytes = &bytes[..MAX_BYTES];
        listing.flaws.insert(Flaw::CutOff);
    }
    let text = decoded(bytes);
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    match root(text) {
        Root::Html | Root::Nothing => {
            listing.flaws.insert(Flaw::NotAList);
        }
        Root::Feed => {
            let mut found = feed(bytes, base);
            found.flaws.append(&mut listing.flaws);
            return found;
        }
        Root::Xml => xml(text, base, &mut listing),
        Root::Text => lines(text, base, &mut listing),
    }
    listing
}

/// The bytes inside gzip, if that is what they are in.
fn inflate(body: &[u8]) -> (Option<Vec<u8>>, Option<Flaw>) {
    let mut inside: Option<Vec<u8>> = None;
    let mut flaw = None;
    for _ in 0..MAX_LAYERS {
        let packed = inside.as_deref().unwrap_or(body);
        if !packed.starts_with(&[0x1f, 0x8b]) {
            break;
        }
        let mut bytes = Vec::new();
        let mut reader = MultiGzDecoder::new(packed).take(MAX_BYTES as u64 + 1);
        // What came before the tear is in `bytes`.
        if reader.read_to_end(&mut bytes).is_err() {
            flaw = Some(Flaw::Broken);
        }
        inside = Some(bytes);
    }
    (inside, flaw)
}

/// What a text is, by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Xml,
    Feed,
    Html,
    Text,
    Nothing,
}

fn root(text: &str) -> Root {
    if !text.starts_with('<') {
        let first = text.chars().next();
        return match first {
            Some('{' | '[') => Root::Feed,
            Some(_) => Root::Text,
            None => Root::Nothing,
        };
    }
    let head: String = text.chars().take(4096).collect::<String>().to_lowercase();
    // The first tag that is neither a declaration nor a comment.
    let first = head
        .match_indices('<')
        .map(|(at, _)| &head[at + 1..])
        .find(|tag| tag.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(|tag| {
            let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
            &tag[..end.unwrap_or(tag.len())]
        });
    match first.map(|name| name.rsplit(':').next().unwrap_or(name)) {
        Some("rss" | "feed" | "rdf") => Root::Feed,
        Some("html" | "head" | "body") => Root::Html,
        _ if head.starts_with("<!doctype html") => Root::Html,
        _ => Root::Xml,
    }
}

/// Takes a list of addresses, one a line.
fn lines(text: &str, base: &Url, listing: &mut Listing) {
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if listing.entries.len() >= MAX_ENTRIES {
            listing.flaws.insert(Flaw::TooMany);
            break;
        }
        // Only whole addresses: otherwise any text would be a list of relative ones.
        let absolute = line.starts_with("http://") || line.starts_with("https://");
        match address(line, base).filter(|_| absolute) {
            Some(url) => listing.entries.push(Entry::new(url)),
            None => {
                listing.flaws.insert(Flaw::BadAddress);
            }
        }
    }
    if listing.entries.is_empty() {
        listing.flaws.insert(Flaw::NotAList);
    }
}

fn xml(text: &str, base: &Url, listing: &mut Listing) {
    let mut taker = Taker {
        base,
        listing,
        list: false,
        index: false,
        entry: Draft::default(),
    };
    let whole = walk(text, &["<url>", "<sitemap>"], &mut taker);
    taker.keep();
    let list = taker.list;
    if !whole {
        listing.flaws.insert(Flaw::Broken);
    }
    if !list {
        listing.flaws.insert(Flaw::NotAList);
    }
}

struct Taker<'a> {
    base: &'a Url,
    listing: &'a mut Listing,
    /// Whether anything was seen that only sitemaps have.
    list: bool,
    /// Whether the entry is a sitemap of an index.
    index: bool,
    entry: Draft,
}

impl Taker<'_> {
    /// Keeps the entry read so far, if it has an address.
    fn keep(&mut self) {
        let draft = std::mem::take(&mut self.entry);
        let entry = draft.finish(self.base, &mut self.listing.flaws);
        if self.index {
            self.listing.sitemaps.extend(entry);
        } else {
            self.listing.entries.extend(entry);
        }
    }

    fn is_full(&self) -> bool {
        self.listing.entries.len().max(self.listing.sitemaps.len()) >= MAX_ENTRIES
    }
}

impl Listener for Taker<'_> {
    fn open(&mut self, element: &Element<'_>) -> ControlFlow<()> {
        match element.name {
            "urlset" | "sitemapindex" => self.list = true,
            "url" | "sitemap" => {
                // The one before was never closed.
                self.keep();
                if self.is_full() {
                    self.listing.flaws.insert(Flaw::TooMany);
                    return ControlFlow::Break(());
                }
                self.list = true;
                self.index = element.name == "sitemap";
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn close(&mut self, element: &Element<'_>) -> ControlFlow<()> {
        let text = || Some(element.text.to_owned());
        let draft = &mut self.entry;
        match (element.parent, element.name) {
            ("url" | "sitemap", "loc") => draft.address = text(),
            ("url" | "sitemap", "lastmod") => draft.modified = text(),
            ("news", "publication_date") => draft.published = text(),
            ("news", "title") => draft.title = text(),
            (_, "url" | "sitemap") => self.keep(),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
