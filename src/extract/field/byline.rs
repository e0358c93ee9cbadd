//! Who signed the story: people and agencies.

use super::name_forms::{is_account, is_person};
use super::names::{is_collective, is_pictures, key, names, same, without_lead, without_roles};
use super::seen::of_comment;
use super::signed_lines::{before_date, last_line, lines, name_line};
use super::signs::{in_prose, leads_out, reviews};
use super::stated_authors::{metas, scripts, the_site, without_places};
use super::{Agreement, Candidate, Source, View, choose};
use crate::document::{NodeIx, Tag};
use crate::extract::article::Author;
use crate::extract::report::FieldDecision;
use crate::text;

/// How far a byline may stand from the head of the story, in blocks.
pub(super) const NEAR: usize = 20;

/// An element with more nodes than this holds more than a byline.
const WIDEST: usize = 200;

pub(super) type Names = Vec<Author>;

/// Chooses the authors.
pub(super) fn authors(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Names {
    let mut candidates = Vec::new();
    scripts(view, &mut candidates);
    metas(view, &mut candidates);
    marked(view, &mut candidates);
    lines(view, &mut candidates);
    last_line(view, &mut candidates);
    name_line(view, &mut candidates);
    candidates.retain(|c| !c.value.is_empty());
    for candidate in &mut candidates {
        without_places(&mut candidate.value);
        weigh(view, candidate);
    }
    lift_wider(&mut candidates);
    lift_whole(&mut candidates);
    lift_people(&mut candidates);
    let rule = Agreement {
        least: 0.0,
        key: &keys,
        bonus: 0.4,
        show: &|n: &Names| {
            let names: Vec<&str> = n.iter().map(|a| a.name.as_str()).collect();
            names.join("; ")
        },
    };
    let links = links(view, &candidates);
    let chosen = choose("authors", candidates, &rule, notes);
    let mut chosen = chosen.map(|c| c.value).unwrap_or_default();
    for author in &mut chosen {
        if author.url.is_none() {
            let link = links.iter().find(|l| same(&l.name, &author.name));
            author.url = link.and_then(|l| l.url.clone());
        }
    }
    chosen
}

/// Whether a list holds every name of another.
fn includes(all: &Names, some: &Names) -> bool {
    some.iter()
        .all(|s| all.iter().any(|a| same(&a.name, &s.name)))
}

fn people(names: &Names) -> bool {
    names.len() <= 6 && names.iter().all(|a| is_person(&a.name))
}

/// Visible sources see parts of one byline: the one that sees more people is at least as good as
/// those it includes.
fn lift_wider(candidates: &mut [Candidate<Names>]) {
    let visible =
        |c: &Candidate<Names>| matches!(c.source, Source::Visible(_) | Source::Microdata(_));
    for at in 0..candidates.len() {
        let wide = &candidates[at];
        if !matches!(wide.source, Source::Visible("byline" | "line")) || !people(&wide.value) {
            continue;
        }
        let included = candidates.iter().filter(|c| {
            visible(c) && c.value.len() < wide.value.len() && includes(&wide.value, &c.value)
        });
        let weight = included
            .map(|c| c.weight + 0.05)
            .fold(wide.weight, f32::max);
        candidates[at].weight = weight;
    }
}

/// A list of people that two sources give is whole where the best stated one has a part of it: many
/// systems state the first author only.
fn lift_whole(candidates: &mut [Candidate<Names>]) {
    let best = candidates
        .iter()
        .filter(|c| people(&c.value))
        .max_by(|a, b| a.weight.total_cmp(&b.weight));
    let Some((some, weight)) = best.map(|c| (c.value.clone(), c.weight)) else {
        return;
    };
    let whole = |c: &Candidate<Names>| {
        let byline = matches!(
            c.source,
            Source::Visible("byline" | "line") | Source::Meta(_) | Source::Microdata(_)
        );
        byline && people(&c.value) && c.value.len() > some.len() && includes(&c.value, &some)
    };
    for at in 0..candidates.len() {
        let sources = candidates
            .iter()
            .filter(|c| whole(c) && keys(&c.value) == keys(&candidates[at].value))
            .count();
        if whole(&candidates[at]) && sources >= 2 {
            candidates[at].weight = candidates[at].weight.max(weight + 1.0);
            candidates[at].why = "two sources give the whole list";
        }
    }
}

/// A person who signs at the head of the story, or at its end, goes before a stated name that is no person's: a
/// first name, a short form, a desk.
fn lift_people(candidates: &mut [Candidate<Names>]) {
    let best = candidates
        .iter()
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map(|c| (c.weight, c.value.iter().any(|a| is_person(&a.name))));
    let Some((weight, false)) = best else {
        return;
    };
    for candidate in candidates {
        let signs = matches!(candidate.source, Source::Visible("byline" | "line"));
        let all = candidate
            .value
            .iter()
            .all(|a| is_person(&a.name) && !is_collective(&a.name));
        let ends = candidate.source == Source::Visible("last line") && candidate.weight >= 3.0;
        if (signs && candidate.weight >= 3.4 || ends) && all {
            candidate.weight = candidate.weight.max(weight + 0.9);
            candidate.why = "a person, where the stated name is none";
        }
    }
}

/// The names in one order, for comparing lists of them.
fn keys(names: &Names) -> String {
    let mut keys: Vec<String> = names.iter().map(|n| key(&n.name)).collect();
    keys.sort();
    keys.join(";")
}

pub(super) fn unique(list: impl IntoIterator<Item = Author>) -> Names {
    let mut out: Names = Vec::new();
    for author in list.into_iter().take(60) {
        if !out.iter().any(|o| same(&o.name, &author.name)) {
            out.push(author);
        }
    }
    out
}

pub(super) fn plain(text: &str) -> Names {
    bare(names(text))
}

pub(super) fn bare(list: Vec<String>) -> Names {
    let list = list.into_iter();
    unique(list.map(|name| Author { name, url: None }))
}

/// Microdata, `rel=author` and elements named as bylines, near the head of the story.
fn marked(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    let found = &view.facts.found;
    let doc = view.facts.scene.doc;
    let items = found
        .items
        .iter()
        .filter(|(p, _)| matches!(*p, "author" | "creator"));
    let near = |n: &NodeIx| {
        let shown = view.distance(*n) <= NEAR && !view.hidden(*n);
        shown && !signs_else(view, *n) && !reviews(view, *n)
    };
    let group = |nodes: &mut dyn Iterator<Item = NodeIx>| -> Names {
        unique(
            nodes
                .filter(near)
                .take(12)
                .flat_map(|n| of_element(view, n)),
        )
    };
    let value = group(&mut items.map(|(_, n)| *n));
    out.push(Candidate::new(value, Source::Microdata("author"), 4.1));
    let value = group(&mut found.author_links.iter().copied());
    out.push(Candidate::new(value, Source::Visible("rel=author"), 4.0));
    let linked = together(view, &found.people_links).into_iter();
    let value = unique(linked.filter(|(n, _)| near(n)).take(12).flat_map(|l| l.1));
    out.push(Candidate::new(value, Source::Visible("author link"), 3.6));
    let mut best: Option<(usize, Names)> = None;
    for &node in found.bylines.iter().take(120) {
        let distance = view.distance(node);
        let wide = doc.subtree(node).len() > WIDEST;
        let farther = best.as_ref().is_some_and(|(d, _)| distance > *d);
        if distance > NEAR || wide || farther || view.hidden(node) || signs_else(view, node) {
            continue;
        }
        let whole = doc.text_of(node);
        let lead = without_lead(&whole).1;
        let mut value = of_element(view, node);
        // One word out of a sentence is no name.
        let short = whole.split(' ').count() <= 8;
        value.retain(|a| lead || is_person(&a.name) || short && !a.name.contains(' '));
        // Three things or more, in lower case, are what a story lists.
        let things = value.iter().filter(|a| is_account(&a.name)).count();
        if value.len() > 2 && things * 2 > value.len() {
            continue;
        }
        let closer = best
            .as_ref()
            .is_none_or(|(d, v)| distance < *d || (distance == *d && value.len() > v.len()));
        if !value.is_empty() && closer {
            best = Some((distance, value));
        }
    }
    if let Some((distance, value)) = best {
        let weight = 3.8 - 0.06 * distance as f32;
        out.push(Candidate::new(value, Source::Visible("byline"), weight));
    }
}

/// How far apart the links of one byline may stand, in blocks.
const ONE_BYLINE: usize = 3;

/// The first of these nodes at the head of the story, and those that stand together with it, each with
/// its names: others sign other stories.
fn together(view: &View<'_>, nodes: &[NodeIx]) -> Vec<(NodeIx, Names)> {
    let mut out: Vec<(NodeIx, Names)> = Vec::new();
    let near = |n: &NodeIx| view.distance(*n) <= NEAR && !view.hidden(*n);
    for &node in nodes.iter().filter(|n| near(n)) {
        let names = of_element(view, node);
        let person = names.iter().any(|a| is_person(&a.name));
        if names.is_empty() || !person && (leads_out(view, node) || in_prose(view, node)) {
            continue;
        }
        let at = view.block_of(node);
        let apart = out
            .last()
            .is_some_and(|(last, _)| at > view.block_of(*last) + ONE_BYLINE);
        if apart {
            break;
        }
        out.push((node, names));
    }
    out
}

/// Whoever made a picture, wrote a comment, or is asked for a name in a form, did not sign the story.
fn signs_else(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    if of_comment(view, node) || is_pictures(&doc.text_of(node)) {
        return true;
    }
    let small = |n: NodeIx| doc.subtree(n).len() <= 20 * WIDEST;
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .take(8)
        .any(|n| match doc.tag(n) {
            Tag::Figure | Tag::Figcaption | Tag::Label => true,
            // A form around the whole page is a habit of some systems.
            Tag::Form => small(n),
            _ => false,
        })
}

/// The names in an element: those of its links where it holds links to people, otherwise those of
/// its text.
fn of_element(view: &View<'_>, node: NodeIx) -> Names {
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
        .filter(|&n| is_person(without_lead(&doc.text_of(n)).0))
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

/// What the names themselves say: people go before the site's own name.
fn weigh(view: &View<'_>, candidate: &mut Candidate<Names>) {
    let site_and_role = |name: &str| {
        let bare = without_roles(name);
        bare.len() < name.len() && !is_collective(name) && view.facts.is_site(&bare)
    };
    let site = |a: &Author| view.facts.is_site(&a.name) || site_and_role(&a.name);
    let sites_own = candidate.value.iter().all(site);
    if !sites_own {
        // Whoever signs beside the site.
        candidate.value.retain(|a| !site(a));
    }
    let person = |a: &Author| is_person(&a.name) && !is_collective(&a.name);
    if candidate.value.iter().any(person) {
        // A desk beside whoever wrote it; a newsroom may be another house.
        let newsroom = |name: &str| name.to_lowercase().ends_with("newsroom");
        candidate
            .value
            .retain(|a| !is_collective(&a.name) || newsroom(&a.name));
    }
    if sites_own {
        candidate.weight -= 1.6;
        candidate.why = "the site itself";
    } else if !candidate.value.iter().any(|a| is_person(&a.name)) {
        candidate.weight -= 0.5;
        candidate.why = "no name of a person";
        if candidate.value.iter().all(|a| is_collective(&a.name)) {
            candidate.weight -= 1.0;
            candidate.why = "a desk or a team";
        }
    }
    if candidate.value.iter().all(|a| is_account(&a.name)) {
        candidate.weight -= 0.9;
        candidate.why = "an account's name";
    }
    let account = |word: &str| {
        matches!(
            word.to_lowercase().as_str(),
            "admin" | "administrator" | "webmaster"
        )
    };
    if candidate.value.iter().any(|a| {
        matches!(key(&a.name).as_str(), "editor" | "user" | "guest")
            || a.name.split(['_', '-', ' ']).any(account)
    }) {
        candidate.weight -= 2.0;
        candidate.why = "an account, not a name";
    }
}

/// Names that carry a link anywhere near the head of the story.
fn links(view: &View<'_>, candidates: &[Candidate<Names>]) -> Names {
    let doc = view.facts.scene.doc;
    let mut out: Names = candidates
        .iter()
        .flat_map(|c| c.value.iter().filter(|a| a.url.is_some()).cloned())
        .collect();
    for &node in view.facts.found.author_links.iter().take(20) {
        let url = doc.attr(node, "href").and_then(|h| view.facts.absolute(h));
        out.push(Author {
            name: doc.text_of(node),
            url,
        });
    }
    out
}
