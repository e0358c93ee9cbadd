//! Buttons, labels and small forms. A form that wraps a whole page, as some systems make it, has
//! too much text to be marked.

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Tag, Totals};
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
            let total = || scene.measures.total(scene.doc, node);
            match scene.doc.tag(node) {
                Tag::Form if is_small_form(total(), page) => marks.claim(node, FORM),
                Tag::Button if total().words <= BUTTON_WORDS => marks.claim(node, BUTTON),
                _ => {}
            }
        }
    }
}

/// Whether a form has fields and little text, in itself and next to the page's words.
fn is_small_form(form: Totals, page: u32) -> bool {
    form.words <= FORM_WORDS && form.words * 4 < page && form.controls > 0
}
