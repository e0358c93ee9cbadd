//! How a block looks, next to the page's dominant kind of paragraph: its kind, its list, its type.

use crate::document::{NodeIx, Tag};
use crate::extract::body::features::{Maker, Row, flag, log};

impl Maker<'_> {
    pub(super) fn family(&self, row: &mut Row, i: usize) {
        let family = self.terrain.family(i);
        row.family_count = log(family.count);
        row.family_prose = family.prose / self.terrain.prose.max(1.0);
        row.family_words = log(family.words / family.count.max(1.0));
        row.family_links = family.links / family.words.max(1.0);
    }

    /// The nearest list or table around the block.
    pub(super) fn list(&self, row: &mut Row, i: usize) {
        let doc = self.doc;
        let around = std::iter::once(self.blocks.at(i).node)
            .chain(doc.ancestors(self.blocks.at(i).node))
            .take(8)
            .find(|&n| matches!(doc.tag(n), Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table));
        let Some(list) = around else {
            row.list_items = -1.0;
            row.list_after_colon = -1.0;
            return;
        };
        let total = self.measures.total(doc, list);
        let inside = self.terrain.inside(doc, list);
        row.list_items = log(inside[2]);
        row.list_words = log(inside[1] / inside[2].max(1.0));
        row.list_links = total.link_share();
        row.list_share = inside[1] / self.terrain.words.max(1.0);
        let mut before = (0..i).rev().take(60).map(|at| self.blocks.at(at));
        let before = before.find(|b| !doc.contains(list, b.node));
        row.list_after_colon = before.map_or(0.0, |b| flag(b.text().ends_with([':', '：'])));
    }

    /// How the block looks, next to the page's dominant kind of paragraph.
    pub(super) fn look(&self, row: &mut Row, i: usize) {
        let (doc, t, block) = (self.doc, self.terrain, self.blocks.at(i));
        let class = |n: NodeIx| doc.attr(n, "class").unwrap_or_default();
        row.kind_rank = self.kind_prose(Some(i)) / self.kind_prose(t.main).max(0.001);
        if let Some(main) = t.main {
            let main = self.blocks.at(main).node;
            row.same_tag_as_main = flag(doc.tag(main) == doc.tag(block.node));
            row.same_class_as_main = flag(class(main) == class(block.node));
            row.same_depth_as_main =
                (f32::from(doc.depth(block.node)) - f32::from(doc.depth(main))).clamp(-9.0, 9.0);
        }
        row.class_words = class(block.node).split_ascii_whitespace().count().min(9) as f32;
        let total = self.measures.run(&block);
        let letters = (total.letters as f32).max(1.0);
        let (mut italic, mut bold, mut seen) = (0.0, 0.0, 0.0);
        for at in block.span() {
            let node = NodeIx::new(at);
            let own = self.measures.span(at, at + 1).letters as f32;
            if own == 0.0 {
                continue;
            }
            let (mut is_italic, mut is_bold, mut is_small) = (false, false, false);
            for n in doc.ancestors(node).take_while(|&n| n != block.node).take(6) {
                match doc.tag(n) {
                    Tag::Em | Tag::I | Tag::Cite => is_italic = true,
                    Tag::B | Tag::Strong => is_bold = true,
                    Tag::Small | Tag::Sub | Tag::Sup => is_small = true,
                    _ => {}
                }
            }
            let linked = self.measures.link_around(node).is_some();
            if seen == 0.0 {
                row.link_first = flag(linked);
                row.bold_first = flag(is_bold);
            }
            row.link_last = flag(linked);
            row.small_text += flag(is_small) * own / letters;
            italic += flag(is_italic) * own;
            bold += flag(is_bold) * own;
            seen += own;
        }
        row.italic_share = italic / letters;
        row.bold_share = bold / letters;
        let label = block
            .text()
            .char_indices()
            .take(40)
            .find(|(_, c)| matches!(c, ':' | '：' | '|'));
        row.label_words = label.map_or(-1.0, |(at, _)| {
            block.text()[..at].split(' ').count().min(9) as f32
        });
    }
}
