//! The one walk over the document that collects where facts may stand.

use foldhash::{HashMap, HashMapExt};

use super::class_words::{SAYS_BYLINE, SAYS_DATE, SAYS_STANDFIRST, SAYS_TRAIL, meaning};
use super::json;
use super::json_ld::{self, Stated};
use super::meta::Metas;
use crate::document::{Document, NodeIx, Tag};

/// Elements of one kind that are kept at most: a page with more is not described by them.
const LIMIT: usize = 400;

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) metas: Metas,
    pub(super) stated: Stated,
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) headings: Vec<NodeIx>,
    pub(super) times: Vec<NodeIx>,
    /// Elements with an attribute that a script fills their date in from.
    pub(super) stamps: Vec<(NodeIx, &'static str)>,
    /// Elements with an `itemprop`, by property; hentry classes count as properties.
    pub(super) items: Vec<(&'static str, NodeIx)>,
    /// Elements whose class or id says that they hold a byline.
    pub(super) bylines: Vec<NodeIx>,
    /// Elements whose class or id says that they hold a date.
    pub(super) dates: Vec<NodeIx>,
    /// Elements whose class or id says that they hold a standfirst.
    pub(super) standfirsts: Vec<NodeIx>,
    /// Elements whose class or id says that they hold the trail to the page (`breadcrumb`).
    pub(super) trails: Vec<NodeIx>,
    /// Links that say they lead to the author.
    pub(super) author_links: Vec<NodeIx>,
    /// Links whose address says that they lead to a person's page.
    pub(super) people_links: Vec<NodeIx>,
    /// Links with a label of a few words.
    pub(super) labelled_links: Vec<NodeIx>,
    pub(super) next: Option<String>,
    /// Scripts that are no JSON-LD.
    pub(super) scripts: Vec<NodeIx>,
}

/// Walks the document once.
pub(super) fn gather(doc: &Document) -> Found {
    let mut out = Found::default();
    let mut known = HashMap::new();
    let mut scripts = Vec::new();
    for node in doc.nodes() {
        match doc.tag(node) {
            Tag::Text | Tag::Invisible | Tag::Document => continue,
            Tag::Meta => out.metas.add_meta(doc, node),
            Tag::Link => out.metas.add_link(doc, node),
            Tag::Script => {
                if is_json_ld(doc, node) {
                    scripts.push(node);
                } else {
                    push(&mut out.scripts, node);
                }
                continue;
            }
            Tag::Title if out.title.is_none() => {
                out.title = doc
                    .children(node)
                    .find_map(|n| doc.text(n))
                    .map(json::plain);
            }
            Tag::Html => {
                let lang = doc
                    .attr(node, "lang")
                    .or_else(|| doc.attr(node, "xml:lang"));
                out.language = lang.map(str::to_owned);
            }
            Tag::Time => push(&mut out.times, node),
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 => push(&mut out.headings, node),
            _ => {}
        }
        attributes(doc, node, &mut known, &mut out);
    }
    let values: Vec<_> = scripts
        .into_iter()
        .filter_map(|n| doc.children(n).find_map(|c| doc.text(c)))
        .flat_map(json::values)
        .collect();
    out.stated = json_ld::read(&values);
    out
}

fn is_json_ld(doc: &Document, node: NodeIx) -> bool {
    doc.attr(node, "type")
        .is_some_and(|t| t.to_ascii_lowercase().contains("ld+json"))
}

fn push(list: &mut Vec<NodeIx>, node: NodeIx) {
    if list.len() < LIMIT {
        list.push(node);
    }
}

/// What values of `class` say that name nothing but by their parts: most are on a page many times.
type Known<'a> = HashMap<&'a str, u8>;

fn attributes<'a>(doc: &'a Document, node: NodeIx, known: &mut Known<'a>, out: &mut Found) {
    for (name, value) in doc.attrs(node) {
        match name {
            "itemprop" => {
                for prop in value.split_ascii_whitespace() {
                    if let Some(prop) = known_property(prop)
                        && out.items.len() < LIMIT
                    {
                        out.items.push((prop, node));
                    }
                }
            }
            "rel" if doc.tag(node) == Tag::A => {
                if value.split_ascii_whitespace().any(|r| r == "author") {
                    push(&mut out.author_links, node);
                } else if out.next.is_none() && value.split_ascii_whitespace().any(|r| r == "next")
                {
                    out.next = doc.attr(node, "href").map(str::to_owned);
                }
            }
            "href" if doc.tag(node) == Tag::A && leads_to_person(value) => {
                push(&mut out.people_links, node);
            }
            "class" => {
                if let Some(&says) = known.get(value) {
                    list(says, node, out);
                } else {
                    let items = out.items.len();
                    let says = names(value, node, out);
                    if out.items.len() == items {
                        known.insert(value, says);
                    }
                }
            }
            "id" => {
                names(value, node, out);
            }
            "title" | "aria-label" if doc.tag(node) == Tag::A && is_label(value) => {
                push(&mut out.labelled_links, node);
            }
            _ if name.starts_with("data-") && TEST_NAMES.contains(&name) => {
                names(value, node, out);
            }
            _ if name.starts_with("dat") => {
                let stamp = STAMPS.iter().find(|stamp| **stamp == name);
                if let (Some(stamp), true) = (stamp, out.stamps.len() < LIMIT)
                    && doc.tag(node) != Tag::Time
                {
                    out.stamps.push((node, stamp));
                }
            }
            _ => {}
        }
    }
}

/// Attributes that hold a moment for a script to show in the reader's own time.
const STAMPS: &[&str] = &[
    "datetime",
    "data-created",
    "data-date",
    "data-datetime",
    "data-epoch",
    "data-iso",
    "data-livestamp",
    "data-pubdate",
    "data-publish-date",
    "data-published",
    "data-published-date",
    "data-time",
    "data-timestamp",
    "data-unix",
    "data-utc",
];

/// Attributes by which tests find elements: people give them, where the classes are made by a program.
const TEST_NAMES: &[&str] = &[
    "data-component",
    "data-qa",
    "data-test",
    "data-test-id",
    "data-test-tag",
    "data-testid",
];

/// Whether a label may say whose page a link leads to: "All articles by Ada Quill".
fn is_label(value: &str) -> bool {
    value.len() <= 120 && (2..=9).contains(&value.matches(' ').count())
}

fn leads_to_person(href: &str) -> bool {
    const PATHS: &[&str] = &[
        "author",
        "autor",
        "auteur",
        "people/",
        "contributor",
        "writer",
        "journalist",
        "byline",
        "staff/",
        "meet-the-team/",
        "columnist",
        "redakteur",
        "reporter",
        "profile/",
        "redacteur",
        "by/",
        "experts/",
    ];
    let mut steps = href.match_indices('/').map(|(at, _)| &href[at + 1..]);
    steps.any(|behind| {
        let first = behind.bytes().next();
        first.is_some_and(|b| b.is_ascii_lowercase())
            && PATHS
                .iter()
                .any(|path| path.bytes().next() == first && behind.starts_with(path))
    })
}

fn known_property(prop: &str) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "alternativeHeadline",
        "articleSection",
        "author",
        "creator",
        "dateCreated",
        "dateModified",
        "datePublished",
        "description",
        "headline",
        "name",
        "keywords",
    ];
    KNOWN.iter().copied().find(|k| *k == prop)
}

/// Lists an element by what its class or id says that it holds, which is returned.
fn names(value: &str, node: NodeIx, out: &mut Found) -> u8 {
    let mut says = 0;
    for token in value.split_ascii_whitespace() {
        if token.len() > 64 {
            continue;
        }
        let own = meaning(token);
        says |= if own & SAYS_BYLINE != 0 && token.contains("comment") {
            own & !SAYS_BYLINE
        } else {
            own
        };
        match token {
            "entry-title" | "p-name" => item("headline", node, out),
            "dt-published" | "entry-date" => item("datePublished", node, out),
            "dt-updated" => item("dateModified", node, out),
            "p-author" => item("author", node, out),
            _ => {}
        }
    }
    list(says, node, out);
    says
}

fn list(says: u8, node: NodeIx, out: &mut Found) {
    if says & SAYS_BYLINE != 0 {
        push(&mut out.bylines, node);
    }
    if says & SAYS_DATE != 0 {
        push(&mut out.dates, node);
    }
    if says & SAYS_STANDFIRST != 0 {
        push(&mut out.standfirsts, node);
    }
    if says & SAYS_TRAIL != 0 {
        push(&mut out.trails, node);
    }
}

fn item(prop: &'static str, node: NodeIx, out: &mut Found) {
    if out.items.len() < LIMIT {
        out.items.push((prop, node));
    }
}
