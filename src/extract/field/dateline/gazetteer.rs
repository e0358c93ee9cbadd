//! The tables of places, regions, agencies and labels.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The tables as sets of folded names.
pub(super) struct Gazetteer {
    places: HashSet<String>,
    regions: HashSet<String>,
    agencies: HashSet<String>,
    /// Agencies of scripts without spaces, longest first: they stand without a mark around them.
    pub(super) dense_agencies: Vec<&'static str>,
    labels: HashSet<String>,
}

static TABLES: LazyLock<Gazetteer> = LazyLock::new(|| {
    let agencies = include_str!("agencies.txt");
    let mut dense: Vec<&str> = entries(agencies)
        .filter(|a| a.chars().any(is_cjk))
        .collect();
    dense.sort_by_key(|a| std::cmp::Reverse(a.len()));
    Gazetteer {
        places: set(include_str!("places.txt")),
        regions: set(include_str!("regions.txt")),
        agencies: set(agencies),
        dense_agencies: dense,
        labels: set(include_str!("labels.txt")),
    }
});

/// The tables.
pub(super) fn gazetteer() -> &'static Gazetteer {
    &TABLES
}

fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

fn set(table: &'static str) -> HashSet<String> {
    entries(table).map(fold).collect()
}

/// Han, kana and Hangul.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{ff66}'..='\u{ff9d}')
}

/// Folded for looking up: lower case, Greek accents and the Turkish dot off, Latin letters that
/// stand among Greek ones made Greek.
fn fold(name: &str) -> String {
    let folded: String = crate::text::fold(name)
        .chars()
        .filter(|c| *c != '\u{307}')
        .map(|c| match c {
            'ς' => 'σ',
            'ı' => 'i',
            c => crate::text::without_accent(c),
        })
        .collect();
    let greek = folded.chars().any(|c| matches!(c, 'α'..='ω'));
    if !greek {
        return folded;
    }
    folded
        .chars()
        .map(|c| match c {
            'a' => 'α',
            'e' => 'ε',
            'o' => 'ο',
            't' => 'τ',
            'm' => 'μ',
            'k' => 'κ',
            'n' => 'ν',
            'i' => 'ι',
            'b' => 'β',
            'p' => 'ρ',
            'h' => 'η',
            'x' => 'χ',
            c => c,
        })
        .collect()
}

impl Gazetteer {
    pub(super) fn is_place(&self, name: &str) -> bool {
        self.places.contains(&fold(name))
    }

    pub(super) fn is_region(&self, name: &str) -> bool {
        // "Ga." and "LA" are regions only as written: lower case "la" and "me" are words.
        let short = name.trim_end_matches('.').chars().count() <= 2;
        let upper = name.chars().next().is_some_and(char::is_uppercase);
        (!short || upper) && self.regions.contains(&fold(name))
    }

    pub(super) fn is_agency(&self, name: &str) -> bool {
        self.agencies.contains(&fold(name))
    }

    pub(super) fn is_label(&self, name: &str) -> bool {
        let folded = fold(name);
        self.labels.contains(&folded)
            || folded
                .split(' ')
                .next()
                .is_some_and(|first| first.len() > 4 && self.labels.contains(first))
    }
}
