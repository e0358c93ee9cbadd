//! Boxes that are made alike: cards, questions with their answers, figures over their labels.

use crate::document::{Document, NodeIx};

/// Boxes around an element that are compared.
const LEVELS: usize = 4;

/// Whether two elements stand in the same box, or in boxes of the same tags and classes.
pub(super) fn alike(doc: &Document, one: NodeIx, other: NodeIx) -> bool {
    let class = |n: NodeIx| doc.attr(n, "class");
    let pairs = doc.ancestors(one).zip(doc.ancestors(other));
    let mut unlike = pairs
        .take_while(|(a, b)| a != b)
        .take(LEVELS)
        .filter(|&(a, b)| doc.tag(a) != doc.tag(b) || class(a) != class(b));
    unlike.next().is_none()
}
