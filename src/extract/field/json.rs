//! JSON as pages write it: parsed strictly first, mended where that fails.
//!
//! Mends what breaks most often: comment and CDATA wrappers, raw line breaks inside strings,
//! trailing commas, wrong escapes, several values in one script, the whole text entity-escaped.
//! Nesting is bounded by `serde_json`, so nothing that walks a value here can overflow.

use serde_json::{Deserializer, Value};

use crate::document::{Document, NodeIx};
use crate::text;

/// Every value of a script that can be had.
pub(super) fn values(raw: &str) -> Vec<Value> {
    let raw = unwrap(raw);
    if raw.is_empty() {
        return Vec::new();
    }
    if let Ok(value) = serde_json::from_str(raw) {
        return vec![value];
    }
    let mended = stream(&mend(raw));
    if !mended.is_empty() || !raw.contains("&quot;") {
        return mended;
    }
    stream(&mend(&raw.replace("&quot;", "\"").replace("&amp;", "&")))
}

/// Values one after another, up to the first that is broken.
fn stream(text: &str) -> Vec<Value> {
    Deserializer::from_str(text)
        .into_iter::<Value>()
        .map_while(Result::ok)
        .collect()
}

/// Takes off what scripts are wrapped in.
fn unwrap(raw: &str) -> &str {
    let start = raw.find(['{', '[']).filter(|&at| {
        // A `[` may belong to `<![CDATA[`.
        !raw[..at].ends_with("<!")
    });
    let start = start.or_else(|| raw.find('{')).unwrap_or(raw.len());
    let end = raw.rfind(['}', ']']).map_or(start, |at| at + 1);
    raw.get(start..end)
        .unwrap_or_default()
        .trim_end_matches("]]>")
}

/// One walk that repairs strings and commas.
fn mend(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    let mut in_string = false;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => in_string = !in_string,
            '\\' if in_string => {
                if let Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') = chars.peek() {
                    out.push('\\');
                    out.extend(chars.next());
                }
                continue;
            }
            c if in_string && c.is_control() => {
                out.push(' ');
                continue;
            }
            '}' | ']' if !in_string => {
                let kept = out.trim_end().len();
                if out[..kept].ends_with(',') {
                    out.truncate(kept - 1);
                }
            }
            ';' if !in_string => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// The text of a value: a string, a number, or the first text in a list.
pub(super) fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(plain(s)).filter(|s| !s.is_empty()),
        Value::Number(n) => Some(n.to_string()),
        Value::Array(list) => list.iter().take(8).find_map(string),
        Value::Object(map) => map
            .get("@value")
            .or_else(|| map.get("name"))
            .and_then(string),
        _ => None,
    }
}

/// Every text in a value that is a text or a list.
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(string).collect(),
        other => string(other).into_iter().collect(),
    }
}

/// A stated text as it would show: entities resolved (even twice escaped), tags off, white space
/// folded.
pub(super) fn plain(raw: &str) -> String {
    let mut out = text::fold_space(raw);
    for _ in 0..2 {
        let marked = out.contains('<') && out.contains('>');
        let escaped = out
            .find('&')
            .is_some_and(|at| out[at..].bytes().take(12).any(|b| b == b';'));
        if !marked && !escaped && !out.contains("&nbsp") {
            break;
        }
        out = Document::parse(&out).text_of(NodeIx::ROOT);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_mended() {
        for raw in [
            "{\"headline\":\"Ferry\"}",
            "<!-- {\"headline\":\"Ferry\"} -->",
            "//<![CDATA[\n{\"headline\":\"Ferry\"}\n//]]>",
            "{\"headline\":\"Ferry\",}",
            "{\"a\":\"x\ny\",\"headline\":\"Ferry\"};",
            "{\"a\":\"it\\'s\",\"headline\":\"Ferry\"}",
            "{&quot;headline&quot;:&quot;Ferry&quot;}",
            "{\"headline\":\"Ferry\"}\n{\"b\":1}",
        ] {
            let found = values(raw);
            assert_eq!(found[0]["headline"], "Ferry", "{raw}");
        }
        assert!(values(&"[".repeat(100_000)).is_empty());
    }

    #[test]
    fn stated_text_is_plain() {
        assert_eq!(plain("Salt &amp;amp; <b>pepper</b>"), "Salt & pepper");
        assert_eq!(plain("1 < 2"), "1 < 2");
    }
}
