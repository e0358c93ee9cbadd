//! Parts of a page that its server sent after the rest.
//!
//! React's streaming renderer, and frameworks built on it, close the page before its slow parts are
//! ready: a template marks where a part belongs (`B:1`, `P:1`), what stands behind it up to the next
//! comment is shown in the meantime, and the part comes later in a hidden `div` (`S:1`), with a script
//! that puts it into its place. A reader sees the page with that done, so it is done here, before any
//! node has its number.

use super::{NONE, Tree};
use crate::document::Tag;

use foldhash::HashMap;

/// Parts that are put into their places at most.
const PARTS: usize = 1_000;

/// Levels that a page with its parts in place may have: the parser's own cap on nesting.
const LEVELS: usize = 512;

/// Where a part belongs.
#[derive(Clone, Copy)]
struct Place {
    template: u32,
    /// Whether something is shown there in the meantime.
    filled: bool,
}

impl Tree {
    /// Moves every part whose place is known to that place.
    pub(super) fn place_parts(&mut self) {
        let mut places = HashMap::default();
        for template in std::mem::take(&mut self.templates) {
            let id = self.attr(template, "id").unwrap_or_default();
            let place = |filled| Place { template, filled };
            if let Some(part) = id.strip_prefix("B:") {
                places.insert(part.to_owned(), place(true));
            } else if let Some(part) = id.strip_prefix("P:") {
                places.insert(part.to_owned(), place(false));
            }
        }
        if places.is_empty() {
            return;
        }
        let parts: Vec<(u32, Place)> = (0..self.nodes.len() as u32)
            .filter(|&id| self.tag(id) == Tag::Div && self.attr(id, "hidden").is_some())
            .filter_map(|id| Some((id, places.remove(self.attr(id, "id")?.strip_prefix("S:")?)?)))
            .take(PARTS)
            .collect();
        for (part, place) in parts {
            if self.has_room(part, place.template) {
                self.place(part, place);
            }
        }
    }

    fn place(&mut self, part: u32, place: Place) {
        if place.filled {
            for id in self.meantime(place.template) {
                self.detach(id);
            }
        }
        while let Some(child) = self.first_child(part) {
            self.detach(child);
            self.insert_before(place.template, child);
        }
    }

    /// What stands between a template and the next comment beside it; nothing without a comment.
    fn meantime(&self, template: u32) -> Vec<u32> {
        let mut out = Vec::new();
        let last = self.nodes[self.nodes[template as usize].parent as usize].last;
        let mut at = template;
        while at != last {
            at = self.nodes[at as usize].next;
            if self.tag(at) == Tag::Invisible {
                return out;
            }
            out.push(at);
        }
        Vec::new()
    }

    /// Whether a part can stand at a place: it does not hold the place, and the page stays flat
    /// enough with it.
    fn has_room(&self, part: u32, template: u32) -> bool {
        let up = |&id: &u32| Some(self.nodes[id as usize].parent).filter(|&p| p != NONE);
        let around: Vec<u32> = std::iter::successors(up(&template), up)
            .take(LEVELS)
            .collect();
        let top = around.last().copied();
        top == Some(0) && !around.contains(&part) && around.len() + self.height(part) <= LEVELS
    }

    /// Levels below a node.
    fn height(&self, id: u32) -> usize {
        let (mut at, mut depth, mut height) = (id, 0, 0);
        loop {
            if let Some(first) = self.first_child(at) {
                (at, depth) = (first, depth + 1);
                height = height.max(depth);
                continue;
            }
            loop {
                if depth == 0 {
                    return height;
                }
                let node = &self.nodes[at as usize];
                if self.nodes[node.parent as usize].last != at {
                    at = node.next;
                    break;
                }
                (at, depth) = (node.parent, depth - 1);
            }
        }
    }

    fn tag(&self, id: u32) -> Tag {
        self.names[self.nodes[id as usize].name as usize].tag
    }

    fn attr(&self, id: u32, name: &str) -> Option<&str> {
        if matches!(self.tag(id), Tag::Text | Tag::Invisible | Tag::Document) {
            return None;
        }
        let attrs = &self.attrs[self.nodes[id as usize].has.range()];
        let attr = attrs.iter().find(|a| &*a.name == name)?;
        self.text.get(attr.value.range())
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, runs};

    fn shown(html: &str) -> Vec<String> {
        let runs = runs(&Document::parse(html));
        runs.texts().map(str::to_owned).collect()
    }

    #[test]
    fn parts_stand_where_their_templates_are() {
        let page = "<main><h1>Head</h1><!--$?--><template id=B:0></template><p>Loading</p><!--/$--><p>Foot</main>\
            <div hidden id=S:0><p>One</p><template id=P:1></template><p>Three</p></div>\
            <div hidden id=S:1><p>Two</p></div><script>$RC('B:0','S:0')</script>";
        assert_eq!(shown(page), ["Head", "One", "Two", "Three", "Foot"]);
    }

    #[test]
    fn what_is_shown_in_the_meantime_goes_only_where_its_end_is_known() {
        let page = "<main><template id=B:0></template><p>Loading</p></main><div hidden id=S:0><p>One</div>";
        assert_eq!(shown(page), ["One", "Loading"]);
    }

    #[test]
    fn a_part_that_holds_its_own_place_stays() {
        let page = "<p>One<div hidden id=S:0><p>Two</p><template id=B:0></template></div>";
        assert_eq!(shown(page), ["One", "Two"]);
        let ring = "<p>One<div hidden id=S:0><template id=B:1></template></div>\
            <div hidden id=S:1><template id=B:0></template></div>";
        assert_eq!(shown(ring), ["One"]);
    }

    #[test]
    fn parts_do_not_nest_without_end() {
        let part = |i: usize| {
            format!(
                "<div hidden id=S:{i}><p><b><i><template id=P:{}></template></i></b></div>",
                i + 1
            )
        };
        let page: String = (0..1_000).map(part).collect();
        let doc = Document::parse(&format!("<template id=P:0></template>{page}"));
        assert!(doc.nodes().all(|n| doc.depth(n) <= 520));
    }
}
