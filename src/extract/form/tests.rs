//! The forms of a body: the same text in each, and nothing in them that runs.

use std::fs;
use std::path::Path;

use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof,
};
use proptest::proptest;
use pulldown_cmark::{Event, Options as Dialect, Parser, Tag as Md, TagEnd};

use url::Url;

use super::{
    Article, Base, Cell, Element, Item, Keep, List, ListStyle, Picture, Row, Span, flat, links,
    markdown, unflat,
};
use crate::decode::decode;
use crate::document::{Document, Tag};
use crate::extract::article::Image;
use crate::extract::{Context, extract};
use crate::page::RawPage;
use crate::text;

/// Everything that can be kept.
const ALL: Keep = Keep {
    elements: true,
    links: true,
    images: true,
    tables: true,
    comments: true,
};

fn read(page: &RawPage, keep: Keep) -> Option<Article> {
    let context = Context {
        url: page.url.as_ref(),
        keep,
        ..Context::default()
    };
    extract(Document::parse(&decode(page).text), &context).article
}

const PROSE: &str = "<p>The night ferry came back on Monday after eleven weeks in the yard, with a \
                     new engine and a fresh coat of paint, the operator said.</p>";

const END: &str = "<p>Tickets go on sale this week, the operator said, and the first crossing for \
                   passengers is planned for Thursday morning, weather permitting.</p>";

/// A page whose story is all that it is given, read with everything.
fn article(story: &str) -> Article {
    let html = format!("<title>Ferry</title><article><h1>Ferry</h1>{PROSE}{story}{END}</article>");
    let page = RawPage::from_text(&html);
    let page = page.with_url(Url::parse("https://post.example/news/1").expect("a URL"));
    let found = read(&page, ALL).expect("an article");
    assert_eq!(flat::text(&found.elements), found.text);
    found
}

/// The elements between the two paragraphs, as Markdown.
fn markdown(story: &str) -> String {
    let all = markdown::story(&article(story));
    let parts: Vec<&str> = all.trim().split("\n\n").collect();
    parts[1..parts.len() - 1].join("\n\n")
}

#[test]
fn lists_are_nested_and_numbered_as_on_the_page() {
    let steps = "<p>Whoever wants to cross on the first day has to do three things this week:</p>\
        <ol start=3><li>Buy a ticket at the office on the quay, which is open until noon.<ul>\
        <li>Children under twelve travel for nothing, and so do dogs.</li></ul></li>\
        <li>Come half an hour before the ship sails, with the ticket at hand.</li></ol>";
    let expected = "3. Buy a ticket at the office on the quay, which is open until noon.\n   \
                    - Children under twelve travel for nothing, and so do dogs.\n\
                    4. Come half an hour before the ship sails, with the ticket at hand.";
    assert!(markdown(steps).ends_with(expected), "{}", markdown(steps));
}

#[test]
fn a_list_with_no_item_around_it_belongs_to_the_item_before() {
    let list = "<ul><li>The first boat leaves at six in the morning from the old pier.</li><ul>\
        <li>On Sundays it leaves at seven, and on holidays not at all.</li></ul>\
        <li>The last boat comes back at nine in the evening, the office said.</li></ul>";
    let found = article(list);
    let Some(Element::List(list)) = found.elements.get(1) else {
        panic!("a list: {:?}", found.elements);
    };
    assert_eq!(list.items.len(), 2);
    assert!(matches!(list.items[0].elements[1], Element::List(_)));
}

#[test]
fn a_table_keeps_its_empty_cells_and_its_head() {
    let table = "<table><thead><tr><th>Line<th>Planned<th>Counted</thead>\
        <tr><td rowspan=2>Port<td>1,200<td>2,650<tr><td>900<td>\
        <tr><td colspan=2>University and all stops behind it<td>1,780</table>";
    let expected = "| Line | Planned | Counted |\n| --- | --- | --- |\n| Port | 1,200 | 2,650 |\n\
                    |  | 900 |\n| University and all stops behind it |  | 1,780 |";
    assert_eq!(markdown(table), expected);
    let html = article(table).to_html();
    assert!(html.contains("<tr><th>Line</th><th>Planned</th><th>Counted</th></tr>"));
    assert!(html.contains("<td rowspan=\"2\">Port</td>"), "{html}");
    assert!(html.contains("<td colspan=\"2\">University"));
}

#[test]
fn a_picture_inside_a_table_comes_behind_it() {
    let table = "<table><thead><tr><th>Line<th>Planned<th>Counted</thead>\
        <tr><td rowspan=2>Port<td>1,200<td><img src=/a.jpg>2,650<tr><td>900<td>\
        <tr><td colspan=2>University and all stops behind it<td>1,780</table>";
    let text = markdown(table);
    assert!(
        text.starts_with("| Line | Planned | Counted |\n| --- |"),
        "{text}"
    );
    assert!(
        text.ends_with("| 1,780 |\n\n![](https://post.example/a.jpg)"),
        "{text}"
    );
}

#[test]
fn spaces_stay_outside_of_stress_and_links() {
    let story = "<p>A small crowd <b>met the ship </b>on the quay, <a href='/a?b=1&amp;c=(2)'><i>some \
        </i> of them</a>, with flags that had <em>last</em><strong> been</strong> used for the \
        r<b>egatt</b>a, “<b>(once</b>again)”.</p>";
    let expected = "A small crowd **met the ship** on the quay, [*some* of them]\
        (https://post.example/a?b=1&amp;c=\\(2\\)), with flags that had *last* **been** used for \
        the r**egatt**a, “(onceagain)”.";
    assert_eq!(markdown(story), expected);
}

#[test]
fn what_runs_is_no_address() {
    for href in [
        "javascript:alert(1)",
        " JaVa\nScript:x",
        "data:text/html,x",
        "vbscript:x",
        "#",
    ] {
        let base = Base::of(&Document::parse("<base href='javascript:x'>"), None);
        assert_eq!(base.link(href), None, "{href}");
    }
    let page = Url::parse("https://post.example/a/b").expect("a URL");
    let doc = Document::parse("<head><base href='/news/'><body>");
    let base = Base::of(&doc, Some(&page));
    assert_eq!(
        base.link("x").as_deref(),
        Some("https://post.example/news/x")
    );
    assert_eq!(
        base.link("mailto:desk@post.example").as_deref(),
        Some("mailto:desk@post.example")
    );
    assert_eq!(base.picture("mailto:desk@post.example"), None);
}

#[test]
fn an_article_without_elements_is_told_by_its_blocks() {
    let mut found = article("<ul><li>One thing that they said.</li><li>And another.</li></ul>");
    found.elements.clear();
    let text = found.to_markdown();
    assert!(
        text.contains("\n\n- One thing that they said.\n- And another.\n\n"),
        "{text}"
    );
}

/// Every saved page of the cases, with its name.
fn pages() -> Vec<(String, RawPage)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut pages = Vec::new();
    for group in fs::read_dir(top).expect("the cases").flatten() {
        for case in fs::read_dir(group.path()).expect("a group").flatten() {
            if let Ok(saved) = crate::archive::folder::load(&case.path()) {
                pages.push((case.path().display().to_string(), saved.page));
            }
        }
    }
    assert!(pages.len() > 50);
    pages
}

#[test]
fn the_elements_of_every_case_are_its_text() {
    for (name, page) in pages() {
        if let Some(found) = read(&page, ALL) {
            assert_eq!(flat::text(&found.elements), found.text, "{name}");
            let all = [unflat::standfirst(&found), found.elements.clone()].concat();
            let shown = words(&shown(&markdown::story(&found)));
            assert_eq!(shown, told(&all), "{name}");
            let plain = read(&page, Keep::default()).expect("as before");
            assert_eq!(
                (plain.text, plain.paragraphs),
                (found.text, found.paragraphs),
                "{name}"
            );
        }
    }
}

/// The text that a Markdown reader shows, blocks parted by spaces.
fn shown(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, Dialect::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => {}
            Event::SoftBreak | Event::HardBreak | Event::End(_) | Event::Start(Md::List(_)) => {
                out.push(' ');
            }
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}"),
            Event::Rule => panic!("a rule"),
            _ => {}
        }
    }
    out
}

fn words(text: &str) -> Vec<String> {
    let nothing = |c: &char| c.is_control() && !c.is_whitespace();
    let text: String = text.chars().filter(|c| !nothing(c)).collect();
    let words = text.split(text::is_space).filter(|w| !w.is_empty());
    words.map(str::to_owned).collect()
}

/// The words that elements hold.
fn told(elements: &[Element]) -> Vec<String> {
    let mut out = String::new();
    tell(elements, &mut out);
    words(&out)
}

fn tell(elements: &[Element], out: &mut String) {
    for element in elements {
        match element {
            Element::Paragraph { spans } | Element::Heading { spans, .. } => {
                out.push_str(&flat::plain(spans));
            }
            Element::List(list) => list.items.iter().for_each(|item| tell(&item.elements, out)),
            Element::Quote { elements } => tell(elements, out),
            Element::Table { rows } => {
                for cell in rows.iter().flat_map(|row| &row.cells) {
                    out.push_str(&flat::plain(&cell.spans));
                    out.push(' ');
                }
            }
            Element::Preformatted { text } => out.push_str(text),
            Element::Image(Picture { image, alt }) => {
                let alt = alt
                    .as_ref()
                    .filter(|_| links::safe_picture(&image.url).is_some());
                for text in [alt, image.caption.as_ref(), image.credit.as_ref()] {
                    out.push_str(text.map_or("", String::as_str));
                    out.push(' ');
                }
            }
        }
        out.push(' ');
    }
}

/// What Markdown and HTML stumble over.
const PIECES: [&str; 52] = [
    "a", "Ferry", " ", " ", "\n", "*", "**", "_", "__", "`", "``", "```", "[", "]", "](x)", "![",
    "!", "(", ")", "<", ">", "<b>", "<script>", "</p>", "<!--", "-->", "&", "&amp;", "&#60;",
    "&copy", ";", "\\", "#", "# ", "- ", "---", "===", "+ ", "> ", "1. ", "12)", "2024.", "|",
    "| --- |", ":--", "~~", "中文", "。", "“", "é", "\u{a0}", "\r\u{1}",
];
const ADDRESSES: [&str; 10] = [
    "https://post.example/a_b*c?d=(e)&amp;f&copy;",
    "http://post.example/<script>\"'",
    "mailto:a b@post.example?subject=x)y",
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " data:text/html,<script>x</script>",
    "java\nscript:x",
    "//post.example",
    "\" onclick=\"x",
    "https://post.example/|`\\",
];

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let text = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6);
    let link = prop::option::weighted(0.3, prop::sample::select(&ADDRESSES[..]));
    let span = (text, any::<(bool, bool)>(), prop::bool::weighted(0.2), link);
    let span = span.prop_map(|(text, (emphasis, strong), code, link)| Span {
        text: text.concat(),
        emphasis,
        strong,
        code,
        link: link.map(str::to_owned),
    });
    prop::collection::vec(span, 0..5)
}

fn cell() -> impl Strategy<Value = Cell> {
    (any::<bool>(), 0..4_u16, 0..4_u16, spans()).prop_map(|(header, columns, rows, spans)| Cell {
        header,
        columns,
        rows,
        spans,
    })
}

fn element() -> impl Strategy<Value = Element> {
    let text = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8);
    let row = prop::collection::vec(cell(), 1..4).prop_map(|cells| Row { lone: false, cells });
    let image = (
        prop::sample::select(&ADDRESSES[..]),
        text.clone(),
        text.clone(),
    );
    let leaf = prop_oneof![
        4 => spans().prop_map(|spans| Element::Paragraph { spans }),
        1 => (0..9_u8, spans()).prop_map(|(level, spans)| Element::Heading { level, spans }),
        1 => text.prop_map(|text| Element::Preformatted { text: text.concat() }),
        1 => prop::collection::vec(row, 1..4).prop_map(|rows| Element::Table { rows }),
        1 => image.prop_map(|(url, alt, caption)| Element::Image(Picture {
            image: Image { url: url.to_owned(), caption: Some(caption.concat()), credit: None },
            alt: Some(alt.concat()),
        })),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let elements = prop::collection::vec(inner, 0..4);
        let item = (any::<bool>(), elements.clone());
        let item = item.prop_map(|(term, elements)| Item { term, elements });
        let style = prop_oneof![
            Just(ListStyle::Bullets),
            Just(ListStyle::Numbers),
            Just(ListStyle::Terms)
        ];
        let items = prop::collection::vec(item, 0..4);
        prop_oneof![
            (style, 0..4_u32, items).prop_map(|(style, start, items)| Element::List(List {
                style,
                start,
                items
            })),
            elements.prop_map(|elements| Element::Quote { elements }),
        ]
    })
}

/// A link whose text is code with `]:` in it would be a definition, which shows nothing.
#[test]
fn code_in_a_link_defines_nothing() {
    let span = Span {
        text: "a[0]: int".to_owned(),
        code: true,
        link: Some("https://post.example/a".to_owned()),
        ..Span::default()
    };
    let article = Article {
        elements: vec![Element::Paragraph { spans: vec![span] }],
        ..Article::default()
    };
    let text = article.to_markdown();
    assert_eq!(words(&shown(&text)), told(&article.elements), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A Markdown reader shows the words that were written, in their order, and nothing else.
    #[test]
    fn markdown_shows_what_it_was_given(elements in prop::collection::vec(element(), 0..4)) {
        let article = Article { elements, ..Article::default() };
        let text = article.to_markdown();
        prop_assert_eq!(words(&shown(&text)), told(&article.elements), "{}", text);
        for event in Parser::new_ext(&text, Dialect::ENABLE_TABLES) {
            if let Event::Start(Md::Link { dest_url, .. } | Md::Image { dest_url, .. }) = event {
                prop_assert!(links::safe(&dest_url).is_some(), "{}", dest_url);
            }
        }
    }

    /// Whatever the elements hold, the HTML has no other elements and attributes than it says, and
    /// its text is theirs.
    #[test]
    fn html_can_do_nothing(elements in prop::collection::vec(element(), 0..4)) {
        let article = Article { elements, ..Article::default() };
        let html = article.to_html();
        let doc = Document::parse(&format!("<body>{html}"));
        let body = doc.all(Tag::Body).next().expect("a body");
        for node in doc.within(body).skip(1) {
            let Some(name) = doc.name(node) else { continue };
            prop_assert!(ELEMENTS.contains(&name), "{name} in {html}");
            for (attribute, value) in doc.attrs(node) {
                let sound = match (name, attribute) {
                    ("a", "href") => links::safe(value).is_some(),
                    ("img", "src") => links::safe_picture(value).is_some(),
                    ("img", "alt") => true,
                    ("ol", "start") | ("td" | "th", "colspan" | "rowspan") => {
                        value.parse::<u32>().is_ok()
                    }
                    _ => false,
                };
                prop_assert!(sound, "{name} {attribute}={value}");
            }
        }
        let alts = doc.within(body).filter(|&n| doc.tag(n) == Tag::Img);
        let alts: Vec<&str> = alts.filter_map(|n| doc.attr(n, "alt")).collect();
        let mut shown = words(&format!("{} {}", doc.text_of(body), alts.join(" ")));
        let mut told = told(&article.elements);
        shown.sort();
        told.sort();
        prop_assert_eq!(shown, told, "{}", html);
    }
}

const ELEMENTS: [&str; 28] = [
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "br",
    "em",
    "strong",
    "code",
    "a",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "img",
    "figcaption",
];
