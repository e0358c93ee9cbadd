//! The lead image with its caption and credit.

use super::class_words::says;
use super::name_forms::is_person;
use super::name_words::without_lead;
use super::names::names;
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
    let own = figure.map(|node| caption(facts.scene.doc, node));
    let own = own.filter(|(caption, credit)| caption.is_some() || credit.is_some());
    let (caption, credit) = own.or_else(|| beside(view)).unwrap_or_default();
    let stated = stated.filter(|i| facts.absolute(&i.0).as_deref() == Some(url.as_str()));
    let stated = stated.and_then(|i| i.1.clone());
    let (caption, credit) = match (caption, credit, stated) {
        (None, None, Some(mut stated)) => {
            let credit = split_credit(&mut stated);
            (Some(stated).filter(|c| !c.is_empty()), credit)
        }
        (None, credit, stated) => (stated, credit),
        found => (found.0, found.1),
    };
    Some(Image {
        url,
        caption,
        credit,
    })
}

/// The first figure around the head of the story.
fn figure(view: &View<'_>) -> Option<NodeIx> {
    let doc = view.facts.scene.doc;
    let blocks = &view.body.blocks;
    let from = view.place.headline.and_then(|h| blocks.get(h));
    let from = from.map_or(0, |j| j.block.span().start);
    let to = blocks
        .get(view.place.first + 2)
        .map_or(doc.len(), |j| j.block.span().end);
    let holds = |n: NodeIx| {
        let mut inner = doc.subtree(n).map(NodeIx::new);
        inner.any(|n| is_picture(doc, n) || matches!(doc.tag(n), Tag::Video | Tag::Iframe))
    };
    // Bylines and marks of the site stand in figures, too.
    (from..to)
        .map(NodeIx::new)
        .find(|&n| doc.tag(n) == Tag::Figure && holds(n))
}

/// Words around a picture that are more than a caption.
const CAPTION_WORDS: u32 = 120;

/// Caption and credit at the head of the story that stand beside the picture in no figure, or
/// behind one; failing those, what the picture's attributes say.
fn beside(view: &View<'_>) -> Option<(Option<String>, Option<String>)> {
    let facts = view.facts;
    let doc = facts.scene.doc;
    let blocks = &view.body.blocks;
    let head = blocks.get(view.place.headline?)?.block.span();
    let text = blocks.get(view.place.first)?.block.span().start;
    let range = || (head.end..text).map(NodeIx::new);
    let frame = |node: NodeIx| {
        let around = std::iter::once(node).chain(doc.ancestors(node)).take(4);
        let frame = around.into_iter().find(|&n| {
            let mut inner = doc.subtree(n).map(NodeIx::new);
            inner.any(|n| is_picture(doc, n))
        })?;
        let span = doc.subtree(frame);
        let alone = !span.contains(&head.start) && !span.contains(&text);
        let words = facts.scene.measures.span(span.start, span.end).words;
        (alone && words <= CAPTION_WORDS).then_some(frame)
    };
    let framed = range()
        .filter(|&n| doc.tag(n) == Tag::Figcaption || is_named(doc, n, CAPTION))
        .find_map(frame)
        .map(|frame| caption(doc, frame))
        .filter(|(caption, _)| caption.is_some());
    framed.or_else(|| {
        let said = |n: NodeIx, names: &[&str]| {
            let value = names.iter().find_map(|name| doc.attr(n, name))?;
            Some(text::fold_space(value)).filter(|v| !v.is_empty())
        };
        let credits = [
            "data-credit",
            "data-copyright",
            "data-photographer",
            "data-source",
        ];
        let mut pictures = range().filter(|&n| matches!(doc.tag(n), Tag::Img | Tag::AmpImg));
        pictures.find_map(|n| Some((Some(said(n, &["data-caption"])?), said(n, &credits))))
    })
}

/// Whether an element is a picture, or what a script makes one of.
fn is_picture(doc: &Document, node: NodeIx) -> bool {
    let source = || {
        ["data-src", "data-srcset"]
            .iter()
            .any(|name| doc.attr(node, name).is_some())
    };
    matches!(doc.tag(node), Tag::Img | Tag::AmpImg | Tag::Picture) || source()
}

const CAPTION: &[&str] = &[
    "caption",
    "captions",
    "imagecaption",
    "bildunterschrift",
    "bildtext",
    "legende",
    "didascalia",
    "bijschrift",
    "bildetekst",
    "billedtekst",
];

/// Whether the class of an element, or its property, holds one of the words.
fn is_named(doc: &Document, node: NodeIx, words: &[&str]) -> bool {
    ["class", "itemprop"]
        .iter()
        .filter_map(|name| doc.attr(node, name))
        .flat_map(str::split_ascii_whitespace)
        .any(|token| says(token, words))
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

/// What stands before the name of a photographer or an agency.
const MARKS: &[&str] = &[
    "©",
    "Foto:",
    "Foto :",
    "Photo:",
    "Photo :",
    "Photos:",
    "Bild:",
    "Credit:",
    "Crédit:",
    "Crédit :",
    "Fotos:",
    "Quelle:",
    "Image:",
    "Photograph:",
    "Picture:",
    "Pictures:",
    "Photo by ",
    "Photograph by ",
    "Picture by ",
    "Photo credit:",
    "Image credit:",
    "Fotografía:",
    "Fotó:",
    "Kuva:",
    "Mynd:",
    "Fot.",
    "Фото:",
    "Фото -",
    "Φωτογραφία:",
    "Ảnh:",
    "写真：",
    "사진=",
    "사진:",
    "صورة:",
    "תמונה:",
    "צילום:",
];

/// The credit at the end of a caption, behind its mark; the bracket around it goes.
fn split_credit(caption: &mut String) -> Option<String> {
    let at = MARKS.iter().filter_map(|m| caption.find(m)).min()?;
    let mut credit = caption.split_off(at);
    caption.truncate(caption.trim_end().len());
    let (open, close) = match caption.chars().next_back() {
        Some('(') => ('(', ')'),
        Some('[') => ('[', ']'),
        _ => return Some(credit),
    };
    if let Some(end) = credit.rfind(close) {
        credit.truncate(end);
        caption.truncate(caption.trim_end_matches(open).trim_end().len());
    }
    Some(credit)
}

/// Caption and credit of a figure or what holds a picture: the credit stands in an element named
/// so, or behind a mark.
pub(crate) fn caption(doc: &Document, figure: NodeIx) -> (Option<String>, Option<String>) {
    let range = doc.subtree(figure);
    let inner = || (range.start + 1..range.end).map(NodeIx::new);
    let named = inner().find(|&n| is_named(doc, n, CREDIT) && !doc.text_of(n).is_empty());
    let mut credit = named
        .map(|n| doc.text_of(n))
        .filter(|t| t.chars().count() < 160);
    let mut captions = inner().filter(|&n| doc.tag(n) == Tag::Figcaption && Some(n) != named);
    let mut caption = captions
        .next()
        .or_else(|| inner().find(|&n| is_named(doc, n, CAPTION) && Some(n) != named))
        .map(|n| doc.text_of(n))
        .unwrap_or_default();
    if let Some(credit) = &credit {
        caption = caption.replacen(credit.as_str(), "", 1);
    } else {
        credit = split_credit(&mut caption);
    }
    let clean = |t: String| Some(text::fold_space(&t)).filter(|t| !t.is_empty());
    let bare = |t: String| match t.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) if !inner.contains(['(', ')']) => inner.trim().to_owned(),
        _ => t,
    };
    let credit = credit
        .and_then(clean)
        .map(bare)
        .filter(|c| names_somebody(c));
    (clean(caption).filter(|c| !is_byline(c)), credit)
}

/// Whether a credit names anybody: "Copyright" and "03:07 Min." do not.
fn names_somebody(credit: &str) -> bool {
    const EMPTY: &[&str] = &[
        "copyright",
        "credit",
        "credits",
        "tous droits réservés",
        "all rights reserved",
        "alle rechte vorbehalten",
        "todos los derechos reservados",
        "todos os direitos reservados",
        "tutti i diritti riservati",
        "min",
        "sec",
        "sek",
    ];
    let folded = text::fold(credit);
    let said = folded.trim_matches(|c: char| !c.is_alphabetic());
    !said.is_empty() && !EMPTY.contains(&said)
}

/// Whether the line beside a picture signs the story: portraits of authors stand in figures, too.
fn is_byline(caption: &str) -> bool {
    let (rest, lead) = without_lead(caption);
    let signs = || names(rest).first().is_some_and(|name| is_person(name));
    lead && caption.chars().count() <= 80 && signs()
}
