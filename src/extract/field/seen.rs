//! Dates that readers see, weighed by their place: `<time>` elements, and what all visible dates share.

use super::class_words::says;
use super::{Candidate, Source, View};
use crate::date::{self, Label, Moment, Reading};
use crate::document::NodeIx;

/// How far from the head of the story a date may stand, in blocks, to speak for it.
pub(super) const NEAR: usize = 25;

/// A date that readers see.
#[derive(Debug, Clone)]
pub(super) struct Dated {
    pub(super) candidate: Candidate<Moment>,
    /// Whether it stands between the headline and the first paragraph, or right above the headline.
    pub(super) is_at_head: bool,
    /// Whether its year is stated with it.
    pub(super) has_year: bool,
}

/// `<time>` elements, weighed by their place.
pub(super) fn times(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let doc = view.facts.scene.doc;
    let mut out = Vec::new();
    for (rank, &node) in view.facts.found.times.iter().take(120).enumerate() {
        let text = doc.text_of(node);
        let shown = date::spot(&text, reading)
            .filter(|s| s.year.is_some())
            .and_then(|s| date::resolve(&s, reading));
        let attribute = doc
            .attr(node, "datetime")
            .and_then(|v| date::stated(v, reading));
        let Some(moment) = attribute.or_else(|| date::find(&text, reading)) else {
            continue;
        };
        let index = view.block_of(node);
        let label = label_of_node(view, node, index, &text);
        let place = Place::of(view, node, index, label);
        let pubdate = doc.attr(node, "pubdate").is_some()
            || label == Some(Label::Published)
            || named_as_published(view, node);
        let told = shown.filter(|s| s.day() != moment.day());
        let mut add = |moment: Moment, more: f32| {
            let timed = if moment.time().is_some() { 0.1 } else { 0.0 };
            let weight = 4.0 + place.weight + timed + if pubdate { 0.3 } else { 0.0 } + more
                - 0.005 * rank as f32;
            let found = Candidate::new(moment, Source::Visible("time"), weight);
            out.push(Dated {
                candidate: found.at(node).because(place.why),
                is_at_head: place.is_at_head && told.is_none_or(|t| t == moment),
                has_year: attribute.is_some() || shown.is_some(),
            });
        };
        add(moment, 0.0);
        // What readers see goes before what the attribute says.
        if let Some(told) = told {
            add(told, 0.5);
        }
    }
    out
}

/// Moments at the head of the story that a script is to show, weighed by their place.
pub(super) fn stamps(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let doc = view.facts.scene.doc;
    let mut out = Vec::new();
    for &(node, name) in view.facts.found.stamps.iter().take(60) {
        let index = view.block_of(node);
        if view.place.distance(index) > 3 && !in_own_link(view, node) {
            continue;
        }
        let moment = doc.attr(node, name).and_then(|v| date::stated(v, reading));
        let Some(moment) = moment else { continue };
        let label = label_before(view, index, 0);
        let place = Place::of(view, node, index, label);
        let found = Candidate::new(
            moment,
            Source::Visible("data attribute"),
            3.0 + place.weight,
        );
        out.push(Dated {
            candidate: found.at(node).because(place.why),
            is_at_head: false,
            has_year: true,
        });
    }
    out
}

/// Moments at the head of the story that a script puts there: `showDate("2024/04/24 01:43:09")`.
pub(super) fn written(view: &View<'_>, reading: &Reading<'_>) -> Vec<Dated> {
    let doc = view.facts.scene.doc;
    let mut out = Vec::new();
    for &node in &view.facts.found.scripts {
        let script = doc.children(node).next().and_then(|n| doc.text(n));
        let Some(value) = script.and_then(only_argument) else {
            continue;
        };
        let index = view.block_of(node);
        if view.place.distance(index) > NEAR {
            continue;
        }
        let Some(moment) = date::stated(value, reading) else {
            continue;
        };
        let place = Place::of(view, node, index, None);
        let found = Candidate::new(moment, Source::Visible("script"), 3.0 + place.weight);
        out.push(Dated {
            candidate: found.at(node).because(place.why),
            is_at_head: false,
            has_year: true,
        });
    }
    out
}

/// The one string that a script passes on, if that is all it does.
fn only_argument(script: &str) -> Option<&str> {
    let script = Some(script.trim()).filter(|s| s.len() <= 160)?;
    let (call, rest) = script.split_once(['"', '\''])?;
    let (value, end) = rest.split_once(['"', '\''])?;
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '$' | '(');
    let called = call.ends_with('(') && call.chars().all(name);
    let ends = end.chars().all(|c| matches!(c, ')' | ';' | ' ' | '\n'));
    (called && ends).then_some(value)
}

const PUBLISHED_NAMES: &[&str] = &[
    "published",
    "publish",
    "pubdate",
    "created",
    "publicationdate",
];
const UPDATED_NAMES: &[&str] = &[
    "updated",
    "modified",
    "update",
    "lastupdated",
    "lastmodified",
];

/// Whether names say that an element holds the moment of publication.
pub(super) fn named_as_published(view: &View<'_>, node: NodeIx) -> bool {
    named(view, node, PUBLISHED_NAMES)
}

/// Whether names say that an element holds the moment of a change, and not that of publication.
pub(super) fn named_as_change(view: &View<'_>, node: NodeIx) -> bool {
    let both = own_name(view, node, PUBLISHED_NAMES) && own_name(view, node, UPDATED_NAMES);
    !both && named(view, node, UPDATED_NAMES)
}

/// What the words before a `<time>` say, in its block or in the block before.
fn label_of_node(view: &View<'_>, node: NodeIx, index: usize, text: &str) -> Option<Label> {
    let block = &view.body.blocks.get(index)?.block;
    let inside = view.facts.scene.doc.subtree(node).start < block.span().end;
    let at = block
        .text()
        .find(text)
        .filter(|_| inside && !text.is_empty());
    let first_digit = text.find(|c: char| c.is_ascii_digit())?;
    let own = date::label(&text[..first_digit]);
    own.or_else(|| label_before(view, index, at.unwrap_or(0)))
}

/// The characters before a date that may say what it is the date of.
const BESIDE: usize = 60;

/// What the words before a date say: those of its line, behind any earlier date, or those of a
/// short line before it.
pub(super) fn label_before(view: &View<'_>, index: usize, at: usize) -> Option<Label> {
    let text = view.body.blocks.get(index)?.block.text().get(..at)?;
    let from = text
        .rfind(|c: char| c.is_ascii_digit())
        .map_or(0, |i| i + 1);
    let skip = text[from..].chars().count().saturating_sub(BESIDE);
    let own: String = text[from..].chars().skip(skip).collect();
    date::label(&own).or_else(|| {
        let before = view.body.blocks.get(index.checked_sub(1)?)?.block.text();
        let short = from == 0 && own.chars().count() < 4 && before.chars().count() <= 40;
        let undated = !before.bytes().any(|b| b.is_ascii_digit());
        (short && undated).then(|| date::label(before)).flatten()
    })
}

/// What a date's place is worth.
pub(super) struct Place {
    pub(super) weight: f32,
    pub(super) why: &'static str,
    pub(super) is_at_head: bool,
}

pub(super) const CLOSES: &str = "closes the story";
pub(super) const LINKED: &str = "inside a link";
pub(super) const AWAY: &str = "away from the head of the story";
/// The words beside a date say that it is the moment of a change.
pub(super) const CHANGED: &str = "marked as updated";
/// Only the name of its element says so; some templates name every date `updated`.
pub(super) const NAMED_CHANGED: &str = "named as updated";

/// Whether a date is said to be that of a change.
pub(super) fn is_change(candidate: &Candidate<Moment>) -> bool {
    matches!(candidate.why, CHANGED | NAMED_CHANGED)
}

impl Place {
    pub(super) fn of(view: &View<'_>, node: NodeIx, index: usize, label: Option<Label>) -> Self {
        let distance = view.place.distance(index);
        let linked = leads_elsewhere(view, node, label);
        let behind = view.place.is_behind(index);
        let closes = behind && label == Some(Label::Published);
        let mut weight = match distance {
            0..=3 => 0.0,
            _ if in_own_link(view, node) => 0.0,
            _ if closes => -0.2,
            4..=10 if index <= view.place.last => -0.3,
            4..=NEAR => -0.8,
            _ => -2.2,
        };
        if linked {
            weight -= 0.8;
        }
        // Above the headline other stories' dates stand more often than below it.
        if view.place.headline.is_some_and(|h| index < h) {
            weight -= 0.1;
        }
        if of_comment(view, node) {
            weight -= 1.5;
        }
        let told = label == Some(Label::Published) && distance <= 3;
        let is_at_head = !linked && (told || view.place.is_head(index));
        let told = label == Some(Label::Updated);
        if told || label.is_none() && named_as_change(view, node) {
            return Self {
                weight: weight - 0.9,
                why: if told { CHANGED } else { NAMED_CHANGED },
                is_at_head: false,
            };
        }
        let why = match (distance <= 3, linked) {
            (_, true) => LINKED,
            (true, _) => "at the head of the story",
            _ if closes => CLOSES,
            _ => AWAY,
        };
        Self {
            weight,
            why,
            is_at_head,
        }
    }
}

/// Whether a date stands in what readers wrote.
pub(super) fn of_comment(view: &View<'_>, node: NodeIx) -> bool {
    const NAMES: &[&str] = &[
        "comment",
        "comments",
        "commentlist",
        "commentlisting",
        "kommentar",
        "kommentare",
        "commentaires",
        "comentarios",
        "reply",
        "replies",
    ];
    let doc = view.facts.scene.doc;
    doc.ancestors(node).take(8).any(|n| {
        let small = doc.subtree(n).len() * 2 < doc.len();
        let values = ["class", "id"].iter().filter_map(|name| doc.attr(n, name));
        small
            && values
                .flat_map(str::split_ascii_whitespace)
                .any(|token| says(token, NAMES))
    })
}

/// Whether a date stands in a link to another page than one about that day or the story itself. At
/// the head, or said to be that of publication, a date that is all of a link leads to an archive,
/// whatever its address.
fn leads_elsewhere(view: &View<'_>, node: NodeIx, label: Option<Label>) -> bool {
    let Some(link) = view.facts.scene.measures.link_around(node) else {
        return false;
    };
    let doc = view.facts.scene.doc;
    let href = doc.attr(link, "href").unwrap_or_default();
    let digits = |t: &str| t.bytes().filter(u8::is_ascii_digit).count();
    let text = doc.text_of(link);
    let index = view.block_of(node);
    let dated = text.chars().count() <= 40 && digits(&text) >= 3;
    let archive = dated && digits(href) >= 6;
    let own = in_own_link(view, node);
    let bookmark = doc
        .attr(link, "rel")
        .is_some_and(|r| r.split_ascii_whitespace().any(|r| r == "bookmark"));
    let at_head = archive && view.place.distance(index) <= 3 || dated && view.place.is_head(index);
    let told = dated && label == Some(Label::Published);
    !(own || at_head || told || bookmark && archive)
}

/// Whether a date stands in a link to the page itself: that of a post is its permanent address. The
/// page may show one part of what the link leads to, as a picture of a post does.
fn in_own_link(view: &View<'_>, node: NodeIx) -> bool {
    let facts = view.facts;
    let link = facts.scene.measures.link_around(node);
    let href = link.and_then(|link| facts.scene.doc.attr(link, "href"));
    let Some((own, to)) = facts.context.url.zip(href.and_then(|h| facts.absolute(h))) else {
        return false;
    };
    let (own, to) = (own.as_str().trim_end_matches('/'), to.trim_end_matches('/'));
    let numbered = to
        .rsplit('/')
        .next()
        .is_some_and(|step| step.len() >= 6 && step.bytes().all(|b| b.is_ascii_digit()));
    let part = own
        .strip_prefix(to)
        .is_some_and(|rest| rest.starts_with('/'));
    own == to || numbered && part
}

/// Whether the class or id of a node, or of its parent, holds one of the words.
fn named(view: &View<'_>, node: NodeIx, words: &[&str]) -> bool {
    let parent = view.facts.scene.doc.parent(node);
    own_name(view, node, words) || parent.is_some_and(|p| own_name(view, p, words))
}

fn own_name(view: &View<'_>, node: NodeIx, words: &[&str]) -> bool {
    let doc = view.facts.scene.doc;
    ["class", "id", "itemprop"]
        .iter()
        .filter_map(|name| doc.attr(node, name))
        .flat_map(str::split_ascii_whitespace)
        .any(|token| says(token, words))
}

pub(super) fn date_class(view: &View<'_>, node: NodeIx) -> bool {
    let dates = &view.facts.found.dates;
    let doc = view.facts.scene.doc;
    dates.binary_search(&node).is_ok()
        || doc
            .parent(node)
            .is_some_and(|p| dates.binary_search(&p).is_ok())
}
