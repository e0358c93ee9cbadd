//! The words of bylines: before names, between them, behind them, and those that are none.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use foldhash::HashSet;
use serde::Deserialize;

use crate::text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) lead: Vec<String>,
    pub(super) role: HashSet<String>,
    pub(super) cut: HashSet<String>,
    pub(super) noise: HashSet<String>,
    pub(super) join: HashSet<String>,
    pub(super) others: Vec<String>,
    pub(super) told: HashSet<String>,
    pub(super) institution: HashSet<String>,
    pub(super) office: Vec<String>,
    pub(super) credential: HashSet<String>,
    pub(super) collective: HashSet<String>,
    pub(super) nobody: HashSet<String>,
    pub(super) suffix: HashSet<String>,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words: Words =
        toml::from_str(include_str!("names.toml")).expect("the table is tested to parse");
    words.lead.sort_by_key(|w| std::cmp::Reverse(w.len()));
    words
});

/// The words before a name by their first character, all in lower case, longest first.
static LEADS: LazyLock<BTreeMap<char, Vec<Vec<char>>>> = LazyLock::new(|| {
    let mut leads: BTreeMap<char, Vec<Vec<char>>> = BTreeMap::new();
    for lead in &WORDS.lead {
        let lead: Vec<char> = lead.chars().flat_map(char::to_lowercase).collect();
        leads
            .entry(lead.first().copied().unwrap_or(' '))
            .or_default()
            .push(lead);
    }
    leads
});

/// The first character of a text, as far as it is lowered; a space for none.
fn initial(text: &str) -> char {
    let lowered = text.chars().next().map(char::to_lowercase);
    lowered.and_then(|mut c| c.next()).unwrap_or(' ')
}

pub(super) fn is(list: &HashSet<String>, word: &str) -> bool {
    list.contains(word)
}

/// The byline without the word before the name, and whether there was one.
pub(super) fn without_lead(byline: &str) -> (&str, bool) {
    let mut rest = byline.trim_start_matches([
        ' ', '•', '|', '-', '–', '—', '·', '/', ',', '●', '»', '>', '*', '✍', '\u{fe0f}',
    ]);
    let mut found = false;
    for _ in 0..2 {
        let Some(after) = lead_end(rest) else { break };
        rest = rest[after..].trim_start_matches([' ', ':', '：', '/', '／', '|', '-', '–']);
        found = true;
    }
    (rest, found)
}

fn lead_end(rest: &str) -> Option<usize> {
    LEADS.get(&initial(rest))?.iter().find_map(|lead| {
        let mut taken = 0;
        let mut chars = rest.char_indices();
        for &want in lead {
            let (at, c) = chars.next()?;
            if c != want && !c.to_lowercase().eq([want]) {
                return None;
            }
            taken = at + c.len_utf8();
        }
        let dense = lead
            .last()
            .is_some_and(|&c| text::is_dense(c) || matches!(c, ':' | '/' | '：' | '／'));
        let next = rest[taken..].chars().next();
        let ends = next.is_none_or(|c| !c.is_alphanumeric() && c != '\'' && c != '’' && c != '.');
        // "ByAda Quill": parted by style only.
        let glued = &rest[..taken] == "By" && next.is_some_and(char::is_uppercase);
        (dense || ends || glued).then_some(taken)
    })
}

/// Whether a word stands before a name ("By", "Von").
pub(super) fn is_lead(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower == "de" || WORDS.lead.contains(&lower)
}

/// Whether a text begins with words for somebody who did not write the story.
pub(super) fn begins_with_others(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    WORDS.others.iter().any(|words| {
        lower
            .strip_prefix(words.as_str())
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// Whether a text ends in words for somebody who did not write the story.
pub(super) fn ends_with_others(text: &str) -> bool {
    let lower = text.trim_end_matches([' ', ':', '\n']).to_lowercase();
    WORDS
        .others
        .iter()
        .any(|words| lower.ends_with(words.as_str()))
}

/// Whether a name is that of a desk or a team, not of people: "Redaktion", "Our Editors".
pub(super) fn is_collective(name: &str) -> bool {
    name.split(' ').all(is_role) || {
        let last = name.rsplit(' ').next().unwrap_or_default().to_lowercase();
        is(&WORDS.collective, &last)
    }
}

/// Whether a name is that of a place to work or to learn at: "Harbour University".
pub(super) fn is_institution(name: &str) -> bool {
    name.contains(' ')
        && name
            .split(' ')
            .any(|w| is(&WORDS.institution, &w.to_lowercase()))
}

/// A name without the words that are roles: "Founder Harbour Post".
pub(super) fn without_roles(name: &str) -> String {
    let words: Vec<&str> = name.split(' ').filter(|w| !is_role(w)).collect();
    words.join(" ")
}

pub(super) fn is_role(word: &str) -> bool {
    let lower = word.to_lowercase();
    let lower = lower.trim_matches(['.', ',']);
    is(&WORDS.role, lower) || WORDS.office.iter().any(|end| lower.ends_with(end.as_str()))
}
