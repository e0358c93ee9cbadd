//! Captions that the markup names as such. Captions without markup are left to the model.

use crate::clean::{Marks, Pass, Scene};
use crate::document::Tag;
use crate::rules::RuleId;

const FIGCAPTION: RuleId = RuleId::new("captions.figcaption");
const TABLE: RuleId = RuleId::new("captions.table");

/// A longer text in a `figcaption` is a story told beside pictures, not a caption.
const CAPTION_WORDS: u32 = 120;

pub(super) struct Captions;

impl Pass for Captions {
    fn name(&self) -> &'static str {
        "captions"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        for node in scene.doc.nodes() {
            let rule = match scene.doc.tag(node) {
                Tag::Figcaption => FIGCAPTION,
                Tag::Caption => TABLE,
                _ => continue,
            };
            if scene.measures.total(scene.doc, node).words <= CAPTION_WORDS {
                marks.claim(node, rule);
            }
        }
    }
}
