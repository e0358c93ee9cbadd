//! Authors as scripts and metas state them.

use super::byline::{Names, bare, unique};
use super::companies::is_company;
use super::dateline::is_place;
use super::name_forms::is_person;
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
        if TURNED.contains(&name)
            && let Some(names) = unturned(view, name)
        {
            let list = names.iter().flat_map(|n| bare(stated_names(n)));
            out.push(Candidate::new(unique(list), Source::Meta(name), weight));
            continue;
        }
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

/// The site, where an author is its whole name: that may hold marks that part names, and words that
/// are roles elsewhere.
pub(super) fn the_site(view: &View<'_>, author: &str) -> Option<String> {
    let same = view.facts.is_site(author);
    (same && !author.trim().is_empty()).then(|| text::fold_space(author))
}

/// The names in a value for machines.
fn stated(view: &View<'_>, value: &str) -> Vec<String> {
    if let Some(site) = the_site(view, value) {
        return if is_company(&site) {
            Vec::new()
        } else {
            vec![site]
        };
    }
    // "The Harbour Post, Skarvik, Norway": the site and its address.
    let addressed = value.split_once(", ").and_then(|(head, rest)| {
        let signs = |name: &String| is_person(name) && !is_place(name);
        let site = the_site(view, head)?;
        (!stated_names(rest).iter().any(signs)).then_some(site)
    });
    addressed.map_or_else(|| stated_names(value), |site| vec![site])
}

/// Metas whose values are often turned, each with one name: `Quill, Ada`.
const TURNED: &[&str] = &["citation_author", "dc.creator", "dcterms.creator"];

/// `Quill, Ada` of a meta for catalogues as it is said, where all values of the meta have that form.
fn unturned(view: &View<'_>, name: &str) -> Option<Vec<String>> {
    let values: Vec<&str> = view.facts.found.metas.raw(name).take(20).collect();
    let turned = values.iter().map(|value| {
        let (family, given) = value.trim().split_once(", ")?;
        let short = |part: &str| part.split(' ').count() <= 3 && !part.contains([',', ';']);
        let name = format!("{given} {family}");
        (short(family) && short(given) && is_person(&name) && !is_place(given)).then_some(name)
    });
    let turned: Option<Vec<String>> = turned.collect();
    // One value alone may be a name and a place, or two names.
    turned.filter(|t| t.len() > 1 || name == "citation_author" && t.len() == 1)
}
