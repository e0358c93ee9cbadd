//! What a day that differs from the gold's differs from: the page, or the gold alone.

use regex::bytes::Regex;

use crate::gold::Gold;
use crate::score::Found;

/// Why a day is not the gold's.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Miss {
    /// The gold's day stands nowhere in the page's bytes, in no form: it cannot be read from them.
    Unstated,
    /// It is the day of the last change, and given as that.
    Changed,
    /// The page states it, and as something else than the last change.
    Contradicted,
}

/// `None` where the gold has no day, or where no other one was found.
pub(crate) fn miss(gold: &Gold, found: &Found, page: &[u8]) -> Option<Miss> {
    let wanted = gold.date.as_deref()?.get(..10)?;
    let got = found.date.as_deref()?;
    if got == wanted {
        return None;
    }
    let address = gold.url.as_deref().unwrap_or_default();
    Some(if found.modified.as_deref() == Some(wanted) {
        Miss::Changed
    } else if states(page, wanted) || states(address.as_bytes(), wanted) {
        Miss::Contradicted
    } else {
        Miss::Unstated
    })
}

/// Whether bytes hold a day in any form: three numbers in any order, or a day and a year with the
/// month's name in one of three places. Too wide rather than too narrow.
fn states(text: &[u8], day: &str) -> bool {
    let mut parts = day.split('-');
    let mut number = || parts.next().unwrap_or_default().trim_start_matches('0');
    let (y, m, d) = (number(), number(), number());
    let short = &y[y.len().saturating_sub(2)..];
    let sign = r"[^0-9A-Za-z<>]{1,8}";
    let name = r"[^0-9<>]{1,40}";
    let forms = [
        format!("{y}{sign}0?{m}{sign}0?{d}"),
        format!("{y}{m:0>2}{d:0>2}"),
        format!("0?{d}{sign}0?{m}{sign}(?:{y}|{short})"),
        format!("0?{m}{sign}0?{d}{sign}(?:{y}|{short})"),
        format!("0?{d}{name}{y}"),
        format!("{y}{name}0?{d}"),
    ];
    let form = format!("(?-u)(?:^|[^0-9])(?:{})(?:[^0-9]|$)", forms.join("|"));
    Regex::new(&form).is_ok_and(|form| form.is_match(text))
}
