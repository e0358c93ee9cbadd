//! Elements of a page by CSS selector, and the decisions on the text inside them.
//!
//! `scraper` matches, on a tree that is built here from the page's [`Document`]: so a match is an
//! element of the very tree that was judged, the parser's cap on nesting included, and the page is
//! not parsed a second time by other code.

use std::collections::HashMap;

use cleancopy::document::{Document, NodeIx, Tag};
use cleancopy::extract::BlockDecision;
use html5ever::tree_builder::{ElementFlags, NodeOrText, TreeSink};
use html5ever::{Attribute, LocalName, Namespace, QualName, ns};
use scraper::error::SelectorErrorKind;
use scraper::{Html, HtmlTreeSink, Selector};

use super::owners::owners;

/// A CSS selector as it was typed.
#[derive(Debug, Clone)]
pub(crate) struct Css {
    text: String,
    selector: Selector,
}

impl std::str::FromStr for Css {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let selector = Selector::parse(text).map_err(|error| match error {
            // Its own words ask for a report to the developer, for every misspelt pseudo-class.
            SelectorErrorKind::UnexpectedSelectorParseError(what) => {
                format!("no CSS selector that can be used here ({what:?})")
            }
            other => format!("no CSS selector ({other})"),
        })?;
        let text = text.to_owned();
        Ok(Self { text, selector })
    }
}

impl std::fmt::Display for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a selector matches on a page.
pub(crate) struct Wanted<'a> {
    pub(crate) css: &'a Css,
    /// The elements, in document order.
    pub(crate) elements: Vec<NodeIx>,
    /// For every block of the report, whether text of it is inside one of the elements.
    blocks: Vec<bool>,
}

impl<'a> Wanted<'a> {
    /// Matches the page, and finds the decisions on text inside the matched elements.
    pub(crate) fn by(css: &'a Css, doc: &Document, blocks: &[BlockDecision]) -> Self {
        let elements = matches(doc, &css.selector);
        let mut inside = vec![false; doc.len()];
        for &element in &elements {
            // An element inside one that is done is done.
            if !inside[element.index()] {
                inside[doc.subtree(element)].fill(true);
            }
        }
        // A block is an element's, or the element (a link, a word in bold) is in the block.
        let mut wanted: Vec<bool> = blocks.iter().map(|b| inside[b.node as usize]).collect();
        for owned in owners(doc, blocks) {
            wanted[owned.block] |= inside[owned.node.index()];
        }
        Self {
            css,
            elements,
            blocks: wanted,
        }
    }

    /// Whether the report's block of this number has text inside a matched element.
    pub(crate) fn has(&self, block: usize) -> bool {
        self.blocks[block]
    }
}

/// The elements of a document that a selector matches, in document order.
fn matches(doc: &Document, selector: &Selector) -> Vec<NodeIx> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut made = vec![(sink.get_document(), ns!(html))];
    let mut numbers = HashMap::new();
    for node in doc.nodes().skip(1) {
        let parent = doc.parent(node).unwrap_or(NodeIx::ROOT);
        let (above, space) = made[parent.index()].clone();
        let here = if let Some(name) = doc.name(node) {
            let space = namespace(doc, node, name, &space);
            let full = QualName::new(None, space.clone(), LocalName::from(name));
            let attrs = doc.attrs(node).map(|(name, value)| Attribute {
                name: QualName::new(None, ns!(), LocalName::from(name)),
                value: value.into(),
            });
            let element = sink.create_element(full, attrs.collect(), ElementFlags::default());
            sink.append(&above, NodeOrText::AppendNode(element));
            numbers.insert(element, node);
            (element, space)
        } else if doc.tag(node) == Tag::Document {
            (sink.get_template_contents(&above), space)
        } else {
            // Of text, selectors ask only whether there is any (`:empty`); it has no children.
            if doc.text(node).is_some() {
                sink.append(&above, NodeOrText::AppendText("x".into()));
            }
            (above, space)
        };
        made.push(here);
    }
    let tree = sink.finish();
    let mut found: Vec<NodeIx> = tree
        .select(selector)
        .filter_map(|element| numbers.get(&element.id()).copied())
        .collect();
    found.sort_unstable();
    found
}

/// The namespace of an element, which a document does not keep: names in SVG are case-sensitive.
fn namespace(doc: &Document, node: NodeIx, name: &str, around: &Namespace) -> Namespace {
    let holds_fragment = doc.children(node).any(|n| doc.tag(n) == Tag::Document);
    let above = doc.parent(node).and_then(|n| doc.name(n));
    match (name, above) {
        ("template", _) if holds_fragment => ns!(html),
        // A template without a fragment is no HTML element.
        ("svg" | "template", _) => ns!(svg),
        ("math", _) => ns!(mathml),
        (
            _,
            Some("foreignObject" | "desc" | "annotation-xml" | "mi" | "mo" | "mn" | "ms" | "mtext"),
        ) => {
            ns!(html)
        }
        _ => around.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `scraper` matches on a tree of its own, numbered in document order.
    fn by_scraper(html: &str, selector: &Selector) -> Vec<usize> {
        let page = Html::parse_document(html);
        let order: Vec<_> = page.tree.root().descendants().map(|n| n.id()).collect();
        let place = |id| order.iter().position(|o| *o == id).expect("a node");
        let mut found: Vec<usize> = page.select(selector).map(|e| place(e.id())).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn matches_are_those_of_a_tree_that_scraper_parsed() {
        let page = "<!DOCTYPE html><!-- a --><body class='x Y'>a<table>b<tr><td id=c>d</table>\
            <p>1<b>2<i>3</b>4</i>5<p><template><em>t</em></template><svg viewBox=0><linearGradient/>\
            <foreignObject><p>f<desc><em/></desc></svg><div title='q'></div><a HREF=/x>y</a><br>z";
        for css in [
            "*",
            "p > b",
            "i",
            "td#c",
            ".x",
            ".Y",
            ".y",
            "[href]",
            "[title=q]",
            "em",
            "svg p",
            "linearGradient",
            "svg[viewBox]",
            ":empty",
            "p:nth-of-type(2)",
            "div:not(.x)",
            "body:has(table) a",
            "p + p, a",
            "template",
            ":root",
        ] {
            let selector = Selector::parse(css).expect(css);
            let found = matches(&Document::parse(page), &selector);
            let found: Vec<usize> = found.into_iter().map(NodeIx::index).collect();
            assert_eq!(found, by_scraper(page, &selector), "{css}");
            assert_eq!(found.is_empty(), css == ".y", "{css}");
        }
    }

    #[test]
    fn a_page_nested_deeper_than_the_parser_goes_has_its_own_numbers() {
        let page = format!(
            "{}<a>deep</a>{}<a>on</a>",
            "<div>".repeat(5_000),
            "</div>".repeat(5_000)
        );
        let doc = Document::parse(&page);
        let css: Css = "div a, body > a".parse().expect("a selector");
        let found = matches(&doc, &css.selector);
        let texts: Vec<String> = found.iter().map(|&n| doc.text_of(n)).collect();
        assert_eq!(texts, ["deep", "on"]);
    }

    #[test]
    fn what_is_no_selector_is_refused_in_words() {
        for (css, word) in [
            ("p >", "Dangling"),
            ("", "Empty"),
            ("p:visible", "PseudoClass"),
            ("p[", "no CSS"),
        ] {
            let said = css.parse::<Css>().expect_err(css);
            assert!(
                said.contains("no CSS selector") && said.contains(word),
                "{css}: {said}"
            );
        }
    }
}
