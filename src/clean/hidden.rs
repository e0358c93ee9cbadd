//! What the page itself hides from a reader.
//!
//! Scripts reveal some hidden parts (a story behind "read more"), so an element that holds a good
//! share of the page's words is left to the model even when it is hidden. So is a panel that a reader
//! can unfold: prose below the main heading that a control or a label of the page points to, as the
//! patterns for accordions and tabs of the ARIA Authoring Practices Guide have it.

use foldhash::{HashSet, HashSetExt};

use crate::clean::{MainHeadings, Marks, Pass, Scene};
use crate::document::{Document, NodeIx, Tag};
use crate::rules::RuleId;

const ATTRIBUTE: RuleId = RuleId::new("hidden.attribute");
const STYLE: RuleId = RuleId::new("hidden.style");
const ARIA: RuleId = RuleId::new("hidden.aria");
const READER: RuleId = RuleId::new("hidden.screen-reader");
const DIALOG: RuleId = RuleId::new("hidden.dialog");

/// Class words that themes use for text meant for screen readers alone.
const READER_CLASSES: &[&str] = &[
    "a11y-hidden",
    "assistive-text",
    "element-invisible",
    "hidden-visually",
    "offscreen",
    "screen-reader-only",
    "screen-reader-text",
    "screenreader-only",
    "show-for-sr",
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
];

/// Words that an `aria-hidden` or screen-reader element may have at most to be marked.
const FEW_WORDS: u32 = 25;

/// Words and nodes of the label of a folded panel at most.
const LABEL_WORDS: u32 = 30;
const LABEL_NODES: usize = 60;

pub(super) struct Hidden;

impl Pass for Hidden {
    fn name(&self) -> &'static str {
        "hidden"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let page = scene.measures.total(scene.doc, NodeIx::ROOT).words;
        let headings = MainHeadings::of(scene);
        let mut shown = HashSet::new();
        for node in scene.doc.nodes() {
            let Some(rule) = reason(scene, node, &mut shown) else {
                continue;
            };
            if is_panel(scene, node) && headings.told_before(node) > 0.0 {
                continue;
            }
            let words = scene.measures.total(scene.doc, node).words;
            if words * 4 < page || words < FEW_WORDS {
                marks.claim(node, rule);
            }
        }
    }
}

/// `shown` are values of `class` that are not for screen readers alone: most are on a page many times.
fn reason<'a>(scene: &Scene<'a>, node: NodeIx, shown: &mut HashSet<&'a str>) -> Option<RuleId> {
    let doc = scene.doc;
    match doc.tag(node) {
        Tag::Text | Tag::Document | Tag::Invisible | Tag::Html | Tag::Body => return None,
        Tag::Dialog if doc.attr(node, "open").is_none() => return Some(DIALOG),
        _ => {}
    }
    let few = || scene.measures.total(doc, node).words < FEW_WORDS;
    for (name, value) in doc.attrs(node) {
        let rule = match name {
            "hidden" if !value.eq_ignore_ascii_case("until-found") => Some(ATTRIBUTE),
            "style" if hides(value) => Some(STYLE),
            "aria-hidden" if value == "true" && few() => Some(ARIA),
            "class" if shown.contains(value) => None,
            "class" if is_for_readers(value) => few().then_some(READER),
            "class" => {
                shown.insert(value);
                None
            }
            _ => None,
        };
        if rule.is_some() {
            return rule;
        }
    }
    None
}

/// Whether an element is a panel of prose that a reader can unfold: it names its label, or stands
/// right behind a button that says it is folded (ARIA Authoring Practices, "Accordion", "Disclosure").
fn is_panel(scene: &Scene<'_>, node: NodeIx) -> bool {
    let doc = scene.doc;
    let total = scene.measures.total(doc, node);
    let role = doc.attr(node, "role").unwrap_or_default();
    total.words >= FEW_WORDS
        && total.link_share() < 0.3
        && role != "dialog"
        && doc.attr(node, "aria-modal").is_none()
        && (matches!(role, "region" | "tabpanel")
            || doc.attr(node, "aria-labelledby").is_some()
            || follows_folded_label(scene, node))
}

/// Whether the element before is a short label that holds, or is, something that says it is folded.
fn follows_folded_label(scene: &Scene<'_>, node: NodeIx) -> bool {
    let doc = scene.doc;
    let label = previous_element(doc, node);
    label.is_some_and(|label| {
        let mut within = doc.within(label).take(LABEL_NODES);
        scene.measures.total(doc, label).words <= LABEL_WORDS
            && within.any(|n| doc.attr(n, "aria-expanded") == Some("false"))
    })
}

fn previous_element(doc: &Document, node: NodeIx) -> Option<NodeIx> {
    let parent = doc.parent(node)?;
    let mut start = node;
    loop {
        let last = start.index().checked_sub(1).map(NodeIx::new)?;
        let sibling = std::iter::once(last)
            .chain(doc.ancestors(last))
            .find(|&n| doc.parent(n) == Some(parent))?;
        match doc.tag(sibling) {
            Tag::Text if doc.text(sibling).is_some_and(|t| t.trim().is_empty()) => start = sibling,
            Tag::Text | Tag::Invisible => return None,
            _ => return Some(sibling),
        }
    }
}

fn is_for_readers(class: &str) -> bool {
    class
        .split_ascii_whitespace()
        .any(|token| READER_CLASSES.iter().any(|c| token.eq_ignore_ascii_case(c)))
}

/// Whether a style attribute takes the element off the page.
fn hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else {
            return false;
        };
        let (property, value) = (property.trim(), value.trim());
        let starts = |word: &str| {
            value
                .get(..word.len())
                .is_some_and(|v| v.eq_ignore_ascii_case(word))
        };
        (property.eq_ignore_ascii_case("display") && starts("none"))
            || (property.eq_ignore_ascii_case("visibility") && starts("hidden"))
    })
}
