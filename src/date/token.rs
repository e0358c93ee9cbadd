//! A date string cut into numbers, words and marks.

use std::borrow::Cow;

/// One token with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A number with the count of its digits.
    Number(u64, usize),
    /// A word in lower case, Greek accents and full stops off.
    Word(Cow<'a, str>),
    /// One character that counts by itself: punctuation, or a character of a CJK date.
    Mark(char),
    /// White space.
    Gap,
}

/// How much of a text is looked at: no date line is longer.
const LIMIT: usize = 400;

/// Whether the head of a text, which is all that is looked at for a date, holds a number in any of the
/// scripts that dates are written in.
pub(crate) fn has_number(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().take(LIMIT + 1).any(|b| b.is_ascii_digit());
    }
    let within = text.char_indices().take_while(|&(at, _)| at <= LIMIT);
    within.into_iter().any(|(_, c)| digit(c).is_some())
}

/// Cuts the start of a text into tokens. `lower` is the same text with its ASCII letters in lower case:
/// words of those alone are pieces of it.
pub(super) fn tokens<'a>(text: &str, lower: &'a str) -> Vec<Token<'a>> {
    // A word and what parts it from the next has some six bytes.
    let mut out: Vec<Token> = Vec::with_capacity(text.len().min(LIMIT) / 3 + 1);
    let mut chars = text.char_indices().peekable();
    while let Some((from, c)) = chars.next() {
        if from > LIMIT {
            break;
        }
        let mut to = from + c.len_utf8();
        let kind = if let Some(first) = digit(c) {
            let (mut value, mut count) = (u64::from(first), 1);
            while let Some(&(at, next)) = chars.peek()
                && let Some(d) = digit(next)
            {
                value = value.saturating_mul(10).saturating_add(u64::from(d));
                count += 1;
                to = at + next.len_utf8();
                chars.next();
            }
            Kind::Number(value, count)
        } else if is_single(c) {
            Kind::Mark(c)
        } else if c.is_alphabetic() {
            let (mut ascii, mut after_thai) = (c.is_ascii(), is_thai(c));
            while let Some(&(at, next)) = chars.peek()
                && (next.is_alphabetic()
                    || is_inner(next)
                    || is_vowel_sign(next)
                    || next == '.' && after_thai && text[at + 1..].starts_with(is_thai))
                && !is_single(next)
            {
                ascii &= next.is_ascii() && next != '.';
                if !matches!(next, '.' | DOT_ABOVE) {
                    after_thai = is_thai(next);
                }
                to = at + next.len_utf8();
                chars.next();
            }
            let word = lower.get(from..to).filter(|_| ascii);
            Kind::Word(word.map_or_else(|| Cow::Owned(lowered(&text[from..to])), Cow::Borrowed))
        } else if crate::text::is_space(c) {
            while let Some(&(at, next)) = chars.peek()
                && crate::text::is_space(next)
            {
                to = at + next.len_utf8();
                chars.next();
            }
            Kind::Gap
        } else if crate::text::is_invisible(c) {
            continue;
        } else {
            Kind::Mark(plain(c))
        };
        out.push(Token { kind, from, to });
    }
    out
}

/// The value of a decimal digit of the scripts that dates are written in.
fn digit(c: char) -> Option<u32> {
    let base = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '০'..='৯' => '০',
        '๐'..='๙' => '๐',
        _ => return None,
    };
    Some(c as u32 - base as u32)
}

/// Characters of Chinese, Japanese and Korean dates stand for themselves.
fn is_single(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_inner(c: char) -> bool {
    matches!(c, '\'' | '’' | '\u{200c}' | '_')
}

/// Thai shortens months by full stops inside of the word: `เม.ย.`
fn is_thai(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e4e}')
}

/// Combining signs of Indic, Thai and Arabic words belong to the word.
fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}')
}

/// What is left of a dotted capital I in lower case.
const DOT_ABOVE: char = '\u{307}';

/// A word in lower case, with the Greek accents off, as capitals are printed without them, and without
/// full stops.
fn lowered(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word
        .chars()
        .filter(|&c| c != '.')
        .flat_map(char::to_lowercase)
    {
        match c {
            '’' => out.push('\''),
            DOT_ABOVE => {}
            c => out.push(crate::text::without_accent(c)),
        }
    }
    out
}

fn plain(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
        '：' => ':',
        '．' | '。' => '.',
        '／' => '/',
        '，' | '،' | '、' => ',',
        '（' => '(',
        '）' => ')',
        c => c,
    }
}
