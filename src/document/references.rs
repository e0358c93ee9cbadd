//! Character references (`&amp;`), those of the plain kind.

use std::sync::LazyLock;

use foldhash::HashMap;
use memchr::memchr;
use serde::Deserialize;

/// Where a reference stands: in an attribute's value, one without its semicolon is none before a
/// letter, a digit or `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    Value,
}

#[derive(Debug, Deserialize)]
struct Table {
    /// Those that may stand without a semicolon.
    bare: HashMap<String, char>,
    closed: HashMap<String, char>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("references.toml")).expect("the embedded table is sound")
});

/// No name that may stand without a semicolon is longer.
const LONGEST_BARE: usize = 6;

/// Adds a text to `out` with its references resolved. `None` where one is not of the plain kind;
/// `out` holds a part of the text then.
pub(super) fn resolve(text: &str, place: Place, out: &mut String) -> Option<()> {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = match rest.as_bytes().first() {
            Some(b'#') => number(rest, out)?,
            Some(b) if b.is_ascii_alphanumeric() => named(rest, place, out)?,
            _ => 0,
        };
        if length == 0 {
            out.push('&');
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    Some(())
}

/// Resolves `#39;` or `#x27;`; returns its length.
fn number(text: &str, out: &mut String) -> Option<usize> {
    let end = text.find(';')?;
    let digits = &text[1..end];
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let code = u32::from_str_radix(digits, radix).ok()?;
    // What lies between is read as other characters than its number says.
    let plain = all_digits && ((0x20..0x7f).contains(&code) || code >= 0xa0);
    out.push(char::from_u32(code).filter(|_| plain)?);
    Some(end + 1)
}

/// References that most pages are full of: nearly all are one of these.
const COMMON: [(&str, char); 5] = [
    ("amp;", '&'),
    ("quot;", '"'),
    ("nbsp;", '\u{a0}'),
    ("lt;", '<'),
    ("gt;", '>'),
];

/// Resolves a name; returns its length, 0 where it is none.
fn named(text: &str, place: Place, out: &mut String) -> Option<usize> {
    if let Some((name, c)) = COMMON.iter().find(|(name, _)| text.starts_with(name)) {
        out.push(*c);
        return Some(name.len());
    }
    let bytes = text.as_bytes();
    let length = bytes
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let name = &text[..length];
    let table = &*TABLE;
    if bytes.get(length) == Some(&b';') {
        let found = table.bare.get(name).or_else(|| table.closed.get(name));
        out.push(*found?);
        return Some(length + 1);
    }
    let shortest = match place {
        Place::Value => length,
        Place::Text => 1,
    };
    let mut ends = (shortest..=length.min(LONGEST_BARE)).rev();
    let Some((c, end)) = ends.find_map(|end| Some((*table.bare.get(&name[..end])?, end))) else {
        return Some(0);
    };
    if place == Place::Value && bytes.get(end) == Some(&b'=') {
        return Some(0);
    }
    out.push(c);
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str, place: Place) -> Option<String> {
        let mut out = String::new();
        resolve(text, place, &mut out).map(|()| out)
    }

    #[test]
    fn names_and_numbers_are_resolved_and_what_is_not_plain_is_left() {
        let text = |text| resolved(text, Place::Text);
        assert_eq!(text("a &amp; b & c &x").as_deref(), Some("a & b & c &x"));
        assert_eq!(text("&copyright &notit").as_deref(), Some("©right ¬it"));
        assert_eq!(text("&#8217;&#x1F6A2;&nbsp;").as_deref(), Some("’🚢\u{a0}"));
        for odd in [
            "&#128;",
            "&#0;",
            "&#39",
            "&#x;",
            "&#+39;",
            "&NotEqualTilde;",
        ] {
            assert_eq!(text(odd), None, "{odd}");
        }
        let value = |text| resolved(text, Place::Value);
        assert_eq!(value("?a=1&copy=2&lt").as_deref(), Some("?a=1&copy=2<"));
        assert_eq!(value("&copyright&quot;").as_deref(), Some("&copyright\""));
    }

    #[test]
    fn no_name_without_a_semicolon_is_longer_than_is_looked_for() {
        let longest = TABLE.bare.keys().map(String::len).max();
        assert_eq!(longest, Some(LONGEST_BARE));
    }
}
