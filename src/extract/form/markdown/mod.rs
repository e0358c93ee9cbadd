//! An article as Markdown: `CommonMark` 0.31, tables as in GitHub's dialect of it (GFM 0.29).
//!
//! Text stays text: whatever Markdown would take for markup is escaped, and stress that its rules
//! for delimiters cannot express (a bold syllable before a bracket) is left out rather than shown
//! as asterisks. No HTML is written.

mod spans;
mod table;

use super::element::{Element, Item, List, ListStyle, Picture, Span};
use super::unflat;
use crate::extract::article::Article;
use spans::{Breaks, destination, inline};

impl Article {
    /// The article as Markdown: the headline as a heading of the first level, the standfirst where
    /// the text does not have it, then the body.
    ///
    /// Nested lists, the heads of tables, links, stress and pictures are known only if the page was
    /// read with `Keep::elements`; otherwise the blocks' kinds decide.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::{Options, RawPage, read};
    /// let mut options = Options::default();
    /// (options.keep.elements, options.keep.links) = (true, true);
    /// let page = RawPage::from_text(
    ///     "<article><h1>Ferry returns</h1><p>The night ferry came back on <b>Monday</b> after \
    ///      eleven weeks in the <a href='https://yard.example/'>yard</a>, and was met by a small \
    ///      crowd on the quay.</p><p>The first crossing for passengers is planned for Thursday \
    ///      morning, the operator said.</p></article>",
    /// );
    /// let article = read(&page, &options).article.expect("the page holds an article");
    /// let text = article.to_markdown();
    /// assert!(text.starts_with("# Ferry returns\n\nThe night ferry came back on **Monday** after"));
    /// assert!(text.contains("eleven weeks in the [yard](https://yard.example/), and"));
    /// ```
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        if let Some(headline) = &self.headline {
            out.push_str("# ");
            out.push_str(&line(headline));
            out.push_str("\n\n");
        }
        out.push_str(&story(self));
        out
    }
}

/// What stands under the headline: the standfirst, where the text does not have it, and the body;
/// with a line break at the end.
pub(crate) fn story(article: &Article) -> String {
    let made;
    let elements = if article.elements.is_empty() {
        made = unflat::elements(&article.paragraphs);
        &made
    } else {
        &article.elements
    };
    let mut out = String::new();
    for part in [&unflat::standfirst(article), elements] {
        let part = blocks(part, "\n\n");
        if !part.is_empty() {
            out.push_str(if out.is_empty() { "" } else { "\n" });
            out.push_str(&part);
            out.push('\n');
        }
    }
    out
}

/// A text on one line, for a heading or a line of its own.
pub(crate) fn line(text: &str) -> String {
    inline(&[plain(text)], Breaks::Heading)
}

fn plain(text: &str) -> Span {
    Span {
        text: text.to_owned(),
        ..Span::default()
    }
}

/// Elements one under another.
fn blocks(elements: &[Element], parted: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for element in elements {
        // Two lists in a row are told apart by their marks.
        let style = match element {
            Element::List(list) => Some(list.style == ListStyle::Numbers),
            _ => None,
        };
        let other = matches!((before, style), (Some((was, false)), Some(is)) if was == is);
        let text = match element {
            Element::Paragraph { spans } => inline(spans, Breaks::Kept),
            Element::Heading { level, spans } => heading(*level, spans),
            Element::List(list) => self::list(list, other),
            Element::Quote { elements } => prefixed(&blocks(elements, "\n\n"), "> ", "> "),
            Element::Table { rows } => table::table(rows),
            Element::Preformatted { text } => fenced(text),
            Element::Image(picture) => self::picture(picture),
        };
        if text.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(parted);
        }
        out.push_str(&text);
        before = style.map(|style| (style, other));
    }
    out
}

fn heading(level: u8, spans: &[Span]) -> String {
    let text = inline(spans, Breaks::Heading);
    if text.is_empty() {
        return text;
    }
    // The first level is the headline's.
    let marks = "#".repeat(usize::from(level.clamp(2, 6)));
    format!("{marks} {text}")
}

/// Lines behind a mark on the first and another on each that follows; blank ones get no space.
fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        if !text.is_empty() {
            let mark = if i == 0 { first } else { rest };
            out.push_str(if line.is_empty() {
                mark.trim_end()
            } else {
                mark
            });
        }
        out.push_str(line);
    }
    out
}

/// A list; with `other` it gets the marks that the list before it does not have.
fn list(list: &List, other: bool) -> String {
    if list.style == ListStyle::Terms {
        return self::list(&terms(list), other);
    }
    let tight = list.items.iter().all(is_tight);
    let mut out = String::new();
    let mut number = u64::from(list.start);
    for item in &list.items {
        let text = blocks(&item.elements, if tight { "\n" } else { "\n\n" });
        if text.is_empty() {
            continue;
        }
        let mark = match (list.style, other) {
            (ListStyle::Numbers, false) => format!("{}. ", number.min(999_999_999)),
            (ListStyle::Numbers, true) => format!("{}) ", number.min(999_999_999)),
            (_, false) => "- ".to_owned(),
            (_, true) => "* ".to_owned(),
        };
        if !out.is_empty() {
            out.push_str(if tight { "\n" } else { "\n\n" });
        }
        out.push_str(&prefixed(&text, &mark, &" ".repeat(mark.len())));
        number += 1;
    }
    out
}

/// Whether an item needs no blank lines: one paragraph, with nothing but lists under it. A list
/// that begins with another number than one would not begin without a blank line.
fn is_tight(item: &Item) -> bool {
    let Some((Element::Paragraph { .. }, rest)) = item.elements.split_first() else {
        return item.elements.is_empty();
    };
    rest.iter().all(|element| match element {
        Element::List(list) => list.style != ListStyle::Numbers || list.start == 1,
        _ => false,
    })
}

/// Terms as a list of bullets, what they mean as a list under each.
fn terms(list: &List) -> List {
    let bullets = |items| List {
        style: ListStyle::Bullets,
        start: 1,
        items,
    };
    let mut items: Vec<Item> = Vec::new();
    for item in &list.items {
        let plain = Item {
            term: false,
            elements: item.elements.clone(),
        };
        let under = items.last_mut().filter(|_| !item.term);
        let Some(term) = under else {
            items.push(plain);
            continue;
        };
        match term.elements.last_mut() {
            Some(Element::List(meanings)) => meanings.items.push(plain),
            _ => term.elements.push(Element::List(bullets(vec![plain]))),
        }
    }
    bullets(items)
}

/// Text between fences longer than any it holds.
fn fenced(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{}\n{fence}", text.trim_end_matches('\n'))
}

fn picture(picture: &Picture) -> String {
    let mut parts = Vec::new();
    if let Some(url) = super::links::safe_picture(&picture.image.url) {
        let alt = picture.alt.as_deref().unwrap_or_default();
        let alt = inline(&[plain(alt)], Breaks::Space);
        parts.push(format!("![{alt}]({})", destination(&url)));
    }
    let mut spans = Vec::new();
    if let Some(caption) = &picture.image.caption {
        spans.push(Span {
            emphasis: true,
            ..plain(caption)
        });
        spans.push(plain(" "));
    }
    spans.extend(picture.image.credit.as_deref().map(plain));
    parts.push(inline(&spans, Breaks::Space));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}
