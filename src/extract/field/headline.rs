//! The headline: the story's own, as printed.
//!
//! Titles that metadata states are witnesses: they say which visible heading is the story's. The
//! heading's text is then preferred, because it is what readers see; stated titles, with the site's
//! name taken off, stand in where no visible heading agrees.

use super::title::{Bag, letters, longest_piece, without_sections, without_site};
use super::{Agreement, Candidate, Facts, Source, choose};
use crate::date;
use crate::document::{NodeIx, Tag};
use crate::extract::body::Hints;
use crate::extract::report::FieldDecision;
use crate::page::bare_host;
use crate::text;

/// A heading longer than this is a paragraph in disguise.
const LONGEST: usize = 400;

/// An element with more nodes than this holds more than a heading.
const WIDEST: usize = 200;

/// The chosen headline.
pub(crate) struct Headline {
    text: Option<String>,
    node: Option<NodeIx>,
    titles: Vec<String>,
    notes: Vec<FieldDecision>,
}

impl Headline {
    /// What the headline and the metadata tell the body.
    pub(crate) fn hints(&self, facts: &Facts<'_>) -> Hints {
        let story = facts.story();
        let host = facts.context.url.map(bare_host);
        Hints {
            headline: self.node,
            titles: self.titles.clone(),
            stated_body: story.and_then(|s| s.body.clone()),
            description: description(facts),
            questions: facts.found.stated.questions.clone(),
            host: host.unwrap_or_default().to_owned(),
            says: super::kind::says(facts),
        }
    }

    pub(super) fn node(&self) -> Option<NodeIx> {
        self.node
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    pub(super) fn into_text(self) -> Option<String> {
        self.text
    }

    pub(super) fn note(&self) -> FieldDecision {
        self.notes.first().cloned().unwrap_or(FieldDecision {
            field: "headline",
            candidates: Vec::new(),
        })
    }
}

/// The description as metadata states it.
pub(super) fn description(facts: &Facts<'_>) -> Option<String> {
    let metas = &facts.found.metas;
    metas
        .first(&[
            "og:description",
            "description",
            "twitter:description",
            "dc.description",
        ])
        .map(|(_, text)| text)
        .or_else(|| facts.story()?.description.clone())
}

/// Chooses the headline.
pub(crate) fn headline(facts: &Facts<'_>) -> Headline {
    let stated = stated(facts);
    let mut candidates = visible(facts, &stated);
    candidates.extend(stated.iter().cloned());
    let mut titles: Vec<String> = Vec::new();
    for text in stated
        .iter()
        .map(|c| &c.value)
        .chain(facts.found.title.as_ref())
        .map(|t| text::fold(t))
    {
        if !text.is_empty() && !titles.contains(&text) {
            titles.push(text);
        }
    }
    let rule = Agreement {
        least: 0.0,
        key: &|title: &String| text::fold(title),
        bonus: 0.3,
        show: &Clone::clone,
    };
    let mut notes = Vec::new();
    let chosen = choose("headline", candidates, &rule, &mut notes);
    let (text, mut node) = chosen.map_or((None, None), |c| (Some(c.value), c.node));
    if let Some(text) = &text {
        let folded = text::fold(text);
        if node.is_none() {
            let doc = facts.scene.doc;
            let same = |&n: &NodeIx| text::fold(&doc.text_of(n)) == folded;
            node = facts.found.headings.iter().copied().take(60).find(same);
        }
        if !titles.contains(&folded) {
            titles.push(folded);
        }
    }
    Headline {
        text,
        node,
        titles,
        notes,
    }
}

/// Metas that state the story's title, with their weights.
const METAS: &[(&str, f32)] = &[
    ("og:title", 2.5),
    ("twitter:title", 2.2),
    ("parsely-title", 2.3),
    ("sailthru.title", 2.2),
    ("citation_title", 2.3),
    ("dc.title", 2.1),
    ("headline", 2.4),
];

/// Titles that metadata states.
fn stated(facts: &Facts<'_>) -> Vec<Candidate<String>> {
    let metas = &facts.found.metas;
    let mut out = Vec::new();
    let sections = sections(facts);
    let bare = |title: &str| {
        let title = without_site(title, &facts.sites);
        without_sections(&title, &sections).to_owned()
    };
    let mut add = |value: Option<String>, source, weight| {
        if let Some(value) = value {
            let value = bare(&value);
            let site = facts.is_site(&value);
            if !value.is_empty() && value.len() <= LONGEST && !site {
                out.push(Candidate::new(value, source, weight));
            }
        }
    };
    let story = facts.story();
    add(
        story.and_then(|s| s.headline.clone()),
        Source::JsonLd("headline"),
        2.6,
    );
    for &(name, weight) in METAS {
        add(metas.text(name), Source::Meta(name), weight);
    }
    add(
        story.and_then(|s| s.name.clone()),
        Source::JsonLd("name"),
        1.8,
    );
    let title = facts.found.title.as_deref();
    let title = title.map(|t| {
        let cut = bare(t);
        let piece = longest_piece(&cut);
        // With the site before it the story's part may be any: only what stands behind it goes.
        if cut == t || cut.starts_with(piece) {
            piece.to_owned()
        } else {
            cut
        }
    });
    add(title, Source::Visible("title"), 2.0);
    without_tails(&mut out);
    out
}

/// The letters of the sections that the page states, and of the trail to it.
fn sections(facts: &Facts<'_>) -> Vec<String> {
    let metas = &facts.found.metas;
    let story = facts
        .story()
        .map(|s| s.sections.clone())
        .unwrap_or_default();
    let trail = facts.found.stated.breadcrumb.iter();
    let trail = trail.take(facts.found.stated.breadcrumb.len().saturating_sub(1));
    let stated = ["article:section", "section"].map(|name| metas.text(name));
    let all = story.iter().chain(trail).chain(stated.iter().flatten());
    let letters = all.map(|section| letters(section));
    letters.filter(|section| !section.is_empty()).collect()
}

/// Where one stated title begins with all of another and goes on behind a mark, the rest is the
/// section's or the site's name.
fn without_tails(titles: &mut [Candidate<String>]) {
    let heads: Vec<String> = titles
        .iter()
        .filter(|c| {
            matches!(
                c.source,
                Source::JsonLd("headline") | Source::Meta("headline")
            )
        })
        .map(|c| c.value.clone())
        .collect();
    for title in titles {
        let cut = heads.iter().find(|head| {
            head.chars().count() > 15
                && title.value.strip_prefix(head.as_str()).is_some_and(|rest| {
                    rest.trim_start()
                        .starts_with(['-', '|', '–', '—', '·', 'ㅣ', '_', ':', '<', '>'])
                })
        });
        if let Some(head) = cut {
            title.value.truncate(head.len());
        }
    }
}

/// A stated title, made ready for comparing.
struct Witness {
    folded: String,
    bag: Bag,
    /// Whether it is the page's `<title>`, which often has the kicker, too.
    of_page: bool,
}

impl Witness {
    fn of(stated: &Candidate<String>) -> Self {
        Self {
            folded: text::fold(&stated.value),
            bag: Bag::of(&stated.value),
            of_page: stated.source == Source::Visible("title"),
        }
    }
}

/// Visible headings, weighed by how well stated titles agree with them.
fn visible(facts: &Facts<'_>, stated: &[Candidate<String>]) -> Vec<Candidate<String>> {
    let doc = facts.scene.doc;
    let mut out = Vec::new();
    let witnesses: Vec<Witness> = stated.iter().map(Witness::of).collect();
    let marked = facts.found.items.iter().filter(|(p, _)| *p == "headline");
    let marked: Vec<NodeIx> = marked.map(|(_, n)| *n).take(20).collect();
    let headings = facts.found.headings.iter().copied();
    let mut h1 = headings.clone().filter(|&n| doc.tag(n) == Tag::H1);
    let first_h1 = h1.next();
    let h1s = usize::from(first_h1.is_some()) + h1.count();
    let heads_all = |n: NodeIx| h1s == 1 && text::words(&doc.text_of(n)).nth(3).is_some();
    let only_h1 = first_h1.filter(|&n| heads_all(n));
    let lower = headings.clone().filter(|&n| doc.tag(n) != Tag::H1).take(40);
    let nodes = headings
        .filter(|&n| doc.tag(n) == Tag::H1)
        .take(20)
        .chain(marked.iter().copied())
        .chain(lower);
    let is_piece = |text: &str| stated.iter().any(|c| is_piece_of(text, &c.value));
    for (rank, node) in nodes.enumerate() {
        if doc.subtree(node).len() > WIDEST {
            continue;
        }
        let text = without_day(facts, node);
        if text.is_empty() || text.len() > LONGEST {
            continue;
        }
        let (text, best) = agreeing_part(facts, node, text, &witnesses);
        let h1 = doc.tag(node) == Tag::H1;
        let site = facts.is_site(&text) || leads_home(facts, node);
        let behind = !h1 && only_h1.is_some_and(|n| n < node);
        let (weight, why) = match best {
            _ if site => (0.2, "the site's name"),
            0.95.. => (5.0, "equal to a stated title"),
            // Below the one heading of the first rank it heads a part of the story.
            0.5..0.95 if behind && !is_piece(&text) => {
                (3.0, "close to a stated title, below the h1")
            }
            0.5..0.95 => (4.0, "close to a stated title"),
            0.25..0.5 if h1 => (3.0, "shares words with a stated title"),
            _ if h1 && h1s == 1 && text::words(&text).take(4).count() > 3 => (2.7, "the only h1"),
            _ if h1 => (1.0, "an h1 no title agrees with"),
            _ => continue,
        };
        let marked = marked.contains(&node);
        let bonus = if h1 { 1.4 } else { 0.0 } + if marked { 0.3 } else { 0.0 };
        let source = if h1 {
            Source::Visible("h1")
        } else if marked {
            Source::Microdata("headline")
        } else {
            Source::Visible("heading")
        };
        let weight = weight + bonus + best - 0.01 * rank as f32;
        out.push(Candidate::new(text, source, weight).at(node).because(why));
    }
    out
}

/// Whether a title begins or ends in a heading, with a mark between it and the rest: a section's
/// name, or that of a site that is not known.
fn is_piece_of(heading: &str, title: &str) -> bool {
    const MARKS: [char; 10] = ['-', '|', '–', '—', '·', ':', '»', '«', '>', '/'];
    let before = title.strip_suffix(heading).map(str::trim_end);
    let behind = title.strip_prefix(heading).map(str::trim_start);
    before.is_some_and(|rest| rest.ends_with(MARKS))
        || behind.is_some_and(|rest| rest.starts_with(MARKS))
}

/// Whether a heading is a link to the site's front page, and nothing else.
fn leads_home(facts: &Facts<'_>, node: NodeIx) -> bool {
    let doc = facts.scene.doc;
    let around = facts.scene.measures.link_around(node);
    let mut inside = doc.within(node).filter(|&n| doc.tag(n) == Tag::A);
    let Some(link) = around.or_else(|| inside.next()) else {
        return false;
    };
    let to = doc.attr(link, "href").and_then(|h| facts.absolute(h));
    let to = to.and_then(|to| url::Url::parse(&to).ok());
    let whole = around.is_some() || doc.text_of(link) == doc.text_of(node);
    let own = facts.context.url.is_none_or(|own| own.path() != "/");
    whole && own && to.is_some_and(|to| to.path() == "/" && to.query().is_none())
}

/// The heading's text without a day that stands before it in an element of its own.
fn without_day(facts: &Facts<'_>, node: NodeIx) -> String {
    let doc = facts.scene.doc;
    let text = doc.text_of(node);
    let mut inner = doc.within(node).filter_map(|n| doc.text(n));
    let first = inner.find_map(|own| Some(text::fold_space(own)).filter(|t| !t.is_empty()));
    let spotted = first.as_deref().and_then(|own| {
        let day = date::spot(own, &facts.reading())?;
        (day.from == 0 && day.to == own.len() && day.day.is_some() && day.year.is_some())
            .then_some(own)
    });
    let rest = spotted.and_then(|day| text.strip_prefix(day));
    match rest.map(str::trim_start).filter(|rest| !rest.is_empty()) {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// The heading's text, or the part of it that a stated title equals: a kicker or a badge stands
/// in an element of its own inside many headings.
fn agreeing_part(
    facts: &Facts<'_>,
    node: NodeIx,
    text: String,
    stated: &[Witness],
) -> (String, f32) {
    let doc = facts.scene.doc;
    let bag = Bag::of(&text);
    let best = stated
        .iter()
        .map(|s| s.bag.likeness(&bag))
        .fold(0.0, f32::max);
    let whole = |s: &Witness| !s.of_page && s.bag.likeness(&bag) >= 0.999;
    let only_title = best >= 0.999 && stated.len() > 1 && !stated.iter().any(whole);
    if best > 0.3 && best < 0.999 || only_title {
        let range = doc.subtree(node);
        let inner = (range.start + 1..range.end).map(NodeIx::new).take(40);
        for part in inner {
            let tag = doc.tag(part);
            if matches!(tag, Tag::Invisible | Tag::Br) {
                continue;
            }
            let piece = match doc.text(part) {
                Some(text) => text::fold_space(text),
                None => doc.text_of(part),
            };
            let folded = text::fold(&piece);
            let equal = |s: &Witness| s.folded == folded && !(only_title && s.of_page);
            if !folded.is_empty() && stated.iter().any(equal) {
                return (piece, 1.0);
            }
        }
    }
    (text, best)
}
