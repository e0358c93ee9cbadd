//! The links of a page, and what it says about itself: its canonical address, its AMP twin, its
//! other languages, its next page, its feeds.
//!
//! 1. Addresses are resolved against `<base href>`, or else the page's own address.
//! 2. `<a>` and `<area>` are taken in document order, each canonical form once, with the words of
//!    the link and the part of the page it stands in.
//! 3. `<link>` elements and the `Link` header give the rest (WHATWG HTML, section 4.6.7; RFC 8288).
//!
//! Which links to follow is not decided here; that a page asks for none of its links to be
//! followed (`nofollow` in the robots meta element or `X-Robots-Tag`) is told.

use std::collections::HashMap;

use url::Url;

use super::address;
use crate::decode;
use crate::document::{Document, NodeIx, Tag};
use crate::page::{RawPage, canonical};

/// So many links of a page are taken.
const MAX_LINKS: usize = 10_000;
/// Characters of a link's words that are kept.
const MAX_WORDS: usize = 300;

/// What a page links to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PageLinks {
    /// Its links in document order, each canonical address once.
    pub links: Vec<Link>,
    /// The address it calls its own (`rel=canonical`).
    pub canonical: Option<Url>,
    /// Its AMP twin (`rel=amphtml`).
    pub amphtml: Option<Url>,
    /// The same page in other languages, as BCP 47 tag and address (`hreflang`).
    pub languages: Vec<(String, Url)>,
    /// The next page of a list or story (`rel=next`).
    pub next: Option<Url>,
    /// The feeds it names.
    pub feeds: Vec<FeedLink>,
    /// Whether it asks that none of its links be followed.
    pub nofollow: bool,
}

/// One link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// Where it leads, without a fragment.
    pub url: Url,
    /// Its words, or the description of its image.
    pub text: String,
    /// The part of the page it stands in.
    pub place: Place,
    /// Whether it says that the page does not vouch for it: `nofollow`, `ugc`, `sponsored`.
    pub nofollow: bool,
}

/// A part of a page, by the element or ARIA landmark around a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// `<main>` or `<article>`.
    Main,
    /// `<nav>`.
    Nav,
    /// `<header>`.
    Header,
    /// `<aside>`.
    Aside,
    /// `<footer>`.
    Footer,
    /// None of these.
    Unmarked,
}

/// A feed that a page names (feed autodiscovery).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedLink {
    /// Its address.
    pub url: Url,
    /// Its title, if it has one.
    pub title: Option<String>,
}

/// Finds the links of a page. A page without an address gives what is absolute on it.
///
/// # Examples
/// ```
/// use cleancopy::RawPage;
/// use cleancopy::discover::{Place, links};
/// let html = "<base href=/desk/><link rel=alternate type=application/rss+xml href=/rss>\
///     <nav><a href=sport>Sport</a></nav><main><a href='sport#top'>More</a>\
///     <a href='https://other.example/x' rel='nofollow sponsored'>Offer</a></main>";
/// let page = RawPage::from_text(html).with_url("https://news.example/".parse()?);
/// let found = links(&page);
/// assert_eq!(found.feeds[0].url.as_str(), "https://news.example/rss");
/// assert_eq!(found.links.len(), 2);
/// assert_eq!(found.links[0].url.as_str(), "https://news.example/desk/sport");
/// assert_eq!((found.links[0].text.as_str(), found.links[0].place), ("Sport", Place::Nav));
/// assert!(found.links[1].nofollow);
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn links(page: &RawPage) -> PageLinks {
    let decoded = decode::decode(page);
    let doc = Document::parse(&decoded.text);
    let nowhere = || Url::parse("about:blank").ok();
    let Some(own) = page.url.clone().or_else(nowhere) else {
        return PageLinks::default();
    };
    let mut finder = Finder {
        base: base_of(&doc, &own),
        doc: &doc,
        seen: HashMap::new(),
        found: PageLinks::default(),
    };
    let tag = page.header("x-robots-tag").unwrap_or_default();
    finder.found.nofollow = forbids(tag);
    for node in doc.nodes() {
        match doc.tag(node) {
            Tag::A => finder.link(node),
            Tag::Link => finder.relation(node),
            Tag::Meta => finder.meta(node),
            Tag::Other if doc.name(node) == Some("area") => finder.link(node),
            _ => {}
        }
    }
    let headers = page.headers.iter();
    for (_, value) in headers.filter(|(name, _)| name.eq_ignore_ascii_case("link")) {
        finder.header(value);
    }
    finder.found
}

/// What relative addresses of a page are relative to.
fn base_of(doc: &Document, own: &Url) -> Url {
    doc.nodes()
        .filter(|&node| doc.name(node) == Some("base"))
        .find_map(|node| doc.attr(node, "href"))
        .and_then(|href| own.join(href.trim()).ok())
        .filter(|base| matches!(base.scheme(), "http" | "https"))
        .unwrap_or_else(|| own.clone())
}

/// Whether robots directives forbid following links.
fn forbids(directives: &str) -> bool {
    directives
        .split([',', ' ', ':'])
        .any(|word| word.eq_ignore_ascii_case("nofollow") || word.eq_ignore_ascii_case("none"))
}

struct Finder<'a> {
    doc: &'a Document,
    base: Url,
    /// Canonical addresses seen, with the place of their link.
    seen: HashMap<String, usize>,
    found: PageLinks,
}

impl Finder<'_> {
    fn address(&self, node: NodeIx) -> Option<Url> {
        address(self.doc.attr(node, "href")?, &self.base)
    }

    fn link(&mut self, node: NodeIx) {
        let has = |name| self.doc.attr(node, name);
        let inside = has("href").is_some_and(|href| href.trim_start().starts_with('#'));
        if inside || has("download").is_some() || self.found.links.len() >= MAX_LINKS {
            return;
        }
        let Some(url) = self.address(node) else {
            return;
        };
        let rel = has("rel").unwrap_or_default();
        let nofollow = ["nofollow", "ugc", "sponsored"].map(|word| is_among(rel, word));
        let nofollow = nofollow.contains(&true);
        if is_among(rel, "next") && self.found.next.is_none() {
            self.found.next = Some(url.clone());
        }
        if let Some(&at) = self.seen.get(canonical(&url).as_str()) {
            // Often a picture comes first and the words after it.
            let first = &self.found.links[at];
            let text = first.text.is_empty().then(|| self.words(node));
            let first = &mut self.found.links[at];
            first.nofollow &= nofollow;
            first.text = text.unwrap_or_else(|| std::mem::take(&mut first.text));
            return;
        }
        let at = self.found.links.len();
        self.seen.insert(canonical(&url).into(), at);
        self.found.links.push(Link {
            text: self.words(node),
            place: self.place(node),
            url,
            nofollow,
        });
    }

    /// The words of a link, or what its image shows.
    fn words(&self, node: NodeIx) -> String {
        let mut words = self.doc.text_of(node);
        if words.is_empty() {
            let images = || {
                self.doc
                    .within(node)
                    .filter(|&n| self.doc.tag(n) == Tag::Img)
            };
            let alt = images().find_map(|n| self.doc.attr(n, "alt").filter(|a| !a.is_empty()));
            let label = self.doc.attr(node, "aria-label");
            let label = label.or(self.doc.attr(node, "title")).or(alt);
            words = crate::text::fold_space(label.unwrap_or_default());
        }
        match words.char_indices().nth(MAX_WORDS) {
            Some((cut, _)) => words[..cut].to_owned(),
            None => words,
        }
    }

    fn place(&self, node: NodeIx) -> Place {
        let landmark = |node| {
            match self.doc.attr(node, "role").unwrap_or_default() {
                "main" | "article" => return Some(Place::Main),
                "navigation" => return Some(Place::Nav),
                "banner" => return Some(Place::Header),
                "complementary" => return Some(Place::Aside),
                "contentinfo" => return Some(Place::Footer),
                _ => {}
            }
            match self.doc.tag(node) {
                Tag::Main | Tag::Article => Some(Place::Main),
                Tag::Nav => Some(Place::Nav),
                Tag::Header => Some(Place::Header),
                Tag::Aside => Some(Place::Aside),
                Tag::Footer => Some(Place::Footer),
                _ => None,
            }
        };
        let mut around = self.doc.ancestors(node);
        around.find_map(landmark).unwrap_or(Place::Unmarked)
    }

    /// A `<link>` element.
    fn relation(&mut self, node: NodeIx) {
        let Some(url) = self.address(node) else {
            return;
        };
        let attr = |name| self.doc.attr(node, name).unwrap_or_default();
        let title = Some(crate::text::fold_space(attr("title"))).filter(|t| !t.is_empty());
        let relation = Relation {
            rel: attr("rel"),
            kind: attr("type"),
            language: attr("hreflang"),
            title,
        };
        take(&mut self.found, &relation, url);
    }

    fn meta(&mut self, node: NodeIx) {
        let name = self.doc.attr(node, "name").unwrap_or_default();
        if ["robots", "cleancopy"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
        {
            let content = self.doc.attr(node, "content").unwrap_or_default();
            self.found.nofollow |= forbids(content);
        }
    }

    /// A `Link` header: `<address>; rel="next", <address>; rel=…` (RFC 8288, section 3).
    fn header(&mut self, value: &str) {
        for part in value.split('<').skip(1) {
            let Some((target, parameters)) = part.split_once('>') else {
                continue;
            };
            let Some(url) = address(target, &self.base) else {
                continue;
            };
            let parameter = |wanted: &str| {
                let mut all = parameters
                    .split([';', ','])
                    .filter_map(|p| p.split_once('='));
                all.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
                    .map_or("", |(_, value)| value.trim().trim_matches('"'))
            };
            let relation = Relation {
                rel: parameter("rel"),
                kind: parameter("type"),
                language: parameter("hreflang"),
                title: None,
            };
            take(&mut self.found, &relation, url);
        }
    }
}

/// What a `<link>` element or `Link` header says of an address.
struct Relation<'a> {
    rel: &'a str,
    kind: &'a str,
    language: &'a str,
    title: Option<String>,
}

/// Notes a relation where it belongs; the first of each kind stands.
fn take(found: &mut PageLinks, relation: &Relation<'_>, url: Url) {
    let is = |word| is_among(relation.rel, word);
    let alternate = is("alternate") && !is("stylesheet");
    if is("canonical") {
        found.canonical.get_or_insert(url);
    } else if is("amphtml") {
        found.amphtml.get_or_insert(url);
    } else if is("next") {
        found.next.get_or_insert(url);
    } else if (alternate || is("feed")) && is_feed(relation.kind) {
        if found.feeds.iter().all(|feed| feed.url != url) {
            let title = relation.title.clone();
            found.feeds.push(FeedLink { url, title });
        }
    } else if alternate && !relation.language.is_empty() {
        found.languages.push((relation.language.to_owned(), url));
    }
}

/// Whether a media type is that of a feed.
fn is_feed(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "text/rss+xml",
    ]
    .iter()
    .any(|feed| essence.eq_ignore_ascii_case(feed))
}

/// Whether a word is among those of a `rel` attribute.
fn is_among(words: &str, word: &str) -> bool {
    words
        .split_ascii_whitespace()
        .any(|w| w.eq_ignore_ascii_case(word))
}
