//! Buttons, labels and small forms. A form that wraps a whole page, as some systems make it, has
//! too much text to be marked.

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Tag};
use crate::rules::RuleId;

const BUTTON: RuleId = RuleId::new("controls.button");
const FORM: RuleId = RuleId::new("controls.form");

/// Words that a form's own text may have at most.
const FORM_WORDS: u32 = 80;

/// Words that a button's text may have at most.
const BUTTON_WORDS: u32 = 12;

pub(super) struct Controls;

impl Pass for Controls {
    fn name(&self) -> &'static str {
        "controls"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let page = scene.measures.total(scene.doc, NodeIx::ROOT).words;
        for node in scene.doc.nodes() {
            let words = || scene.measures.total(scene.doc, node).words;
            match scene.doc.tag(node) {
                Tag::Form if words() <= FORM_WORDS && words() * 4 < page => {
                    if scene.measures.total(scene.doc, node).controls > 0 {
                        marks.claim(node, FORM);
                    }
                }
                Tag::Button if words() <= BUTTON_WORDS => marks.claim(node, BUTTON),
                _ => {}
            }
        }
    }
}
