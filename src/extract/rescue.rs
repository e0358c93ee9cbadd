//! The story where the visible page does not carry it: in the body that structured data states, or
//! in the state that a script would render.
//!
//! Only for pages whose visible text holds no story or a small part of the stated one. Nothing is
//! run: string literals are read out of scripts (ECMA-404 escapes, and once more inside what they
//! hold, since state is often JSON in a string), and the text found goes through the same steps as
//! a page.
//!
//! 1. The stated body (`articleBody`), if the visible story is short and holds less than 60 % of
//!    it. Beside a longer visible story it is no better: it often runs on into other texts.
//! 2. What the page shows to readers without scripts (`noscript`), if it is a page of its own.
//! 3. The script string that holds most prose as HTML (Next.js, Nuxt, Arc and others keep the
//!    story so).
//! 4. The densest run of prose strings in one script (paragraph by paragraph state).

use crate::document::{Document, Measures, NodeIx, Tag};
use crate::text;

/// Words that a rescued text has at least.
const FEW_WORDS: u32 = 60;

/// Words of a visible story that is trusted, whatever else the page states.
const TRUSTED_WORDS: u32 = 120;

/// Script text that is looked at, in bytes a page; the state of real pages stays below it.
const MOST_BYTES: usize = 8 << 20;

/// A shorter `noscript`, in bytes, is a counter's image or a notice.
const LONG_NOSCRIPT: usize = 500;

/// Distance in a script, in bytes, that parts two stories' strings.
const APART: usize = 4_000;

/// A text found outside the visible page, as HTML, and the element that held it.
pub(super) struct Rescued {
    pub(super) html: String,
    pub(super) node: NodeIx,
    pub(super) from: &'static str,
}

/// Looks for the story outside the visible text; `visible` counts the words that are there, up to a
/// number that is enough to know.
pub(super) fn rescue(
    doc: &Document,
    stated: Option<&str>,
    visible: impl Fn(u32) -> u32,
) -> Option<Rescued> {
    let visible = visible(stated.map_or(FEW_WORDS, |_| TRUSTED_WORDS));
    if visible >= TRUSTED_WORDS {
        return None;
    }
    let enough = |words: u32| words >= FEW_WORDS && f64::from(visible) < 0.6 * f64::from(words);
    if let Some(body) = stated.filter(|b| enough(text::count(b).words)) {
        let node = doc.all(Tag::Script).next().unwrap_or(NodeIx::ROOT);
        return Some(Rescued {
            html: paragraphs(body.lines()),
            node,
            from: "stated-body",
        });
    }
    if visible >= FEW_WORDS {
        return None;
    }
    if let Some((_, found)) = without_scripts(doc).filter(|(words, _)| enough(*words)) {
        return Some(found);
    }
    let mut best: Option<(u32, Rescued)> = None;
    let mut budget = MOST_BYTES;
    let mut joined = String::new();
    let mut last = NodeIx::ROOT;
    for node in doc.all(Tag::Script) {
        let Some(script) = doc.children(node).next().and_then(|n| doc.text(n)) else {
            continue;
        };
        let Some(left) = budget.checked_sub(script.len()) else {
            break;
        };
        budget = left;
        if script.contains("__next_f.push(") {
            // Chunks of one stream: only together are they text again.
            literals(script, |_, chunk| joined.push_str(&chunk));
            last = node;
        } else if script.len() > 500 {
            consider(script, node, &mut best);
        }
    }
    consider(&joined, last, &mut best);
    best.filter(|(words, _)| enough(*words))
        .map(|(_, rescued)| rescued)
}

/// The `noscript` element with the most text, and how many words it holds.
fn without_scripts(doc: &Document) -> Option<(u32, Rescued)> {
    let texts = doc.all(Tag::Noscript).filter_map(|node| {
        let html = doc.children(node).find_map(|n| doc.text(n))?;
        (html.len() > LONG_NOSCRIPT).then_some((node, html))
    });
    let (node, html) = texts.max_by_key(|(_, html)| html.len())?;
    let inner = Document::parse(html);
    let words = Measures::of(&inner).total(&inner, NodeIx::ROOT).words;
    let found = Rescued {
        html: html.to_owned(),
        node,
        from: "no-script",
    };
    Some((words, found))
}

fn consider(script: &str, node: NodeIx, best: &mut Option<(u32, Rescued)>) {
    let mut strings = Vec::new();
    prose_strings(script, 0, &mut strings);
    let mut offer = |words: u32, html: String| {
        if best.as_ref().is_none_or(|(w, _)| words > *w) {
            *best = Some((
                words,
                Rescued {
                    html,
                    node,
                    from: "script-state",
                },
            ));
        }
    };
    for found in strings.iter().filter(|s| s.html) {
        offer(found.words, found.text.clone());
    }
    let plain: Vec<&Prose> = strings.iter().filter(|s| !s.html).collect();
    for cluster in plain.chunk_by(|a, b| b.at.saturating_sub(a.at) < APART + a.text.len()) {
        let words = cluster.iter().map(|s| s.words).sum();
        offer(words, paragraphs(cluster.iter().map(|s| s.text.as_str())));
    }
}

/// Lines of text as paragraphs.
fn paragraphs<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut html = String::from("<article>");
    for line in lines.filter(|l| !l.trim().is_empty()) {
        html.push_str("<p>");
        for c in line.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                c => html.push(c),
            }
        }
        html.push_str("</p>");
    }
    html.push_str("</article>");
    html
}

struct Prose {
    at: usize,
    text: String,
    words: u32,
    html: bool,
}

/// The strings of a script that read like text, also those inside strings that hold JSON.
fn prose_strings(script: &str, depth: u8, out: &mut Vec<Prose>) {
    literals(script, |at, literal| {
        if literal.len() < 40 {
            return;
        }
        let markup = literal.trim_start().starts_with('<');
        let nested = !markup && literal.len() > 200 && literal.contains("\":");
        let html = !nested && (literal.contains("</p>") || literal.contains("</P>"));
        if nested && depth < 3 {
            prose_strings(&literal, depth + 1, out);
            return;
        }
        let words = text::count(&literal).words;
        let reads = html || text::ends_sentence(&literal);
        if words >= 8 && reads && !looks_like_code(&literal) {
            out.push(Prose {
                at,
                text: literal,
                words,
                html,
            });
        }
    });
}

fn looks_like_code(text: &str) -> bool {
    let odd = text
        .bytes()
        .filter(|b| matches!(b, b'{' | b'}' | b';' | b'=' | b'_' | b'$'))
        .count();
    !text.contains("</") && odd * 40 > text.len() || text.starts_with("http")
}

/// Calls `take` with every double-quoted literal of a script: where it starts, and its value.
fn literals(script: &str, mut take: impl FnMut(usize, String)) {
    let bytes = script.as_bytes();
    let mut at = 0;
    while let Some(open) = memchr(bytes, at) {
        let mut end = open + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= bytes.len() {
            return;
        }
        // A literal that is no JSON string (an apostrophe's neighbour, a regex) is passed over.
        if let Ok(value) = serde_json::from_str::<String>(&script[open..=end]) {
            take(open, value);
            at = end + 1;
        } else {
            at = open + 1;
        }
    }
}

fn memchr(bytes: &[u8], from: usize) -> Option<usize> {
    bytes
        .get(from..)?
        .iter()
        .position(|&b| b == b'"')
        .map(|i| from + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "The ferry came back to the harbour on Monday after eleven weeks away.";

    #[test]
    fn html_in_json_in_a_string_is_found() {
        let html = format!("<p>{LINE}</p>").repeat(8);
        let json = serde_json::json!({"article": {"title": "x".repeat(300), "content": html}});
        let script = format!("push({})", serde_json::json!(json.to_string()));
        let doc = Document::parse(&format!("<body><script>{script}</script>"));
        let found = rescue(&doc, None, |_| 0).expect("the story is in the script");
        assert_eq!(found.html, html);
        assert_eq!(found.from, "script-state");
    }

    #[test]
    fn code_and_short_texts_are_not_a_story() {
        let code =
            "var a = \"if (x == y) { z(); } else { w = 1; q = 2; } return a; b = c; d = 1;\";";
        let page = format!("<script>{}</script>", code.repeat(50));
        assert!(rescue(&Document::parse(&page), None, |_| 0).is_none());
        assert!(rescue(&Document::parse("<p>x"), Some(LINE), |_| 0).is_none());
    }

    #[test]
    fn a_stated_body_counts_only_where_the_page_has_far_less() {
        let body = format!("{LINE}\n").repeat(10);
        let doc = Document::parse("<p>teaser");
        assert!(rescue(&doc, Some(&body), |_| 20).is_some());
        assert!(rescue(&doc, Some(&body), |_| 100).is_none());
    }
}
