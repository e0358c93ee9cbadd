//! The article: what a page says, as values.
//!
//! A field that the page does not state is `None` or empty; nothing is invented. What counts as
//! which field is written down in `docs/article.md`.

use serde::{Deserialize, Serialize};

use crate::date::Moment;
use crate::extract::form::{Comment, Element};

/// What a page without a story says of itself: that of a film or a broadcast has no text, but a
/// headline and a day.
///
/// A page that lists others or reports an error has none: what stands on it is about something
/// else.
///
/// # Examples
/// ```
/// use cleancopy::{Options, RawPage, read};
/// let page = "<title>Morning show</title><h1>Morning show</h1><time datetime='2020-06-22'></time>";
/// let found = read(&RawPage::from_text(page), &Options::default());
/// assert!(found.article.is_none());
/// assert_eq!(found.stated.unwrap().headline.as_deref(), Some("Morning show"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Stated {
    /// Its headline, as an article's.
    pub headline: Option<String>,
    /// When it was first published, as an article's.
    pub published: Option<Moment>,
}

impl Stated {
    /// What is left of an article that has no text; nothing where neither field was found.
    pub(super) fn of(article: Article) -> Option<Self> {
        let (headline, published) = (article.headline, article.published);
        let any = headline.is_some() || published.is_some();
        any.then_some(Self {
            headline,
            published,
        })
    }
}

/// A news article as read from one page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Article {
    /// The story's headline as printed: no site name, no section, no kicker.
    pub headline: Option<String>,
    /// The dek or summary that stands above the text.
    pub standfirst: Option<String>,
    /// Where and when, as the page itself prints it.
    pub dateline: Dateline,
    /// People and agencies that signed the story, one name an entry.
    pub authors: Vec<Author>,
    /// When the story was first published, with the offset where the page states one.
    pub published: Option<Moment>,
    /// Whether `published` is the moment of the last change, because the page states no other.
    #[serde(skip_serializing_if = "is_false")]
    pub published_is_change: bool,
    /// When the story was last changed, if the page states it and it is not `published` (it may
    /// be, where `published_is_change`).
    pub modified: Option<Moment>,
    /// The language of the text as a BCP 47 primary tag (`en`, `de`), stated or detected.
    pub language: Option<String>,
    /// The section the story stands in, as printed or stated.
    pub section: Option<String>,
    /// Keywords or topics, as stated, without duplicates.
    pub tags: Vec<String>,
    /// The name of the site or publisher.
    pub site_name: Option<String>,
    /// The address the page itself calls its own (`rel=canonical`), absolute.
    pub canonical_url: Option<String>,
    /// The lead image.
    pub image: Option<Image>,
    /// What kind of piece it is, if the page says so.
    pub kind: Option<Kind>,
    /// Whether the page states that it may be read without paying (`isAccessibleForFree`).
    pub free: Option<bool>,
    /// The copyright or credit line at the end of the story.
    pub credit: Option<String>,
    /// The address of the AMP twin of the page.
    pub amp_url: Option<String>,
    /// The address of the story's next page, if it is spread over several.
    pub next_url: Option<String>,
    /// The body, block by block in reading order.
    pub paragraphs: Vec<Block>,
    /// The body as text: the blocks parted by a blank line, rows of a table and items of a list
    /// by a line break.
    pub text: String,
    /// The body as typed elements, nested as on the page; empty without `Keep::elements`. Their
    /// text together is `text`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Element>,
    /// What readers wrote under the story, answers behind what they answer; empty without
    /// `Keep::comments`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// How far the body can be trusted, 0 to 1: the expected share of right words.
    pub confidence: f32,
}

impl Article {
    /// The standfirst where it stands apart from the text: many pages print it as the story's first
    /// paragraph, too, and whoever sets both one under the other would have it twice.
    pub(crate) fn standfirst_apart(&self) -> Option<&str> {
        let standfirst = self.standfirst.as_deref()?;
        let mut text = self.text.split_whitespace();
        let opens_it = standfirst
            .split_whitespace()
            .all(|word| text.next() == Some(word));
        let is_block = |part: &str| self.paragraphs.iter().any(|block| block.text == part);
        let in_text = opens_it || standfirst.split("\n\n").all(is_block);
        (!in_text).then_some(standfirst)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// One block of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What kind of block it is.
    pub kind: BlockKind,
    /// Its text; white space folded, except in preformatted blocks.
    pub text: String,
}

/// What kind of block a piece of the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BlockKind {
    /// A paragraph of running text.
    Paragraph,
    /// A subhead inside the story.
    Heading,
    /// An item of a list.
    ListItem,
    /// A quotation set apart.
    Quote,
    /// Code or other text whose line breaks matter.
    Preformatted,
    /// A row of a table, cells parted by ` | `.
    TableRow,
    /// A text that stands where captions stand and is too long for one: a story told beside
    /// pictures. Captions themselves are no blocks of the body.
    Caption,
}

/// The dateline in both senses of the word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Dateline {
    /// The visible line that states the date, as printed (`Tuesday, January 31`).
    pub printed: Option<String>,
    /// The day or moment the printed line means, as far as the page allows to tell.
    pub printed_date: Option<Moment>,
    /// The dateline at the head of the story (`WASHINGTON, Jan. 31 (AP) —`).
    pub lead: Option<LeadDateline>,
}

/// The dateline at the head of a story, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LeadDateline {
    /// The exact text, closing dash or colon included.
    pub text: String,
    /// The places the story was filed from.
    pub places: Vec<String>,
    /// What qualifies the place: state, province, country.
    pub region: Option<String>,
    /// The date as printed.
    pub date: Option<String>,
    /// The agencies named, as printed.
    pub agencies: Vec<String>,
    /// The reporter named inside the dateline, as printed.
    pub reporter: Option<String>,
}

/// One who signed the story.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Author {
    /// The name: no "By", no role, no address.
    pub name: String,
    /// The author's page, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The lead image of a story.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Its address, absolute.
    pub url: String,
    /// Its caption, without the credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Who made it or owns it, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// What kind of piece a page says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A report.
    News,
    /// A comment, column or review.
    Opinion,
    /// A page that grows while something happens.
    LiveBlog,
    /// A video with a text beside it.
    Video,
    /// A series of pictures.
    Gallery,
    /// A blog post or article of another kind.
    Post,
}
