//! What a name looks like by its words alone: a person's, an account's, a phrase that is none.

use crate::text;

/// Words in lower case that stand in names of people and desks.
const SMALL: &[&str] = &[
    "de", "del", "della", "di", "da", "das", "der", "den", "des", "die", "do", "dos", "du", "van",
    "von", "vom", "zu", "zur", "la", "le", "las", "los", "el", "al", "bin", "bint", "ben", "ibn",
    "ter", "ten", "te", "op", "y", "e", "i", "und", "and", "of", "the", "for", "für", "at",
];

/// Whether it is a phrase: of three words or more, two are in lower case that names do not have so.
pub(super) fn is_phrase(name: &str) -> bool {
    let lower = |w: &&str| w.chars().next().is_some_and(char::is_lowercase) && !SMALL.contains(w);
    let words = name.split(' ');
    words.clone().count() >= 3 && words.filter(lower).count() >= 2
}

/// Whether a name looks like a person's: two to five words, each capitalised but particles.
pub(super) fn is_person(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let capitals = words
        .iter()
        .filter(|w| w.chars().next().is_some_and(char::is_uppercase))
        .count();
    let east = |c: char| text::is_dense(c) || text::is_hangul(c);
    let dense = name.chars().any(east) && name.chars().count() <= 5;
    dense || ((2..=5).contains(&words.len()) && capitals >= 2 && capitals * 2 >= words.len())
}

/// Whether a name looks like an account's: one word in lower case, with digits or points.
pub(super) fn is_account(name: &str) -> bool {
    let one = !name.contains(' ') && name.is_ascii();
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    let odd = name.contains(['.', '_', '-']) || name.chars().any(|c| c.is_ascii_digit());
    one && (capitals == 0 || odd || (capitals > 1 && name.len() > capitals))
}
