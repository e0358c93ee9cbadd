//! Reading never fails, whatever the bytes; it invents no word; it gives the same twice.

use cleancopy::decode::decode;
use cleancopy::document::Document;
use cleancopy::{Extraction, Options, RawPage, read};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq};
use proptest::proptest;

/// Tags that pages are made of, with those that readers of HTML stumble over.
const TAGS: [&str; 32] = [
    "html",
    "head",
    "body",
    "div",
    "p",
    "article",
    "h1",
    "h2",
    "a",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "br",
    "img",
    "script",
    "style",
    "template",
    "svg",
    "math",
    "form",
    "select",
    "textarea",
    "button",
    "blockquote",
    "figure",
    "figcaption",
    "time",
    "span",
    "frameset",
    "noscript",
];
const ATTRIBUTES: [&str; 12] = [
    "",
    " class=byline",
    " id=comments",
    " hidden",
    " style='display:none'",
    " href=/a",
    " itemprop=articleBody",
    " datetime='2024-02-30'",
    " class='story-body wp-block-group'",
    " role=navigation",
    " aria-hidden=true",
    " class",
];
/// Running text of several scripts, with what is odd in each.
const TEXTS: [&str; 12] = [
    "The harbour office said on Tuesday that the ferry would sail again, weather permitting.",
    "Also Read: the ferry that never came",
    "Leave a Reply",
    "Tuesday, January 31",
    "By A. Writer",
    "OSTERHAVEN (HNA) — The council met.",
    "港务局周二表示，渡轮将恢复航行。",
    "قال المكتب إن العبارة ستعود.",
    "\u{200b}\u{feff}\u{ad}",
    "&amp; &nbsp; &#x1F6A2; &bogus;",
    "{\"@type\":\"NewsArticle\"}",
    "]]>",
];

fn piece() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(&TAGS[..]);
    let attribute = prop::sample::select(&ATTRIBUTES[..]);
    let words = prop::sample::select(&TEXTS[..]);
    proptest::prop_oneof![
        (tag.clone(), attribute).prop_map(|(t, a)| format!("<{t}{a}>")),
        tag.prop_map(|t| format!("</{t}>")),
        words.prop_map(str::to_owned),
        Just("<!-- ".to_owned()),
        Just("<script type='application/ld+json'>{\"@type\":\"NewsArticle\",".to_owned()),
        any::<String>(),
    ]
}

fn markup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..80).prop_map(|pieces| pieces.concat())
}

fn read_text(html: &str) -> Extraction {
    read(&RawPage::from_text(html), &Options::default())
}

/// Letters and digits in order, everything else left out.
fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_subsequence(inner: &[char], outer: &[char]) -> bool {
    let mut outer = outer.iter();
    inner.iter().all(|c| outer.any(|o| o == c))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let page = RawPage::from_bytes(bytes).with_header("Content-Type", "text/html; charset=big5");
        let found = read(&page, &Options::default());
        prop_assert!(found.article.is_none_or(|a| (0.0..=1.0).contains(&a.confidence)));
    }

    #[test]
    fn any_markup_is_read_the_same_twice(html in markup()) {
        let (once, again) = (read_text(&html), read_text(&html));
        prop_assert_eq!(once.article, again.article);
        prop_assert_eq!(once.report, again.report);
    }

    #[test]
    fn the_text_is_what_the_page_says_in_its_order(html in markup(), cut in any::<prop::sample::Index>()) {
        let page = RawPage::from_bytes(html.as_bytes()[..cut.index(html.len() + 1)].to_vec());
        let Some(article) = read(&page, &Options::default()).article else { return Ok(()) };
        let doc = Document::parse(&decode(&page).text);
        let said: String = doc.nodes().filter_map(|n| doc.text(n)).collect();
        prop_assert!(is_subsequence(&letters(&article.text), &letters(&said)), "{}", article.text);
    }
}

/// A page of which much is kept, so that the property above is not empty talk.
#[test]
fn a_plain_page_gives_its_words_and_no_others() {
    let html = include_str!("../../testdata/cases/seed/div-soup/page.html");
    let story = include_str!("../../testdata/cases/seed/story.txt");
    let article = read_text(html).article.expect("an article");
    let (text, page) = (letters(&article.text), letters(html));
    assert!(text.len() > letters(story).len() / 2, "{}", article.text);
    assert!(is_subsequence(&text, &page));
    assert!(!is_subsequence(&letters(&story.repeat(2)), &page));
}

#[test]
fn the_lead_dateline_leaves_the_body_only_when_asked() {
    let html = include_str!("../../testdata/cases/fields/lead-dateline/page.html");
    let page = RawPage::from_text(html);
    let kept = read(&page, &Options::default()).article.expect("a story");
    let mut options = Options::default();
    options.without_dateline = true;
    let taken = read(&page, &options).article.expect("a story");
    assert_eq!(kept.dateline, taken.dateline);
    let line = kept.dateline.lead.expect("a dateline").text;
    assert!(kept.text.starts_with(&format!("{line} The night ferry")));
    assert!(taken.text.starts_with("The night ferry"));
    assert_eq!(kept.paragraphs.len(), taken.paragraphs.len());
}

#[test]
fn the_standfirst_leaves_the_body_only_when_asked() {
    let html = include_str!("../../testdata/cases/fields/standfirst-in-lines/page.html");
    let page = RawPage::from_text(html);
    let kept = read(&page, &Options::default()).article.expect("a story");
    let mut options = Options::default();
    options.without_standfirst = true;
    let found = read(&page, &options);
    let taken = found.article.expect("a story");
    assert!(kept.standfirst.is_some());
    assert_eq!(kept.standfirst, taken.standfirst);
    assert!(kept.text.starts_with("The mill stays open"));
    assert!(taken.text.starts_with("The council of Fair Isle voted"));
    assert_eq!(kept.paragraphs.len(), taken.paragraphs.len() + 3);
    let reasons = found.report.blocks.iter().map(|b| b.because.to_string());
    assert_eq!(reasons.filter(|r| r == "field standfirst").count(), 3);
}

#[test]
fn a_first_paragraph_in_bold_stays_whatever_is_asked() {
    let html = include_str!("../../testdata/cases/fields/standfirst-in-bold/page.html");
    let page = RawPage::from_text(html);
    let kept = read(&page, &Options::default()).article.expect("a story");
    let mut options = Options::default();
    options.without_standfirst = true;
    let taken = read(&page, &options).article.expect("a story");
    assert!(kept.standfirst.is_some());
    assert_eq!(kept.text, taken.text);
}
