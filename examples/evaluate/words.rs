//! How two texts are compared: by words, by runs of four words, by segments that one must hold or not.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::gold::Gold;

/// Precision, recall and F1.
pub(crate) type Prf = (f64, f64, f64);

const DENSE: &str = r"\u{3005}\u{3007}\u{3040}-\u{30ff}\u{31f0}-\u{31ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{ff66}-\u{ff9d}\u{20000}-\u{3134f}\u{0e00}-\u{0e7f}\u{0e80}-\u{0eff}\u{0f00}-\u{0fff}\u{1000}-\u{109f}\u{1780}-\u{17ff}";

static WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("a valid pattern"));
static DENSE_CHAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("[{DENSE}]")).expect("a valid pattern"));
static DENSE_OR_WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"[{DENSE}]|[[\p{{L}}\p{{N}}_]--[{DENSE}]]+")).expect("a valid pattern")
});

fn is_dense(text: &str) -> bool {
    let head: String = text.chars().take(20_000).collect();
    let words: String = WORD.find_iter(&head).map(|m| m.as_str()).collect();
    let dense = DENSE_CHAR.find_iter(&words).count();
    dense as f64 > 0.2 * words.chars().count() as f64
}

fn tokens(text: &str, dense: bool) -> Vec<&str> {
    let pattern = if dense { &DENSE_OR_WORD } else { &WORD };
    pattern.find_iter(text).map(|m| m.as_str()).collect()
}

fn counts<T: std::hash::Hash + Eq>(items: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut out = HashMap::new();
    for item in items {
        *out.entry(item).or_insert(0) += 1;
    }
    out
}

fn shared<T: std::hash::Hash + Eq>(a: &HashMap<T, usize>, b: &HashMap<T, usize>) -> f64 {
    a.iter()
        .map(|(k, n)| *n.min(b.get(k).unwrap_or(&0)))
        .sum::<usize>() as f64
}

pub(crate) fn word_prf(found: &str, gold: &str) -> Prf {
    let dense = is_dense(gold);
    let (found, gold) = (found.to_lowercase(), gold.to_lowercase());
    let (f, g) = (tokens(&found, dense), tokens(&gold, dense));
    match (f.is_empty(), g.is_empty()) {
        (true, true) => return (1.0, 1.0, 1.0),
        (true, false) | (false, true) => return (0.0, 0.0, 0.0),
        _ => {}
    }
    let (nf, ng) = (f.len() as f64, g.len() as f64);
    let both = shared(&counts(f.into_iter()), &counts(g.into_iter()));
    let (p, r) = (both / nf, both / ng);
    (
        p,
        r,
        if p + r > 0.0 {
            2.0 * p * r / (p + r)
        } else {
            0.0
        },
    )
}

/// Whether the words of two texts are the same.
pub(crate) fn same_words(gold: &str, found: &str) -> bool {
    let dense = is_dense(gold);
    tokens(gold, dense) == tokens(found, dense)
}

/// Shares of true, false and missing four-word runs, and whether the words are the same.
pub(crate) fn shingles(gold: &str, found: &str) -> (f64, f64, f64, bool) {
    let dense = is_dense(gold);
    let (g, f) = (tokens(gold, dense), tokens(found, dense));
    let runs = |t: &[&str]| -> HashMap<Vec<String>, usize> {
        let n = t.len().saturating_sub(3).max(1);
        let run = |i: usize| {
            t[i..(i + 4).min(t.len())]
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        counts((0..n).map(run).filter(|r: &Vec<String>| !r.is_empty()))
    };
    let (gs, fs) = (runs(&g), runs(&f));
    let both = shared(&gs, &fs);
    let extra = fs.values().sum::<usize>() as f64 - both;
    let lost = gs.values().sum::<usize>() as f64 - both;
    let sum = both + extra + lost;
    if sum > 0.0 {
        (both / sum, extra / sum, lost / sum, g == f)
    } else {
        (0.0, 0.0, 0.0, g == f)
    }
}

/// Wanted found, unwanted found, wanted lost, unwanted absent.
pub(crate) fn segments(gold: &Gold, body: &str) -> Option<[f64; 4]> {
    let (with, without) = (gold.with.as_deref()?, gold.without.as_deref()?);
    if with.is_empty() && without.is_empty() {
        return None;
    }
    let space = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = space(body);
    let hits = |list: &[String]| {
        list.iter()
            .filter(|s| !body.is_empty() && body.contains(&space(s)))
            .count() as f64
    };
    let (tp, fp) = (hits(with), hits(without));
    Some([tp, fp, with.len() as f64 - tp, without.len() as f64 - fp])
}
