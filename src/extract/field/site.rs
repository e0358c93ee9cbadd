//! The name of the site.

use super::title::letters;
use super::{Candidate, Facts, Source, choose_text};
use crate::extract::report::FieldDecision;
use crate::page::bare_host;

/// Metas that name the site.
const METAS: &[&str] = &[
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "al:android:app_name",
];

/// Every name the site goes by, for taking it off titles and bylines: the letters and digits of each,
/// once, though every story of a list states its publisher.
pub(super) fn names(facts: &Facts<'_>) -> Vec<String> {
    let metas = METAS.iter().filter_map(|name| facts.found.metas.text(name));
    let stated = &facts.found.stated;
    let publishers = stated.stories.iter().filter_map(|s| s.publisher.clone());
    let mut out: Vec<String> = metas
        .chain(stated.site_name.clone())
        .chain(publishers)
        .collect();
    out.extend(facts.found.metas.text("twitter:site"));
    out.extend(domain(facts));
    out.extend(facts.context.url.map(|url| bare_host(url).to_owned()));
    out.sort_unstable();
    out.dedup();
    out.retain(|name| name.chars().count() < 60);
    out.iter().map(|name| letters(name)).collect()
}

/// The name part of the page's host: `news.harbour-post.example` gives `harbour-post`.
fn domain(facts: &Facts<'_>) -> Option<String> {
    let host = bare_host(facts.context.url?);
    let mut labels: Vec<&str> = host.split('.').collect();
    labels.pop();
    if labels.len() > 1 && labels.last().is_some_and(|l| l.len() <= 3) {
        labels.pop();
    }
    labels.last().map(|&label| label.to_owned())
}

/// Chooses the name of the site.
pub(super) fn name(facts: &Facts<'_>, notes: &mut Vec<FieldDecision>) -> Option<String> {
    let mut candidates = Vec::new();
    let metas = &facts.found.metas;
    for (name, weight) in [("og:site_name", 3.0), ("application-name", 1.5)] {
        if let Some(value) = metas.text(name) {
            candidates.push(Candidate::new(value, Source::Meta(name), weight));
        }
    }
    if let Some(value) = facts.story().and_then(|s| s.publisher.clone()) {
        candidates.push(Candidate::new(value, Source::JsonLd("publisher"), 2.5));
    }
    if let Some(value) = facts.found.stated.site_name.clone() {
        candidates.push(Candidate::new(value, Source::JsonLd("WebSite"), 2.4));
    }
    candidates.retain(|c| !c.value.starts_with("http"));
    choose_text("site_name", candidates, notes).map(|c| c.value)
}
