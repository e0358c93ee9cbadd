//! Phrases: blocks that consist of, or begin with, words that no story begins with.

use std::collections::BTreeMap;
use std::ops::Bound;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use serde::Deserialize;

use crate::rules::{Entry, RuleId, entry};
use crate::text;

/// The phrase table, compiled for looking up a block by its words.
#[derive(Debug)]
pub struct Phrases {
    rules: Vec<Rule>,
    whole: HashMap<String, usize>,
    /// Sorted, so that the phrases a text begins with lie right before it.
    start: BTreeMap<String, usize>,
    /// The first bytes of those phrases: most texts begin with none of them.
    heads: HashSet<Head>,
    /// Words that a block of any rule may have.
    limit: u32,
    /// What closing brackets begin with.
    closing: Vec<(String, usize)>,
    /// What a block ends with.
    ending: Vec<(String, usize)>,
    /// What the last few words of a caption begin with.
    trailing: Vec<(String, usize)>,
}

#[derive(Debug)]
struct Rule {
    id: RuleId,
    max_words: u32,
    start_words: u32,
    links: f32,
    headings: bool,
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
    max_words: u32,
    start_words: Option<u32>,
    #[serde(default)]
    links: f32,
    #[serde(default = "yes")]
    headings: bool,
    #[serde(default)]
    whole: Vec<String>,
    #[serde(default)]
    start: Vec<String>,
    #[serde(default)]
    closing: Vec<String>,
    #[serde(default)]
    ending: Vec<String>,
    #[serde(default)]
    trailing: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A block as the phrase table sees it.
#[derive(Debug, Clone, Copy)]
pub struct Spoken<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its words.
    pub words: u32,
    /// Share of its letters that are link text.
    pub link_share: f32,
    /// Whether it is a heading.
    pub heading: bool,
}

impl Phrases {
    pub(super) fn embedded() -> (Self, Vec<Entry>) {
        let table: Table = toml::from_str(include_str!("phrases.toml"))
            .expect("the embedded phrase table is sound");
        let mut phrases = Self {
            rules: Vec::new(),
            whole: HashMap::new(),
            start: BTreeMap::new(),
            heads: HashSet::new(),
            limit: 0,
            closing: Vec::new(),
            ending: Vec::new(),
            trailing: Vec::new(),
        };
        let mut entries = Vec::new();
        for (at, rule) in table.rule.into_iter().enumerate() {
            for phrase in &rule.whole {
                phrases
                    .whole
                    .entry(trim(&folded(phrase)).to_owned())
                    .or_insert(at);
            }
            for phrase in &rule.start {
                let phrase = folded(phrase);
                phrases.heads.insert(head(&phrase, HEAD));
                phrases.start.entry(phrase).or_insert(at);
            }
            let with = |list: &[String]| -> Vec<_> {
                list.iter().map(|phrase| (folded(phrase), at)).collect()
            };
            phrases.closing.extend(with(&rule.closing));
            phrases.ending.extend(with(&rule.ending));
            phrases.trailing.extend(with(&rule.trailing));
            let entry = entry(rule.id, rule.why, rule.case);
            phrases.limit = phrases.limit.max(rule.max_words);
            phrases.rules.push(Rule {
                id: entry.id,
                max_words: rule.max_words,
                start_words: rule.start_words.unwrap_or(rule.max_words),
                links: rule.links,
                headings: rule.headings,
            });
            entries.push(entry);
        }
        (phrases, entries)
    }

    /// The rule that a block falls under, if its guards hold.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::rules::{Rules, Spoken};
    /// let phrases = Rules::embedded().phrases();
    /// let block = Spoken { text: "Leave a Reply", words: 3, link_share: 0.0, heading: true };
    /// assert_eq!(phrases.rule_for(&block).map(|r| r.as_str()), Some("phrases.comments.form"));
    /// let prose = Spoken { text: "Related parties met.", words: 3, link_share: 0.0, heading: false };
    /// assert_eq!(phrases.rule_for(&prose), None);
    /// ```
    pub fn rule_for(&self, block: &Spoken<'_>) -> Option<RuleId> {
        if block.words > self.limit {
            return None;
        }
        let folded = folded(block.text);
        let holds = |at: &&usize| {
            let rule = &self.rules[**at];
            block.words <= rule.max_words
                && block.link_share >= rule.links
                && (rule.headings || !block.heading)
        };
        let whole = self.whole.get(trim(&folded));
        // The longest phrase that the text begins with: walk the table backwards from the text.
        let start = || self.start_of(&folded);
        whole
            .filter(|at| self.rules[**at].links == 0.0 && holds(at))
            .or_else(|| {
                start().filter(|at| block.words <= self.rules[**at].start_words && holds(at))
            })
            .or_else(|| self.closing_of(&folded).filter(holds))
            .or_else(|| self.ending_of(&folded).filter(holds))
            .or_else(|| self.trailing_of(&folded).filter(holds))
            .map(|&at| self.rules[at].id)
    }
}

impl Phrases {
    /// The longest phrase that a text begins with. Of all phrases up to the text in order, those it
    /// begins with are no longer than what it has in common with the last one.
    fn start_of(&self, folded: &str) -> Option<&usize> {
        (1..=HEAD).find(|&bytes| self.heads.contains(&head(folded, bytes)))?;
        let mut bound = Bound::Included(folded);
        loop {
            let before = (Bound::Unbounded, bound);
            let (phrase, at) = self.start.range::<str, _>(before).next_back()?;
            if begins(folded, phrase) {
                return Some(at);
            }
            let common = common(folded, phrase);
            if common == 0 {
                return None;
            }
            bound = if common == phrase.len() {
                Bound::Excluded(phrase)
            } else {
                Bound::Included(&folded[..common])
            };
        }
    }

    /// The rule whose phrase begins the brackets at the end of a text.
    fn closing_of(&self, folded: &str) -> Option<&usize> {
        let inside = folded.trim_end_matches('.').strip_suffix([')', '）'])?;
        let (_, last) = inside.rsplit_once(['(', '（'])?;
        self.closing
            .iter()
            .find(|(phrase, _)| last.starts_with(phrase.as_str()))
            .map(|c| &c.1)
    }

    /// The rule whose phrase a text ends with, closing punctuation aside.
    fn ending_of(&self, folded: &str) -> Option<&usize> {
        let text = trim(folded);
        let ends = |phrase: &str| {
            text.strip_suffix(phrase).is_some_and(|before| {
                let open = !phrase.starts_with(char::is_alphanumeric);
                open || !before.ends_with(char::is_alphanumeric)
            })
        };
        self.ending.iter().find(|e| ends(&e.0)).map(|e| &e.1)
    }

    /// The rule whose phrase the last few words of a text begin with, behind a mark that ends what
    /// stands before.
    fn trailing_of(&self, folded: &str) -> Option<&usize> {
        let trails = |phrase: &str| {
            folded.rsplit_once(phrase).is_some_and(|(before, name)| {
                // The notice at the foot of a page goes on with a year.
                let names = name.trim_start().starts_with(char::is_alphabetic);
                let mark = before.trim_end().ends_with(['.', '!', '?', '|', ')', '"']);
                mark && names && text::count(name).words <= TRAILING_WORDS
            })
        };
        self.trailing.iter().find(|t| trails(&t.0)).map(|t| &t.1)
    }
}

/// Words of the name at the end of a caption at most.
const TRAILING_WORDS: u32 = 8;

/// First bytes of a phrase, as many as it has of [`HEAD`]; zeros behind them.
type Head = [u8; HEAD];

const HEAD: usize = 4;

fn head(text: &str, bytes: usize) -> Head {
    let mut head = Head::default();
    let bytes = bytes.min(text.len());
    head[..bytes].copy_from_slice(&text.as_bytes()[..bytes]);
    head
}

/// How many bytes two texts have in common at their start, as whole characters.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    let same = pairs.take_while(|(a, b)| a == b);
    same.map(|(c, _)| c.len_utf8()).sum()
}

/// Whether a text begins with a phrase, at the end of a word.
fn begins(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| {
        let next = rest.chars().next();
        let open = phrase.ends_with(|c: char| !c.is_alphanumeric() || text::is_dense(c));
        open || next.is_none_or(|c| !c.is_alphanumeric())
    })
}

/// Text as it is compared: folded, every number as `#`.
fn folded(text: &str) -> String {
    let folded = text::fold(text);
    if !folded.bytes().any(|b| b.is_ascii_digit()) {
        return folded;
    }
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// A label without the marks around it.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        matches!(
            c,
            ' ' | '.'
                | ':'
                | '：'
                | '…'
                | '>'
                | '<'
                | '→'
                | '←'
                | '!'
                | '|'
                | '"'
                | '•'
                | '+'
                | '-'
                | '*'
                | '['
                | ']'
                | '('
                | ')'
                | '▼'
                | '▶'
                | '›'
                | '‹'
                | '↓'
                | '↑'
        )
    })
}
