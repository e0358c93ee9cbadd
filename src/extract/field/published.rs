//! When the story was published and changed.
//!
//! What scripts and metas state is usually right; visible dates near the headline and the page's
//! address are weaker witnesses that decide between them and stand in for them.

use super::seen::{Dated, NEAR, UPDATED_NAMES, lines, named, opening, order_from, times, url_day};
use super::state;
use super::{Agreement, Candidate, Source, View, choose};
use crate::date::{self, Moment};
use crate::document::{NodeIx, Tag};
use crate::extract::report::FieldDecision;

/// Metas that state when the story was published, with their weight.
const PUBLISHED: &[(&str, f32)] = &[
    ("article:published_time", 4.8),
    ("og:article:published_time", 4.6),
    ("og:published_time", 4.5),
    ("datepublished", 4.6),
    ("article:published", 4.5),
    ("parsely-pub-date", 4.5),
    ("sailthru.date", 4.3),
    ("citation_publication_date", 4.0),
    ("citation_online_date", 4.1),
    ("dcterms.issued", 4.2),
    ("dcterms.created", 4.2),
    ("dc.date.issued", 4.4),
    ("dc.date.created", 4.2),
    ("dc.date.publication", 4.2),
    ("dcterms.date", 4.2),
    ("dc.date", 4.2),
    ("pubdate", 4.4),
    ("publishdate", 4.4),
    ("publish-date", 4.4),
    ("publish_date", 4.4),
    ("published_time", 4.4),
    ("publication_date", 4.3),
    ("pub_date", 4.3),
    ("article.published", 4.4),
    ("article.created", 4.2),
    ("article_date_original", 4.4),
    ("article:publicationdate", 4.4),
    ("originalpublicationdate", 4.4),
    ("cxenseparse:recs:publishtime", 4.4),
    ("cxenseparse:publishtime", 4.4),
    ("bt:pubdate", 4.3),
    ("ptime", 4.2),
    ("rnews:datepublished", 4.4),
    ("video:release_date", 3.0),
    ("release_date", 3.5),
    ("shareaholic:article_published_time", 4.4),
    ("datecreated", 3.8),
    ("date", 3.8),
    ("vr:published_time", 4.0),
    ("article:created_time", 4.0),
    ("weibo:article:create_at", 4.3),
    ("apub:time", 4.0),
];

/// Metas that state when the story was changed.
const MODIFIED: &[(&str, f32)] = &[
    ("article:modified_time", 4.5),
    ("og:updated_time", 4.2),
    ("og:article:modified_time", 4.2),
    ("datemodified", 4.4),
    ("dcterms.modified", 4.0),
    ("dc.date.modified", 4.0),
    ("article.updated", 4.0),
    ("last-modified", 3.0),
    ("lastmod", 3.5),
    ("revised", 3.0),
    ("article:modified", 4.0),
    ("shareaholic:article_modified_time", 4.0),
];

/// Chooses the moment of publication.
pub(super) fn published(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<Moment> {
    let mut candidates = machine(view);
    let reading = order_from(view, &candidates);
    let mut dated = times(view, &reading);
    dated.extend(lines(view, &reading));
    candidates.retain(|c| plausible(view, c.value));
    dated.retain(|d| plausible(view, d.candidate.value));
    not_changes(&mut candidates, &mut dated);
    if let Some(day) = url_day(view) {
        candidates.push(Candidate::new(Moment::on(day), Source::Url, 1.9));
    }
    shown_days(view, &candidates, &mut dated);
    local_days(&mut candidates, &mut dated);
    candidates.extend(dated.into_iter().map(|d| d.candidate));
    candidates.extend(opening(view, &reading).filter(|c| plausible(view, c.value)));
    if candidates.iter().all(|c| c.weight < 2.8) {
        candidates.extend(state::published(view));
    }
    if candidates.iter().all(|c| c.weight < 1.5) {
        // Better the last change than nothing.
        candidates.extend(changes(view));
    }
    let unsure = unsure(&candidates);
    let chosen = choose("published", candidates, &same_day(0.6), notes)?;
    if unsure {
        if let Some(note) = notes.last_mut().and_then(|n| n.candidates.first_mut()) {
            note.chosen = false;
        }
        return None;
    }
    Some(chosen.value)
}

/// Several days away from the head of the story, none better than the others: they are dates of
/// other things.
fn unsure(candidates: &[Candidate<Moment>]) -> bool {
    let best = candidates.iter().map(|c| c.weight).fold(0.0, f32::max);
    let Some(first) = candidates.iter().find(|c| c.weight >= best) else {
        return false;
    };
    let away = matches!(first.source, Source::Visible("line" | "time"))
        && matches!(
            first.why,
            "away from the head of the story" | "inside a link"
        );
    let mut days: Vec<_> = candidates
        .iter()
        .filter(|c| c.weight > best - 0.3 && c.value.day() != first.value.day())
        .map(|c| c.value.day())
        .collect();
    days.sort_unstable();
    days.dedup();
    best < 1.3 && !days.is_empty() || away && days.len() >= 2
}

/// A moment that the page shows as that of a change is no moment of publication, whatever a meta
/// says, where another source states an earlier day.
fn not_changes(candidates: &mut [Candidate<Moment>], dated: &mut [Dated]) {
    let changed: Vec<_> = dated
        .iter()
        .map(|d| &d.candidate)
        .filter(|c| c.why == "marked as updated")
        .filter_map(|c| c.value.instant())
        .collect();
    let stated = candidates.iter().filter(|c| c.weight >= 4.4);
    let first = stated.map(|c| c.value.day()).min();
    let shown = dated.iter_mut().map(|d| &mut d.candidate);
    for candidate in candidates.iter_mut().chain(shown) {
        let late = first.is_some_and(|day| day < candidate.value.day());
        let shown = candidate
            .value
            .instant()
            .is_some_and(|i| changed.contains(&i));
        if late && shown {
            candidate.weight -= 2.0;
            candidate.why = "shown as the moment of a change";
        }
    }
}

/// The stated moment that counts most.
fn best(candidates: &[Candidate<Moment>]) -> Option<(Moment, f32)> {
    candidates
        .iter()
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map(|c| (c.value, c.weight))
}

/// A day that stands at the head of the story, marked as that of publication or not at all, goes
/// before a stated one: systems state the day on which a text was taken over from an older system,
/// or first drafted. Not so where the shown day is that of the last change, and not for
/// neighbouring days, which are often a matter of zones.
fn shown_days(view: &View<'_>, candidates: &[Candidate<Moment>], dated: &mut [Dated]) {
    let Some((stated, weight)) = best(candidates) else {
        return;
    };
    let changed: Vec<_> = changes(view).iter().map(|c| c.value.day()).collect();
    let mut days: Vec<_> = dated
        .iter()
        .filter(|d| d.is_at_head)
        .map(|d| d.candidate.value.day())
        .collect();
    days.sort_unstable();
    days.dedup();
    let [day] = days[..] else {
        return;
    };
    let confirmed = dated
        .iter()
        .map(|d| &d.candidate)
        .any(|c| c.weight >= 2.3 && c.why != "marked as updated" && c.value.day() == stated.day());
    let apart = (day - stated.day()).get_days();
    if confirmed || apart.abs() < 2 || weight < 1.0 || apart > 0 && changed.contains(&day) {
        return;
    }
    for found in dated.iter_mut().filter(|d| d.is_at_head) {
        let found = &mut found.candidate;
        found.weight = found.weight.max(weight) + 1.5;
        found.why = "the day that readers see";
    }
}

/// Where a moment is stated in UTC and the page shows readers the day before or after, the shown
/// day is the local one: the same moment with its offset is preferred, or the shown day.
fn local_days(candidates: &mut [Candidate<Moment>], dated: &mut [Dated]) {
    let Some((best, weight)) = best(candidates) else {
        return;
    };
    let (day, hour) = (best.day(), best.time().map_or(12, jiff::civil::Time::hour));
    let is_utc = best.offset().is_some_and(|o| o.seconds() == 0);
    // Some systems leave the Z off.
    let is_bare = best.offset().is_none() && best.time().is_some() && !(3..21).contains(&hour);
    if !is_utc && !is_bare {
        return;
    }
    let confirmed = dated
        .iter()
        .any(|d| d.is_at_head && d.candidate.value.day() == day);
    let shown = dated.iter_mut().map(|d| {
        let head = d.is_at_head && d.candidate.weight >= 2.3;
        (&mut d.candidate, head)
    });
    let stated = candidates.iter_mut().map(|c| {
        let local = c.source == Source::Url
            || matches!(c.source, Source::Microdata(_) | Source::Meta(_)) && c.weight >= 2.9;
        (c, local)
    });
    for (candidate, is_local) in stated.chain(shown) {
        let other = candidate.value;
        let apart = (other.day() - day).get_days();
        // East of Greenwich the day begins earlier, by up to 13 hours; west later, by up to 11.
        let zone = apart == 1 && hour >= 10 || apart == -1 && hour < 12;
        let same_instant = other.instant().is_some_and(|i| Some(i) == best.instant());
        let offset = other.offset().is_none_or(|o| o.seconds() != 0);
        if same_instant && offset {
            candidate.weight = candidate.weight.max(weight) + 1.5;
            candidate.why = "the same moment in local time";
        } else if zone && is_local && offset && !confirmed && candidate.why != "marked as updated" {
            candidate.weight = candidate.weight.max(weight) + 1.5;
            candidate.why = "the local day of a moment stated in UTC";
        }
    }
}

/// When the page was changed, as metadata states it.
fn changes(view: &View<'_>) -> Vec<Candidate<Moment>> {
    let mut out = Vec::new();
    if let Some(value) = view.facts.story().and_then(|s| s.modified.as_deref()) {
        push(&mut out, view, value, (Source::JsonLd("dateModified"), 1.5));
    }
    for &(name, _) in MODIFIED {
        for value in view.facts.found.metas.raw(name).take(1) {
            push(&mut out, view, value, (Source::Meta(name), 1.4));
        }
    }
    out.retain(|c| plausible(view, c.value));
    out
}

/// Chooses the moment of the last change; none if it is the moment of publication.
pub(super) fn modified(
    view: &View<'_>,
    published: Option<Moment>,
    notes: &mut Vec<FieldDecision>,
) -> Option<Moment> {
    let facts = view.facts;
    let mut candidates = Vec::new();
    if let Some(value) = facts.story().and_then(|s| s.modified.as_deref()) {
        push(
            &mut candidates,
            view,
            value,
            (Source::JsonLd("dateModified"), 5.0),
        );
    }
    for &(name, weight) in MODIFIED {
        for value in facts.found.metas.raw(name).take(2) {
            push(&mut candidates, view, value, (Source::Meta(name), weight));
        }
    }
    for &(prop, node) in &facts.found.items {
        if prop == "dateModified" && facts.scene.doc.tag(node) != Tag::Meta {
            let value = value_of(view, node);
            push(
                &mut candidates,
                view,
                &value,
                (Source::Microdata("dateModified"), 4.0),
            );
        }
    }
    candidates.retain(|c| plausible(view, c.value));
    let chosen = choose("modified", candidates, &same_day(0.3), notes)?.value;
    let earlier = published.is_some_and(|p| chosen.day() < p.day());
    (Some(chosen) != published && !earlier).then_some(chosen)
}

fn same_day(bonus: f32) -> Agreement<'static, Moment> {
    Agreement {
        least: 1.0,
        key: &|moment: &Moment| moment.day().to_string(),
        bonus,
        show: &|m: &Moment| m.to_string(),
    }
}

fn push(
    out: &mut Vec<Candidate<Moment>>,
    view: &View<'_>,
    value: &str,
    (source, weight): (Source, f32),
) {
    if let Some(moment) = date::stated(value, &view.reading) {
        // A moment with a time says more than a bare day.
        let weight = weight + if moment.time().is_some() { 0.1 } else { 0.0 };
        out.push(Candidate::new(moment, source, weight));
    }
}

/// What scripts, metas and microdata state.
fn machine(view: &View<'_>) -> Vec<Candidate<Moment>> {
    let facts = view.facts;
    let mut out = Vec::new();
    for (rank, story) in facts.found.stated.stories.iter().take(6).enumerate() {
        if let Some(value) = story.published.as_deref() {
            let weight = if rank == 0 { 5.0 } else { 2.0 };
            push(
                &mut out,
                view,
                value,
                (Source::JsonLd("datePublished"), weight),
            );
        }
    }
    for &(name, weight) in PUBLISHED {
        for value in facts.found.metas.raw(name).take(2) {
            push(&mut out, view, value, (Source::Meta(name), weight));
        }
    }
    let mut others = Vec::new();
    for (name, value) in facts.found.metas.all() {
        let known = PUBLISHED.iter().any(|(n, _)| *n == name);
        if !known && names_publication(name) {
            push(
                &mut others,
                view,
                value,
                (Source::Meta("of publication"), 4.1),
            );
        }
    }
    // Content systems also state when a page was last put out.
    out.extend(others.into_iter().min_by_key(|c| c.value.day()));
    for page in &facts.found.stated.pages {
        push(&mut out, view, page, (Source::JsonLd("WebPage"), 3.3));
    }
    for &(prop, node) in facts.found.items.iter().take(60) {
        let weight = match prop {
            "datePublished" => 4.4,
            "dateCreated" => 4.0,
            _ => continue,
        };
        if facts.scene.doc.tag(node) == Tag::Meta {
            continue;
        }
        let far = view.distance(node) > NEAR;
        let weight = if far { weight - 2.0 } else { weight };
        let weight = if named(view, node, UPDATED_NAMES) {
            weight - 0.9
        } else {
            weight
        };
        let value = value_of(view, node);
        push(
            &mut out,
            view,
            &value,
            (Source::Microdata("datePublished"), weight),
        );
    }
    if let Some(modified) = facts.story().and_then(|s| s.modified.as_deref()) {
        push(
            &mut out,
            view,
            modified,
            (Source::JsonLd("dateModified"), 0.8),
        );
    }
    out
}

/// Whether a meta's name says that it states the day of publication (`w-published-date`).
fn names_publication(name: &str) -> bool {
    let says = |part: &str| name.contains(part);
    (says("publish") || says("publicat") || says("pubdate") || says("pub-date"))
        && !["publisher", "modif", "updat", "expir", "unpublish", "last"]
            .into_iter()
            .any(says)
}

fn value_of(view: &View<'_>, node: NodeIx) -> String {
    let doc = view.facts.scene.doc;
    for attribute in ["content", "datetime", "title"] {
        if let Some(value) = doc.attr(node, attribute)
            && value.bytes().any(|b| b.is_ascii_digit())
        {
            return value.to_owned();
        }
    }
    let range = doc.subtree(node);
    let inner = range.clone().take(12).map(NodeIx::new);
    let datetime = inner.into_iter().find_map(|n| doc.attr(n, "datetime"));
    match datetime {
        Some(value) => value.to_owned(),
        None if range.len() > 200 => String::new(),
        None => doc.text_of(node),
    }
}

/// Whether a moment can be one of publication: not before the web, not after the fetch.
fn plausible(view: &View<'_>, moment: Moment) -> bool {
    let fetched = view.facts.context.fetched_at;
    let last = fetched.map(|t| jiff::tz::Offset::UTC.to_datetime(t).date());
    moment.day().year() >= 1985 && last.is_none_or(|l| (moment.day() - l).get_days() <= 1)
}
