//! The names in an element: out of its links, or out of its text, which style may part.

use super::View;
use super::byline::{Names, bare, includes, people, plain, unique};
use super::name_forms::is_person;
use super::name_words::without_lead;
use super::names::names;
use super::signed_lines::before_date;
use super::signs::{leads_out, reviews};
use super::stated_authors::the_site;
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::Author;
use crate::text;

/// An element with more nodes than this holds more than a byline.
pub(super) const WIDEST: usize = 200;

/// The names in an element: those of its links where it holds links to people, otherwise those of
/// its text.
pub(super) fn of_element(view: &View<'_>, node: NodeIx) -> Names {
    let doc = view.facts.scene.doc;
    let range = doc.subtree(node);
    if range.len() > WIDEST {
        return Vec::new();
    }
    let named = (range.start..range.end)
        .map(NodeIx::new)
        .find(|&n| doc.attr(n, "itemprop").is_some_and(|p| p == "name"));
    if let Some(named) = named {
        let text = doc
            .attr(named, "content")
            .map_or_else(|| doc.text_of(named), text::fold_space);
        return plain(&text);
    }
    let whole = doc.text_of(node);
    let like = |title: &&str| title.len().abs_diff(whole.len()) <= title.len() / 2;
    let title = view.headline.filter(like);
    if title.is_some_and(|title| text::fold(title) == text::fold(&whole)) {
        return Vec::new();
    }
    if let Some(name) = the_site(view, without_lead(&whole).0) {
        return bare(vec![name]);
    }
    let links = (range.start..range.end)
        .map(NodeIx::new)
        .filter(|&n| doc.tag(n) == Tag::A)
        .filter(|&n| is_person(without_lead(&doc.text_of(n)).0) && !reviews(view, n))
        // "Ada Quill for the Tide Group": what she speaks of has a page elsewhere.
        .filter(|&n| !leads_out(view, n) || !behind_name(&whole, &doc.text_of(n)));
    let linked: Names = unique(links.flat_map(|n| {
        let url = doc.attr(n, "href").and_then(|h| view.facts.absolute(h));
        names(&doc.text_of(n)).into_iter().map(move |name| Author {
            name,
            url: url.clone(),
        })
    }));
    if !linked.is_empty() {
        // A byline may link one of its names only.
        let all = plain(&before_date(view, &parted(view, node)));
        let wider = all.len() > linked.len() && includes(&all, &linked) && people(&all);
        return if wider { all } else { linked };
    }
    let text = parted(view, node);
    if text.chars().count() > 160 {
        return Vec::new();
    }
    plain(&before_date(view, &text))
}

/// Whether a link's text stands behind a name in the text around it.
fn behind_name(whole: &str, link: &str) -> bool {
    let before = whole.find(link).map_or("", |at| &whole[..at]);
    before.split(' ').filter(|w| w.len() > 2).count() > 1
}

/// An element's text, with a bar where inline elements touch without white space: a label, a name
/// and a role are often parted by style only.
fn parted(view: &View<'_>, node: NodeIx) -> String {
    let doc = view.facts.scene.doc;
    let range = doc.subtree(node);
    let mut out = String::new();
    for inner in range.map(NodeIx::new) {
        if doc.tag(inner).is_block() || doc.tag(inner) == Tag::Br {
            out.push_str(" | ");
        }
        let Some(text) = doc.text(inner) else {
            if doc.tag(inner) != Tag::Invisible && begins_name(doc, inner, &out) {
                out.push_str(" | ");
            }
            continue;
        };
        let hidden = doc.parent(inner).is_some_and(|p| doc.tag(p).is_opaque());
        if hidden {
            continue;
        }
        let glued = out.ends_with(|c: char| c.is_lowercase())
            && text.starts_with(|c: char| c.is_uppercase());
        if glued {
            out.push_str(" | ");
        }
        out.push_str(text);
    }
    text::fold_space(&out)
}

/// Whether an element holds a whole name, and so does what stands before it: names side by side are often
/// parted by style only.
fn begins_name(doc: &Document, element: NodeIx, before: &str) -> bool {
    let last = before.rsplit('|').next().unwrap_or_default().trim_end();
    let whole = |text: &str| text.split(' ').filter(|w| !w.is_empty()).count() >= 2;
    last.ends_with(char::is_alphabetic)
        && whole(without_lead(last.trim_start()).0)
        && doc.subtree(element).len() <= 4
        && is_person(&doc.text_of(element))
}
