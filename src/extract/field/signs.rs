//! What a link to a person's page is, where it is no signature: a person who read the story over, a
//! page of another site, a word in the middle of the text.

use super::View;
use super::name_words::ends_with_others;
use crate::document::NodeIx;
use crate::page::bare_host;

/// How long the words before a name may be, in characters.
const LEAD: usize = 60;

/// Whether the words right before a name say that this person read, translated or illustrated the
/// story: in the same block, or in a short one before it.
pub(super) fn reviews(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    let at = view.block_of(node);
    let Some(block) = view.body.blocks.get(at).map(|j| &j.block) else {
        return false;
    };
    let name = doc.text_of(node);
    let before = match block.text().find(&name) {
        Some(from) if !name.is_empty() => block.text()[..from].trim(),
        _ => return false,
    };
    let previous = at.checked_sub(1).map(|i| view.body.blocks[i].block.text());
    let before = match previous {
        Some(previous) if before.is_empty() && previous.chars().count() <= LEAD => previous,
        _ => before,
    };
    ends_with_others(before)
}

/// Whether a link leads to another site: profiles in networks are listed beside many stories.
pub(super) fn leads_out(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    let own = view.facts.context.url.map(bare_host).unwrap_or_default();
    let to = doc.attr(node, "href").and_then(|h| view.facts.absolute(h));
    let to = to.and_then(|to| url::Url::parse(&to).ok());
    to.as_ref().map(bare_host).is_some_and(|to| {
        let within = |a: &str, b: &str| a == b || a.ends_with(&format!(".{b}"));
        !own.is_empty() && !within(own, to) && !within(to, own)
    })
}

/// Words of a block that are more than a byline, as many as its name has.
const PROSE: usize = 8;

/// Whether an element is a small part of a longer text.
pub(super) fn in_prose(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    let block = view.body.blocks.get(view.block_of(node));
    let long = block.map_or(0, |j| j.block.text().chars().count());
    long > 160 && long > PROSE * doc.text_of(node).chars().count()
}
