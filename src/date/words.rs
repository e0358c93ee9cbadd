//! The tables of words that dates are written with, loaded once.

use foldhash::{HashMap, HashMapExt};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Order;

/// What a word says about a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A month, 1 to 12.
    Month(i8),
    /// A day of the week, Monday is 1.
    Weekday(i8),
    /// So many days before today.
    DaysBack(i8),
}

/// A unit of time in "3 hours ago".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    language: Vec<Language>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    tag: String,
    order: Order,
    months: [String; 12],
    weekdays: [String; 7],
    today: String,
    yesterday: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ago {
    minute: String,
    hour: String,
    day: String,
    week: String,
    past: String,
}

pub(super) struct Words {
    /// For each word the languages (by number) and what it means in each.
    meanings: HashMap<String, Vec<(usize, Meaning)>>,
    languages: Vec<(String, Order)>,
    units: HashMap<String, Unit>,
    past: Vec<String>,
    dense_days: Vec<(String, i8)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::load);

/// The tables.
pub(super) fn words() -> &'static Words {
    &WORDS
}

impl Words {
    fn load() -> Self {
        let table: Table =
            toml::from_str(include_str!("words.toml")).expect("the table is tested to parse");
        let ago: Ago =
            toml::from_str(include_str!("ago.toml")).expect("the table is tested to parse");
        let mut meanings: HashMap<String, Vec<(usize, Meaning)>> = HashMap::new();
        let mut languages = Vec::new();
        for (number, language) in table.language.into_iter().enumerate() {
            let mut add = |forms: &str, meaning| {
                for form in forms.split(' ').filter(|f| !f.is_empty()) {
                    let entry = meanings.entry(form.to_owned()).or_default();
                    entry.push((number, meaning));
                }
            };
            for (month, forms) in (1..).zip(&language.months) {
                add(forms, Meaning::Month(month));
            }
            for (weekday, forms) in (1..).zip(&language.weekdays) {
                add(forms, Meaning::Weekday(weekday));
            }
            add(&language.today, Meaning::DaysBack(0));
            add(&language.yesterday, Meaning::DaysBack(1));
            languages.push((language.tag, language.order));
        }
        let mut units = HashMap::new();
        for (forms, unit) in [
            (&ago.minute, Unit::Minute),
            (&ago.hour, Unit::Hour),
            (&ago.day, Unit::Day),
            (&ago.week, Unit::Week),
        ] {
            for form in forms.split(' ') {
                units.insert(form.to_owned(), unit);
            }
        }
        Self {
            dense_days: dense_days(&meanings),
            meanings,
            languages,
            units,
            past: ago.past.split(' ').map(str::to_owned).collect(),
        }
    }

    /// What a word means, in the page's language if it is a word of it, and whether it is.
    pub(super) fn meaning(&self, word: &str, language: Option<&str>) -> Option<(Meaning, bool)> {
        let found = self.meanings.get(word)?;
        let own = found
            .iter()
            .find(|(number, _)| language == Some(self.languages[*number].0.as_str()));
        match own {
            Some(&(_, meaning)) => Some((meaning, true)),
            None => found.first().map(|&(number, m)| (m, number == 0)),
        }
    }

    /// The month that a word names.
    pub(super) fn month(&self, word: &str, language: Option<&str>) -> Option<(i8, bool)> {
        if let Some((Meaning::Month(month), own)) = self.meaning(word, language) {
            return Some((month, own));
        }
        let found = self.meanings.get(word)?;
        found.iter().find_map(|&(_, m)| match m {
            Meaning::Month(month) => Some((month, false)),
            _ => None,
        })
    }

    /// Whether a word names a month or a weekday.
    pub(super) fn is_named(&self, word: &str) -> bool {
        let found = self.meanings.get(word);
        found.is_some_and(|f| !matches!(f[0].1, Meaning::DaysBack(_)))
    }

    /// The weekday that a word names, 1 for Monday.
    pub(super) fn weekday(&self, word: &str, language: Option<&str>) -> Option<i8> {
        match self.meaning(word, language)?.0 {
            Meaning::Weekday(day) => Some(day),
            _ => None,
        }
    }

    /// How a language's press orders an all-numeric date.
    pub(super) fn order(&self, language: Option<&str>) -> Option<Order> {
        let language = language?;
        let found = self.languages.iter().find(|(tag, _)| tag == language)?;
        Some(found.1)
    }

    pub(super) fn unit(&self, word: &str) -> Option<Unit> {
        self.units.get(word).copied()
    }

    pub(super) fn is_past(&self, word: &str) -> bool {
        self.past.iter().any(|p| p == word)
    }

    /// The words for today and yesterday that are written without spaces.
    pub(super) fn day_words(&self) -> &[(String, i8)] {
        &self.dense_days
    }
}

/// Today and yesterday in scripts that are written without spaces, or with few.
fn dense_days(meanings: &HashMap<String, Vec<(usize, Meaning)>>) -> Vec<(String, i8)> {
    let dense = |c: char| crate::text::is_dense(c) || crate::text::is_hangul(c);
    let mut out: Vec<(String, i8)> = meanings
        .iter()
        .filter(|(word, _)| word.chars().all(dense))
        .filter_map(|(word, m)| match m[0].1 {
            Meaning::DaysBack(days) => Some((word.clone(), days)),
            _ => None,
        })
        .collect();
    out.sort();
    out
}
