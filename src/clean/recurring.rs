//! Text that stands on other pages of the same host, too, where a memory of them was handed in.
//!
//! A heading is left to the model ("Background" and "What we know" head parts of many stories), and so
//! is program text, whose lines recur by their nature.

use crate::clean::{Marks, Pass, Scene};
use crate::document::Tag;
use crate::rules::RuleId;

const TEXT: RuleId = RuleId::new("recurring.text");

pub(super) struct Recurring;

impl Pass for Recurring {
    fn name(&self) -> &'static str {
        "recurring"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let Some(host) = scene.memory else { return };
        let again = host.recurring(scene.doc, scene.runs);
        for (run, _) in scene.runs.iter().zip(again).filter(|(_, again)| *again) {
            let tag = scene.doc.tag(run.node);
            if tag.heading_level().is_none() && tag != Tag::Pre {
                marks.claim_run(run, TEXT);
            }
        }
    }
}
