//! What the parts of a class or an id say that its element holds.

use foldhash::{HashMap, HashMapExt};
use std::sync::LazyLock;

const BYLINE: &[&str] = &[
    "author",
    "authors",
    "autor",
    "autore",
    "autori",
    "auteur",
    "autoren",
    "byline",
    "bylines",
    "writer",
    "reporter",
    "verfasser",
    "firma",
    "signature",
    "forfatter",
    "skribent",
    "contributor",
    "contributors",
    "credits",
    "journalist",
    "redaktor",
    "yazar",
    "penulis",
    "editor",
    "by",
    "posted",
    "fn",
    "vcard",
];
const DATE: &[&str] = &[
    "date",
    "datum",
    "datetime",
    "published",
    "publish",
    "pubdate",
    "time",
    "timestamp",
    "dateline",
    "fecha",
    "data",
    "datepublished",
    "publicationdate",
    "publishdate",
    "created",
    "posted",
    "meta",
    "info",
    "updated",
    "modified",
    "lastupdated",
    "tarih",
    "waktu",
    "when",
    "calendar",
];
const STANDFIRST: &[&str] = &[
    "standfirst",
    "dek",
    "deck",
    "lead",
    "lede",
    "leadtext",
    "intro",
    "introduction",
    "summary",
    "subtitle",
    "subhead",
    "subheadline",
    "subheading",
    "excerpt",
    "abstract",
    "chapo",
    "chapeau",
    "sottotitolo",
    "occhiello",
    "entradilla",
    "bajada",
    "sumario",
    "vorspann",
    "teaser",
    "description",
    "desc",
    "ingress",
    "manchet",
    "perex",
    "zajawka",
    "spot",
    "sapo",
    "teasertext",
    "underline",
    "subtitulo",
    "bajante",
    "linha",
    "gravata",
    "copete",
    "volanta",
    "ingres",
    "synopsis",
    "tagline",
    "preamble",
    "subheader",
    "strapline",
    "underrubrik",
    "undertitel",
    "spitzmarke",
    "unterzeile",
    "anlauf",
];

const TRAIL: &[&str] = &[
    "breadcrumb",
    "breadcrumbs",
    "brotkrumen",
    "ariane",
    "migas",
    "kruimelpad",
];

/// Whether a name holds one of the words as a part: parts end at `-`, `_`, a digit or a capital.
pub(super) fn says(name: &str, words: &[&str]) -> bool {
    let mut found = false;
    parts(name, |part| {
        found |= words
            .iter()
            .any(|w| w.as_bytes().eq_ignore_ascii_case(part));
    });
    found
}

/// The meanings of a name's parts together, by one look-up a part.
pub(super) fn meaning(name: &str) -> u8 {
    let mut found = 0;
    parts(name, |part| {
        let mut lower = [0_u8; LONGEST_WORD];
        // Most parts are none of the words by their first letter and length.
        if part.len() > LONGEST_WORD || LENGTHS[letter(part[0])] >> part.len() & 1 == 0 {
            return;
        }
        if let Some(lower) = lower.get_mut(..part.len()) {
            lower.copy_from_slice(part);
            lower.make_ascii_lowercase();
            found |= WORDS.get(&*lower).copied().unwrap_or_default();
        }
    });
    found
}

pub(super) const SAYS_BYLINE: u8 = 1;
pub(super) const SAYS_DATE: u8 = 2;
pub(super) const SAYS_STANDFIRST: u8 = 4;
pub(super) const SAYS_TRAIL: u8 = 8;
/// No word of the lists is longer.
const LONGEST_WORD: usize = 16;

/// Of the words that begin with each letter, how long they are, a bit for each length.
const LENGTHS: [u32; 32] = {
    let mut lengths = [0; 32];
    let lists = [BYLINE, DATE, STANDFIRST, TRAIL];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            let word = lists[list][at].as_bytes();
            lengths[letter(word[0])] |= 1 << word.len();
            at += 1;
        }
        list += 1;
    }
    lengths
};

/// The number of an ASCII letter in either case.
const fn letter(byte: u8) -> usize {
    (byte & 31) as usize
}

static WORDS: LazyLock<HashMap<&'static [u8], u8>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (list, bit) in [
        (BYLINE, SAYS_BYLINE),
        (DATE, SAYS_DATE),
        (STANDFIRST, SAYS_STANDFIRST),
        (TRAIL, SAYS_TRAIL),
    ] {
        for word in list {
            *words.entry(word.as_bytes()).or_default() |= bit;
        }
    }
    words
});

fn parts<'n>(name: &'n str, mut each: impl FnMut(&'n [u8])) {
    let bytes = name.as_bytes();
    let mut from = 0;
    for at in 0..=bytes.len() {
        let ends = at == bytes.len()
            || !bytes[at].is_ascii_alphabetic()
            || (bytes[at].is_ascii_uppercase() && at > from && bytes[at - 1].is_ascii_lowercase());
        if !ends {
            continue;
        }
        if at > from {
            each(&bytes[from..at]);
        }
        from = if at < bytes.len() && bytes[at].is_ascii_alphabetic() {
            at
        } else {
            at + 1
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_parts() {
        for name in [
            "byline",
            "article-byline",
            "ArticleByline",
            "c_byline2",
            "authorName",
        ] {
            assert!(says(name, BYLINE), "{name}");
        }
        for name in ["bylined", "coauthority", "standby"] {
            assert!(!says(name, BYLINE), "{name}");
        }
    }
}
