//! The visible line that states the date, as printed.

use super::order::order_from;
use super::{Agreement, Candidate, Source, View, choose};
use crate::date::{self, Moment, Reading, Spotted};
use crate::document::{NodeIx, Tag};
use crate::extract::report::FieldDecision;
use crate::text;

/// A line longer than this does not just state a date.
const LONGEST: usize = 160;

/// How far from the head of the story the line may stand, in blocks.
const FARTHEST: usize = 120;

/// A printed line and what it means.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Printed {
    pub(super) text: String,
    pub(super) moment: Option<Moment>,
}

/// Chooses the printed line.
pub(super) fn printed(
    view: &View<'_>,
    (published, modified): (Option<Moment>, Option<Moment>),
    notes: &mut Vec<FieldDecision>,
) -> Option<Printed> {
    let seed: Vec<Candidate<Moment>> = published
        .map(|p| Candidate::new(p, Source::Detected, 0.0))
        .into_iter()
        .collect();
    let reading = order_from(view, &seed);
    let mut candidates = Vec::new();
    for (index, judged) in view.body.blocks.iter().enumerate() {
        if candidates.len() > 80 {
            break;
        }
        let text = judged.block.text();
        if view.place.distance(index) > FARTHEST {
            continue;
        }
        if judged.kept && text.len() > LONGEST || text.len() > 600 {
            continue;
        }
        for (node, text) in smallest(view, index, &reading) {
            let line = weigh(view, (index, node, text), (published, modified), &reading);
            candidates.extend(line);
        }
    }
    let rule = Agreement {
        least: 0.0,
        key: &|printed: &Printed| printed.text.clone(),
        bonus: 0.0,
        show: &|p: &Printed| p.text.clone(),
    };
    candidates.retain(|c| c.weight > 1.0);
    candidates.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    choose("dateline.printed", candidates, &rule, notes).map(|c| c.value)
}

/// Lines that a block gives at most: one for the publication, some for changes.
const A_BLOCK: usize = 3;

/// The smallest elements of a block that state a date, with their texts.
fn smallest(view: &View<'_>, index: usize, reading: &Reading<'_>) -> Vec<(NodeIx, String)> {
    let doc = view.facts.scene.doc;
    let block = &view.body.blocks[index].block;
    let may_be_dated = |t: &str| t.bytes().any(|b| b.is_ascii_digit() || b >= 0x80);
    let dated = |t: &str| {
        if t.len() > 400 || !may_be_dated(t) {
            return false;
        }
        let (spotted, relative) = date::spot_or_relative(t, reading);
        relative
            || spotted.is_some_and(|s| s.day.is_some() || labelled(t))
            || date::has_number(t) && labelled(t) && date::time_of_day(t, reading).is_some()
    };
    let mut out = Vec::new();
    let mut undated = "";
    let mut taken = 0;
    for node in block.span().take(60).map(NodeIx::new) {
        if node.index() < taken || out.len() == A_BLOCK {
            continue;
        }
        if doc.tag(node) == Tag::Time {
            let own = doc.text_of(node);
            if dated(&own) || date::time_of_day(&own, reading).is_some() {
                taken = doc.subtree(node).end;
                out.push((node, own));
                continue;
            }
        }
        let Some(own) = doc.text(node) else { continue };
        if !dated(own) {
            undated = own;
            continue;
        }
        let Some(parent) = doc.parent(node) else {
            continue;
        };
        taken = doc.subtree(parent).end;
        let whole = if parent == block.node {
            text::fold_space(block.text())
        } else {
            doc.text_of(parent)
        };
        out.push(if whole.len() <= LONGEST {
            (parent, whole)
        } else {
            (parent, text::fold_space(own))
        });
    }
    if out.is_empty() && may_be_dated(block.text()) {
        let whole = text::fold_space(block.text());
        if whole != undated && whole.len() <= LONGEST && dated(&whole) {
            out.push((block.node, whole));
        }
    }
    out
}

/// The time of day in a line without a day; of several the one that is said to be that of
/// publication.
fn time_of_publication(line: &str, reading: &Reading<'_>) -> Option<jiff::civil::Time> {
    let published = line
        .split(['|', '·', '•'])
        .find(|part| date::label(part) == Some(date::Label::Published));
    date::time_of_day(published.unwrap_or(line), reading)
}

/// Whether a short line says what it is the date of: it may then do without a day, or with a time
/// alone (`Updated 15.59 | Published 14.14`).
fn labelled(line: &str) -> bool {
    line.chars().count() <= 60 && date::label(line).is_some()
}

/// `2006-08-08T22:13`, `25 Aug 2025 08:00:00 +0100`: what a page prints so is mostly hidden.
fn is_for_machines(line: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let joined = line.match_indices('T').any(|(at, t)| {
        digit(line[..at].chars().next_back()) && digit(line[at + t.len()..].chars().next())
    });
    let zone = line.rsplit_once([' ', ':']).map_or("", |(_, last)| last);
    let zoned = zone.len() == 5 && zone.starts_with(['+', '-']) && zone[1..].parse::<u16>().is_ok();
    joined || zoned
}

/// What a line means; one that states the time alone, as far as the day of publication tells.
fn meaning(
    line: &str,
    spotted: Option<&Spotted>,
    published: Option<Moment>,
    reading: &Reading<'_>,
) -> Option<Moment> {
    match spotted {
        Some(spotted) => date::resolve(spotted, reading),
        None => date::find(line, reading).or_else(|| {
            let time = time_of_publication(line, reading)?;
            Some(Moment::on(published?.day()).at(time, None))
        }),
    }
}

/// How well a line fits: its place, its name, and whether it means the day of publication.
fn weigh(
    view: &View<'_>,
    (index, node, text): (usize, NodeIx, String),
    (published, modified): (Option<Moment>, Option<Moment>),
    reading: &Reading<'_>,
) -> Option<Candidate<Printed>> {
    if text.len() > LONGEST {
        return None;
    }
    let facts = view.facts;
    let spotted = date::spot(&text, reading);
    let moment = meaning(&text, spotted.as_ref(), published, reading);
    let distance = view.place.distance(index);
    let mut weight = match distance {
        0..=2 => 3.0,
        3..=8 => 2.4,
        9..=20 => 1.4,
        _ => 0.3,
    };
    let doc = facts.scene.doc;
    let mut why = "a date near the headline";
    let label = date::label(&text);
    let about = |day: Option<Moment>| {
        day.zip(moment)
            .is_some_and(|(a, b)| (a.day() - b.day()).get_days().abs() <= 1)
    };
    // Far from the head, and neither of the story's days: the date of something else.
    if label.is_none() && distance > 8 && !about(published) && !about(modified) {
        return None;
    }
    let around = [Some(node), doc.parent(node)];
    if around.iter().flatten().any(|&n| doc.tag(n) == Tag::Time) {
        weight += 1.0;
    }
    if is_for_machines(&text) {
        weight -= 1.5;
    }
    if around
        .into_iter()
        .flatten()
        .any(|n| facts.found.dates.binary_search(&n).is_ok())
    {
        weight += 0.6;
        why = "named as a date";
    } else if label == Some(date::Label::Published) && moment.is_some() {
        weight += 0.6;
        why = "said to be the day of publication";
    }
    let bare = spotted.is_none() && !date::is_relative(&text, reading);
    let changed = modified.is_some_and(|c| moment.is_some_and(|m| m.day() == c.day()));
    match (moment, published) {
        (Some(_), Some(_)) if bare && label.is_none() => weight += 1.0,
        (Some(m), Some(p)) if m.day() == p.day() => weight += 2.5,
        (Some(_), Some(_)) if changed => weight += 1.5,
        (Some(m), Some(p)) if (m.day() - p.day()).get_days().abs() <= 1 => weight += 1.7,
        (Some(_), Some(_)) => weight -= if distance <= 8 { 1.0 } else { 2.0 },
        (Some(_), None) if distance > 8 => weight -= 1.0,
        (Some(_), None) => {}
        (None, _) => weight -= 0.5,
    }
    if date::mentions_update(&text) && !date::mentions_publication(&text) {
        weight -= 0.8;
    }
    // Above the headline sites print what day it is.
    if view.place.headline.is_some_and(|h| index < h) {
        weight -= 0.6;
    }
    let length = spotted.map_or(text.len(), |s| s.to - s.from);
    if text.len() > length + 60 {
        weight -= 1.0;
    }
    if facts.scene.measures.link_around(node).is_some() {
        weight -= 0.4;
    }
    let prose = view.body.blocks[index].kept && text.len() > length + 30;
    if prose && label.is_none() {
        return None;
    }
    if text.contains('©') || prose {
        weight -= 2.0;
    }
    weight -= 0.01 * index.min(60) as f32;
    let printed = Printed { text, moment };
    let candidate = Candidate::new(printed, Source::Visible("line"), weight);
    Some(candidate.at(node).because(why))
}
