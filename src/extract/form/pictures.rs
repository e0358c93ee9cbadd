//! Pictures of the story: which of a page's images belong to it, and what stands under them.
//!
//! An image is looked at with its frame: the figure around it, or the box that holds nothing but it
//! and its caption. It belongs to the story if the first text beside the frame is text that was
//! kept, or the headline. So the pictures of teasers, authors and advertising stay out.

use super::element::Picture;
use super::links::Base;
use super::within;
use crate::clean::Marks;
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::{BlockKind, Image};
use crate::extract::body::Judged;
use crate::extract::field;
use crate::text;

/// Pixels that a picture has at least each way, where the page states how many it has.
const SMALL: u32 = 100;

/// Words that a caption has at most.
const CAPTION_WORDS: u32 = 120;

/// Boxes that are looked at around an image for text.
const BOXES: usize = 12;

/// Pictures that an article has at most.
const MOST: usize = 500;

/// Parts of class names that say that an element is a caption or a credit.
const CAPTION_NAMES: &[&str] = &["caption", "credit", "legend", "copyright", "photographer"];

/// Parts of class names that say that an image is no picture.
const OTHER_NAMES: &[&str] = &[
    "avatar", "icon", "logo", "emoji", "pixel", "spacer", "author",
];

/// The pictures of a page's story, each with the number of its node, in document order.
pub(super) fn pictures(
    doc: &Document,
    base: &Base,
    blocks: &[Judged],
    marks: &Marks,
) -> Vec<(NodeIx, Picture)> {
    let Some(search) = Search::of(doc, blocks) else {
        return Vec::new();
    };
    let mut found: Vec<(NodeIx, Picture)> = Vec::new();
    for at in search.from..search.to {
        let node = NodeIx::new(at);
        if !matches!(doc.tag(node), Tag::Img | Tag::AmpImg) || is_small(doc, node) {
            continue;
        }
        let rule = marks.rule_for(doc, node);
        if rule.is_some_and(|rule| !rule.as_str().starts_with("captions.")) {
            continue;
        }
        let Some(url) = source(doc, base, node) else {
            continue;
        };
        let known = found.iter().any(|(_, p)| p.image.url == url);
        if let Some(frame) = search.frame(node).filter(|_| !known) {
            let (caption, credit) = search.caption(frame);
            let alt = text::fold_space(doc.attr(node, "alt").unwrap_or_default());
            let image = Image {
                url,
                caption,
                credit,
            };
            let alt = Some(alt).filter(|alt| !alt.is_empty());
            found.push((node, Picture { image, alt }));
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Where pictures are looked for, and what text stands where.
struct Search<'a> {
    doc: &'a Document,
    blocks: &'a [Judged<'a>],
    headings: Vec<NodeIx>,
    from: usize,
    to: usize,
}

impl<'a> Search<'a> {
    /// From the box of the story (its `article`, or its headline) to the end of its text's box.
    fn of(doc: &'a Document, blocks: &'a [Judged<'a>]) -> Option<Self> {
        let mut kept = blocks.iter().filter(|j| j.kept).map(|j| j.block.node);
        let first = kept.next()?;
        let last = kept.next_back().unwrap_or(first);
        if doc.tag(first) == Tag::Script || !blocks.is_sorted_by_key(|j| j.block.span().start) {
            // The text comes from outside the visible page.
            return None;
        }
        let around = doc.ancestors(first).find(|&n| doc.contains(n, last))?;
        let story = std::iter::once(around)
            .chain(doc.ancestors(around))
            .find(|&n| matches!(doc.tag(n), Tag::Article | Tag::Main));
        let headings: Vec<NodeIx> = doc.all(Tag::H1).collect();
        let headline = headings.iter().rfind(|&&h| h < first).copied();
        let from = story.or(headline).unwrap_or(around).min(around);
        Some(Self {
            doc,
            blocks,
            headings,
            from: from.index(),
            to: doc.subtree(around).end,
        })
    }

    /// The largest element around an image that holds no text but its caption, if the image belongs
    /// to the story.
    fn frame(&self, image: NodeIx) -> Option<NodeIx> {
        let doc = self.doc;
        let mut frame = image;
        for n in doc.ancestors(image).take(BOXES) {
            match doc.tag(n) {
                Tag::Noscript | Tag::Nav | Tag::Aside | Tag::Footer | Tag::Button | Tag::Form => {
                    return None;
                }
                _ => {}
            }
            let texts = within(doc, self.blocks, n);
            if texts.iter().any(|j| j.kept) {
                return Some(frame);
            }
            if texts.iter().all(|j| self.is_caption(n, j)) {
                frame = n;
            } else {
                let names = |&h: &NodeIx| doc.contains(n, h);
                return self.headings.iter().any(names).then_some(frame);
            }
        }
        None
    }

    /// Whether a text in a frame is there for the image.
    fn is_caption(&self, frame: NodeIx, text: &Judged) -> bool {
        let block = &text.block;
        let named = |n: NodeIx| says(self.doc, n, CAPTION_NAMES);
        let above = std::iter::once(block.node).chain(self.doc.ancestors(block.node));
        block.kind == BlockKind::Caption
            || self.doc.tag(frame) == Tag::Figure
            || above.take_while(|&n| n != frame).any(named)
    }

    /// What stands under an image, and whose it is.
    fn caption(&self, frame: NodeIx) -> (Option<String>, Option<String>) {
        let texts: Vec<&str> = within(self.doc, self.blocks, frame)
            .iter()
            .map(|j| j.block.text())
            .collect();
        let words: u32 = texts.iter().map(|t| text::count(t).words).sum();
        if texts.is_empty() || words > CAPTION_WORDS {
            return (None, None);
        }
        let (caption, credit) = field::caption(self.doc, frame);
        if caption.is_some() {
            return (caption, credit);
        }
        // A frame without `figcaption`: all its text, less the credit.
        let mut whole = text::fold_space(&texts.join(" "));
        if let Some(credit) = &credit {
            whole = text::fold_space(&whole.replacen(credit.as_str(), "", 1));
        }
        (Some(whole).filter(|w| !w.is_empty()), credit)
    }
}

fn says(doc: &Document, node: NodeIx, words: &[&str]) -> bool {
    let class = doc.attr(node, "class").unwrap_or_default();
    class
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| words.iter().any(|w| part.eq_ignore_ascii_case(w)))
}

fn is_small(doc: &Document, image: NodeIx) -> bool {
    let pixels = |name| {
        doc.attr(image, name)?
            .trim()
            .trim_end_matches("px")
            .parse()
            .ok()
    };
    let small = |name| pixels(name).is_some_and(|n: u32| n < SMALL);
    small("width") || small("height") || says(doc, image, OTHER_NAMES)
}

/// Where the picture is: `src`, or what a script would put there.
fn source(doc: &Document, base: &Base, image: NodeIx) -> Option<String> {
    let plain = |name| doc.attr(image, name).map(str::trim).map(str::to_owned);
    let largest = |name| largest(doc.attr(image, name)?);
    [
        plain("data-src"),
        plain("data-lazy-src"),
        plain("data-original"),
        plain("src"),
        largest("data-srcset"),
        largest("srcset"),
    ]
    .into_iter()
    .flatten()
    .filter(|src| !src.is_empty())
    .find_map(|src| base.picture(&src))
}

/// The widest or densest candidate of a `srcset` (WHATWG HTML, section 4.8.4.2.1).
fn largest(srcset: &str) -> Option<String> {
    let candidates = srcset.split(", ").filter_map(|candidate| {
        let mut parts = candidate.split_ascii_whitespace();
        let url = parts.next()?.trim_matches(',');
        let size = parts.next().unwrap_or("1x");
        let size: f32 = size.get(..size.len().checked_sub(1)?)?.parse().ok()?;
        Some((size, url))
    });
    candidates
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, url)| url.to_owned())
}
