//! The forms of a body: nested elements beside the flat text, and both as Markdown and HTML.
//!
//! 1. `inline` gives each kept block its spans: stress, links, line breaks.
//! 2. `pictures` finds the images that belong to the story; `comments` what readers wrote.
//! 3. `build` nests the blocks into [`Element`]s by the lists, quotations and tables around them.
//! 4. `flat` makes them plain text again, which is the article's text to the letter.
//! 5. `markdown` and `html` write an article out.
//!
//! All of it happens only where [`Keep`] asks for it: by default a body is its blocks and its text.

mod build;
mod comments;
mod element;
mod flat;
mod html;
mod inline;
mod links;
mod markdown;
mod pictures;
#[cfg(test)]
mod tests;
mod unflat;

pub use element::{Cell, Comment, Element, Item, List, ListStyle, Picture, Row, Span};
pub(crate) use flat::join;
pub(crate) use html::{escaped as html_escaped, story as html_story};
pub(crate) use markdown::{line as markdown_line, story as markdown_story};

use std::rc::Rc;

use url::Url;

use crate::clean::Marks;
use crate::document::{Document, NodeIx};
use crate::extract::article::Article;
use crate::extract::body::{self, Body, Judged};
use crate::extract::report::Because;
use build::Builder;
use inline::Inline;
use links::Base;

/// What a reader wants of a page beyond its text, or does not want in it.
///
/// # Examples
/// ```
/// use cleancopy::extract::Keep;
/// let keep = Keep::default();
/// assert!(keep.tables && !keep.elements && !keep.links && !keep.images && !keep.comments);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked for on its own"
)]
pub struct Keep {
    /// Give the body as typed, nested elements too, in `Article::elements`.
    pub elements: bool,
    /// Keep where links lead, in the elements.
    pub links: bool,
    /// Keep the story's pictures with captions and credits, among the elements.
    pub images: bool,
    /// Keep tables of data in the body; without it they are neither in the text nor among the
    /// blocks and elements.
    pub tables: bool,
    /// Keep readers' comments, in `Article::comments`; they are never part of the body.
    pub comments: bool,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            elements: false,
            links: false,
            images: false,
            tables: true,
            comments: false,
        }
    }
}

/// What the model should rather avoid where it is in doubt about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Favour {
    /// Neither: what is more likely text of the story than not is kept.
    #[default]
    Balanced,
    /// Fewer blocks that are no text of the story; some of its text goes with them.
    Precision,
    /// Less text of the story lost; some of what is not stays with it.
    Recall,
}

impl Favour {
    /// The probability from which on a block is kept, where `usual` is that of the model.
    pub(crate) fn threshold(self, usual: f32) -> f32 {
        match self {
            Self::Balanced => usual,
            Self::Precision => usual + (1.0 - usual) * 0.6,
            Self::Recall => usual * 0.4,
        }
    }
}

/// Drops what the caller does not want in the body.
pub(crate) fn leave_out(doc: &Document, keep: Keep, body: &mut Body) {
    if keep.tables {
        return;
    }
    let because = Rc::new(Because::Option("tables"));
    for judged in body.blocks.iter_mut().filter(|j| j.kept) {
        if body::row_of(doc, &judged.block).is_some() {
            judged.kept = false;
            judged.because = Some(Rc::clone(&because));
        }
    }
}

/// Fills what the caller wants beyond the text.
pub(crate) fn fill(
    doc: &Document,
    url: Option<&Url>,
    keep: Keep,
    judged: (&[Judged], &Marks),
    article: &mut Article,
) {
    let (blocks, marks) = judged;
    if keep.comments {
        article.comments = comments::comments(doc, blocks);
    }
    if !keep.elements {
        return;
    }
    let canonical = article.canonical_url.as_deref();
    let canonical = canonical.and_then(|url| Url::parse(url).ok());
    let base = Base::of(doc, url.or(canonical.as_ref()));
    let mut builder = Builder::new(doc, Inline::new(doc, keep.links.then_some(&base)));
    let pictures = if keep.images {
        pictures::pictures(doc, &base, blocks, marks)
    } else {
        Vec::new()
    };
    let mut pictures = pictures.into_iter().peekable();
    for block in blocks.iter().filter(|j| j.kept).map(|j| &j.block) {
        while let Some((at, picture)) = pictures.next_if(|(at, _)| at.index() < block.span().start)
        {
            builder.picture(at, picture);
        }
        builder.block(block);
    }
    for (at, picture) in pictures {
        builder.picture(at, picture);
    }
    article.elements = builder.finish();
}

/// The blocks that stand in an element, of blocks in document order.
fn within<'a, 'b>(doc: &Document, blocks: &'b [Judged<'a>], node: NodeIx) -> &'b [Judged<'a>] {
    let range = doc.subtree(node);
    let at = |index| blocks.partition_point(|j| j.block.span().start < index);
    &blocks[at(range.start)..at(range.end)]
}
