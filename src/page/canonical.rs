//! The canonical form of an address: two addresses with the same one are asked for once.
//!
//! 1. The address is read as browsers read it (WHATWG URL): scheme and host in lower case,
//!    international names in Punycode, default ports and dot segments gone, what must be escaped
//!    escaped.
//! 2. The fragment goes: a server never sees it.
//! 3. Escapes have one form (RFC 3986, section 6.2.2): upper case, none for letters, digits, `-`,
//!    `.`, `_` and `~`, and one for every character that may not stand in a URL. A path or query
//!    with a broken escape is left as it stands.
//! 4. Sessions go: `;jsessionid=…`, `(S(…))`, and the session parameters of the table.
//! 5. Parameters that only say how a reader came to the page go (`tracking.toml`), and empty ones
//!    and an empty query with them.
//!
//! What may differ is deliberately not joined: `http` and `https`, hosts with and without `www.`,
//! `m.` or `amp.`, a path with and without its last slash or `index.html`, upper and lower case,
//! double slashes, the order of parameters and repeated ones, `?a` and `?a=`, `+` and `%20`,
//! parameters that a site may use for its own ends. Twins of a page are joined by what the page
//! says (`rel=canonical`), not by how its address looks.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

/// Gives the canonical form of an address.
///
/// # Examples
/// ```
/// use cleancopy::page::canonical;
/// let shared = "HTTPS://News.Example:443/a/../%7Edesk/story?utm_source=feed&id=7&fbclid=x#top";
/// assert_eq!(canonical(&shared.parse()?).as_str(), "https://news.example/~desk/story?id=7");
/// let other = "https://news.example/story?ref=7";
/// assert_eq!(canonical(&other.parse()?).as_str(), other);
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn canonical(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    if url.cannot_be_a_base() {
        return url;
    }
    let path = without_sessions(&escaped(url.path()));
    if path != url.path() {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let query = without_tracking(&escaped(query));
        url.set_query(query.as_deref());
    }
    url
}

/// The tables of `tracking.toml`, names in lower case.
#[derive(Debug, Default)]
struct Tracking {
    exact: HashSet<String>,
    prefix: Vec<String>,
    session: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the table"))]
    name: String,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    prefix: Vec<String>,
    #[serde(default)]
    session: Vec<String>,
}

static TRACKING: LazyLock<Tracking> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("tracking.toml"))
        .expect("the embedded table of parameters is sound");
    let mut tracking = Tracking::default();
    for family in table.family {
        tracking.exact.extend(family.exact);
        tracking.prefix.extend(family.prefix);
        tracking.session.extend(family.session);
    }
    tracking
});

impl Tracking {
    /// Whether a parameter says nothing of what stands on the page.
    fn names(&self, name: &str, value: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.exact.contains(&name)
            || self.prefix.iter().any(|prefix| name.starts_with(prefix))
            || (self.session.contains(&name) && looks_like_session(value))
    }
}

/// Sixteen letters and digits or more, at least one of them a digit.
fn looks_like_session(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().any(|b| b.is_ascii_digit())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'!'))
}

/// A query without parameters that track; `None` when nothing is left.
fn without_tracking(query: &str) -> Option<String> {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            !pair.is_empty() && !TRACKING.names(name, value)
        })
        .collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

/// A path without the sessions that some servers write into it.
fn without_sessions(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !is_session(segment));
    let cleaned: Vec<&str> = segments.map(without_jsessionid).collect();
    let joined = cleaned.join("/");
    if joined.starts_with('/') {
        joined
    } else {
        format!("/{joined}")
    }
}

/// ASP.NET's session segment: `(S(` and 24 letters and digits and `))`.
fn is_session(segment: &str) -> bool {
    segment
        .strip_prefix("(S(")
        .and_then(|rest| rest.strip_suffix("))"))
        .is_some_and(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A segment without the parameter of a Java session (Servlet specification, section 7.1.3).
fn without_jsessionid(segment: &str) -> &str {
    const NAME: &[u8] = b";jsessionid=";
    let bytes = segment.as_bytes();
    let at = bytes
        .windows(NAME.len())
        .position(|window| window.eq_ignore_ascii_case(NAME));
    match at {
        Some(at) if !segment[at + 1..].contains(';') => &segment[..at],
        _ => segment,
    }
}

/// A path or query with one form for every escape; unchanged if an escape in it is broken.
fn escaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let escape = byte == b'%';
        let value = if escape {
            let Some(value) = bytes.get(at + 1..at + 3).and_then(hex) else {
                return text.to_owned();
            };
            value
        } else {
            byte
        };
        at += if escape { 3 } else { 1 };
        if is_unreserved(value) || (!escape && is_allowed(value)) {
            out.push(char::from(value));
        } else {
            let digit = |n: u8| char::from(b"0123456789ABCDEF"[usize::from(n)]);
            out.extend(['%', digit(value >> 4), digit(value & 15)]);
        }
    }
    out
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let value = digit(digits[0])? * 16 + digit(digits[1])?;
    u8::try_from(value).ok()
}

/// Characters that mean the same escaped or not (RFC 3986, section 2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Further characters that may stand in a path or query as they are (RFC 3986, section 3.3).
fn is_allowed(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$'
            | b'&'
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b'/'
            | b':'
            | b';'
            | b'='
            | b'?'
            | b'@'
            | b'\''
    )
}

#[cfg(test)]
mod tests;
