//! How datelines that were found compare with the labelled ones: at the head of a page's story, and
//! paragraph by paragraph on a file of labelled leads.

use std::path::Path;

use anyhow::Result;
use cleancopy::extract::{LeadDateline, lead};
use serde::Deserialize;

use crate::field::fold;
use crate::gold::lines;
use crate::score::Summary;

/// What became of the dateline at the head of a story.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lead {
    Exact,
    Other,
    Missed,
    Invented,
    RightlyNone,
}

impl Lead {
    /// Compares a label with what was found.
    pub(crate) fn of(label: Option<&str>, found: Option<&str>) -> Self {
        match (label, found) {
            (None, None) => Self::RightlyNone,
            (None, Some(_)) => Self::Invented,
            (Some(_), None) => Self::Missed,
            (Some(a), Some(b)) if fold(a) == fold(b) => Self::Exact,
            (Some(_), Some(_)) => Self::Other,
        }
    }
}

/// A labelled paragraph.
#[derive(Deserialize)]
struct Label {
    id: String,
    set: String,
    lang: Option<String>,
    /// The start of the paragraph.
    lead: String,
    /// What of it is the dateline; `None` where it has none.
    dateline: Option<String>,
    places: Option<Vec<String>>,
    agency: Option<Vec<String>>,
    /// `place`, `agency`, `date` or `byline`; of the others places are not compared.
    kind: String,
}

/// The figures of labelled leads, all of them and set by set, and the ids of those that went wrong.
pub(crate) fn measure(path: &Path) -> Result<(Vec<Summary>, Vec<String>)> {
    let labels: Vec<Label> = lines(path)?;
    let mut wrong = Vec::new();
    let mut judged = Vec::new();
    for label in &labels {
        let found = lead(&label.lead, label.lang.as_deref());
        let text = found.as_ref().map(|l| l.text.as_str());
        let outcome = Lead::of(label.dateline.as_deref(), text);
        let parts = found.as_ref().filter(|_| label.dateline.is_some());
        let places = parts.map(|l| same(label.places.as_ref(), &l.places));
        let agencies = parts.and_then(|l| agencies(label, l));
        if !matches!(outcome, Lead::Exact | Lead::RightlyNone)
            || places == Some(false) && label.kind == "place"
            || agencies == Some(false)
        {
            wrong.push(format!("{}: {text:?} for {:?}", label.id, label.dateline));
        }
        judged.push((
            label,
            outcome,
            places.filter(|_| label.kind == "place"),
            agencies,
        ));
    }
    let mut sets: Vec<&str> = labels.iter().map(|l| l.set.as_str()).collect();
    sets.sort_unstable();
    sets.dedup();
    let all = std::iter::once("datelines").chain(sets);
    let summaries = all.map(|set| {
        let of_set = |label: &Label| set == "datelines" || label.set == set;
        let rows: Vec<_> = judged.iter().filter(|j| of_set(j.0)).collect();
        let count = |wanted: &[Lead]| rows.iter().filter(|j| wanted.contains(&j.1)).count() as f64;
        let found = count(&[Lead::Exact, Lead::Other]);
        let labelled = found + count(&[Lead::Missed]);
        let given = found + count(&[Lead::Invented]);
        let name = match set {
            "datelines" => set.to_owned(),
            set => format!("datelines, {set}"),
        };
        let mut summary = Summary::empty(&name, rows.len());
        let mut add = |name, part: f64, whole: f64| {
            if whole > 0.0 {
                summary.figures.push((name, part / whole));
            }
        };
        let share = |values: Vec<bool>| {
            let right = values.iter().filter(|right| **right).count();
            (right as f64, values.len() as f64)
        };
        add("lead_precision", found, given);
        add("lead_recall", found, labelled);
        add("lead_exact", count(&[Lead::Exact]), labelled);
        let (right, of) = share(rows.iter().filter_map(|j| j.2).collect());
        add("lead_places", right, of);
        let (right, of) = share(rows.iter().filter_map(|j| j.3).collect());
        add("lead_agency", right, of);
        summary
    });
    Ok((summaries.collect(), wrong))
}

/// Whether the agencies are the labelled ones; nothing where neither names any.
fn agencies(label: &Label, found: &LeadDateline) -> Option<bool> {
    let none = label.agency.as_ref().is_none_or(Vec::is_empty) && found.agencies.is_empty();
    (!none).then(|| same(label.agency.as_ref(), &found.agencies))
}

fn same(label: Option<&Vec<String>>, found: &[String]) -> bool {
    let folded = |list: &[String]| list.iter().map(|t| fold(t)).collect::<Vec<_>>();
    folded(label.map_or(&[], Vec::as_slice)) == folded(found)
}
