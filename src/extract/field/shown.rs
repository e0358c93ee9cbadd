//! Where readers are shown another day than metadata states.

use super::modified::changes;
use super::seen::{AWAY, CHANGED, Dated, LINKED, NAMED_CHANGED, is_change};
use super::{Candidate, Source, View, order, state};
use crate::date::Moment;
use crate::document::NodeIx;

/// A moment that the page shows as that of a change is no moment of publication, whatever a meta
/// says, where another source states an earlier day.
pub(super) fn not_changes(
    view: &View<'_>,
    candidates: &mut [Candidate<Moment>],
    dated: &mut [Dated],
) {
    let stated: Vec<_> = changes(view)
        .iter()
        .filter_map(|c| c.value.instant())
        .collect();
    let changed: Vec<_> = dated
        .iter()
        .map(|d| &d.candidate)
        .filter_map(|c| Some((c, c.value.instant()?)))
        .filter(|(c, instant)| c.why == CHANGED || is_change(c) && stated.contains(instant))
        .map(|(_, instant)| instant)
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

/// What a date at the head of the story must weigh to go before those away from it.
const AT_HEAD: f32 = 1.5;

/// Where a full date stands at the head of the story, if only that of a change, those away from it
/// are other stories' before they are this one's.
pub(super) fn behind_the_head(view: &View<'_>, dated: &mut [Dated]) {
    let at_head = |d: &Dated| {
        let found = &d.candidate;
        let near = found.node.is_some_and(|node| view.distance(node) <= 3);
        near && d.has_year && found.weight >= AT_HEAD && found.why != LINKED
    };
    if !dated.iter().any(at_head) {
        return;
    }
    let between = |c: &Candidate<Moment>| c.node.is_some_and(|n| is_between(view, n));
    let mut days: Vec<_> = dated
        .iter()
        .map(|d| &d.candidate)
        .filter(|c| between(c))
        .map(|c| c.value.day())
        .collect();
    days.dedup();
    for found in dated.iter_mut().map(|d| &mut d.candidate) {
        if found.why == AWAY {
            found.weight -= 0.6;
        }
        // The one day between headline and text: a name alone does not make it that of a change.
        if found.why == NAMED_CHANGED && days.len() == 1 && between(found) {
            found.weight += 0.6;
        }
    }
}

/// Whether a node stands between the headline and the first paragraph.
fn is_between(view: &View<'_>, node: NodeIx) -> bool {
    let index = view.block_of(node);
    let head = view.place.headline.map_or(0, |h| h + 1);
    (head..view.place.first).contains(&index)
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
/// neighbouring days that can be a matter of zones.
pub(super) fn shown_days(view: &View<'_>, candidates: &[Candidate<Moment>], dated: &mut [Dated]) {
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
        .any(|c| c.weight >= 2.3 && !is_change(c) && c.value.day() == stated.day());
    let apart = (day - stated.day()).get_days();
    if confirmed || of_zones(stated, apart) || weight < 1.0 || apart > 0 && changed.contains(&day) {
        return;
    }
    for found in dated.iter_mut().filter(|d| d.is_at_head) {
        let found = &mut found.candidate;
        found.weight = found.weight.max(weight) + 1.5;
        found.why = "the day that readers see";
    }
}

/// Whether zones can explain that a day so many days behind the stated moment is shown.
fn of_zones(stated: Moment, apart: i32) -> bool {
    let Some(time) = stated.time() else {
        return apart.abs() < 2;
    };
    let hour = time.hour();
    // Stated in local time: the next day is that of a printed edition, the day before one of zones
    // within a country.
    let is_local = stated.offset().is_some_and(|o| o.seconds() != 0);
    let (earliest, latest) = if is_local { (16, 3) } else { (10, 11) };
    apart == 0 || apart == 1 && hour >= earliest || apart == -1 && hour <= latest
}

/// Where a moment is stated in UTC and the page shows readers the day before or after, the shown
/// day is the local one: the same moment with its offset is preferred, or the shown day.
pub(super) fn local_days(
    view: &View<'_>,
    candidates: &mut Vec<Candidate<Moment>>,
    dated: &mut [Dated],
) {
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
    if is_utc && (hour <= 8 || hour >= 15) {
        let of_state = state::day(view).filter(|m| of_zones(best, (m.day() - day).get_days()));
        candidates.extend(of_state.map(|m| Candidate::new(m, Source::State("day"), 0.5)));
    }
    // An attribute with the same moment in UTC says nothing about the day that readers have.
    let confirmed = dated.iter().any(|d| {
        let same =
            d.candidate.value.offset().is_some() && d.candidate.value.instant() == best.instant();
        d.is_at_head && d.candidate.value.day() == day && !same
    });
    let shown = dated.iter_mut().map(|d| {
        let head = d.is_at_head && d.candidate.weight >= 2.3;
        (&mut d.candidate, head)
    });
    let stated = candidates.iter_mut().map(|c| {
        let local = matches!(c.source, Source::Url | Source::State(_))
            || matches!(c.source, Source::Microdata(_) | Source::Meta(_)) && c.weight >= 2.9;
        (c, local)
    });
    for (candidate, is_local) in stated.chain(shown) {
        let other = candidate.value;
        let apart = (other.day() - day).get_days();
        // East of Greenwich the day begins earlier, by up to 13 hours; west later, by up to 11.
        let zone = apart != 0 && of_zones(best, apart);
        let same_instant = other.instant().is_some_and(|i| Some(i) == best.instant());
        let offset = other.offset().is_none_or(|o| o.seconds() != 0);
        if same_instant && offset {
            candidate.weight = candidate.weight.max(weight) + 1.5;
            candidate.why = "the same moment in local time";
        } else if zone && is_local && offset && !confirmed && !is_change(candidate) {
            candidate.weight = candidate.weight.max(weight) + 1.5;
            candidate.why = "the local day of a moment stated in UTC";
        }
    }
}

/// How long before every stated day that of the address must lie to be the first one, in days.
const LONG_BEFORE: i32 = 365;

/// What a candidate must weigh to be counted among the stated days: what weighs less mostly dates
/// other stories.
const SURE: f32 = 3.0;

/// An address keeps the day of the first publication as steps of its path, while metadata and the
/// shown line may give the one on which the story was put out anew, perhaps years later. Lesser
/// distances are mostly slips in the address.
pub(super) fn first_day(view: &View<'_>, candidates: &mut Vec<Candidate<Moment>>, dated: &[Dated]) {
    let Some(day) = order::day_of_steps(view) else {
        return;
    };
    let all = candidates.iter().chain(dated.iter().map(|d| &d.candidate));
    let sure: Vec<_> = all
        .filter(|c| c.weight >= SURE && c.source != Source::Url)
        .collect();
    let first = sure.iter().map(|c| c.value.day()).min();
    let most = sure.iter().map(|c| c.weight).fold(0.0, f32::max);
    if first.is_some_and(|first| (first - day).get_days() > LONG_BEFORE) {
        let found = Candidate::new(Moment::on(day), Source::Url, most + 1.5);
        candidates.push(found.because("the address is older than all that is stated"));
    }
}
