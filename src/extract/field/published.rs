//! When the story was published and changed.
//!
//! What scripts and metas state is usually right; visible dates near the headline and the page's
//! address are weaker witnesses that decide between them and stand in for them.

use jiff::civil::Date;

use super::dated_lines::{lines, opening};
use super::modified::{changes, states_change};
use super::order::{marked_day, order_from, url_day};
use super::seen::{
    AWAY, Dated, LINKED, NAMED_CHANGED, NEAR, is_change, named_as_change, stamps, times, written,
};
use super::shown::{behind_the_head, first_day, local_days, not_changes, shown_days};
use super::state;
use super::{Agreement, Candidate, Source, View, choose};
use crate::date::{self, Moment, Reading};
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

/// When the story was published, as far as the page tells.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) moment: Option<Moment>,
    /// Whether the moment is that of the last change, for want of any other.
    pub(super) is_change: bool,
    /// The moments that readers are told to be those of a change.
    pub(super) changes: Vec<Candidate<Moment>>,
}

/// Chooses the moment of publication.
pub(super) fn published(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Published {
    let mut candidates = machine(view);
    let reading = order_from(view, &candidates);
    let (reading, mut dated) = seen(view, reading);
    candidates.retain(|c| plausible(view, c.value));
    dated.retain(|d| plausible(view, d.candidate.value));
    let shown = dated.iter().map(|d| &d.candidate);
    let told: Vec<_> = shown
        .filter(|c| is_change(c) && c.weight >= TOLD)
        .cloned()
        .collect();
    not_changes(view, &mut candidates, &mut dated);
    if let Some(day) = url_day(view) {
        candidates.push(Candidate::new(Moment::on(day), Source::Url, 1.9));
    }
    shown_days(view, &candidates, &mut dated);
    local_days(view, &mut candidates, &mut dated);
    first_day(view, &mut candidates, &dated);
    behind_the_head(view, &mut dated);
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
    let only_changes = days_of_changes(&candidates);
    let timed = timed(&candidates);
    let local: Vec<Moment> = candidates
        .iter()
        .map(|c| c.value)
        .filter(is_local)
        .collect();
    let chosen = choose("published", candidates, &same_day(0.6), notes);
    if unsure {
        if let Some(note) = notes.last_mut().and_then(|n| n.candidates.first_mut()) {
            note.chosen = false;
        }
        return Published {
            changes: told,
            ..Published::default()
        };
    }
    let moment = chosen.map(|c| {
        let same = |m: &&Moment| m.instant() == c.value.instant();
        let utc = c.value.instant().is_some();
        let stated = local.iter().find(same).filter(|_| utc);
        stated
            .copied()
            .filter(|m| m.day() == c.value.day())
            .unwrap_or(c.value)
    });
    // A bare day is stated, and readers are shown that day with its time.
    let moment = moment.map(|m| {
        let same = |t: &&Moment| t.day() == m.day() && m.time().is_none();
        timed.iter().find(same).copied().unwrap_or(m)
    });
    Published {
        is_change: moment.is_some_and(|m| only_changes.contains(&m.day())),
        moment,
        changes: told,
    }
}

/// What readers see, and how it is read. Where nothing else gives a shown day its year, a day that
/// names of the page carry does, if it is about the same.
fn seen<'v>(view: &View<'v>, reading: Reading<'v>) -> (Reading<'v>, Vec<Dated>) {
    let all = |reading: &Reading<'_>| {
        let mut dated = times(view, reading);
        dated.extend(stamps(view, reading));
        dated.extend(written(view, reading));
        dated.extend(lines(view, reading));
        dated
    };
    let marked = marked_day(view).filter(|_| reading.near.is_none() && url_day(view).is_none());
    if let Some(marked) = marked {
        let near = Reading {
            near: Some(marked),
            ..reading
        };
        let mut dated = all(&near);
        dated.retain(|d| d.has_year || (d.candidate.value.day() - marked).get_days().abs() <= 7);
        if dated.iter().any(|d| !d.has_year) {
            return (near, dated);
        }
    }
    (reading, all(&reading))
}

/// The days that are stated as those of a change and as nothing else. What is merely named
/// `updated` tells neither way.
fn days_of_changes(candidates: &[Candidate<Moment>]) -> Vec<Date> {
    let mut changes = Vec::new();
    let mut others = Vec::new();
    for candidate in candidates {
        let day = candidate.value.day();
        match candidate.why {
            _ if states_change(candidate) => changes.push(day),
            NAMED_CHANGED => {}
            _ if candidate.weight >= WITNESS => others.push(day),
            _ => {}
        }
    }
    changes.retain(|day| !others.contains(day));
    changes
}

/// The moments with a time that are near the story and not said to be those of a change, the
/// weightiest first.
fn timed(candidates: &[Candidate<Moment>]) -> Vec<Moment> {
    let timed = |c: &&Candidate<Moment>| c.value.time().is_some() && c.weight >= TIMED;
    let mut found: Vec<_> = candidates
        .iter()
        .filter(timed)
        .filter(|c| !states_change(c) && !is_change(c))
        .collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found.into_iter().map(|c| c.value).collect()
}

/// What a candidate must weigh to give a stated day its time.
const TIMED: f32 = 2.0;

/// What a candidate must weigh to say what its day is the day of.
const WITNESS: f32 = 1.0;

/// Whether a moment has an offset other than that of Greenwich.
fn is_local(moment: &Moment) -> bool {
    moment.offset().is_some_and(|o| o.seconds() != 0)
}

/// A date that weighs less dates something else.
const LEAST: f32 = 0.05;
/// The same of one away from the head of the story.
const LEAST_AWAY: f32 = 1.2;

/// What a shown moment of a change must weigh to be taken for the story's.
const TOLD: f32 = 1.5;

/// Several days away from the head of the story, none better than the others, or one far from it:
/// they are dates of other things.
fn unsure(candidates: &[Candidate<Moment>]) -> bool {
    let best = candidates.iter().map(|c| c.weight).fold(f32::MIN, f32::max);
    let Some(first) = candidates.iter().find(|c| c.weight >= best) else {
        return false;
    };
    let away = matches!(
        first.source,
        Source::Visible("line" | "time") | Source::Microdata(_)
    ) && matches!(first.why, AWAY | LINKED);
    let mut days: Vec<_> = candidates
        .iter()
        .filter(|c| c.weight > best - 0.3 && c.value.day() != first.value.day())
        .map(|c| c.value.day())
        .collect();
    days.sort_unstable();
    days.dedup();
    // A list of entries, each with its day, and none before the others.
    let level = |below: f32| {
        let seen = |c: &&Candidate<Moment>| {
            c.weight > best - below && matches!(c.source, Source::Visible("line" | "time"))
        };
        let mut days: Vec<_> = candidates
            .iter()
            .filter(seen)
            .map(|c| c.value.day())
            .collect();
        days.sort_unstable();
        days.dedup();
        days.len()
    };
    let entries = level(0.05) >= 2 && level(0.15) >= 3;
    let least = if away { LEAST_AWAY } else { LEAST };
    best < least || best < 1.3 && !days.is_empty() || away && days.len() >= 2 || entries
}

pub(super) fn same_day(bonus: f32) -> Agreement<'static, Moment> {
    Agreement {
        least: 1.0,
        key: &|moment: &Moment| moment.day().to_string(),
        bonus,
        show: &|m: &Moment| m.to_string(),
    }
}

pub(super) fn push(
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
    let filled = facts.story().is_some_and(|s| {
        let read = |v: &Option<String>| date::stated(v.as_deref()?, &view.reading)?.instant();
        let published = read(&s.published);
        published.is_some() && published == read(&s.modified)
    });
    for &(name, weight) in PUBLISHED {
        for value in facts.found.metas.raw(name).take(2) {
            push(&mut out, view, value, (Source::Meta(name), weight));
        }
    }
    if filled {
        refilled(&mut out);
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
        let weight = if named_as_change(view, node) {
            weight - 0.9
        } else {
            weight
        };
        let value = value_of(view, node);
        let known = out.len();
        push(
            &mut out,
            view,
            &value,
            (Source::Microdata("datePublished"), weight),
        );
        if let Some(found) = out.get_mut(known).filter(|_| far) {
            found.why = AWAY;
        }
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

/// Where the script states one moment for publication and change alike, and a meta an earlier day,
/// the script was filled in anew at the change.
fn refilled(candidates: &mut [Candidate<Moment>]) {
    let meta = |c: &&Candidate<Moment>| matches!(c.source, Source::Meta(_)) && c.weight >= 4.4;
    let first = candidates.iter().filter(meta).map(|c| c.value.day()).min();
    let script = candidates
        .first_mut()
        .filter(|c| matches!(c.source, Source::JsonLd(_)));
    if let (Some(first), Some(script)) = (first, script)
        && (script.value.day() - first).get_days() > 1
    {
        script.weight -= 1.0;
        script.why = "stated as the moment of the change, too";
    }
}

/// Whether a meta's name says that it states the day of publication (`w-published-date`).
fn names_publication(name: &str) -> bool {
    let says = |part: &str| name.contains(part);
    (says("publish") || says("publicat") || says("pubdate") || says("pub-date"))
        && !["publisher", "modif", "updat", "expir", "unpublish", "last"]
            .into_iter()
            .any(says)
}

pub(super) fn value_of(view: &View<'_>, node: NodeIx) -> String {
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
pub(super) fn plausible(view: &View<'_>, moment: Moment) -> bool {
    let fetched = view.facts.context.fetched_at;
    let last = fetched.map(|t| jiff::tz::Offset::UTC.to_datetime(t).date());
    moment.day().year() >= 1985 && last.is_none_or(|l| (moment.day() - l).get_days() <= 1)
}
