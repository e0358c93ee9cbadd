//! What stands before and after a block, and what its neighbours' kinds and parents hold.

use crate::document::NodeIx;
use crate::extract::article::BlockKind;
use crate::extract::body::features::{FAR, Maker, Row, flag, log};
use crate::extract::body::terrain::Own;

impl Maker<'_> {
    pub(super) fn neighbours(&self, row: &mut Row, i: usize) {
        let none = Own::default();
        let get = |d: isize| {
            i.checked_add_signed(d)
                .and_then(|j| self.terrain.own.get(j))
                .unwrap_or(&none)
        };
        let (a2, a1, b1, b2) = (get(-2), get(-1), get(1), get(2));
        (row.words_2, row.words_1) = (log(a2.words), log(a1.words));
        (row.words1, row.words2) = (log(b1.words), log(b2.words));
        (row.link_2, row.link_1) = (a2.link_share, a1.link_share);
        (row.link1, row.link2) = (b1.link_share, b2.link_share);
        (row.ends_1, row.ends1) = (flag(a1.ends_sentence), flag(b1.ends_sentence));
        (row.prose_1, row.prose1) = (log(a1.prose), log(b1.prose));
        let here = &self.terrain.own[i];
        row.same_family_1 = flag(a1.family == here.family);
        row.same_family1 = flag(b1.family == here.family);
        let (before, after) = (
            i.checked_sub(1),
            (i + 1 < self.blocks.len()).then_some(i + 1),
        );
        (row.same_parent_1, row.heading_1, row.gap_1) = self.beside(i, before);
        (row.same_parent1, row.heading1, row.gap1) = self.beside(i, after);
        self.window(row, i);
    }

    /// Same parent, heading, and how far the common ancestor of two neighbours is.
    fn beside(&self, i: usize, other: Option<usize>) -> (f32, f32, f32) {
        let Some(j) = other else {
            return (0.0, 0.0, FAR);
        };
        let (a, b) = (self.blocks.at(i).node, self.blocks.at(j).node);
        let same = self.doc.parent(a) == self.doc.parent(b);
        let up = std::iter::once(a)
            .chain(self.doc.ancestors(a))
            .take(FAR as usize)
            .take_while(|&n| !self.doc.contains(n, b))
            .count();
        (
            flag(same),
            flag(self.blocks.at(j).kind == BlockKind::Heading),
            up as f32,
        )
    }

    fn window(&self, row: &mut Row, i: usize) {
        let own = &self.terrain.own;
        let (from, to) = (i.saturating_sub(4), (i + 5).min(own.len()));
        let near = &own[from..to];
        let n = near.len() as f32;
        row.near_prose = near.iter().filter(|o| o.prose > 0.0).count() as f32 / n;
        row.near_links = near.iter().map(|o| o.link_share).sum::<f32>() / n;
        row.near_words = log(near.iter().map(|o| o.words).sum::<f32>() / n);
        let far = |found: Option<usize>| found.map_or(FAR, |d| d as f32);
        row.to_prose_1 = far(own[..i].iter().rev().take(30).position(|o| o.prose > 0.0));
        row.to_prose1 = far(own[i + 1..].iter().take(30).position(|o| o.prose > 0.0));
        row.prose_behind = log(own[i.saturating_sub(10)..i].iter().map(|o| o.prose).sum());
        row.prose_ahead = log(own[i + 1..(i + 11).min(own.len())]
            .iter()
            .map(|o| o.prose)
            .sum());
    }

    /// Share of the page's prose that stands in blocks of the same kind as this one.
    pub(super) fn kind_prose(&self, i: Option<usize>) -> f32 {
        let known = i.filter(|&i| i < self.terrain.own.len());
        known.map_or(-1.0, |i| {
            self.terrain.family(i).prose / self.terrain.prose.max(1.0)
        })
    }

    pub(super) fn kinds(&self, row: &mut Row, i: usize) {
        let (doc, t) = (self.doc, self.terrain);
        row.kind_prose_1 = self.kind_prose(i.checked_sub(1));
        row.kind_prose_2 = self.kind_prose(i.checked_sub(2));
        row.kind_prose1 = self.kind_prose(Some(i + 1));
        row.kind_prose2 = self.kind_prose(Some(i + 2));
        let direct = |i: Option<usize>| {
            i.and_then(|i| self.blocks.get(i))
                .and_then(|b| doc.parent(b.node))
                .map_or(-1.0, |p| {
                    t.direct.get(&p).copied().unwrap_or(0.0) / t.prose.max(1.0)
                })
        };
        row.direct_1 = direct(i.checked_sub(1));
        row.direct1 = direct(Some(i + 1));
        let text = |&j: &usize| self.blocks.at(j).kind != BlockKind::Heading;
        let next = (i + 1..self.blocks.len()).take(4).find(text);
        let last = (0..i).rev().take(4).find(text);
        row.next_text_kind = self.kind_prose(next);
        row.last_text_kind = self.kind_prose(last);
        row.next_text_words = next.map_or(-1.0, |j| log(t.own[j].words));
        row.next_text_link = next.map_or(-1.0, |j| t.own[j].link_share);
        row.last_text_link = last.map_or(-1.0, |j| t.own[j].link_share);
        let parent = doc.parent(self.blocks.at(i).node).unwrap_or(NodeIx::ROOT);
        row.next_text_same_parent =
            next.map_or(-1.0, |j| flag(doc.contains(parent, self.blocks.at(j).node)));
        let (here, up2) = (
            self.blocks.at(i).span().end,
            doc.parent(parent).unwrap_or(NodeIx::ROOT),
        );
        let told = t.before(here);
        let left = |holder: NodeIx| {
            let end = doc.subtree(holder).end;
            (end > here).then(|| log(t.before(end) - told))
        };
        let range = doc.subtree(up2);
        let (from, to) = (t.before(range.start), t.before(range.end));
        let left_in_up2 = (range.end > here).then(|| log(to - told));
        row.prose_left_in_parent = left(parent).unwrap_or(-1.0);
        row.prose_left_in_up2 = left_in_up2.unwrap_or(-1.0);
        row.prose_left_in_best = left(t.best).unwrap_or(-1.0);
        let held = to - from;
        let before = t.before(self.blocks.at(i).span().start) - from;
        row.place_in_up2 = if held > 0.0 { before / held } else { -1.0 };
    }
}
