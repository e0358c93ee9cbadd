//! The document is the tree that scraper makes of the same page: same elements, attributes, text.
//!
//! scraper parses with html5ever's own tokenizer, so this compares two tokenizers and two trees.

use cleancopy::document::{Document, NodeIx};
use ego_tree::iter::Edge;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq};
use proptest::proptest;
use scraper::{Html, Node};

/// Pieces of markup at which tokenizers and tree builders part ways.
const PIECES: &[&str] = &[
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<caption>",
    "<col>",
    "<tbody>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=x>",
    "</a>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<span title='a&quot'>",
    "</span>",
    "<h1>",
    "</h2>",
    "<ul>",
    "<li>",
    "<form>",
    "</form>",
    "<select>",
    "<option>",
    "<optgroup>",
    "</select>",
    "<button>",
    "<nobr>",
    "<font color=red>",
    "<br>",
    "</br>",
    "<hr/>",
    "<img src=a alt=\"b&amp;c\" SRC=d>",
    "<image>",
    "<input type=hidden>",
    "<input>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mi>",
    "<mtext>",
    "<annotation-xml encoding='text/html'>",
    "<foreignObject>",
    "<desc>",
    "<title>",
    "</title>",
    "<script>",
    "</script>",
    "<script>a<!--<script>b</script>-->",
    "<style>",
    "</style >",
    "<textarea>\n",
    "</textarea/>",
    "<noscript>",
    "</noscript>",
    "<iframe>",
    "</iframe>",
    "<xmp>",
    "<plaintext>",
    "<template>",
    "</template>",
    "<frameset>",
    "<frame>",
    "<head>",
    "</head>",
    "<body class=x>",
    "<body id=y class=z>",
    "</body>",
    "<html lang=en>",
    "<html lang=de data-x=1>",
    "</html>",
    "<!DOCTYPE html>",
    "<!doctype x PUBLIC \"a\" 'b'>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 3.2//EN'>",
    "<!-- a -->",
    "<!-->",
    "<!--->",
    "<!-- a --!>",
    "<!-- a ",
    "<![CDATA[ a ]] ]]>",
    "<?php ?>",
    "<! x>",
    "</ x>",
    "<",
    "</",
    "<a",
    "&",
    "&amp",
    "&ampx",
    "&notit;",
    "&not;in",
    "&nbsp;",
    "&#0;",
    "&#x1F6A2;",
    "&#128;",
    "&#xD800;",
    "&#99999999999;",
    "&#",
    "&#x",
    "&bogus;",
    "&NotEqualTilde;",
    "\0",
    "\r\n",
    "\r",
    "\n",
    " ",
    "\t",
    "\u{c}",
    "word",
    "ü",
    "<pre>\n\na",
    "<listing>\r\n",
    "<X-Y z a=1 A=2 = ='' \"'<>",
    "<p a=b/c d='e'f \0=1>",
    "<a\nb\r\nc = d\r\n>",
    "<p title='a\r\nb\rc\0&lt'>",
    "<main>",
    "<dd>",
    "<dt>",
    "<ruby>",
    "<rp>",
    "<rt>",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES).prop_map(str::to_owned);
    let piece = proptest::prop_oneof![
        30 => piece,
        1 => any::<String>(),
        1 => Just("x".to_owned()),
    ];
    let pieces = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    // html5ever takes a byte order mark for one behind every script, too; the standard knows it at
    // the start of the page alone.
    (any::<bool>(), pieces).prop_map(|(marked, html)| {
        let start = if marked { "\u{feff}" } else { "" };
        format!("{start}{}", html.replace('\u{feff}', ""))
    })
}

/// The tree as lines, one a node: depth, name or text, attributes.
fn of_scraper(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let (mut lines, mut depth) = (Vec::new(), 0);
    for edge in page.tree.root().traverse() {
        let Edge::Open(node) = edge else {
            depth -= 1;
            continue;
        };
        lines.push(match node.value() {
            Node::Text(text) => format!("{depth} {:?}", &*text.text),
            Node::Element(e) => format!("{depth} {} {:?}", e.name(), e.attrs().collect::<Vec<_>>()),
            _ => format!("{depth} -"),
        });
        depth += 1;
    }
    lines
}

fn of_document(html: &str) -> Vec<String> {
    let doc = Document::parse(html);
    let line = |node: NodeIx| {
        let depth = doc.ancestors(node).count();
        assert_eq!(depth, usize::from(doc.depth(node)));
        match (doc.text(node), doc.name(node)) {
            (Some(text), _) => format!("{depth} {text:?}"),
            (None, Some(name)) => {
                format!("{depth} {name} {:?}", doc.attrs(node).collect::<Vec<_>>())
            }
            (None, None) => format!("{depth} -"),
        }
    };
    doc.nodes().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_markup_gives_the_tree_that_scraper_gives(html in markup()) {
        prop_assert_eq!(of_document(&html), of_scraper(&html));
    }
}

/// What tree builders do to nodes they have placed, each once, so that none is left to chance.
#[test]
fn misnested_markup_gives_the_tree_that_scraper_gives() {
    for html in [
        "<table>a<tr>b<td>c</td>d</tr>e</table>f",
        "<p>1<b>2<i>3</b>4</i>5",
        "<a>1<table><a>2</table>3</a>",
        "<b><p>1</b>2<p>3<b>4</div>5",
        "<body a=1><p>x<body b=2 a=3><html lang=en><html id=y lang=de>",
        "<template>a<tr><td>b</template>c<template></template>",
        "<p>x<frameset><frame></frameset>",
        "<svg><![CDATA[a<b]]><foreignObject><p>c</svg>d",
    ] {
        let found = of_document(html);
        assert_eq!(found, of_scraper(html), "{html}");
        assert!(found.len() > 4, "{html}");
    }
}
