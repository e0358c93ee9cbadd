//! `list-together`: a list, a table or a quotation stays or goes as one.

use std::collections::HashMap;

use super::{Draft, Page, UNSURE};
use crate::document::{NodeIx, Tag};

/// What a list's mean score lies above the threshold at least: a list that divides the model is more
/// often a box beside the story than a part of it, unless it stands between two kept paragraphs.
const LIST_MARGIN: f32 = 0.1;

/// What the members of a list have together.
struct Group {
    first: usize,
    last: usize,
    members: u32,
    /// The weight of all members.
    weight: f32,
    /// Their scores, each times its weight.
    scores: f32,
}

impl Group {
    /// A list that begins at a block, before any member is counted.
    fn from(first: usize) -> Self {
        Self {
            first,
            last: first,
            members: 0,
            weight: 0.0,
            scores: 0.0,
        }
    }
}

impl Page<'_> {
    pub(super) fn keep_lists_together(&self, draft: &mut Draft) {
        let mut groups: HashMap<NodeIx, Group> = HashMap::new();
        for i in 0..self.blocks.len() {
            if let Some(list) = self.group(i) {
                let group = groups.entry(list).or_insert_with(|| Group::from(i));
                let weight = (self.words(i) + 1.0).sqrt();
                group.last = i;
                group.members += 1;
                group.weight += weight;
                group.scores += weight * self.scores[i];
            }
        }
        // All lists are judged before a block is changed: what stands beside one may be another.
        let verdict = |(list, group): (NodeIx, Group)| {
            let tag = self.doc.tag(list);
            let mean = group.scores / group.weight.max(1.0);
            let stays = mean
                >= match tag {
                    Tag::Table | Tag::Blockquote => self.threshold,
                    _ if self.is_between(list, &group, &draft.kept)
                        || self.is_announced(list, &group, &draft.kept) =>
                    {
                        UNSURE
                    }
                    _ => self.threshold + LIST_MARGIN,
                };
            // Who said it is as good as what was said.
            (list, (stays, stays && tag == Tag::Blockquote))
        };
        let lists = groups.into_iter().filter(|(_, group)| group.members >= 2);
        let verdicts: HashMap<NodeIx, (bool, bool)> = lists.map(verdict).collect();
        for i in 0..self.blocks.len() {
            let verdict = self.group(i).and_then(|list| verdicts.get(&list));
            let Some(&(stays, whole)) = verdict else {
                continue;
            };
            if whole || (self.scores[i] - self.threshold).abs() < 0.35 {
                draft.set(i, stays, "list-together");
            }
        }
    }

    /// Whether a list stands between two kept blocks, side by side with both.
    fn is_between(&self, list: NodeIx, group: &Group, kept: &[bool]) -> bool {
        let beside = |i: Option<usize>| {
            i.filter(|&i| kept.get(i).is_some_and(|&kept| kept))
                .is_some_and(|i| self.doc.parent(self.blocks.at(i).node) == self.doc.parent(list))
        };
        beside(group.first.checked_sub(1)) && beside(Some(group.last + 1))
    }

    /// Whether a list that is not mostly links stands side by side with a kept block right before it
    /// that ends with a colon.
    fn is_announced(&self, list: NodeIx, group: &Group, kept: &[bool]) -> bool {
        let beside = |i: usize| {
            kept[i]
                && self.blocks.at(i).text().ends_with([':', '：'])
                && self.doc.parent(self.blocks.at(i).node) == self.doc.parent(list)
        };
        let linked = (group.first..=group.last).filter(|&i| self.terrain.own[i].link_share >= 0.5);
        group.first.checked_sub(1).is_some_and(beside) && 2 * linked.count() as u32 <= group.members
    }
}
