//! When the story was published and changed.
//!
//! What scripts and metas state is usually right; visible dates near the headline and the page's
//! address are weaker witnesses that decide between them and stand in for them.

use jiff::civil::Date;

use super::gather::says;
use super::{Agreement, Candidate, Source, View, choose};
use crate::date::{self, Moment, Order, Reading};
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

/// How far from the head of the story a date may stand, in blocks, to speak for it.
const NEAR: usize = 25;

/// Chooses the moment of publication.
pub(super) fn published(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<Moment> {
    let mut candidates = machine(view);
    let reading = order_from(view, &candidates);
    times(view, &reading, &mut candidates);
    lines(view, &reading, &mut candidates);
    if let Some(day) = url_day(view) {
        candidates.push(Candidate::new(Moment::on(day), Source::Url, 1.9));
    }
    candidates.retain(|c| plausible(view, c.value));
    not_changes(&mut candidates);
    local_days(&mut candidates);
    if candidates.iter().all(|c| c.weight < 1.5) {
        // Better the last change than nothing.
        candidates.extend(changes(view));
    }
    choose("published", candidates, &same_day(0.6), notes).map(|c| c.value)
}

/// A moment that the page shows as that of a change is no moment of publication, whatever a meta
/// says, where another source states an earlier day.
fn not_changes(candidates: &mut [Candidate<Moment>]) {
    let changed: Vec<_> = candidates
        .iter()
        .filter(|c| c.why == "marked as updated")
        .filter_map(|c| c.value.instant())
        .collect();
    let stated = candidates.iter().filter(|c| c.weight >= 4.4);
    let first = stated.map(|c| c.value.day()).min();
    for candidate in candidates {
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

/// Where a moment is stated in UTC and the page shows readers the day before or after, the shown
/// day is the local one: the same moment with its offset is preferred, or the shown day.
fn local_days(candidates: &mut [Candidate<Moment>]) {
    let best = candidates
        .iter()
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map(|c| (c.value, c.weight));
    let Some((best, weight)) = best.filter(|b| b.0.offset().is_some_and(|o| o.seconds() == 0))
    else {
        return;
    };
    let (day, hour) = (best.day(), best.time().map_or(12, jiff::civil::Time::hour));
    for candidate in candidates.iter_mut() {
        let other = candidate.value;
        let apart = (other.day() - day).get_days();
        // East of Greenwich the day begins earlier, by up to 13 hours; west later, by up to 11.
        let zone = apart == 1 && hour >= 10 || apart == -1 && hour < 12;
        let shown = matches!(
            candidate.source,
            Source::Visible(_) | Source::Microdata(_) | Source::Meta(_)
        ) && candidate.weight >= 2.9
            || candidate.source == Source::Url;
        let same_instant = other.instant().is_some_and(|i| Some(i) == best.instant());
        let local = other.offset().is_none_or(|o| o.seconds() != 0);
        if same_instant && local {
            candidate.weight = candidate.weight.max(weight) + 1.5;
            candidate.why = "the same moment in local time";
        } else if zone && shown && local && candidate.why != "marked as updated" {
            candidate.weight = candidate.weight.max(weight) + 0.8;
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
        same: &|a: &Moment, b: &Moment| a.day() == b.day(),
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
            (Source::JsonLd("dateModified"), 1.5),
        );
    }
    out
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

/// `<time>` elements, weighed by their place.
fn times(view: &View<'_>, reading: &Reading<'_>, out: &mut Vec<Candidate<Moment>>) {
    let doc = view.facts.scene.doc;
    for (rank, &node) in view.facts.found.times.iter().take(120).enumerate() {
        let attribute = doc
            .attr(node, "datetime")
            .and_then(|v| date::stated(v, reading));
        let Some(moment) = attribute.or_else(|| date::find(&doc.text_of(node), reading)) else {
            continue;
        };
        let (place, why) = placed(view, node);
        let pubdate = doc.attr(node, "pubdate").is_some() || named(view, node, PUBLISHED_NAMES);
        let timed = if moment.time().is_some() { 0.1 } else { 0.0 };
        let weight = 4.0 + place + timed + if pubdate { 0.3 } else { 0.0 } - 0.005 * rank as f32;
        let found = Candidate::new(moment, Source::Visible("time"), weight);
        out.push(found.at(node).because(why));
    }
}

const PUBLISHED_NAMES: &[&str] = &[
    "published",
    "publish",
    "pubdate",
    "created",
    "publicationdate",
];
const UPDATED_NAMES: &[&str] = &[
    "updated",
    "modified",
    "update",
    "lastupdated",
    "lastmodified",
];

/// What a date's place adds to its weight.
fn placed(view: &View<'_>, node: NodeIx) -> (f32, &'static str) {
    let distance = view.distance(node);
    let linked = view.facts.scene.measures.link_around(node).is_some();
    let mut weight = match distance {
        0..=3 => 0.0,
        4..=10 => -0.3,
        11..=NEAR => -0.8,
        _ => -2.2,
    };
    if linked {
        weight -= 0.8;
    }
    if named(view, node, UPDATED_NAMES) {
        return (weight - 0.9, "marked as updated");
    }
    let why = match (distance <= 3, linked) {
        (_, true) => "inside a link",
        (true, _) => "at the head of the story",
        _ => "away from the head of the story",
    };
    (weight, why)
}

/// Whether the class or id of a node, or of its parent, holds one of the words.
fn named(view: &View<'_>, node: NodeIx, words: &[&str]) -> bool {
    let doc = view.facts.scene.doc;
    [Some(node), doc.parent(node)]
        .into_iter()
        .flatten()
        .any(|n| {
            ["class", "id", "itemprop"]
                .iter()
                .filter_map(|name| doc.attr(n, name))
                .any(|value| {
                    value
                        .split_ascii_whitespace()
                        .any(|token| says(token, words))
                })
        })
}

/// Dates in short visible lines.
fn lines(view: &View<'_>, reading: &Reading<'_>, out: &mut Vec<Candidate<Moment>>) {
    let mut found = 0;
    for (index, judged) in view.body.blocks.iter().enumerate() {
        let text = &judged.block.text;
        let near = view.place.distance(index) <= NEAR;
        if found > 30 || text.len() > if near { 300 } else { 160 } {
            continue;
        }
        if !text.bytes().any(|b| b.is_ascii_digit() || b >= 0x80) {
            continue;
        }
        let Some(spotted) = date::spot(text, reading) else {
            continue;
        };
        let Some(moment) = date::resolve(&spotted, reading) else {
            continue;
        };
        let (place, why) = placed(view, judged.block.node);
        let class = date_class(view, judged.block.node);
        let alone = spotted.to - spotted.from + 40 >= text.len();
        let timed = if moment.time().is_some() { 0.15 } else { 0.0 };
        let mut weight = 3.2 + place + timed + if class { 0.4 } else { 0.0 };
        if !alone {
            weight -= 0.8;
        }
        if spotted.year.is_none() || judged.kept && !alone {
            weight -= 1.0;
        }
        if !near && text.contains(['©', '℗']) {
            continue;
        }
        if date::mentions_update(text) {
            weight -= 0.9;
        }
        found += 1;
        let candidate = Candidate::new(moment, Source::Visible("line"), weight);
        out.push(candidate.at(judged.block.node).because(why));
    }
}

fn date_class(view: &View<'_>, node: NodeIx) -> bool {
    let dates = &view.facts.found.dates;
    let doc = view.facts.scene.doc;
    dates.binary_search(&node).is_ok()
        || doc
            .parent(node)
            .is_some_and(|p| dates.binary_search(&p).is_ok())
}

/// How this page orders numeric dates: as a visible one near the headline agrees with a stated
/// one, or as the site's country writes.
pub(super) fn order_from<'v>(view: &View<'v>, machine: &[Candidate<Moment>]) -> Reading<'v> {
    let reading = view.reading;
    let with = |order| Reading {
        order: Some(order),
        ..reading
    };
    let days: Vec<Date> = machine.iter().map(|c| c.value.day()).collect();
    let near = days.first().copied();
    let host = view.facts.context.url.and_then(url::Url::host_str);
    let last = host.and_then(|h| h.rsplit('.').next()).unwrap_or_default();
    let english = reading.language == Some("en");
    let mut order = (english
        && last.len() == 2
        && !matches!(last, "us" | "ph" | "io" | "ai" | "co" | "tv" | "me"))
    .then_some(Order::Dmy);
    for judged in &view.body.blocks {
        let text = &judged.block.text;
        if text.len() > 80 || !text.contains('/') || days.is_empty() {
            continue;
        }
        let read = |o| date::find(text, &with(o)).map(Moment::day);
        let (dmy, mdy) = (read(Order::Dmy), read(Order::Mdy));
        let known = |day: Option<Date>| day.is_some_and(|d| days.contains(&d));
        match (known(dmy), known(mdy)) {
            (true, false) => order = Some(Order::Dmy),
            (false, true) => order = Some(Order::Mdy),
            _ => continue,
        }
        break;
    }
    Reading {
        order,
        near,
        ..reading
    }
}

/// The day in the page's address: `/2024/04/24/`, `-20240424`, `2024-04-24`.
fn url_day(view: &View<'_>) -> Option<Date> {
    let path = view.facts.context.url?.path();
    let bytes = path.as_bytes();
    let number = |from: usize, len: usize| -> Option<i16> {
        let part = bytes.get(from..from + len)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, b| sum * 10 + i16::from(b - b'0')))
    };
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for at in 0..bytes.len() {
        if !digit(at) || (at > 0 && digit(at - 1)) {
            continue;
        }
        let Some(year) = number(at, 4).filter(|y| (1995..=2100).contains(y)) else {
            continue;
        };
        let apart = bytes
            .get(at + 4)
            .is_some_and(|b| matches!(b, b'/' | b'-' | b'_' | b'.'));
        let (m, d, end) = if apart {
            let wide = digit(at + 6);
            let d_at = at + if wide { 8 } else { 7 };
            let d_wide = digit(d_at + 1);
            (
                number(at + 5, if wide { 2 } else { 1 }),
                number(d_at, if d_wide { 2 } else { 1 }),
                d_at + if d_wide { 2 } else { 1 },
            )
        } else {
            (number(at + 4, 2), number(at + 6, 2), at + 8)
        };
        if let (Some(m), Some(d)) = (m, d)
            && !digit(end)
            && let Ok(day) = Date::new(year, m as i8, d as i8)
        {
            return Some(day);
        }
    }
    None
}

/// Whether a moment can be one of publication: not before the web, not after the fetch.
fn plausible(view: &View<'_>, moment: Moment) -> bool {
    let fetched = view.facts.context.fetched_at;
    let last = fetched.map(|t| jiff::tz::Offset::UTC.to_datetime(t).date());
    moment.day().year() >= 1985 && last.is_none_or(|l| (moment.day() - l).get_days() <= 1)
}
