//! The language of the text: stated, and detected where nothing is stated or the text contradicts.

use super::{Candidate, Facts, Source, choose_text};
use crate::extract::body::Body;
use crate::extract::report::FieldDecision;

/// How much text the detector reads, in bytes.
const SAMPLE: usize = 1_000;

/// The stated language: the page's `lang`, its metas, its header.
pub(super) fn stated(facts: &Facts<'_>) -> Option<String> {
    candidates(facts).into_iter().next().map(|c| c.value)
}

fn candidates(facts: &Facts<'_>) -> Vec<Candidate<String>> {
    let mut out = Vec::new();
    let mut add = |value: Option<&str>, source, weight| {
        if let Some(tag) = value.and_then(primary) {
            out.push(Candidate::new(tag, source, weight));
        }
    };
    let found = &facts.found;
    add(found.language.as_deref(), Source::Visible("html lang"), 3.0);
    let story = facts.story().and_then(|s| s.language.as_deref());
    add(story, Source::JsonLd("inLanguage"), 2.8);
    for name in [
        "og:locale",
        "content-language",
        "language",
        "dc.language",
        "dcterms.language",
    ] {
        add(found.metas.raw(name).next(), Source::Meta(name), 2.0);
    }
    add(
        facts.context.content_language,
        Source::Meta("Content-Language header"),
        1.8,
    );
    out
}

/// `de-AT`, `de_DE`, `German` to a primary tag.
fn primary(value: &str) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    let tag = value.split(['-', '_', ',', ' ']).next()?;
    let tag = match tag {
        "english" | "eng" => "en",
        "german" | "deutsch" | "deu" | "ger" => "de",
        "french" | "fra" | "fre" => "fr",
        "spanish" | "spa" => "es",
        "nb" | "nn" => "no",
        "in" => "id",
        "iw" => "he",
        "cn" | "zho" | "chi" => "zh",
        "jp" => "ja",
        "gr" => "el",
        "ua" => "uk",
        tag => tag,
    };
    let real = matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_lowercase());
    real.then(|| tag.to_owned())
}

/// Chooses the language.
pub(super) fn language(
    facts: &Facts<'_>,
    body: &Body,
    notes: &mut Vec<FieldDecision>,
) -> Option<String> {
    let mut candidates = candidates(facts);
    let mut sample = String::new();
    for block in body.kept() {
        if sample.len() >= SAMPLE {
            break;
        }
        let room = SAMPLE - sample.len();
        sample.extend(block.text().chars().take(room));
        sample.push('\n');
    }
    let detected = detect(&sample);
    if let Some((tag, sure)) = detected {
        // What readers see contradicts a template's attribute only when there is no doubt.
        let stated = candidates.first().map(|c| c.value.as_str());
        let sure = sure && stated.is_none_or(|stated| can_tell(stated, tag));
        let weight = if sure { 4.5 } else { 0.5 };
        candidates.push(Candidate::new(tag.to_owned(), Source::Detected, weight));
    }
    choose_text("language", candidates, notes).map(|c| c.value)
}

/// Languages that the detector takes for one another, or that it knows only one of.
const LIKE: &[&[&str]] = &[
    &["bs", "cnr", "hr", "sh", "sr"],
    &["cs", "sk"],
    &["da", "no"],
    &["id", "jv", "ms"],
    &["nr", "ss", "xh", "zu"],
    &["gl", "pt"],
    &["af", "nl"],
    &["bg", "mk"],
    &["fa", "ku", "ps"],
    &["hi", "mr", "ne"],
];

/// Whether the detector can tell the stated language from the one that it found: it knows it, and
/// the two are not much alike.
fn can_tell(stated: &str, found: &str) -> bool {
    let known = whatlang::Lang::all()
        .iter()
        .any(|lang| tag_of(*lang) == Some(stated));
    let alike = LIKE
        .iter()
        .any(|group| group.contains(&stated) && group.contains(&found));
    known && !alike
}

/// The language of a text, and whether there is no doubt about it.
fn detect(text: &str) -> Option<(&'static str, bool)> {
    let info = whatlang::detect(text)?;
    let tag = tag_of(info.lang())?;
    let long = text.len() > 400;
    Some((tag, long && info.is_reliable() && info.confidence() >= 1.0))
}

/// Two-letter tags for the languages that the detector knows.
fn tag_of(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang as L;
    Some(match lang {
        L::Eng => "en",
        L::Rus => "ru",
        L::Cmn => "zh",
        L::Spa => "es",
        L::Por => "pt",
        L::Ita => "it",
        L::Fra => "fr",
        L::Deu => "de",
        L::Ukr => "uk",
        L::Kat => "ka",
        L::Ara => "ar",
        L::Hin => "hi",
        L::Jpn => "ja",
        L::Heb => "he",
        L::Pol => "pl",
        L::Jav => "jv",
        L::Tel => "te",
        L::Nob => "no",
        L::Dan => "da",
        L::Swe => "sv",
        L::Fin => "fi",
        L::Tur => "tr",
        L::Nld => "nl",
        L::Hun => "hu",
        L::Ces => "cs",
        L::Ell => "el",
        L::Bul => "bg",
        L::Bel => "be",
        L::Mar => "mr",
        L::Kan => "kn",
        L::Ron => "ro",
        L::Slv => "sl",
        L::Hrv => "hr",
        L::Srp => "sr",
        L::Mkd => "mk",
        L::Lit => "lt",
        L::Lav => "lv",
        L::Est => "et",
        L::Tam => "ta",
        L::Vie => "vi",
        L::Urd => "ur",
        L::Tha => "th",
        L::Guj => "gu",
        L::Pan => "pa",
        L::Mal => "ml",
        L::Ori => "or",
        L::Ben => "bn",
        L::Nep => "ne",
        L::Sin => "si",
        L::Khm => "km",
        L::Ind => "id",
        L::Kor => "ko",
        L::Cat => "ca",
        L::Slk => "sk",
        L::Afr => "af",
        L::Pes => "fa",
        L::Aka => "ak",
        L::Amh => "am",
        L::Aze => "az",
        L::Hye => "hy",
        L::Mya => "my",
        L::Sna => "sn",
        L::Tgl => "tl",
        L::Tuk => "tk",
        L::Uzb => "uz",
        L::Yid => "yi",
        L::Zul => "zu",
        _ => return None,
    })
}
