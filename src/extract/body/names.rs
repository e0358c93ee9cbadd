//! What class names and ids say about an element, as groups of words.
//!
//! Names are hints for the model, never a verdict: themes reuse them for anything. A name is cut
//! into words at punctuation, digits and capitals (`articleBody-2` is `article`, `body`), short
//! words count only whole, stems also inside longer words (`sharebar`, `relatedposts`).

use foldhash::{HashMap, HashMapExt};

use crate::document::{Document, NodeIx};

macro_rules! groups {
    ($($name:ident: [$($word:literal),*] stems [$($stem:literal),*];)*) => {
        /// Groups of words, one bit each in a mask.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Group { $($name),* }

        impl Group {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];
        }

        const WORDS: &[(&str, Group)] = &[$($(($word, Group::$name)),*),*];
        const STEMS: &[(&str, Group)] = &[$($(($stem, Group::$name)),*),*];
    };
}

groups! {
    Story: ["article", "story", "body", "content", "entry", "post", "text", "artikel", "articulo",
        "articolo", "texto", "testo", "texte", "inhalt", "contenu", "contenido", "page", "main",
        "prose", "copy", "richtext", "wysiwyg", "noticia", "nota", "detail", "paragraph"]
        stems ["article", "story", "content", "artikel", "paragraph", "fliesstext", "bodytext"];
    Lead: ["lead", "lede", "dek", "standfirst", "intro", "summary", "teaser", "excerpt", "abstract",
        "chapo", "vorspann", "entradilla", "bajada", "subtitle", "subheadline", "sommario", "lid",
        "ingress", "deck", "description", "subhead", "sub", "kicker", "chapeau"]
        stems ["standfirst", "subtitle", "vorspann", "summary", "excerpt", "subheadline"];
    Comment: ["comment", "comments", "reply", "respond", "disqus", "discussion", "kommentar",
        "kommentare", "comentarios", "commentaires", "commento", "coral", "spotim", "livefyre",
        "feedback", "forum", "komentarze"]
        stems ["comment", "kommentar", "comentario", "disqus", "discussion"];
    Share: ["share", "sharing", "social", "facebook", "twitter", "whatsapp", "tweet", "follow",
        "addthis", "sociable", "sharedaddy", "teilen", "partager", "compartir", "print", "tools",
        "toolbar", "actions", "buttons", "pinterest", "telegram", "linkedin"]
        stems ["share", "sharing", "social", "whatsapp", "facebook", "twitter", "toolbar"];
    Related: ["related", "recommended", "recommendations", "more", "read", "also", "readmore",
        "popular", "trending", "latest", "recent", "similar", "next", "prev", "previous",
        "pagination", "outbrain", "taboola", "mostread", "weitere", "mehr", "relacionadas",
        "relacionados", "correlati", "lees", "plus", "suggested", "links", "linkbox", "zergnet",
        "crosslink", "onward", "explore", "most", "viewed", "carousel", "playlist"]
        stems ["related", "recommend", "popular", "trending", "mostread", "readmore", "similar",
            "relacionad", "outbrain", "taboola", "relatedpost", "onward"];
    Promo: ["promo", "promotion", "newsletter", "subscribe", "subscription", "signup", "sign",
        "banner", "cta", "offer", "paywall", "membership", "donate", "donation", "support", "app",
        "download", "abo", "premium", "register", "login", "regwall", "piano", "marketing",
        "callout", "inscription", "email", "mailing", "optin", "modal", "popup", "overlay"]
        stems ["newsletter", "subscri", "paywall", "promo", "signup", "membership", "donat",
            "popup", "overlay"];
    Ad: ["ad", "ads", "advert", "advertisement", "advertorial", "sponsor", "sponsored", "dfp",
        "adslot", "gpt", "anzeige", "werbung", "publicidad", "pub", "publicite", "reklama",
        "adsbygoogle", "affiliate", "commercial", "partner"]
        stems ["advert", "sponsor", "anzeige", "werbung", "publicidad", "adsbygoogle",
            "affiliate"];
    Furniture: ["nav", "navigation", "menu", "footer", "header", "sidebar", "breadcrumb",
        "breadcrumbs", "masthead", "topbar", "rail", "aside", "widget", "widgets", "search",
        "secondary", "toc", "skip", "cookie", "consent", "gdpr", "legal", "copyright", "colophon",
        "complementary", "bottom", "foot", "sticky"]
        stems ["navigation", "sidebar", "breadcrumb", "footer", "cookie", "consent", "masthead",
            "widget", "copyright"];
    Byline: ["author", "authors", "byline", "bio", "biography", "writer", "autor", "auteur",
        "autore", "redaktion", "reporter", "avatar", "profile", "contributor", "vcard", "about",
        "credits", "verfasser", "firma", "signature"]
        stems ["author", "byline", "autor", "auteur", "contributor", "biograph"];
    Date: ["date", "time", "timestamp", "published", "pubdate", "updated", "datum", "fecha",
        "posted", "dateline", "datetime", "meta", "info", "byline", "data", "metadata"]
        stems ["timestamp", "dateline", "pubdate", "published", "datetime"];
    Caption: ["caption", "figcaption", "credit", "photo", "image", "img", "gallery", "slideshow",
        "figure", "picture", "media", "bildunterschrift", "legende", "foto", "bild", "copyright",
        "lightbox", "video", "player", "thumbnail", "thumb", "audio", "embed"]
        stems ["caption", "gallery", "slideshow", "lightbox", "thumbnail", "player", "embed"];
    Title: ["title", "headline", "heading", "titel", "titulo", "titre", "titolo", "overline",
        "eyebrow", "hed"]
        stems ["headline", "overline"];
    Tags: ["tag", "tags", "category", "categories", "topic", "topics", "keywords", "section",
        "label", "labels", "rubric", "rubrik", "cat", "taxonomy", "etiquetas", "themen", "terms"]
        stems ["category", "keyword", "taxonom"];
    Quote: ["quote", "pullquote", "blockquote", "zitat", "citation", "tweet", "instagram", "cita"]
        stems ["pullquote", "blockquote", "quote"];
    Box: ["box", "factbox", "infobox", "sidebar", "inset", "module", "card", "cards", "tile",
        "panel", "list", "grid", "item", "items", "item", "block", "kasten", "infokasten", "faq"]
        stems ["factbox", "infobox", "module"];
    Hidden: ["hidden", "hide", "visually", "sr", "screenreader", "invisible", "assistive",
        "noprint", "offscreen", "a11y", "accessibility", "print"]
        stems ["visuallyhidden", "screenreader", "offscreen"];
}

/// Masks of group bits for the names of one page's elements.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    seen: HashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    /// The groups that an element's class, id and roles name.
    pub(crate) fn of(&mut self, doc: &'a Document, node: NodeIx) -> u32 {
        let mut mask = 0;
        for (name, value) in doc.attrs(node) {
            if matches!(
                name,
                "class"
                    | "id"
                    | "itemprop"
                    | "role"
                    | "data-component"
                    | "data-testid"
                    | "rel"
                    | "data-qa"
                    | "aria-label"
                    | "data-module"
                    | "data-type"
                    | "data-block"
            ) && value.len() < 400
            {
                mask |= *self.seen.entry(value).or_insert_with(|| groups_of(value));
            }
        }
        mask
    }
}

fn table() -> &'static HashMap<&'static str, u32> {
    static TABLE: std::sync::LazyLock<HashMap<&'static str, u32>> =
        std::sync::LazyLock::new(|| {
            let mut table = HashMap::new();
            for &(word, group) in WORDS {
                *table.entry(word).or_insert(0) |= 1 << group as u32;
            }
            table
        });
    &TABLE
}

fn groups_of(value: &str) -> u32 {
    let mut mask = 0;
    let mut word = String::new();
    let mut last_lower = false;
    for c in value.chars().chain(std::iter::once(' ')) {
        let capital_starts_word = c.is_ascii_uppercase() && last_lower;
        if (!c.is_ascii_alphabetic() || capital_starts_word) && !word.is_empty() {
            mask |= groups_of_word(&word);
            word.clear();
        }
        last_lower = c.is_ascii_lowercase();
        if c.is_ascii_alphabetic() {
            word.push(c.to_ascii_lowercase());
        }
    }
    mask
}

/// The groups of a word of lower-case ASCII letters.
fn groups_of_word(word: &str) -> u32 {
    let mut mask = table().get(word).copied().unwrap_or(0);
    if word.len() >= 6 && mask == 0 {
        let stems = stems();
        for (at, first) in word.bytes().enumerate() {
            for &(stem, group) in &stems[usize::from(first - b'a')] {
                if word[at..].starts_with(stem) {
                    mask |= 1 << group as u32;
                }
            }
        }
    }
    mask
}

/// The stems by their first letter: a word is looked through once for all of them.
fn stems() -> &'static [Vec<(&'static str, Group)>; 26] {
    static STEMS_BY_LETTER: std::sync::LazyLock<[Vec<(&'static str, Group)>; 26]> =
        std::sync::LazyLock::new(|| {
            let mut stems = [const { Vec::new() }; 26];
            for &(stem, group) in STEMS {
                stems[usize::from(stem.as_bytes()[0] - b'a')].push((stem, group));
            }
            stems
        });
    &STEMS_BY_LETTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words_and_stems() {
        let bit = |g: Group| 1_u32 << g as u32;
        assert_eq!(groups_of("articleBody"), bit(Group::Story));
        assert_eq!(groups_of("jp-relatedposts"), bit(Group::Related));
        assert_eq!(groups_of("shadow ready"), 0);
        assert_ne!(groups_of("ad-slot_2") & bit(Group::Ad), 0);
        assert_eq!(Group::ALL.len(), 16);
    }
}
