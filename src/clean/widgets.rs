//! Boxes beside the story that are named for what they are, where their structure says the same.
//!
//! Names and numbers stand in `rules/classes.toml`; here is what its guards mean.

use foldhash::{HashSet, HashSetExt};

use crate::clean::{MainHeadings, Marks, Pass, Scene, share_a_class};
use crate::document::{NodeIx, Tag};
use crate::rules::{Named, Only, RuleId, Unless};

const ASIDE: RuleId = RuleId::new("widgets.aside");

/// Words beside link text that no box has more of.
const BOX_WORDS: f32 = 150.0;

/// Share of the page's words that no box has more of.
const BOX_SHARE: f32 = 0.25;

/// Share of the page's words that no fact box has more of, and no notice on cookies.
const HALF: f32 = 0.5;

/// Share of the page's words that stand before what comes after a story.
const BEGINNING: f32 = 0.3;

/// Words beside link text that a story has at least which a thread of replies stands below: a long
/// thread can be most of a page.
const STORY_WORDS: f32 = 200.0;

pub(super) struct Widgets;

impl Pass for Widgets {
    fn name(&self) -> &'static str {
        "widgets"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let page = Page {
            scene,
            words: scene.measures.total(scene.doc, NodeIx::ROOT).words as f32,
            headings: MainHeadings::of(scene),
        };
        // Values of `class` that no rule is for: most are on a page many times.
        let mut idle = HashSet::new();
        for node in scene.doc.nodes() {
            let (mut class, mut id, mut role) = (None, None, None);
            for (name, value) in scene.doc.attrs(node) {
                match name {
                    "class" => class = Some(value),
                    "id" => id = Some(value),
                    "role" => role = Some(value),
                    _ => {}
                }
            }
            if let Some(rule) = page.named(node, (class, id), &mut idle) {
                marks.claim(node, rule.id);
            } else if page.is_aside(node, role) {
                marks.claim(node, ASIDE);
            }
        }
    }
}

/// What the guards compare an element with.
struct Page<'a> {
    scene: &'a Scene<'a>,
    words: f32,
    headings: MainHeadings<'a>,
}

impl<'a> Page<'a> {
    /// Whether an element's structure passes all guards of a rule.
    fn agrees(&self, rule: &Named, node: NodeIx) -> bool {
        let total = self.scene.measures.total(self.scene.doc, node);
        total.words <= rule.max_words
            && (total.link_share() >= rule.links || total.words <= rule.few_words)
            && self.scene.doc.tag(node) != Tag::A
            && !self.is_exempt(rule.unless, node)
            && rule.only.is_none_or(|only| self.holds(only, node))
    }

    /// The first rule of an element's names that agrees with its structure; `idle` keeps the values
    /// of `class` that no rule is for.
    fn named(
        &self,
        node: NodeIx,
        (class, id): (Option<&'a str>, Option<&'a str>),
        idle: &mut HashSet<&'a str>,
    ) -> Option<&'a Named> {
        let classes = self.scene.rules.classes();
        if let Some(class) = class.filter(|class| !idle.contains(class)) {
            let mut rules = classes.rules_for(class).peekable();
            if rules.peek().is_none() {
                idle.insert(class);
            }
            let found = rules.find(|rule| self.agrees(rule, node));
            if found.is_some() {
                return found;
            }
        }
        let rule = classes.rule_for_id(id?)?;
        self.agrees(rule, node).then_some(rule)
    }

    /// What the page itself sets beside its text: `aside`, or the role of the same meaning.
    fn is_aside(&self, node: NodeIx, role: Option<&str>) -> bool {
        let beside = self.scene.doc.tag(node) == Tag::Aside || role == Some("complementary");
        beside && !self.is_exempt(Unless::Story, node)
    }

    fn is_exempt(&self, unless: Unless, node: NodeIx) -> bool {
        let (doc, measures) = (self.scene.doc, self.scene.measures);
        if self.headings.any_in(node) {
            return true;
        }
        match unless {
            Unless::Story => {
                let total = measures.total(doc, node);
                let words = total.words as f32;
                words > self.words * BOX_SHARE || words * (1.0 - total.link_share()) > BOX_WORDS
            }
            Unless::Half => measures.total(doc, node).words as f32 > self.words * HALF,
            Unless::Beginning => {
                let before = measures.span(0, node.index()).words as f32;
                before < self.words * BEGINNING && self.headings.told_before(node) < STORY_WORDS
            }
        }
    }

    fn holds(&self, only: Only, node: NodeIx) -> bool {
        match only {
            Only::Replies => {
                let doc = self.scene.doc;
                let mut within = doc.within(node).filter(|&n| doc.tag(n) != Tag::Text);
                within.any(|n| self.is_reply_form(n) || self.has_replies(n))
            }
        }
    }

    fn is_reply_form(&self, node: NodeIx) -> bool {
        let doc = self.scene.doc;
        doc.tag(node) == Tag::Form && doc.within(node).any(|n| doc.tag(n) == Tag::Textarea)
    }

    /// Whether two children are numbered as comments, or share a class and each tells when it was
    /// written or by whom.
    fn has_replies(&self, node: NodeIx) -> bool {
        let doc = self.scene.doc;
        let numbered = |&n: &NodeIx| doc.attr(n, "id").is_some_and(is_number_of_comment);
        if doc.children(node).filter(numbered).take(2).count() == 2 {
            return true;
        }
        let class = |n: NodeIx| doc.attr(n, "class").unwrap_or_default();
        let mut replies = doc
            .children(node)
            .filter(|&n| !class(n).is_empty() && doc.within(n).any(|n| self.is_signature(n)));
        let Some(first) = replies.next() else {
            return false;
        };
        replies.any(|other| share_a_class(doc, first, other))
    }

    /// A date, or an element that is named for who wrote a comment.
    fn is_signature(&self, node: NodeIx) -> bool {
        let doc = self.scene.doc;
        let named = || {
            let mut words = doc
                .attr(node, "class")
                .unwrap_or_default()
                .split_ascii_whitespace();
            words.any(|w| {
                matches!(
                    w,
                    "comment-author" | "comment-date" | "comment-meta" | "vcard"
                )
            })
        };
        doc.tag(node) == Tag::Time || named()
    }
}

/// Whether an `id` is what publishing systems give a comment: `comment-12`.
fn is_number_of_comment(id: &str) -> bool {
    let number = id.rsplit_once("comment-").map(|(_, number)| number);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
