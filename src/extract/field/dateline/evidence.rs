//! Whether a head is a dateline: what each closing mark asks for.

use super::close::Close;
use super::head::{Head, Sure};
use crate::text;

/// What is known besides the head.
pub(super) struct Around<'t> {
    /// The text behind the mark.
    pub(super) rest: &'t str,
    pub(super) close: Close,
    pub(super) language: Option<&'t str>,
}

/// Whether there is evidence enough.
pub(super) fn accept(head: &Head, around: &Around<'_>) -> bool {
    let rest = around.rest.trim_start();
    let begins = rest.trim_start_matches([
        '"', '“', '„', '«', '\'', '‘', '»', '”', '(', '[', '—', '¿', '¡', ' ',
    ]);
    let first = begins.chars().next();
    // The story goes on like a sentence begins.
    let sentence = first.is_some_and(|c| !c.is_lowercase());
    if around.close == Close::End {
        return own_line(head);
    }
    if rest.is_empty() {
        // A line of its own that ends in a mark.
        return own_line(head)
            || head.sure.is_some()
                && around.close != Close::Colon
                && around.close != Close::Stop
                && sentence_free(head);
    }
    let named = !head.line.agencies.is_empty();
    if head.line.date.is_some() && !head.known_agency && rest.chars().count() < 40 {
        return false;
    }
    match (head.sure, named) {
        (Some(sure), true) => with_agency(head, around, sure),
        (None, true) => agency_only(head, around) && sentence,
        (Some(sure), false) if head.line.date.is_some() => {
            with_date(head, around, sure) && sentence
        }
        (Some(sure), false) => place_only(head, around, sure) && sentence,
        (None, false) => {
            head.line.date.is_some()
                && sentence
                && head.line.region.is_none()
                && around.close == Close::Dash
                && rest.chars().count() > 60
                && text::words(rest).take(8).count() > 7
        }
    }
}

/// A place and a dash on a line of their own.
fn sentence_free(head: &Head) -> bool {
    head.line.date.is_none() && head.sure >= Some(Sure::Capitals) && head.line.places.len() <= 3
}

fn own_line(head: &Head) -> bool {
    let places = &head.line.places;
    let known = head.sure == Some(Sure::Known);
    let capitals = head.sure == Some(Sure::Capitals) && head.line.region.is_some();
    let agency = head.known_agency && head.line.date.is_some() | known;
    !places.is_empty() && (known || capitals) && (head.line.date.is_none() || agency)
}

fn with_agency(head: &Head, around: &Around<'_>, sure: Sure) -> bool {
    let dash = matches!(around.close, Close::Dash | Close::PointDash);
    let behind_comma = head.line.places.len() == 1;
    match around.close {
        // Without a mark behind the bracket only a known agency is one.
        Close::Bracket => head.known_agency && (sure > Sure::Title || behind_comma),
        Close::Stop | Close::Colon => {
            let sign = head.line.agencies.iter().all(|a| a.chars().count() <= 12);
            head.known_agency
                || (sure > Sure::Title && head.line.date.is_some())
                || (sure == Sure::Known && sign)
        }
        _ => {
            head.known_agency
                || head.outlet
                || (dash && (sure > Sure::Title || head.line.date.is_some()))
        }
    }
}

fn agency_only(head: &Head, around: &Around<'_>) -> bool {
    let dated = head.line.date.is_some();
    let domain = head
        .line
        .agencies
        .iter()
        .any(|a| a.contains('.') && !a.contains(' '));
    let reporter = head.line.reporter.is_some();
    match around.close {
        Close::Dash | Close::PointDash => {
            (head.outlet && around.rest.chars().count() > 40)
                || (head.known_agency && (head.bracketed || dated || domain || reporter))
                || head.bracketed && head.line.agencies.len() == 1
                || (head.known_agency && head.line.agencies[0].chars().count() >= 4)
        }
        Close::Bracket => head.known_agency && head.bracketed && around.rest.chars().count() > 40,
        Close::Stop => head.known_agency && (dated || head.bracketed),
        _ => head.known_agency && dated,
    }
}

fn with_date(head: &Head, around: &Around<'_>, sure: Sure) -> bool {
    let date = head.line.date.as_deref().unwrap_or_default();
    let shouted = !date.chars().any(char::is_lowercase) && date.chars().any(char::is_uppercase);
    match around.close {
        Close::Dash | Close::PointDash => sure > Sure::Title || !head.date_behind_dash,
        // A caption: `SPRINGFIELD, IL - MAY 3: The mayor …`.
        Close::Colon => sure == Sure::Known && !shouted,
        Close::Stop => sure > Sure::Title,
        _ => false,
    }
}

fn place_only(head: &Head, around: &Around<'_>, sure: Sure) -> bool {
    let places = &head.line.places;
    let qualified = head.line.region.is_some();
    let long = around.rest.chars().count();
    let capitals = places.iter().all(|p| !p.chars().any(char::is_lowercase));
    match around.close {
        Close::Dash => match sure {
            Sure::Known => capitals || places.len() == 1 || long > 40,
            Sure::Capitals => places.len() <= 3 && long > 30 && words(places) <= 3,
            Sure::Title => qualified && places.len() == 1,
        },
        Close::PointDash => sure > Sure::Title || words(places) <= 2,
        Close::Colon => match around.language {
            Some("de") if !capitals => sure == Sure::Known && long > 100,
            _ => sure == Sure::Known && long > 40,
        },
        Close::Stop => match sure {
            Sure::Known => long > 40,
            Sure::Capitals => {
                long > 60
                    && words(places) == 1
                    && places.len() == 1
                    && matches!(around.language, Some("de" | "sv" | "da" | "no" | "fi"))
            }
            Sure::Title => false,
        },
        Close::Bracket => head.bracketed && sure == Sure::Known && capitals,
        Close::End => false,
    }
}

fn words(places: &[String]) -> usize {
    places
        .iter()
        .map(|p| p.split(' ').count())
        .max()
        .unwrap_or(0)
}
