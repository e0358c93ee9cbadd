//! The lead image with its caption and credit.

use super::gather::says;
use super::{Candidate, Source, View, choose_text};
use crate::document::{Document, NodeIx, Tag};
use crate::extract::article::Image;
use crate::extract::report::FieldDecision;
use crate::text;

/// Chooses the image that metadata states, or the first large one at the head of the story.
pub(super) fn image(view: &View<'_>, notes: &mut Vec<FieldDecision>) -> Option<Image> {
    let facts = view.facts;
    let metas = &facts.found.metas;
    let mut candidates = Vec::new();
    let mut add = |href: Option<&str>, source, weight| {
        if let Some(url) = href.and_then(|h| facts.absolute(h)) {
            candidates.push(Candidate::new(url, source, weight));
        }
    };
    add(metas.raw("og:image").next(), Source::Meta("og:image"), 3.0);
    add(
        metas.raw("og:image:url").next(),
        Source::Meta("og:image:url"),
        2.9,
    );
    let stated = facts.story().and_then(|s| s.image.as_ref());
    add(stated.map(|i| i.0.as_str()), Source::JsonLd("image"), 2.8);
    for name in ["twitter:image", "twitter:image:src", "parsely-image-url"] {
        add(metas.raw(name).next(), Source::Meta(name), 2.5);
    }
    add(metas.link("image_src"), Source::Link("image_src"), 2.0);
    let figure = figure(view);
    let visible = figure.and_then(|node| source_of(view, node));
    add(visible, Source::Visible("figure"), 1.5);
    let url = choose_text("image", candidates, notes)?.value;
    let (caption, credit) = figure.map_or((None, None), |node| caption(facts.scene.doc, node));
    let stated = stated.filter(|i| facts.absolute(&i.0).as_deref() == Some(url.as_str()));
    Some(Image {
        url,
        caption: caption.or_else(|| stated.and_then(|i| i.1.clone())),
        credit,
    })
}

/// The first figure around the head of the story.
fn figure(view: &View<'_>) -> Option<NodeIx> {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let from = view.place.headline.and_then(|h| blocks.get(h));
    let from = from.map_or(0, |j| j.block.span.start);
    let to = blocks
        .get(view.place.first + 2)
        .map_or(doc.len(), |j| j.block.span.end);
    (from..to)
        .map(NodeIx::new)
        .find(|&n| doc.tag(n) == Tag::Figure)
}

fn source_of<'v>(view: &View<'v>, figure: NodeIx) -> Option<&'v str> {
    let doc = view.facts.scene.doc;
    let range = doc.subtree(figure);
    let img = (range.start..range.end)
        .map(NodeIx::new)
        .find(|&n| matches!(doc.tag(n), Tag::Img | Tag::AmpImg))?;
    ["src", "data-src", "data-lazy-src"]
        .into_iter()
        .filter_map(|name| doc.attr(img, name))
        .find(|src| !src.starts_with("data:"))
}

const CREDIT: &[&str] = &[
    "credit",
    "credits",
    "copyright",
    "photographer",
    "source",
    "crediti",
    "rights",
    "byline",
    "attribution",
    "author",
];

/// Caption and credit of a figure: the credit stands in an element named so, or behind a mark.
pub(crate) fn caption(doc: &Document, figure: NodeIx) -> (Option<String>, Option<String>) {
    let range = doc.subtree(figure);
    let inner = || (range.start + 1..range.end).map(NodeIx::new);
    let named = inner().find(|&n| {
        doc.attr(n, "class")
            .is_some_and(|c| c.split_ascii_whitespace().any(|t| says(t, CREDIT)))
            && !doc.text_of(n).is_empty()
    });
    let mut credit = named
        .map(|n| doc.text_of(n))
        .filter(|t| t.chars().count() < 160);
    let mut caption = inner()
        .find(|&n| doc.tag(n) == Tag::Figcaption)
        .map(|n| doc.text_of(n))
        .unwrap_or_default();
    if let Some(credit) = &credit {
        caption = caption.replacen(credit.as_str(), "", 1);
    } else {
        const MARKS: &[&str] = &[
            "©",
            "Foto:",
            "Photo:",
            "Bild:",
            "Credit:",
            "Fotos:",
            "Quelle:",
            "Image:",
            "Photograph:",
        ];
        let mark = MARKS.iter().filter_map(|m| caption.find(m)).min();
        if let Some(at) = mark {
            credit = Some(caption.split_off(at));
        }
    }
    let clean = |t: String| Some(text::fold_space(&t)).filter(|t| !t.is_empty());
    (clean(caption), credit.and_then(clean))
}
