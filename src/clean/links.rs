//! Navigation that the markup names as such and that consists of links.

use crate::clean::{Marks, Pass, Scene};
use crate::document::Tag;
use crate::rules::RuleId;

const NAVIGATION: RuleId = RuleId::new("links.navigation");

pub(super) struct Links;

impl Pass for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        for node in scene.doc.all(Tag::Nav) {
            let total = scene.measures.total(scene.doc, node);
            if total.link_share() > 0.6 && total.words < 600 {
                marks.claim(node, NAVIGATION);
            }
        }
    }
}
