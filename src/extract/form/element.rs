//! Elements: what the body of an article is made of, as values.

use serde::{Deserialize, Serialize};

use super::flat;
use crate::extract::article::Image;

/// One part of an article's body; the kinds are those that `CommonMark` and HTML share.
///
/// # Examples
/// ```
/// use cleancopy::{Options, RawPage, extract::Element, read};
/// let mut options = Options::default();
/// options.keep.elements = true;
/// let page = RawPage::from_text(
///     "<article><h1>Ferry returns</h1><p>The night ferry came back on Monday after eleven weeks \
///      in the yard, and a <b>small crowd</b> met it on the quay.</p><p>The first crossing for \
///      passengers is planned for Thursday, the operator said.</p></article>",
/// );
/// let article = read(&page, &options).article.expect("the page holds an article");
/// let Element::Paragraph { spans } = &article.elements[0] else { panic!("a paragraph") };
/// assert_eq!(spans[1].text, "small crowd");
/// assert!(spans[1].strong);
/// assert!(article.text.starts_with(&article.elements[0].text()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Element {
    /// A paragraph of running text.
    Paragraph {
        /// Its text.
        spans: Vec<Span>,
    },
    /// A subhead inside the story.
    Heading {
        /// 1 to 6, as the page's markup has it.
        level: u8,
        /// Its text.
        spans: Vec<Span>,
    },
    /// A list.
    List(List),
    /// A quotation set apart; who said it is its last paragraph, where the page has it there.
    Quote {
        /// What is quoted.
        elements: Vec<Element>,
    },
    /// A table of data.
    Table {
        /// Its rows, those of the head first.
        rows: Vec<Row>,
    },
    /// Text whose line breaks and spaces matter.
    Preformatted {
        /// The text as it stands.
        text: String,
    },
    /// A picture; only with `Keep::images`. It has no part in the article's text.
    Image(Picture),
}

impl Element {
    /// The element as plain text, as it stands in `Article::text`; a picture has none.
    pub fn text(&self) -> String {
        flat::text(std::slice::from_ref(self))
    }
}

/// A stretch of text that is marked in one way; an element's text is that of its spans together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// The text; `\n` where the page has a single `<br>`.
    pub text: String,
    /// Stressed: `<em>`, `<i>`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub emphasis: bool,
    /// Of importance: `<strong>`, `<b>`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strong: bool,
    /// A piece of code: `<code>`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
    /// Where it leads: an absolute `http`, `https` or `mailto` URL; only with `Keep::links`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A list with its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct List {
    /// How its items are marked.
    pub style: ListStyle,
    /// The number of the first item, 1 unless the page says otherwise.
    pub start: u32,
    /// Its items in order.
    pub items: Vec<Item>,
}

/// How the items of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ListStyle {
    /// With bullets: `<ul>`.
    Bullets,
    /// With numbers: `<ol>`.
    Numbers,
    /// Terms and what they mean: `<dl>`.
    Terms,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Item {
    /// Whether it is a term that the items behind it explain (`<dt>`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub term: bool,
    /// What stands in it; lists inside it are among its elements.
    pub elements: Vec<Element>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// Whether the row has text in one cell alone, a head between rows or a note: a paragraph of
    /// its own in the article's text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lone: bool,
    /// Its cells in order, empty ones too.
    pub cells: Vec<Cell>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cell {
    /// Whether it names a row or column (`<th>`).
    pub header: bool,
    /// Columns it takes, at least 1.
    pub columns: u16,
    /// Rows it takes, at least 1.
    pub rows: u16,
    /// Its text.
    pub spans: Vec<Span>,
}

/// A picture where it stands in the body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Picture {
    /// Where it is, its caption and whose it is.
    #[serde(flatten)]
    pub image: Image,
    /// What it shows, for those who do not see it (`alt`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// What a reader wrote under a story; only with `Keep::comments`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comment {
    /// Who wrote it, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When, as the page states it: the attribute of `<time>`, or what is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The comment: paragraphs parted by a blank line.
    pub text: String,
}

impl Comment {
    /// Who wrote it and when, as far as the page tells.
    pub(crate) fn signed(&self) -> impl Iterator<Item = &str> {
        [&self.author, &self.time]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}
