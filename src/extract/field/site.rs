//! The name of the site.

use super::companies::is_company;
use super::title::letters;
use super::{Candidate, Facts, Source, choose_text};
use crate::extract::report::FieldDecision;
use crate::page::bare_host;
use crate::text;

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
    out.sort_unstable();
    out.dedup();
    let titles = Titles::of(facts);
    out.retain(|name| !titles.include(name));
    out.extend(facts.found.metas.text("twitter:site"));
    out.extend(domain(facts));
    out.extend(facts.context.url.map(|url| bare_host(url).to_owned()));
    out.sort_unstable();
    out.dedup();
    out.retain(|name| name.chars().count() < 60);
    let letters = out.iter().map(|name| letters(name));
    letters.filter(|name| !name.is_empty()).collect()
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
    candidates.retain(|c| !letters(&c.value).is_empty());
    for candidate in &mut candidates {
        candidate.value = without_slogan(facts, &candidate.value);
        if is_company(&candidate.value) {
            // Who owns a publication goes by another name than the publication.
            candidate.weight -= 1.2;
            candidate.why = "a company";
        }
    }
    let titles = Titles::of(facts);
    let own = |c: &Candidate<String>| c.why.is_empty() && !titles.include(&c.value);
    if !candidates.iter().any(own)
        && let Some(value) = in_title(facts)
    {
        candidates.push(Candidate::new(value, Source::Visible("title"), 1.8));
    }
    candidates.retain(|c| {
        let address = c.value.starts_with("http");
        !address && !titles.include(&c.value)
    });
    choose_text("site_name", candidates, notes).map(|c| c.value)
}

/// The last or the first piece of the page's title, where it is a name that the site goes by.
fn in_title(facts: &Facts<'_>) -> Option<String> {
    let title = facts.found.title.as_deref()?;
    let pieces: Vec<&str> = pieces(title, &BREAKS[..BREAKS.len() - 1]);
    let ends = [pieces.last()?, pieces.first()?];
    let named = ends.into_iter().find(|p| facts.is_site(p));
    named
        .filter(|_| pieces.len() > 1)
        .map(|p| p.trim_matches([' ', '/', '|', '-', '–', '»']).to_owned())
}

/// What parts a name from the slogan behind or before it.
const BREAKS: &[&str] = &[
    " | ", " - ", " – ", " — ", " • ", " · ", " » ", " :: ", "｜", "|", ": ",
];

/// A text cut at marks, without empty pieces.
fn pieces<'t>(text: &'t str, marks: &[&str]) -> Vec<&'t str> {
    let mut pieces = vec![text];
    for mark in marks {
        pieces = pieces.iter().flat_map(|p| p.split(mark)).collect();
    }
    pieces.retain(|p| !p.trim().is_empty());
    pieces
}

/// A name without its slogan: of several pieces the one that another source names, or the domain
/// alone of all. Without such a witness the name stays whole.
fn without_slogan(facts: &Facts<'_>, name: &str) -> String {
    let name = name.trim_matches([' ', '|', '-', '–', '—', '•', '·', '»', ':']);
    let pieces = pieces(name, BREAKS);
    if pieces.len() < 2 {
        return name.to_owned();
    }
    let named = pieces
        .iter()
        .find(|p| facts.is_site(p.trim_start_matches("www.")));
    let domain = domain(facts).map(|d| letters(&d)).unwrap_or_default();
    let like_domain = |piece: &&&str| {
        let piece = letters(piece);
        let long = piece.len().min(domain.len()) >= 4;
        // "Die Furche": an article may stand before it.
        let behind_article = piece
            .strip_suffix(domain.as_str())
            .is_some_and(|article| article.len() <= 3);
        long && (piece.starts_with(&domain) || domain.starts_with(&piece) || behind_article)
    };
    let mut like = pieces.iter().filter(like_domain);
    let alone = match (like.next(), like.next()) {
        (Some(piece), None) => Some(piece),
        _ => None,
    };
    named.or(alone).map_or(name, |p| p.trim()).to_owned()
}

/// The titles of the story: some systems put one where the site's name belongs.
struct Titles {
    folded: Vec<String>,
    /// The letters of the domain: a title that has them may be the name all the same.
    domain: String,
}

impl Titles {
    fn of(facts: &Facts<'_>) -> Self {
        let story = facts.story().and_then(|s| s.headline.clone());
        let titles = [facts.found.metas.text("og:title"), story];
        Self {
            folded: titles.iter().flatten().map(|t| text::fold(t)).collect(),
            domain: domain(facts).map(|d| letters(&d)).unwrap_or_default(),
        }
    }

    fn include(&self, name: &str) -> bool {
        let folded = text::fold(name);
        self.folded.contains(&folded)
            && (self.domain.is_empty() || !letters(name).contains(&self.domain))
    }
}
