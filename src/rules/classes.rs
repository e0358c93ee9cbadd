//! Names of boxes: class and id words that mark an element where its structure says the same.

use foldhash::{HashMap, HashMapExt};

use serde::Deserialize;

use crate::rules::{Entry, RuleId, entry, keep};

/// The table of names, compiled for looking up an element's `class` and `id`.
#[derive(Debug)]
pub struct Classes {
    rules: Vec<Named>,
    by_name: HashMap<&'static str, usize>,
}

/// A rule for elements of certain names: its guards, all of which the structure must pass.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Named {
    /// The rule.
    pub id: RuleId,
    /// Words that the element may have at most.
    pub max_words: u32,
    /// Share of its letters that must be link text at least.
    pub links: f32,
    /// An element of no more words than this may have fewer links.
    pub few_words: u32,
    /// Which elements are left alone all the same.
    pub unless: Unless,
    /// What the element must hold.
    pub only: Option<Only>,
}

/// Elements that are left alone whatever they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unless {
    /// What holds the page's main heading, a quarter of its words, or many words beside links.
    Story,
    /// What holds the page's main heading, or begins before a third of its words are told.
    Beginning,
}

/// What an element must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Only {
    /// A form for replies, or several replies.
    Replies,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rule: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: String,
    why: String,
    case: Vec<String>,
    name: Vec<String>,
    unless: Unless,
    only: Option<Only>,
    max_words: Option<u32>,
    #[serde(default)]
    links: f32,
    #[serde(default)]
    few_words: u32,
}

impl Classes {
    pub(super) fn embedded() -> (Self, Vec<Entry>) {
        let table: Table = toml::from_str(include_str!("classes.toml"))
            .expect("the embedded table of names is sound");
        let mut classes = Self {
            rules: Vec::new(),
            by_name: HashMap::new(),
        };
        let mut entries = Vec::new();
        for (at, rule) in table.rule.into_iter().enumerate() {
            for name in rule.name {
                classes.by_name.entry(keep(name)).or_insert(at);
            }
            let entry = entry(rule.id, rule.why, rule.case);
            classes.rules.push(Named {
                id: entry.id,
                max_words: rule.max_words.unwrap_or(u32::MAX),
                links: rule.links,
                few_words: rule.few_words,
                unless: rule.unless,
                only: rule.only,
            });
            entries.push(entry);
        }
        (classes, entries)
    }

    /// The rules that the words of a `class` or `id` attribute fall under: whole words only, in
    /// lower or upper case.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::rules::Rules;
    /// let classes = Rules::embedded().classes();
    /// let ids = |class| classes.rules_for(class).map(|r| r.id.as_str()).collect::<Vec<_>>();
    /// assert_eq!(ids("col Newsletter-Signup"), ["widgets.newsletter.box"]);
    /// assert!(ids("newsletter-readers-story").is_empty());
    /// ```
    pub fn rules_for<'a>(&'a self, names: &'a str) -> impl Iterator<Item = &'a Named> {
        names.split_ascii_whitespace().filter_map(|name| {
            let at = if name.bytes().any(|b| b.is_ascii_uppercase()) {
                self.by_name.get(name.to_ascii_lowercase().as_str())
            } else {
                self.by_name.get(name)
            };
            at.map(|&at| &self.rules[at])
        })
    }
}
