//! Fields: every one is chosen the same way, from candidates with their sources.

use crate::clean::Scene;
use crate::document::{NodeIx, Tag};
use crate::extract::Context;
use crate::extract::article::Article;
use crate::extract::body::{Body, Hints};
use crate::extract::report::FieldDecision;
use crate::text;

/// What the page states outside its visible text.
pub(crate) struct Facts<'a> {
    scene: &'a Scene<'a>,
    context: &'a Context<'a>,
}

impl<'a> Facts<'a> {
    pub(crate) fn gather(scene: &'a Scene<'a>, context: &'a Context<'a>) -> Self {
        Self { scene, context }
    }
}

/// The chosen headline.
pub(crate) struct Headline {
    text: Option<String>,
    node: Option<NodeIx>,
}

impl Headline {
    /// What the headline and the metadata tell the body.
    pub(crate) fn hints(&self, facts: &Facts<'_>) -> Hints {
        let host = facts
            .context
            .url
            .and_then(url::Url::host_str)
            .unwrap_or_default();
        Hints {
            headline: self.node,
            host: host.trim_start_matches("www.").to_owned(),
            titles: self
                .text
                .iter()
                .cloned()
                .chain(
                    facts
                        .scene
                        .doc
                        .all(Tag::Title)
                        .next()
                        .map(|n| facts.scene.doc.text_of(n)),
                )
                .map(|t| text::fold(&t))
                .collect(),
            ..Hints::default()
        }
    }
}

/// Chooses the headline.
pub(crate) fn headline(facts: &Facts<'_>) -> Headline {
    let doc = facts.scene.doc;
    let node = doc.all(Tag::H1).next();
    Headline {
        text: node.map(|n| doc.text_of(n)),
        node,
    }
}

/// Chooses every other field.
pub(crate) fn fill(
    facts: &Facts<'_>,
    headline: Headline,
    body: &Body,
    article: &mut Article,
    notes: &mut Vec<FieldDecision>,
) {
    let _ = (facts, body, notes);
    article.headline = headline.text;
}
