//! What a page states in `<meta>` and `<link>` elements.

use super::json;
use crate::document::{Document, NodeIx};

/// The metas and links of a page, in order.
#[derive(Debug, Default)]
pub(super) struct Metas {
    metas: Vec<(String, String)>,
    links: Vec<(String, String)>,
}

/// More metas than this are no description of a page.
const LIMIT: usize = 2_000;

impl Metas {
    /// Takes a `<meta>`: its `property`, `name`, `itemprop` or `http-equiv`, and its content.
    pub(super) fn add_meta(&mut self, doc: &Document, node: NodeIx) {
        if self.metas.len() >= LIMIT {
            return;
        }
        let Some(content) = doc
            .attr(node, "content")
            .or_else(|| doc.attr(node, "value"))
        else {
            return;
        };
        let content = content.trim();
        if content.is_empty() {
            return;
        }
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = doc.attr(node, key) {
                let name = name.trim().to_ascii_lowercase();
                self.metas.push((name, content.to_owned()));
            }
        }
    }

    /// Takes a `<link>` with each of its relations.
    pub(super) fn add_link(&mut self, doc: &Document, node: NodeIx) {
        let (Some(rel), Some(href)) = (doc.attr(node, "rel"), doc.attr(node, "href")) else {
            return;
        };
        if self.links.len() >= LIMIT || href.trim().is_empty() {
            return;
        }
        for rel in rel.split_ascii_whitespace() {
            let rel = rel.to_ascii_lowercase();
            if matches!(
                rel.as_str(),
                "canonical" | "amphtml" | "next" | "author" | "image_src"
            ) {
                self.links.push((rel, href.trim().to_owned()));
            }
        }
    }

    /// The values of a name as written.
    pub(super) fn raw<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m str> {
        self.metas
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, content)| content.as_str())
    }

    /// Every meta: its name in lower case, and its content as written.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.metas.iter().map(|(n, c)| (n.as_str(), c.as_str()))
    }

    /// The first value of a name as it would show.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name)
            .map(json::plain)
            .find(|content| !content.is_empty())
    }

    /// The first value of the first of several names, with that name.
    pub(super) fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names
            .iter()
            .find_map(|&name| self.text(name).map(|text| (name, text)))
    }

    /// The address of the first link of a relation.
    pub(super) fn link(&self, rel: &str) -> Option<&str> {
        self.links
            .iter()
            .find(|(r, _)| r == rel)
            .map(|(_, href)| href.as_str())
    }
}
