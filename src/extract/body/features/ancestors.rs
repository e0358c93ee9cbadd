//! What stands around a block: the prose its ancestors hold, their tags and the words in their names.

use crate::document::{Document, NodeIx, Tag};
use crate::extract::body::features::{FAR, Maker, Row, log};
use crate::extract::body::names::Group;

/// An element around a block, with what is computed once an element.
#[derive(Debug)]
pub(super) struct Around {
    node: NodeIx,
    line: Line,
    /// See `Terrain::inside`.
    inside: [f32; 4],
    /// Its children by tag, as far as blocks stand in them.
    children: Vec<(Tag, Alike)>,
}

/// Children of a node that are looked at to count those of one tag.
const SIBLINGS: usize = 200;

/// What is known of the children of a node that have one tag.
#[derive(Debug)]
pub(super) struct Alike {
    all: u32,
    /// How many of them stand before the one that was asked for last.
    before: u32,
    last: NodeIx,
}

/// What the line of ancestors of an element says.
#[derive(Debug, Clone, Copy)]
struct Line {
    tags: [u8; 14],
    names: [u8; 16],
    own_mask: u32,
    parent_mask: u32,
    article: Option<NodeIx>,
}

impl Line {
    /// Nothing is around.
    const FREE: Self = Self {
        tags: [FAR as u8; 14],
        names: [FAR as u8; 16],
        own_mask: 0,
        parent_mask: 0,
        article: None,
    };
}

impl Around {
    /// Of the first children, how many have the tag of one of them, and how many of these stand
    /// before it.
    fn among_children(&mut self, doc: &Document, node: NodeIx) -> (u32, u32) {
        let (parent, tag) = (self.node, doc.tag(node));
        let alike = || {
            let first = doc.children(parent).take(SIBLINGS);
            first.filter(move |&child| doc.tag(child) == tag)
        };
        let at = self.children.iter().position(|(known, _)| *known == tag);
        let at = at.unwrap_or_else(|| {
            let all = alike().count() as u32;
            let (before, last) = (0, node);
            self.children.push((tag, Alike { all, before, last }));
            self.children.len() - 1
        });
        let known = &mut self.children[at].1;
        // Blocks come in the order of the document, so those before the last one are known.
        if known.before == 0 || node < known.last {
            known.before = alike().take_while(|&child| child < node).count() as u32;
        } else {
            let mut child = Some(known.last);
            while let Some(at) = child.filter(|&at| at < node && known.before < known.all) {
                known.before += u32::from(doc.tag(at) == tag);
                child = doc.next_sibling(at);
            }
        }
        known.last = node;
        (known.all, known.before)
    }
}

impl Maker<'_> {
    pub(super) fn ancestors(&mut self, row: &mut Row, i: usize) {
        let (t, node) = (self.terrain, self.blocks.at(i).node);
        self.go_to(node);
        // The document stands for what is above it.
        let up: [usize; 5] = std::array::from_fn(|n| self.around.len().saturating_sub(n + 1));
        let inside = up.map(|at| self.around[at].inside);
        let parent = up[1];
        let prose = t.prose.max(1.0);
        let reading = |s: [f32; 4]| s[3] / s[2].max(1.0);
        [
            row.share_0,
            row.share_1,
            row.share_2,
            row.share_3,
            row.share_4,
        ] = inside.map(|s| s[0] / prose);
        let lean = |s: [f32; 4]| s[0] / s[1].max(1.0);
        [row.links_1up, row.links_2up, row.links_3up] =
            [lean(inside[1]), lean(inside[2]), lean(inside[3])];
        (row.blocks_1up, row.blocks_2up) = (log(inside[1][2]), log(inside[2][2]));
        [row.reading_1up, row.reading_2up, row.reading_3up] =
            [reading(inside[1]), reading(inside[2]), reading(inside[3])];
        (row.words_1up, row.words_2up) = (log(inside[1][1]), log(inside[2][1]));
        let (siblings, before) = self.around[parent].among_children(self.doc, node);
        let parent = self.around[parent].node;
        row.direct_share = t.direct.get(&parent).copied().unwrap_or(0.0) / prose;
        (row.siblings, row.index_of_type) = (log(siblings as f32), log(before as f32));
        self.line(row);
        self.containers(row, node);
    }

    fn containers(&self, row: &mut Row, node: NodeIx) {
        let (doc, t) = (self.doc, self.terrain);
        let up_to = |holder: NodeIx| {
            let depth = |n| f32::from(doc.depth(n));
            if doc.contains(holder, node) {
                (1.0, depth(node) - depth(holder))
            } else {
                let up = doc
                    .ancestors(node)
                    .take_while(|&n| !doc.contains(n, holder))
                    .count();
                (0.0, -(up as f32) - 1.0)
            }
        };
        (row.in_best, row.up_to_best) = up_to(t.best);
        (row.in_half, row.up_to_half) = up_to(t.half);
        (row.in_most, row.up_to_most) = up_to(t.most);
    }

    fn line(&self, row: &mut Row) {
        let Some(Around { line, .. }) = self.around.last() else {
            return;
        };
        let far = |d: u8| f32::from(d).min(FAR);
        [
            row.in_article,
            row.in_main,
            row.in_aside,
            row.in_nav,
            row.in_footer,
            row.in_header,
            row.in_form,
            row.in_figure,
            row.in_table,
            row.in_list,
            row.in_quote,
            row.in_section,
            row.in_button,
            row.in_details,
        ] = line.tags.map(far);
        [
            row.name_story,
            row.name_lead,
            row.name_comment,
            row.name_share,
            row.name_related,
            row.name_promo,
            row.name_ad,
            row.name_furniture,
            row.name_byline,
            row.name_date,
            row.name_caption,
            row.name_title,
            row.name_tags,
            row.name_quote,
            row.name_box,
            row.name_hidden,
        ] = line.names.map(far);
        let bad = [
            Group::Comment,
            Group::Share,
            Group::Related,
            Group::Promo,
            Group::Ad,
            Group::Furniture,
            Group::Byline,
            Group::Caption,
            Group::Tags,
            Group::Hidden,
        ]
        .iter()
        .fold(0, |mask, &g| mask | 1_u32 << g as u32);
        row.own_names = (line.own_mask & bad).count_ones() as f32;
        row.parent_names_bad = (line.parent_mask & bad).count_ones() as f32;
        let article = line.article.map(|a| self.terrain.share(self.doc, a));
        row.article_share = article.unwrap_or(-1.0);
        row.article_number = line.article.map_or(-1.0, |a| {
            self.terrain.before(a.index()) / self.terrain.prose.max(1.0)
        });
    }

    /// Makes `around` the elements around a node, and the node itself: what it has in common with the
    /// block before stays.
    fn go_to(&mut self, node: NodeIx) {
        let (doc, terrain) = (self.doc, self.terrain);
        while self
            .around
            .last()
            .is_some_and(|a| !doc.contains(a.node, node))
        {
            self.around.pop();
        }
        let known = self.around.last().map(|a| a.node);
        let missing: Vec<NodeIx> = std::iter::once(node)
            .chain(doc.ancestors(node))
            .take_while(|&n| Some(n) != known)
            .collect();
        for &node in missing.iter().rev() {
            let above = self.around.last().map_or(Line::FREE, |a| a.line);
            let (line, inside) = (self.step(above, node), terrain.inside(doc, node));
            let children = Vec::new();
            self.around.push(Around {
                node,
                line,
                inside,
                children,
            });
        }
    }

    fn step(&mut self, mut line: Line, node: NodeIx) -> Line {
        for d in line.tags.iter_mut().chain(&mut line.names) {
            *d = d.saturating_add(1).min(FAR as u8);
        }
        let tag = self.doc.tag(node);
        let slot = match tag {
            Tag::Article => Some(0),
            Tag::Main => Some(1),
            Tag::Aside => Some(2),
            Tag::Nav => Some(3),
            Tag::Footer => Some(4),
            Tag::Header => Some(5),
            Tag::Form => Some(6),
            Tag::Figure | Tag::Picture => Some(7),
            Tag::Table => Some(8),
            Tag::Ul | Tag::Ol | Tag::Dl => Some(9),
            Tag::Blockquote => Some(10),
            Tag::Section => Some(11),
            Tag::Button | Tag::Label => Some(12),
            Tag::Details => Some(13),
            _ => None,
        };
        if let Some(slot) = slot {
            line.tags[slot] = 0;
        }
        if tag == Tag::Article {
            line.article = Some(node);
        }
        let mask = if matches!(tag, Tag::Body | Tag::Html | Tag::Document) {
            0
        } else {
            self.names.of(self.doc, node)
        };
        line.parent_mask = line.own_mask;
        line.own_mask = mask;
        for &group in Group::ALL {
            if mask >> group as u32 & 1 == 1 {
                line.names[group as usize] = 0;
            }
        }
        line
    }
}
