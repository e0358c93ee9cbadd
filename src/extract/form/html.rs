//! An article as clean HTML: a short list of elements that can do nothing.
//!
//! Elements: `h1` to `h6`, `p`, `br`, `em`, `strong`, `code`, `a`, `ul`, `ol`, `li`, `dl`, `dt`,
//! `dd`, `blockquote`, `pre`, `table`, `tr`, `th`, `td`, `figure`, `img`, `figcaption`. Attributes:
//! `href` and `src` with absolute addresses (`http`, `https`; a link also `mailto`), `alt`, and the
//! numbers `start`, `colspan` and `rowspan`. Nothing of the page's own markup is passed on: what is
//! written is made anew from the elements, with every character escaped that has a meaning.

use std::fmt::Write as _;

use super::element::{Cell, Element, Item, List, ListStyle, Picture, Row, Span};
use super::{links, unflat};
use crate::extract::article::Article;

impl Article {
    /// The article as HTML that holds nothing but text and its structure: the headline as `h1`,
    /// the standfirst where the text does not have it, then the body. It is a fragment, to be put into a page.
    ///
    /// What is known of lists, tables, links and pictures depends on how the page was read, as for
    /// [`Article::to_markdown`].
    ///
    /// # Examples
    /// ```
    /// use cleancopy::Article;
    /// use cleancopy::extract::{Block, BlockKind};
    /// let mut article = Article::default();
    /// article.headline = Some("Rain & wind".to_owned());
    /// let text = "Ships < 20 m stay in port.".to_owned();
    /// article.paragraphs = vec![Block { kind: BlockKind::Paragraph, text }];
    /// let html = "<h1>Rain &amp; wind</h1>\n<p>Ships &lt; 20 m stay in port.</p>\n";
    /// assert_eq!(article.to_html(), html);
    /// ```
    pub fn to_html(&self) -> String {
        let mut out = String::new();
        if let Some(headline) = &self.headline {
            tagged(&mut out, "h1", |out| escape(out, headline));
            out.push('\n');
        }
        out.push_str(&story(self));
        out
    }
}

/// What stands under the headline: the standfirst, where the text does not have it, and the body; an
/// element a line.
pub(crate) fn story(article: &Article) -> String {
    let mut out = String::new();
    blocks(&mut out, &unflat::standfirst(article));
    if article.elements.is_empty() {
        blocks(&mut out, &unflat::elements(&article.paragraphs));
    } else {
        blocks(&mut out, &article.elements);
    }
    out
}

/// Text as HTML text, or as the value of an attribute in double quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape(&mut out, text);
    out
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() && c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

fn tagged(out: &mut String, name: &str, inner: impl FnOnce(&mut String)) {
    let _ = write!(out, "<{name}>");
    inner(out);
    let _ = write!(out, "</{name}>");
}

fn blocks(out: &mut String, elements: &[Element]) {
    for element in elements {
        match element {
            Element::Paragraph { spans } => tagged(out, "p", |out| inline(out, spans)),
            Element::Heading { level, spans } => {
                // The first level is the headline's.
                let name = format!("h{}", level.clamp(&2, &6));
                tagged(out, &name, |out| inline(out, spans));
            }
            Element::List(list) => self::list(out, list),
            Element::Quote { elements } => tagged(out, "blockquote", |out| {
                out.push('\n');
                blocks(out, elements);
            }),
            Element::Table { rows } => table(out, rows),
            // The parser drops a line break at the start (WHATWG HTML, section 4.4.3).
            Element::Preformatted { text } => tagged(out, "pre", |out| {
                out.push('\n');
                escape(out, text);
            }),
            Element::Image(picture) => self::picture(out, picture),
        }
        out.push('\n');
    }
}

fn list(out: &mut String, list: &List) {
    let (name, start) = match list.style {
        ListStyle::Bullets => ("ul", 1),
        ListStyle::Numbers => ("ol", list.start),
        ListStyle::Terms => ("dl", 1),
    };
    let _ = write!(out, "<{name}");
    if start != 1 {
        let _ = write!(out, " start=\"{start}\"");
    }
    out.push_str(">\n");
    for item in &list.items {
        let name = match (list.style, item.term) {
            (ListStyle::Terms, true) => "dt",
            (ListStyle::Terms, false) => "dd",
            _ => "li",
        };
        tagged(out, name, |out| self::item(out, item));
        out.push('\n');
    }
    let _ = write!(out, "</{name}>");
}

/// An item's first paragraph stands in it without a box where only lists follow.
fn item(out: &mut String, item: &Item) {
    let is_list = |element: &Element| matches!(element, Element::List(_));
    match item.elements.split_first() {
        Some((Element::Paragraph { spans }, rest)) if rest.iter().all(is_list) => {
            inline(out, spans);
            if !rest.is_empty() {
                out.push('\n');
                blocks(out, rest);
            }
        }
        _ => blocks(out, &item.elements),
    }
}

fn table(out: &mut String, rows: &[Row]) {
    tagged(out, "table", |out| {
        out.push('\n');
        for row in rows {
            tagged(out, "tr", |out| {
                for cell in &row.cells {
                    self::cell(out, cell);
                }
            });
            out.push('\n');
        }
    });
}

fn cell(out: &mut String, cell: &Cell) {
    let name = if cell.header { "th" } else { "td" };
    let _ = write!(out, "<{name}");
    for (attribute, count) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
        if count > 1 {
            let _ = write!(out, " {attribute}=\"{count}\"");
        }
    }
    out.push('>');
    inline(out, &cell.spans);
    let _ = write!(out, "</{name}>");
}

fn picture(out: &mut String, picture: &Picture) {
    tagged(out, "figure", |out| {
        if let Some(url) = links::safe_picture(&picture.image.url) {
            let alt = escaped(picture.alt.as_deref().unwrap_or_default());
            let _ = write!(out, "<img src=\"{}\" alt=\"{alt}\">", escaped(url.as_str()));
        }
        let texts = [&picture.image.caption, &picture.image.credit];
        let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
        if !texts.is_empty() {
            tagged(out, "figcaption", |out| escape(out, &texts.join(" ")));
        }
    });
}

fn inline(out: &mut String, spans: &[Span]) {
    for group in spans.chunk_by(|a, b| a.link == b.link) {
        let link = group[0].link.as_deref().and_then(links::safe);
        if let Some(url) = &link {
            let _ = write!(out, "<a href=\"{}\">", escaped(url.as_str()));
        }
        for span in group {
            marked(out, span);
        }
        if link.is_some() {
            out.push_str("</a>");
        }
    }
}

fn marked(out: &mut String, span: &Span) {
    let marks = [
        (span.strong, "strong"),
        (span.emphasis, "em"),
        (span.code, "code"),
    ];
    let names = || marks.iter().filter(|mark| mark.0).map(|mark| mark.1);
    for name in names() {
        let _ = write!(out, "<{name}>");
    }
    for (i, line) in span.text.split('\n').enumerate() {
        if i > 0 {
            out.push_str("<br>");
        }
        escape(out, line);
    }
    for name in names().rev() {
        let _ = write!(out, "</{name}>");
    }
}
