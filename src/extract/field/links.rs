//! Addresses that the page gives for itself: canonical, AMP twin, next page.

use super::{Candidate, Facts, Source, choose_text};
use crate::extract::article::Article;
use crate::extract::report::FieldDecision;

/// Chooses the three addresses.
pub(super) fn links(facts: &Facts<'_>, article: &mut Article, notes: &mut Vec<FieldDecision>) {
    let metas = &facts.found.metas;
    let mut candidates = Vec::new();
    let mut add = |href: Option<&str>, source, weight| {
        if let Some(url) = href.and_then(|h| facts.absolute(h)) {
            candidates.push(Candidate::new(url, source, weight));
        }
    };
    add(metas.link("canonical"), Source::Link("canonical"), 3.0);
    add(metas.raw("og:url").next(), Source::Meta("og:url"), 2.0);
    let stated = facts.story().and_then(|s| s.url.as_deref());
    add(stated, Source::JsonLd("url"), 1.5);
    candidates.retain(|c| !is_front(facts, &c.value));
    article.canonical_url = choose_text("canonical_url", candidates, notes).map(|c| c.value);
    let other = |href: Option<&str>| {
        let url = facts.absolute(href?)?;
        let own = facts.context.url.is_some_and(|u| u.as_str() == url);
        (!own && Some(&url) != article.canonical_url.as_ref()).then_some(url)
    };
    let amp = other(metas.link("amphtml"));
    let next = other(metas.link("next")).or_else(|| other(facts.found.next.as_deref()));
    article.amp_url = amp;
    article.next_url = next.filter(|url| same_story(facts, url));
}

/// Pages that give the site's front as their canonical address state nothing about themselves.
fn is_front(facts: &Facts<'_>, url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return true;
    };
    let own = facts.context.url.is_some_and(|u| u.path().len() > 1);
    own && url.path() == "/" && url.query().is_none()
}

/// A `rel=next` that leads on to another story is no next page of this one.
fn same_story(facts: &Facts<'_>, url: &str) -> bool {
    let (Some(own), Ok(next)) = (facts.context.url, url::Url::parse(url)) else {
        return false;
    };
    let stem = own.path().trim_end_matches('/');
    own.host_str() == next.host_str()
        && stem.len() > 1
        && next.path().starts_with(stem.trim_end_matches(".html"))
}
