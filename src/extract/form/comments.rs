//! Readers' comments, where the page carries them in its markup.
//!
//! A comment is an element that is called one (`schema.org/Comment`, `class=comment`,
//! `id=comment-12`) and states who wrote it or when. It has no part in the body, whatever the model
//! thinks of it: an element with kept text in it is no comment.

use super::element::Comment;
use super::within;
use crate::document::{Document, NodeIx, Tag};
use crate::extract::body::Judged;
use crate::text;

/// Comments that an article has at most.
const MOST: usize = 5_000;

/// Letters that a name or a time has at most.
const LONGEST: usize = 80;

/// Class names of a comment, without hyphens and underscores.
const COMMENT: &[&str] = &[
    "comment",
    "commententry",
    "commentitem",
    "commentsitem",
    "commentwrapper",
    "readercomment",
    "singlecomment",
    "usercomment",
];

/// Where its text stands, the surest names first.
const TEXT: &[&[&str]] = &[
    &[
        "commentcontent",
        "commenttext",
        "commentmessage",
        "commentcopy",
    ],
    &["commentbody", "commentbodytext"],
];

const AUTHOR: &[&[&str]] = &[
    &[
        "fn",
        "commentauthorname",
        "commenterusername",
        "commentername",
    ],
    &[
        "commentauthor",
        "commentuser",
        "commentusername",
        "commenter",
        "username",
        "nickname",
    ],
    &["author"],
];

const TIME: &[&[&str]] = &[&[
    "commentdate",
    "commenttime",
    "commentmetadata",
    "timestamp",
    "date",
]];

/// The comments of a page in document order, answers behind what they answer.
pub(super) fn comments(doc: &Document, blocks: &[Judged]) -> Vec<Comment> {
    if !blocks.is_sorted_by_key(|j| j.block.span().start) {
        // The story comes from outside the visible page, which then has no comments either.
        return Vec::new();
    }
    let is_kept = |n: NodeIx| within(doc, blocks, n).iter().any(|j| j.kept);
    let items: Vec<NodeIx> = doc
        .nodes()
        .filter(|&n| is_comment(doc, n))
        .filter(|&n| !is_kept(n))
        .take(MOST)
        .collect();
    items
        .iter()
        .filter_map(|&item| {
            Reader {
                doc,
                item,
                items: &items,
            }
            .comment(blocks)
        })
        .collect()
}

fn is_comment(doc: &Document, node: NodeIx) -> bool {
    doc.attrs(node).any(|(name, value)| match name {
        "itemtype" => value.contains("schema.org/Comment") || value.contains("UserComments"),
        "class" => has_name(value, COMMENT),
        "id" => value
            .strip_prefix("comment-")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())),
        _ => false,
    })
}

/// Whether a class attribute has one of the names; hyphens, underscores and case do not count.
fn has_name(class: &str, names: &[&str]) -> bool {
    class.split_ascii_whitespace().any(|token| {
        let plain = token.bytes().filter(|b| !matches!(b, b'-' | b'_'));
        names.iter().any(|name| {
            plain
                .clone()
                .map(|b| b.to_ascii_lowercase())
                .eq(name.bytes())
        })
    })
}

/// Reads one comment.
struct Reader<'a> {
    doc: &'a Document,
    item: NodeIx,
    /// All comments: those inside this one are not part of it.
    items: &'a [NodeIx],
}

impl Reader<'_> {
    fn comment(&self, blocks: &[Judged]) -> Option<Comment> {
        let author = self
            .with_property(&["author", "creator"])
            .or_else(|| self.named(AUTHOR));
        let time = self
            .own()
            .find(|&n| self.doc.tag(n) == Tag::Time)
            .or_else(|| self.with_property(&["dateCreated", "datePublished", "commentTime"]))
            .or_else(|| self.named(TIME));
        let place = self
            .with_property(&["text", "commentText"])
            .or_else(|| self.named(TEXT));
        let aside = [author, time];
        let inside = |n: NodeIx| match place {
            Some(place) => self.doc.contains(place, n),
            None => true,
        };
        let texts: Vec<&str> = within(self.doc, blocks, self.item)
            .iter()
            .filter(|j| is_text(j))
            .filter(|j| {
                let start = NodeIx::new(j.block.span().start);
                inside(start)
                    && !self.is_inner(start)
                    && !aside.iter().flatten().any(|&n| self.doc.contains(n, start))
            })
            .map(|j| j.block.text())
            .collect();
        let author = author.and_then(|n| short(self.doc.text_of(n)));
        let stated = |n| {
            ["datetime", "content"]
                .iter()
                .find_map(|a| self.doc.attr(n, a))
        };
        let time = time
            .and_then(|n| short(stated(n).map_or_else(|| self.doc.text_of(n), text::fold_space)));
        (!texts.is_empty() && (author.is_some() || time.is_some())).then(|| Comment {
            author,
            time,
            text: texts.join("\n\n"),
        })
    }

    /// The elements of the comment that are not those of another inside it.
    fn own(&self) -> impl Iterator<Item = NodeIx> + '_ {
        let range = self.doc.subtree(self.item);
        let mut at = range.start + 1;
        std::iter::from_fn(move || {
            while at < range.end {
                let node = NodeIx::new(at);
                if self.items.binary_search(&node).is_ok() {
                    at = self.doc.subtree(node).end;
                    continue;
                }
                at += 1;
                return Some(node);
            }
            None
        })
    }

    /// Whether a node stands in another comment inside this one.
    fn is_inner(&self, node: NodeIx) -> bool {
        let above = self.doc.ancestors(node);
        above
            .take_while(|&n| n != self.item)
            .any(|n| self.items.binary_search(&n).is_ok())
    }

    fn with_property(&self, names: &[&str]) -> Option<NodeIx> {
        let property = |n: NodeIx| self.doc.attr(n, "itemprop");
        self.own()
            .find(|&n| property(n).is_some_and(|p| names.contains(&p.trim())))
    }

    fn named(&self, names: &[&[&str]]) -> Option<NodeIx> {
        names.iter().find_map(|names| {
            let class = |n: NodeIx| self.doc.attr(n, "class");
            self.own()
                .find(|&n| class(n).is_some_and(|c| has_name(c, names)))
        })
    }
}

fn short(value: String) -> Option<String> {
    (1..=LONGEST)
        .contains(&value.chars().count())
        .then_some(value)
}

/// Whether a dropped block can be what a reader wrote: not a button, not what nobody sees.
fn is_text(judged: &Judged) -> bool {
    let rule = judged.rule();
    !(rule.starts_with("hidden.") || rule.starts_with("controls."))
}
