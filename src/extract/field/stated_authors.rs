//! Authors as scripts and metas state them.

use super::byline::{Names, bare, unique};
use super::dateline::is_place;
use super::names::stated_names;
use super::{Candidate, Source, View};
use crate::extract::article::Author;
use crate::text;

/// Metas that name the authors, with their weight.
const METAS: &[(&str, f32)] = &[
    ("author", 3.9),
    ("article:author", 3.8),
    ("parsely-author", 4.1),
    ("sailthru.author", 4.0),
    ("article:author:name", 4.1),
    ("article.author", 3.8),
    ("og:article:author", 3.7),
    ("og:author", 3.6),
    ("byl", 4.0),
    ("byline", 4.0),
    ("citation_author", 4.0),
    ("dc.creator", 3.8),
    ("dcterms.creator", 3.8),
    ("dc.creator.aut", 3.8),
    ("dcsext.author", 3.8),
    ("authors", 3.9),
    ("cxenseparse:author", 3.9),
    ("twitter:data1", 1.9),
    ("mediator_author", 3.9),
    ("shareaholic:article_author_name", 3.9),
    ("creator", 3.5),
    ("article_author", 3.8),
    ("rbauthors", 3.8),
];

/// What JSON-LD states.
pub(super) fn scripts(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    for (rank, story) in view.facts.found.stated.stories.iter().take(4).enumerate() {
        let list = story.authors.iter().flat_map(|signed| {
            let url = signed.url.as_deref().and_then(|u| view.facts.absolute(u));
            let found = stated(view, &signed.name);
            let one = found.len() == 1;
            found.into_iter().map(move |name| Author {
                name,
                url: url.clone().filter(|_| one),
            })
        });
        let weight = if rank == 0 { 4.6 } else { 2.5 };
        out.push(Candidate::new(
            unique(list),
            Source::JsonLd("author"),
            weight,
        ));
    }
}

/// What metas state.
pub(super) fn metas(view: &View<'_>, out: &mut Vec<Candidate<Names>>) {
    for &(name, weight) in METAS {
        let list: Vec<Author> = view
            .facts
            .found
            .metas
            .raw(name)
            .take(20)
            .filter(|v| !v.contains("://") && !v.starts_with("www."))
            .flat_map(|v| bare(stated(view, &super::json::plain(v))))
            .collect();
        out.push(Candidate::new(unique(list), Source::Meta(name), weight));
    }
}

/// Where somebody wrote stands behind the name: "Ada Quill — Porto Velho".
pub(super) fn without_places(names: &mut Names) {
    let mut first = true;
    names.retain(|a| std::mem::take(&mut first) || !is_place(&a.name));
}

/// The site, where a stated author is its whole name: that may hold marks that part names.
fn the_site(view: &View<'_>, stated: &str) -> Option<String> {
    let same = view.facts.is_site(stated);
    (same && !stated.trim().is_empty()).then(|| text::fold_space(stated))
}

/// The names in a value for machines.
fn stated(view: &View<'_>, value: &str) -> Vec<String> {
    the_site(view, value).map_or_else(|| stated_names(value), |site| vec![site])
}
