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
                Tag::Button if total().words <= BUTTON_WORDS && !is_label(scene, node) => {
                    marks.claim(node, BUTTON);
                }
                _ => {}
            }
        }
    }
}

/// Whether a button is the heading of text that it unfolds, as the accordion of the ARIA Authoring
/// Practices has it, or a question whose answer it unfolds.
fn is_label(scene: &Scene<'_>, button: NodeIx) -> bool {
    let doc = scene.doc;
    let unfolds = ["aria-expanded", "aria-controls"]
        .into_iter()
        .any(|name| doc.attr(button, name).is_some());
    let heads = || {
        let around = doc.ancestors(button).take(3);
        around
            .into_iter()
            .any(|n| doc.tag(n).heading_level().is_some())
    };
    let asks = || doc.text_of(button).ends_with(['?', '？', '؟']);
    unfolds && (heads() || asks())
}

/// Whether a form has fields and little text, in itself and next to the page's words.
fn is_small_form(form: Totals, page: u32) -> bool {
    form.words <= FORM_WORDS && form.words * 4 < page && form.controls > 0
}
