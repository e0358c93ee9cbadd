//! How the fields that were found compare with the gold.

use unicode_normalization::UnicodeNormalization;

use crate::gold::{Gold, Printed};
use crate::score::Found;
use crate::words::word_prf;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Field {
    Right,
    Wrong,
    Missing,
}

pub(crate) fn field(is_right: bool, is_missing: bool) -> Field {
    match (is_right, is_missing) {
        (true, _) => Field::Right,
        (false, true) => Field::Missing,
        (false, false) => Field::Wrong,
    }
}

/// The line is right if it is the labelled one up to white space and case; where the label says
/// that there is none, if none is given.
pub(crate) fn printed(label: &Printed, found: &Found) -> Field {
    let plain = |t: &str| fold(&t.split_whitespace().collect::<Vec<_>>().join(" "));
    let got = found.printed.as_deref().map(plain);
    field(
        got == label.line.as_deref().map(plain),
        found.printed.is_none(),
    )
}

pub(crate) fn printed_date(label: &Printed, found: &Found) -> Option<Field> {
    let day = label.date.as_deref()?.get(..10)?;
    let got = found.printed_date.as_deref().and_then(|d| d.get(..10));
    Some(field(got == Some(day), got.is_none()))
}

pub(crate) fn standfirst(gold: &Gold, found: &Found) -> Option<f64> {
    let wanted = gold.summary.as_deref()?;
    (gold.summary_on_page == Some(true))
        .then(|| word_prf(found.standfirst.as_deref().unwrap_or_default(), wanted).2)
}

pub(crate) fn title(gold: &Gold, found: &Found) -> Option<Field> {
    let wanted = gold.title.as_deref()?;
    let got = fold(found.title.as_deref().unwrap_or_default());
    let right = got == fold(wanted) || gold.h1.as_deref().is_some_and(|h1| got == fold(h1));
    Some(field(right && !got.is_empty(), got.is_empty()))
}

pub(crate) fn authors(gold: &Gold, found: &Found) -> Option<Field> {
    let names = |list: &[String]| {
        let mut names: Vec<String> = list.iter().map(|n| fold_name(n)).collect();
        names.retain(|n| !n.is_empty());
        names.sort();
        names.dedup();
        names
    };
    let wanted = gold.authors.as_deref().filter(|a| !a.is_empty())?;
    Some(field(
        names(wanted) == names(&found.authors),
        found.authors.is_empty(),
    ))
}

pub(crate) fn fold(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| {
            !matches!(
                c,
                '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            )
        })
        .nfkc()
        .collect();
    cleancopy::text::fold(&plain)
        .replace('ß', "ss")
        .replace('ς', "σ")
}

fn fold_name(name: &str) -> String {
    let name = fold(name);
    let name = ["by: ", "by "]
        .iter()
        .find_map(|p| name.strip_prefix(p))
        .unwrap_or(&name);
    name.trim_matches([' ', '.', ',', ';', ':', '|']).to_owned()
}
