//! Who signed the story: people and agencies.

use super::author_boxes::author_box;
use super::marked_bylines::marked;
use super::name_forms::{is_account, is_person};
use super::name_words::{is_collective, is_institution, without_roles};
use super::names::{key, names, same};
use super::signed_lines::{last_line, lines, name_line, source_line};
use super::stated_authors::{metas, scripts, without_places};
use super::{Agreement, Candidate, Source, View, choose};
use crate::extract::article::Author;
use crate::extract::report::FieldDecision;

/// How far a byline may stand from the head of the story, in blocks.
pub(super) const NEAR: usize = 20;

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
    if candidates.is_empty() {
        author_box(view, &mut candidates);
        source_line(view, &mut candidates);
    }
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
pub(super) fn includes(all: &Names, some: &Names) -> bool {
    some.iter()
        .all(|s| all.iter().any(|a| same(&a.name, &s.name)))
}

pub(super) fn people(names: &Names) -> bool {
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
    let best = |people: bool| {
        let of = candidates
            .iter()
            .filter(|c| c.value.iter().any(|a| is_person(&a.name)) == people);
        of.map(|c| c.weight).reduce(f32::max)
    };
    let Some(weight) = best(false) else {
        return;
    };
    // Two sources of a name that is no person's may still agree.
    if best(true).is_some_and(|people| people > weight + 0.5) {
        return;
    }
    // A team that three sources name is no slip of a system.
    let like =
        |c: &&Candidate<Names>| c.weight >= weight && !c.value.iter().all(|a| is_account(&a.name));
    if let Some(team) = candidates.iter().find(like).map(|c| keys(&c.value))
        && candidates.iter().filter(|c| keys(&c.value) == team).count() >= 3
    {
        return;
    }
    for candidate in candidates {
        let signs = matches!(
            candidate.source,
            Source::Visible("byline" | "line" | "author link")
        );
        let all = candidate
            .value
            .iter()
            .all(|a| is_person(&a.name) && !is_collective(&a.name));
        let ends = candidate.source == Source::Visible("last line") && candidate.weight >= 3.0;
        if (signs && candidate.weight >= 3.1 || ends) && all {
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

/// The initials of people of the list, as they stand where there is no picture of them.
fn initials(names: &Names) -> Vec<String> {
    let people = names.iter().filter(|a| is_person(&a.name));
    people
        .map(|a| a.name.split(' ').filter_map(|w| w.chars().next()).collect())
        .collect()
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
    let initials = initials(&candidate.value);
    candidate.value.retain(|a| !initials.contains(&a.name));
    let shown = matches!(candidate.source, Source::Visible(_) | Source::Microdata(_));
    let institution = |a: &Author| shown && is_institution(&a.name);
    if candidate.value.iter().any(|a| person(a) && !institution(a)) {
        // Where somebody works, or learned.
        candidate.value.retain(|a| !institution(a));
    } else if candidate.value.iter().any(institution) {
        candidate.weight -= 0.5;
    }
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
    } else if !candidate.value.iter().any(person) {
        candidate.weight -= 0.5;
        candidate.why = "no name of a person";
        if candidate.value.iter().all(|a| is_collective(&a.name)) {
            let like_people = candidate.value.iter().all(|a| is_person(&a.name));
            candidate.weight -= if like_people { 0.5 } else { 1.0 };
            candidate.why = "a desk or a team";
        }
    }
    if candidate.value.iter().all(|a| is_account(&a.name)) {
        candidate.weight -= 1.2;
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
