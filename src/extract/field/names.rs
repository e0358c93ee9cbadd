//! Names of people and agencies out of the text of a byline.

use super::companies::is_company;
use super::name_forms::is_phrase;
use super::name_words::{WORDS, begins_with_others, is, is_role, without_lead};
use crate::text;

/// A byline longer than this, in characters, is prose.
const LONGEST: usize = 300;
/// A name longer than this, in characters, is a sentence.
const LONGEST_NAME: usize = 60;

/// The names in a visible byline, in order and without duplicates. A role behind a name goes.
pub(super) fn names(byline: &str) -> Vec<String> {
    list(byline, true)
}

/// The names in a value for machines: "Harbour Security" is a name there, not a name and a role.
pub(super) fn stated_names(value: &str) -> Vec<String> {
    list(value, false)
}

fn list(byline: &str, roles: bool) -> Vec<String> {
    let byline = text::fold_space(byline);
    if byline.is_empty() || byline.chars().count() > LONGEST || is_address(&byline) {
        return Vec::new();
    }
    let byline = without_pictures(of_feed(&byline));
    let turned = family_first(byline);
    let (rest, _) = without_lead(turned.as_deref().unwrap_or(byline));
    let parts = split(&without_brackets(rest));
    let parts = if roles { signing(parts) } else { parts };
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        let describes = !out.is_empty()
            && if roles {
                part.split(' ').any(is_role)
            } else {
                is_office(&part)
            };
        if let Some(name) = name(&part, roles)
            && !describes
            && !out.iter().any(|o| same(o, &name))
        {
            out.push(name);
        }
    }
    out
}

/// The parts that sign, without those behind words for somebody who did something else ("Reviewed by Ben
/// Harrow"), up to the next word for a writer. Where nobody else is named, an editor will do.
fn signing(parts: Vec<String>) -> Vec<String> {
    let mut signs = true;
    let of = |part: &String| {
        signs = match without_lead(part) {
            _ if begins_with_others(part) => false,
            (_, true) => true,
            _ => signs,
        };
        signs
    };
    let signing: Vec<bool> = parts.iter().map(of).collect();
    if !signing.contains(&true) {
        let mut left = parts;
        left.retain(|part| without_lead(part).1);
        return left;
    }
    let both = parts.into_iter().zip(signing);
    both.filter_map(|(part, signs)| signs.then_some(part))
        .collect()
}

/// Whether a part behind a name says what the person does: "Sr. Director of Operations".
fn is_office(part: &str) -> bool {
    let mut words = part
        .split(' ')
        .filter(|w| !matches!(*w, "Sr." | "Sr" | "Senior"));
    words.next().is_some_and(is_role) && words.any(|w| matches!(w, "of" | "at" | "in" | "für"))
}

/// Whether a value is the address of a page, not a name.
fn is_address(value: &str) -> bool {
    let one = !value.contains(' ');
    one && (value.contains("://") || value.starts_with("www.") || value.starts_with('/'))
}

/// `quill@post.example (Ada Quill)`: feeds put the name behind the address.
fn of_feed(byline: &str) -> &str {
    match byline.split_once(" (") {
        Some((address, name)) if address.contains('@') && !address.contains(' ') => {
            name.trim_end_matches(')')
        }
        _ => byline,
    }
}

/// `Ada Quill Foto: Ben Harrow` without what says whose the picture is; only behind a short name,
/// for a caption is no byline.
fn without_pictures(byline: &str) -> &str {
    let mut behind = byline.match_indices(' ').take(3);
    let cut = behind.find(|(at, _)| {
        let rest = &byline[at + 1..];
        labels_picture(rest.split(' ').next().unwrap_or_default())
    });
    cut.map_or(byline, |(at, _)| &byline[..at])
}

/// `Quill, Ada; Harrow, Ben` in the order in which names are said: two or more of them, parted by
/// semicolons, each with one comma.
fn family_first(byline: &str) -> Option<String> {
    let turned = byline.split(';').map(|name| {
        let (family, given) = name.trim().split_once(", ")?;
        let short = |part: &str| part.split(' ').count() <= 2 && !part.contains(',');
        (short(family) && short(given)).then(|| format!("{given} {family}"))
    });
    let turned: Option<Vec<String>> = turned.collect();
    turned.filter(|t| t.len() > 1).map(|t| t.join("; "))
}

/// Whether a word says whose the picture is that stands before it: `Photo:`.
pub(super) fn labels_picture(word: &str) -> bool {
    word.ends_with(':') && is_pictures(word)
}

/// Whether a byline is a picture's.
pub(super) fn is_pictures(byline: &str) -> bool {
    const LEADS: &[&str] = &[
        "photograph",
        "photo",
        "foto",
        "image",
        "bild",
        "illustration",
        "picture",
        "video by",
        "фото",
        "zdjęci",
        "fot.",
        "写真",
        "撮影",
        "사진",
        "beeld",
        "kuva",
        "fotó",
        "صورة",
        "عکس",
    ];
    let lower = byline.trim_start().to_lowercase();
    LEADS.iter().any(|lead| lower.starts_with(lead))
}

/// Whether two names are one, up to case, points and white space.
pub(super) fn same(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// A name for comparing.
pub(super) fn key(name: &str) -> String {
    let name = ["Dr. ", "Dr ", "Prof. ", "Prof ", "Mr ", "Mrs ", "Ms "]
        .iter()
        .find_map(|title| name.strip_prefix(title))
        .unwrap_or(name);
    text::fold(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// Text in brackets is a place, an agency's sign or a role; a byline all in brackets is kept.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = i32::max(0, depth - 1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    if out.trim().is_empty() {
        text.trim_matches(['(', ')', '[', ']', '（', '）'])
            .to_owned()
    } else {
        out
    }
}

/// Cuts a byline at what stands between names.
fn split(byline: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let cuts = |c: char| {
        matches!(
            c,
            ';' | '|' | '•' | '·' | '、' | '/' | '／' | '\n' | '｜' | '，' | '●' | '&' | '+'
        )
    };
    for piece in byline.split(cuts) {
        for piece in piece
            .split(" - ")
            .flat_map(|p| p.split(" – "))
            .flat_map(|p| p.split(" — "))
        {
            by_commas(piece, &mut parts);
        }
    }
    parts
}

fn by_commas(piece: &str, parts: &mut Vec<String>) {
    for part in piece.split([',', '،']) {
        let part = part.trim();
        let small = part.trim_end_matches('.').to_lowercase();
        let credential =
            is(&WORDS.credential, &small) || is(&WORDS.credential, &part.to_lowercase());
        match parts.last_mut() {
            Some(last) if credential && !last.is_empty() => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ => by_joins(part, parts),
        }
    }
}

/// Cuts at words like "and"; a single letter only between what both look like full names.
fn by_joins(part: &str, parts: &mut Vec<String>) {
    let words: Vec<&str> = part.split(' ').filter(|w| !w.is_empty()).collect();
    let mut from = 0;
    for at in 1..words.len() {
        let word = words[at];
        let joins = is(&WORDS.join, &word.to_lowercase())
            && (word.chars().all(char::is_lowercase)
                || matches!(word, "And" | "AND" | "Und" | "&"));
        let short = word.chars().count() == 1 && word != "&";
        let capital = |w: &str| w.chars().next().is_some_and(|c| !c.is_lowercase());
        let after = words.get(at + 1).is_some_and(|w| capital(w));
        if joins && at > from && after && (!short || at - from >= 2 && words.len() - at > 2) {
            parts.push(words[from..at].join(" "));
            from = at + 1;
        }
    }
    parts.push(words[from..].join(" "));
}

/// One name, if the part holds one: lead, role, address and handle taken off.
fn name(part: &str, roles: bool) -> Option<String> {
    let (part, _) = without_lead(part);
    let mut words: Vec<&str> = Vec::new();
    let mut all = part.split(' ').filter(|w| !w.is_empty()).peekable();
    while let Some(word) = all.next() {
        // "Ada Quill December 19": the date of the story.
        let number = |w: &&str| w.bytes().next().is_some_and(|b| b.is_ascii_digit());
        if !words.is_empty() && crate::date::is_date_word(word) && all.peek().is_some_and(number) {
            break;
        }
        let lower = word.to_lowercase();
        let plain = lower.trim_matches([':', ',', '.']);
        if word.contains('@') || word.starts_with("http") || word.starts_with("www.") {
            break;
        }
        if roles && words.len() >= 2 && (word == "For" || is(&WORDS.told, plain)) {
            words.pop_if(|w| matches!(*w, "Last" | "Zuletzt"));
            break;
        }
        let early = words.len() == 1 && matches!(plain, "in" | "on" | "am");
        // "By Ada In Harbours": a template that sets all words in capitals.
        let small =
            word.chars().all(char::is_lowercase) || plain == "former" || word == "In" && early;
        if roles && (words.len() >= 2 || early) && small && is(&WORDS.cut, plain) {
            break;
        }
        if words.is_empty() {
            words.push(word);
            continue;
        }
        let bare = without_told(word);
        words.push(without_notes(bare));
        if bare.len() < word.len() {
            break;
        }
    }
    let collective = |words: &[&str]| {
        let last = words.last().map(|w| w.to_lowercase()).unwrap_or_default();
        is(&WORDS.collective, &last)
    };
    if roles && !collective(&words) {
        while words.len() > 2 && words.last().is_some_and(|w| is_role(w)) {
            words.pop();
        }
    }
    let titled = words.last().is_some_and(|w| is(&WORDS.suffix, w));
    while words.len() > 1 && words.last().is_some_and(|w| is(&WORDS.suffix, w)) {
        words.pop();
    }
    // A Korean name is one word; what stands before it is where it was written.
    if titled && words.last().is_some_and(|w| is_hangul(w)) {
        words.drain(..words.len() - 1);
    }
    while words.len() > 1 && words.last().is_some_and(|w| is(&WORDS.cut, w)) {
        words.pop();
    }
    let all_roles = words.iter().all(|w| is_role(w)) && !collective(&words);
    let name = words.join(" ");
    let name = name.trim_matches([
        ' ', ',', ':', '-', '–', '—', '|', '"', '“', '”', '„', '*', '·', '\u{200b}', '：',
    ]);
    let name = if name.ends_with('.') && !ends_in_initial(name) {
        name.trim_end_matches('.')
    } else {
        name
    };
    (!all_roles && is_name(name)).then(|| name.to_owned())
}

/// A name's word without what goes on about when, glued to it by style: `QuillPublished`.
fn without_told(word: &str) -> &str {
    let mut inner = word.char_indices().skip(2);
    let cut = inner.find(|&(at, c)| {
        let behind_small = word[..at].ends_with(char::is_lowercase);
        behind_small
            && c.is_uppercase()
            && is(&WORDS.told, word[at..].to_lowercase().trim_end_matches(':'))
    });
    cut.map_or(word, |(at, _)| &word[..at])
}

fn is_hangul(word: &str) -> bool {
    word.chars().all(text::is_hangul)
}

/// A name's word without the marks of notes that are glued to it: "Quill1", "Quill*".
fn without_notes(word: &str) -> &str {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '*' | '†' | '‡'));
    let named = bare.chars().count() >= 3 && bare.chars().all(|c| c.is_alphabetic() || c == '-');
    let capital = bare.chars().next().is_some_and(char::is_uppercase);
    if named && capital { bare } else { word }
}

/// `Jr.`, `Ph.D.`, `K.`: the point belongs to the name.
fn ends_in_initial(name: &str) -> bool {
    let last = name.rsplit([' ']).next().unwrap_or_default();
    last.chars().filter(|c| c.is_alphabetic()).count() <= 3
        || last.trim_end_matches('.').contains('.')
}

/// Whether a text can be a name: short, letters, not a date, not a phrase of a page.
fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let words = name.split(' ').count();
    let dense = name.chars().any(text::is_dense);
    let lower = name.to_lowercase();
    let nobody = is(&WORDS.nobody, &lower) || is(&WORDS.cut, &lower);
    let noise = name
        .split([' ', ':'])
        .any(|w| is(&WORDS.noise, w.to_lowercase().trim_matches(['.', ',', '!'])));
    (2..=LONGEST_NAME).contains(&length)
        && letters >= 2
        && digits * 2 < letters
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && words <= 7
        && (!dense || length <= 20)
        && !noise
        && !nobody
        && !is_company(name)
        && !is_phrase(name)
        && !name.contains("://")
        && !name.contains(": ")
        && !name.contains(['{', '}', '<', '>', '?', '=', '%', '$', '“', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_give_names() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ada Quill", &["Ada Quill"]),
            ("By Ada Quill and Ben Harrow", &["Ada Quill", "Ben Harrow"]),
            (
                "Von Ada Quill, Ben Harrow und Clara Dorn",
                &["Ada Quill", "Ben Harrow", "Clara Dorn"],
            ),
            ("Ada Quill, Staff Writer", &["Ada Quill"]),
            ("Ada Quill, Ph.D.", &["Ada Quill, Ph.D."]),
            ("By ADA QUILL, ada.quill@post.example", &["ADA QUILL"]),
            ("Ada Quill (dpa)", &["Ada Quill"]),
            ("dpa", &["dpa"]),
            ("Por Ada Quill y Ben Harrow", &["Ada Quill", "Ben Harrow"]),
            ("記者林小明", &["林小明"]),
            ("Ada Quill @adaquill", &["Ada Quill"]),
            ("Ada Quill Beeld: Pro Foto", &["Ada Quill"]),
            ("A. Quill prije 26 minuta", &["A. Quill"]),
            ("5 min read", &[]),
            ("Updated 3 hours ago", &[]),
            ("Ada Quill | Ada Quill", &["Ada Quill"]),
            ("Quill, Ada; Harrow, Ben", &["Ada Quill", "Ben Harrow"]),
            ("quill@post.example (Ada Quill)", &["Ada Quill"]),
            ("https://post.example/people/quill", &[]),
            ("By Ada Quill For Post.example", &["Ada Quill"]),
            ("By Ada In Harbours", &["Ada"]),
            ("By Ada QuillPublished: 4 May", &["Ada Quill"]),
            ("By Ada Quill. Last Updated on 4 May", &["Ada Quill"]),
            (
                "Reviewed by Ben Harrow, MD — Written by Ada Quill",
                &["Ada Quill"],
            ),
            ("Ada Quill | Fact checked by Ben Harrow", &["Ada Quill"]),
            ("Reviewed by Ben Harrow", &[]),
            ("Edited by Ben Harrow", &["Ben Harrow"]),
            ("Von Ada Quill, Wirtschaftsredakteurin", &["Ada Quill"]),
            ("순천 김다솔 기자", &["김다솔"]),
        ];
        for (byline, want) in cases {
            assert_eq!(&names(byline), want, "{byline}");
        }
    }
}
