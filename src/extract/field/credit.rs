//! The copyright or credit line of the story.
//!
//! A site's own line ("© 2024 The Harbour Post. All rights reserved.") says nothing about the story:
//! where the story has no line of its own, there is none.

use super::companies::is_company;
use super::json;
use super::title::letters;
use super::{Candidate, Source, View, choose_text};
use crate::document::{NodeIx, Tag};
use crate::extract::report::FieldDecision;

/// How far behind the last paragraph the line may stand, in blocks.
const BEHIND: usize = 6;

/// Chooses the credit line.
pub(super) fn credit(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
    let facts = view.facts;
    let mut candidates = Vec::new();
    let blocks = &view.body.blocks;
    let from = view.place.last.saturating_sub(2).max(view.place.first);
    let to = (view.place.last + BEHIND).min(blocks.len());
    for judged in blocks.get(from..to).unwrap_or_default() {
        let text = judged.block.text();
        let node = judged.block.node;
        let credits = text.chars().count() <= 160 && is_credit(text);
        if credits && !in_footer(view, node) && !in_figure(view, node) {
            let found = Candidate::new(text.replace('\n', " "), Source::Visible("credit"), 3.0);
            candidates.push(found.at(node));
        }
    }
    if let Some(value) = facts.story().and_then(|s| s.credit.clone()) {
        candidates.push(Candidate::new(value, Source::JsonLd("creditText"), 2.5));
    }
    if let Some(value) = facts.found.metas.text("copyright") {
        let value = json::plain(&value);
        candidates.push(Candidate::new(value, Source::Meta("copyright"), 1.5));
    }
    candidates.retain(|c| {
        // What is stated for machines is the owner's, page by page; a line under the story may
        // name the owner of the story alone.
        let owner = c.value.split([',', '|', '·']).next().unwrap_or_default();
        let company = c.node.is_none() && is_company(owner);
        !company && !is_sites(view, &c.value)
    });
    choose_text("credit", candidates, notes).map(|c| c.value)
}

fn is_credit(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.starts_with('©')
        || lower.starts_with("(c) ")
        || lower.starts_with("copyright ")
        || (lower.starts_with("quelle:")
            || lower.starts_with("source:")
            || lower.starts_with("fonte:"))
        || lower.find("© ").is_some_and(|at| at < 25) && text.chars().count() < 90
}

/// Whether an element stands in the page's footer, not in the story's.
fn in_footer(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    let mut around = std::iter::once(node).chain(doc.ancestors(node));
    around
        .find(|&n| matches!(doc.tag(n), Tag::Footer | Tag::Article))
        .is_some_and(|n| doc.tag(n) == Tag::Footer)
        && !doc.ancestors(node).any(|n| doc.tag(n) == Tag::Article)
}

/// Whether an element stands in a figure: its line credits a picture.
fn in_figure(view: &View<'_>, node: NodeIx) -> bool {
    let doc = view.facts.scene.doc;
    std::iter::once(node)
        .chain(doc.ancestors(node))
        .take(6)
        .any(|n| matches!(doc.tag(n), Tag::Figure | Tag::Figcaption))
}

/// Whether a line is the site's own: it reserves all rights, or names nobody but the site.
fn is_sites(view: &View<'_>, line: &str) -> bool {
    const RESERVED: &[&str] = &[
        "all rights",
        "rights reserved",
        "alle rechte",
        "rechte vorbehalten",
        "tous droits",
        "derechos reservados",
        "direitos reservados",
        "diritti riservati",
        "riproduzione riservata",
        "reproducción prohibida",
        "reproduction interdite",
        "rechten voorbehouden",
        "prawa zastrzeżone",
        "права защищены",
        "hakları saklıdır",
        "rettigheder forbeholdes",
        "版权所有",
        "版權所有",
        "無断転載",
        "無断複写",
    ];
    const EMPTY: &[&str] = &[
        "copyright",
        "©",
        "(c)",
        "by",
        "the",
        "source",
        "quelle",
        "fonte",
        "inc",
        "ltd",
        "gmbh",
        "media",
    ];
    let lower = line.to_lowercase();
    if RESERVED.iter().any(|words| lower.contains(words)) {
        return true;
    }
    let words = lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '|' | ':' | '-' | '–'))
        .filter(|w| !w.is_empty() && !EMPTY.contains(w));
    let named: String = words
        .map(letters)
        .filter(|w| !w.bytes().all(|b| b.is_ascii_digit()))
        .collect();
    named.is_empty()
        || view.facts.sites.iter().any(|site| {
            let site = site.trim_start_matches("the");
            let named = named.trim_start_matches("the");
            named == site || site.chars().count() >= 5 && named.contains(site)
        })
}
