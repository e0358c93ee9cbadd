//! A node's readable address, for reports.

use super::{Document, NodeIx, Tag};

impl Document {
    /// The way from `body` to a node, each step as tag, id and first classes: enough to find it in
    /// a browser's inspector.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::document::{Document, Tag};
    /// let doc = Document::parse("<div id=main class='wide dark'><p class=lead>x</p></div>");
    /// let p = doc.all(Tag::P).next().expect("a paragraph");
    /// assert_eq!(doc.path(p), "div#main.wide.dark > p.lead");
    /// ```
    pub fn path(&self, node: NodeIx) -> String {
        let mut steps: Vec<String> = std::iter::once(node)
            .chain(self.ancestors(node))
            .take_while(|&n| !matches!(self.tag(n), Tag::Body | Tag::Html | Tag::Document))
            .filter(|&n| self.tag(n) != Tag::Text)
            .map(|n| self.step(n))
            .collect();
        steps.reverse();
        if steps.is_empty() {
            "body".to_owned()
        } else {
            steps.join(" > ")
        }
    }

    fn step(&self, node: NodeIx) -> String {
        let mut step = self.name(node).unwrap_or("#").to_owned();
        if let Some(id) = self.attr(node, "id").filter(|id| !id.trim().is_empty()) {
            step.push('#');
            step.push_str(id.trim());
        }
        for class in self
            .attr(node, "class")
            .unwrap_or_default()
            .split_ascii_whitespace()
            .take(3)
        {
            step.push('.');
            step.push_str(class);
        }
        step
    }
}
