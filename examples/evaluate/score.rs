//! The measures. Words are runs of letters, digits and underscores in lower case; texts whose gold
//! is written without spaces are compared by characters. Means are over pages.

use std::fmt;

use cleancopy::Extraction;
use cleancopy::extract::FieldDecision;
use serde::Serialize;

use crate::day::{Miss, miss};
use crate::field::{Field, authors, field, printed, printed_date, standfirst, title};
use crate::gold::Gold;
use crate::lead::Lead;
use crate::words::{Prf, same_words, segments, shingles, word_prf};

/// What was read from one page: the row that other scorers take.
#[derive(Serialize)]
pub(crate) struct Found {
    id: String,
    pub(crate) title: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) date: Option<String>,
    /// The day of the last change.
    #[serde(skip)]
    pub(crate) modified: Option<String>,
    pub(crate) dateline: Option<String>,
    pub(crate) printed: Option<String>,
    pub(crate) printed_date: Option<String>,
    pub(crate) standfirst: Option<String>,
    body: String,
    confidence: f32,
    error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<FieldDecision>,
}

impl Found {
    /// The row of a page; with `why` also every field's candidates.
    pub(crate) fn of(id: &str, extraction: Extraction, why: bool) -> Self {
        let error = extraction
            .article
            .is_none()
            .then(|| extraction.report.verdict.as_str());
        let stated = extraction.stated.unwrap_or_default();
        let article = extraction.article.unwrap_or_default();
        Self {
            id: id.to_owned(),
            title: article.headline.or(stated.headline),
            authors: article.authors.into_iter().map(|a| a.name).collect(),
            date: article
                .published
                .or(stated.published)
                .map(|m| m.day().to_string()),
            modified: article.modified.map(|m| m.day().to_string()),
            dateline: article.dateline.lead.map(|l| l.text),
            printed: article.dateline.printed,
            printed_date: article.dateline.printed_date.map(|m| m.to_string()),
            standfirst: article.standfirst,
            body: article.text,
            confidence: article.confidence,
            error: error.map(str::to_owned),
            why: if why {
                extraction.report.fields
            } else {
                Vec::new()
            },
        }
    }
}

/// One page's figures; `None` where the gold has nothing to compare with.
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) word: Option<Prf>,
    /// Against the better of the gold's body and its summary with the body.
    with_summary: Option<Prf>,
    exact_summary: Option<bool>,
    shingle: Option<(f64, f64, f64, bool)>,
    segments: Option<[f64; 4]>,
    /// The same of the standfirst and the body together: what a reader of the article gets.
    segments_summary: Option<[f64; 4]>,
    title: Option<Field>,
    authors: Option<Field>,
    date: Option<Field>,
    day: Option<Miss>,
    lead: Option<Lead>,
    printed: Option<Field>,
    printed_date: Option<Field>,
    /// Word F1 of the standfirst, where the gold has one that stands on the page.
    standfirst: Option<f64>,
    pub(crate) lang: String,
    confidence: f32,
    empty: bool,
}

impl Page {
    pub(crate) fn score(gold: &Gold, found: &Found, page: &[u8]) -> Self {
        let body = found.body.as_str();
        let reference = gold.body.as_deref();
        let word = reference.map(|r| word_prf(body, r));
        let readings = reference.map(|r| readings(gold, r));
        let with_summary = readings.as_ref().and_then(|readings| {
            let all = readings.iter().map(|r| word_prf(body, r));
            all.max_by(|a, b| a.2.total_cmp(&b.2))
        });
        let exact_summary = readings.map(|all| all.iter().any(|r| same_words(r, body)));
        Self {
            id: gold.id.clone(),
            url: gold.url.clone().unwrap_or_default(),
            word,
            with_summary,
            exact_summary,
            shingle: reference.map(|r| shingles(r, body)),
            segments: segments(gold, body),
            segments_summary: segments(gold, &with_standfirst(found)),
            title: title(gold, found),
            authors: authors(gold, found),
            date: gold
                .date
                .as_ref()
                .map(|d| field(found.date.as_deref() == d.get(..10), found.date.is_none())),
            day: miss(gold, found, page),
            lead: gold
                .lead
                .as_ref()
                .map(|lead| Lead::of(lead.dateline.as_deref(), found.dateline.as_deref())),
            printed: gold.printed.as_ref().map(|label| printed(label, found)),
            printed_date: gold.printed.as_ref().and_then(|l| printed_date(l, found)),
            standfirst: standfirst(gold, found),
            lang: gold.lang.clone().unwrap_or_default(),
            confidence: found.confidence,
            empty: reference.is_some_and(|r| !r.trim().is_empty()) && body.is_empty(),
        }
    }

    pub(crate) fn word_f1(&self) -> f64 {
        self.word.map_or(1.0, |w| w.2)
    }
}

/// The texts that a gold body may be read as: alone, and behind the summary where that is on the page.
fn readings(gold: &Gold, body: &str) -> Vec<String> {
    let summary = gold
        .summary
        .as_deref()
        .filter(|_| gold.summary_on_page == Some(true));
    let both = summary.map(|s| format!("{s}\n\n{body}"));
    std::iter::once(body.to_owned()).chain(both).collect()
}

/// The standfirst, where there is one, and the body behind it.
fn with_standfirst(found: &Found) -> String {
    match &found.standfirst {
        Some(standfirst) => format!("{standfirst}\n{}", found.body),
        None => found.body.clone(),
    }
}

/// The figures of one set.
#[derive(Serialize)]
pub(crate) struct Summary {
    pub(crate) set: String,
    pub(crate) pages: usize,
    pub(crate) figures: Vec<(&'static str, f64)>,
}

impl Summary {
    /// A set without figures so far.
    pub(crate) fn empty(set: &str, pages: usize) -> Self {
        Self {
            set: set.to_owned(),
            pages,
            figures: Vec::new(),
        }
    }

    /// The figures of the fields alone.
    pub(crate) fn of_fields(set: &str, pages: &[&Page]) -> Self {
        let mut s = Self::empty(set, pages.len());
        s.fields(pages);
        s
    }

    pub(crate) fn of(set: &str, pages: &[Page]) -> Self {
        let mut s = Self::empty(set, pages.len());
        s.body(pages);
        s.segments(pages);
        s.fields(&pages.iter().collect::<Vec<_>>());
        s
    }

    /// The figures as rows of a Markdown table: set, figure, value.
    pub(crate) fn table(&self) -> String {
        let row = |(name, value): &(&str, f64)| {
            let shown = if *value > 1.0 || name.starts_with("dateline_") || *name == "no_output" {
                format!("{value:.0}")
            } else {
                format!("{value:.4}")
            };
            format!("| {} | {name} | {shown} |\n", self.set)
        };
        self.figures.iter().map(row).collect()
    }

    fn add(&mut self, name: &'static str, value: f64) {
        self.figures.push((name, value));
    }

    fn body(&mut self, pages: &[Page]) {
        let with: Vec<&Page> = pages.iter().filter(|p| p.word.is_some()).collect();
        if with.is_empty() {
            return;
        }
        let words: Vec<Prf> = with.iter().filter_map(|p| p.word).collect();
        self.add("word_f1", mean(words.iter().map(|w| w.2)));
        self.add("word_precision", mean(words.iter().map(|w| w.0)));
        self.add("word_recall", mean(words.iter().map(|w| w.1)));
        let plus: Vec<Prf> = with.iter().filter_map(|p| p.with_summary).collect();
        self.add("word_f1_summary", mean(plus.iter().map(|w| w.2)));
        self.add("word_precision_summary", mean(plus.iter().map(|w| w.0)));
        self.add("word_recall_summary", mean(plus.iter().map(|w| w.1)));
        let runs: Vec<_> = with.iter().filter_map(|p| p.shingle).collect();
        let part = |t: f64, f: f64, m: f64| match (t, f, m) {
            (t, f, m) if t == 0.0 && f == 0.0 && m == 0.0 => 1.0,
            (t, f, _) if t == 0.0 && f == 0.0 => 0.0,
            (t, f, _) => t / (t + f),
        };
        let p = mean(
            runs.iter()
                .filter(|s| s.0 + s.1 > 0.0)
                .map(|s| part(s.0, s.1, s.2)),
        );
        let r = mean(
            runs.iter()
                .filter(|s| s.0 + s.2 > 0.0)
                .map(|s| part(s.0, s.2, s.1)),
        );
        self.add(
            "shingle_f1",
            if p + r > 0.0 {
                2.0 * p * r / (p + r)
            } else {
                0.0
            },
        );
        self.add(
            "shingle_exact",
            mean(runs.iter().map(|s| f64::from(u8::from(s.3)))),
        );
        let exact = with.iter().filter_map(|p| p.exact_summary);
        self.add(
            "shingle_exact_summary",
            mean(exact.map(|e| f64::from(u8::from(e)))),
        );
        self.add(
            "below_0.8",
            mean(plus.iter().map(|w| f64::from(u8::from(w.2 < 0.8)))),
        );
        self.add("no_output", with.iter().filter(|p| p.empty).count() as f64);
        self.add("bad_in_worst_tenth", bad_in_worst_tenth(&with));
    }

    fn segments(&mut self, pages: &[Page]) {
        let body = ["segment_f1", "segment_precision", "segment_recall"];
        self.segments_of(pages.iter().filter_map(|p| p.segments), body);
        let summary = [
            "segment_f1_summary",
            "segment_precision_summary",
            "segment_recall_summary",
        ];
        self.segments_of(pages.iter().filter_map(|p| p.segments_summary), summary);
    }

    fn segments_of(&mut self, pages: impl Iterator<Item = [f64; 4]>, names: [&'static str; 3]) {
        let all: Vec<[f64; 4]> = pages.collect();
        if all.is_empty() {
            return;
        }
        let sum: [f64; 4] = std::array::from_fn(|i| all.iter().map(|s| s[i]).sum());
        let [found, unwanted, lost, _] = sum;
        let values = [
            2.0 * found / (2.0 * found + unwanted + lost),
            found / (found + unwanted),
            found / (found + lost),
        ];
        for (name, value) in names.into_iter().zip(values) {
            self.add(name, value);
        }
    }

    fn fields(&mut self, pages: &[&Page]) {
        let names = [
            ["headline", "headline_wrong", "headline_missing"],
            ["authors", "authors_wrong", "authors_missing"],
            ["date", "date_wrong", "date_missing"],
            ["printed", "printed_wrong", "printed_missing"],
            ["printed_date", "printed_date_wrong", "printed_date_missing"],
        ];
        let of = |i: usize, p: &Page| [p.title, p.authors, p.date, p.printed, p.printed_date][i];
        for (i, name) in names.into_iter().enumerate() {
            let all: Vec<Field> = pages.iter().filter_map(|p| of(i, p)).collect();
            if all.is_empty() {
                continue;
            }
            let kinds = [Field::Right, Field::Wrong, Field::Missing];
            for (name, kind) in name.into_iter().zip(kinds) {
                self.add(
                    name,
                    mean(all.iter().map(|f| f64::from(u8::from(*f == kind)))),
                );
            }
        }
        let dated = pages.iter().filter(|p| p.date.is_some()).count() as f64;
        let why = [
            ("date_wrong_unstated", Miss::Unstated),
            ("date_wrong_changed", Miss::Changed),
            ("date_wrong_contradicted", Miss::Contradicted),
        ];
        for (name, kind) in why.into_iter().filter(|_| dated > 0.0) {
            let count = pages.iter().filter(|p| p.day == Some(kind)).count();
            self.add(name, count as f64 / dated);
        }
        let standfirsts: Vec<f64> = pages.iter().filter_map(|p| p.standfirst).collect();
        if !standfirsts.is_empty() {
            self.add("standfirst_f1", mean(standfirsts.into_iter()));
        }
        let leads: Vec<Lead> = pages.iter().filter_map(|p| p.lead).collect();
        if !leads.is_empty() {
            let count = |k: Lead| leads.iter().filter(|l| **l == k).count() as f64;
            let (exact, other) = (count(Lead::Exact), count(Lead::Other));
            self.add("dateline_exact", exact);
            self.add("dateline_other", other);
            self.add("dateline_missing", count(Lead::Missed));
            self.add("dateline_invented", count(Lead::Invented));
        }
    }
}

/// Share of the pages below 0.8 that stand in the tenth with the lowest confidence.
fn bad_in_worst_tenth(pages: &[&Page]) -> f64 {
    let mut sorted: Vec<&&Page> = pages.iter().collect();
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let bad = |part: &[&&Page]| {
        part.iter()
            .filter(|p| p.with_summary.is_some_and(|w| w.2 < 0.8))
            .count()
    };
    let (all, tenth) = (bad(&sorted), bad(&sorted[..pages.len().div_ceil(10)]));
    if all == 0 {
        1.0
    } else {
        tenth as f64 / all as f64
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for value in values {
        sum += value;
        n += 1.0;
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({} pages)", self.set, self.pages)?;
        for (name, value) in &self.figures {
            writeln!(f, "  {name:<24} {value:>8.4}")?;
        }
        Ok(())
    }
}
