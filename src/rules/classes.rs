//! Names of boxes: class and id words that mark an element where its structure says the same.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};

use serde::Deserialize;

use crate::rules::{Entry, RuleId, entry, keep};

/// The table of names, compiled for looking up an element's `class` and `id`.
#[derive(Debug)]
pub struct Classes {
    rules: Vec<Named>,
    by_name: HashMap<&'static str, usize>,
    /// Of the last two letters of all names, those that stand last behind each that stands before: a
    /// bit for each letter.
    ends: [u32; 32],
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
    /// What holds the page's main heading, or half its words.
    Half,
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
            ends: [0; 32],
        };
        let mut entries = Vec::new();
        for (at, rule) in table.rule.into_iter().enumerate() {
            for name in rule.name {
                if let Some((before, last)) = last_two(&name) {
                    classes.ends[before] |= 1 << last;
                }
                let name = fold(&name).into_owned();
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

    /// The rules that the words of a `class` attribute fall under, in the order of the words:
    /// `socialShare`, `social_share` and `Social--Share` are one name, and a name of some length may
    /// stand behind a prefix of the site's own.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::rules::Rules;
    /// let classes = Rules::embedded().classes();
    /// let ids = |class| classes.rules_for(class).map(|r| r.id.as_str()).collect::<Vec<_>>();
    /// assert_eq!(ids("col Newsletter-Signup"), ["widgets.newsletter.box"]);
    /// assert_eq!(ids("daily-factBox Teaser_newsletterSignup__x7Kd2"), [
    ///     "widgets.fact.box",
    ///     "widgets.newsletter.box",
    /// ]);
    /// assert!(ids("newsletter-readers-story no-newsletter load").is_empty());
    /// ```
    pub fn rules_for<'a>(&'a self, names: &'a str) -> impl Iterator<Item = &'a Named> {
        names
            .split_ascii_whitespace()
            .filter_map(|name| self.rule_for(name))
    }

    /// The rule that an `id` falls under: as [`rules_for`](Self::rules_for), but the whole name
    /// only, since the identity of a heading or a part is often made from its words.
    pub fn rule_for_id(&self, id: &str) -> Option<&Named> {
        if !self.may_end(id) {
            return None;
        }
        let at = self.by_name.get(&*fold(id.trim()))?;
        Some(&self.rules[*at])
    }

    fn rule_for(&self, name: &str) -> Option<&Named> {
        let name = without_digest(name);
        if !self.may_end(name) {
            return None;
        }
        let folded = fold(name);
        let whole = self.by_name.get(&*folded);
        let found = whole.or_else(|| {
            let rest = folded
                .split_once('-')
                .filter(|(first, _)| !STATES.contains(first))?
                .1;
            let tails = std::iter::successors(Some(rest), |r| Some(r.split_once('-')?.1));
            tails
                .take_while(|tail| tail.len() >= LONG_NAME)
                .find_map(|tail| self.by_name.get(tail))
        });
        found.map(|&at| &self.rules[at])
    }

    /// Whether a name in the table may end as this one does: most words of a page leave here.
    fn may_end(&self, name: &str) -> bool {
        last_two(name).is_some_and(|(before, last)| self.ends[before] >> last & 1 == 1)
    }
}

/// Letters of a name from which on it says enough to be known behind a prefix.
const LONG_NAME: usize = 5;

/// First words of names that tell in which state an element is, not what it is.
const STATES: [&str; 8] = ["has", "hide", "is", "no", "not", "show", "with", "without"];

/// A name in lower case with one hyphen where it has hyphens, underscores or a capital letter after
/// a small one: `socialShare`, `social_share` and `Social--Share` are all `social-share`.
fn fold(name: &str) -> Cow<'_, str> {
    let mut last = b'-';
    let mut plain = |b: u8| {
        let before = std::mem::replace(&mut last, b);
        b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' && before != b'-'
    };
    if name.bytes().all(&mut plain) {
        return Cow::Borrowed(name.trim_end_matches('-'));
    }
    let mut folded = String::with_capacity(name.len() + 4);
    let mut before = '-';
    for c in name.chars() {
        if matches!(c, '-' | '_') {
            if before != '-' {
                folded.push('-');
                before = '-';
            }
            continue;
        }
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            folded.push('-');
        }
        folded.push(c.to_ascii_lowercase());
        before = c;
    }
    folded.truncate(folded.trim_end_matches('-').len());
    Cow::Owned(folded)
}

/// A name without what style sheet compilers add to it: two underscores and a digest, which tells
/// itself by digits or capital letters.
fn without_digest(name: &str) -> &str {
    // Most names are asked no more than this.
    if !name.as_bytes().contains(&b'_') {
        return name;
    }
    match name.rsplit_once("__") {
        Some((name, tail))
            if (4..=8).contains(&tail.len()) && tail.bytes().any(|b| !b.is_ascii_lowercase()) =>
        {
            name
        }
        _ => name,
    }
}

/// The last two letters of a name by their number, which is the same in either case.
fn last_two(name: &str) -> Option<(usize, usize)> {
    let mut letters = name.bytes().rev().filter(|b| !matches!(b, b'-' | b'_'));
    let (last, before) = (letters.next()?, letters.next()?);
    Some((usize::from(before & 31), usize::from(last & 31)))
}
