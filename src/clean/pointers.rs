//! Lines that repeat one form all over the story: pointers to other stories under one label, and the
//! lines over the entries of a live blog that tell when and by whom.
//!
//! No phrase is asked for, so the language does not matter; what is asked for is that the same form
//! comes again. Left alone: links of few words (shops, addresses), lists, places on the same page.

use foldhash::{HashMap, HashMapExt};

use crate::clean::{Marks, Pass, Scene};
use crate::document::{NodeIx, Run, Tag};
use crate::rules::RuleId;
use crate::text;

const LABELLED: RuleId = RuleId::new("pointers.labelled");
const STAMP: RuleId = RuleId::new("pointers.stamp");

/// Lines of one form that make a habit of it.
const LABELLED_LINES: usize = 2;
const STAMP_LINES: usize = 3;

/// Words of a label at most, and of what it points to at least.
const LABEL_WORDS: u32 = 6;
const HEADLINE_WORDS: u32 = 4;

/// Words of a whole line at most.
const LINE_WORDS: u32 = 30;
const STAMP_WORDS: u32 = 8;

pub(super) struct Pointers;

impl Pass for Pointers {
    fn name(&self) -> &'static str {
        "pointers"
    }

    fn mark(&self, scene: &Scene<'_>, marks: &mut Marks) {
        let mut labelled: HashMap<String, Vec<&Run>> = HashMap::new();
        let mut stamps: HashMap<(Tag, &str), Vec<&Run>> = HashMap::new();
        for run in scene.runs.iter() {
            let total = scene.measures.run(run);
            if total.words > LINE_WORDS {
                continue;
            }
            if total.link_letters * 2 > total.letters
                && let Some(label) = label(scene, run)
            {
                labelled.entry(label).or_default().push(run);
            } else if total.words <= STAMP_WORDS && is_stamp(scene, run) {
                let class = scene.doc.attr(run.node, "class").unwrap_or_default();
                let form = (scene.doc.tag(run.node), class);
                stamps.entry(form).or_default().push(run);
            }
        }
        let mut mark_habits = |lines: Vec<&Run>, few: usize, rule: RuleId| {
            if lines.len() >= few {
                for run in lines {
                    marks.claim_run(run, rule);
                }
            }
        };
        for lines in labelled.into_values() {
            mark_habits(lines, LABELLED_LINES, LABELLED);
        }
        for lines in stamps.into_values() {
            mark_habits(lines, STAMP_LINES, STAMP);
        }
    }
}

/// The label of a line that is a label and one link to another page: the words before the link, or
/// those before the first colon or bar in it.
fn label(scene: &Scene<'_>, run: &Run) -> Option<String> {
    let (doc, text) = (scene.doc, scene.runs.text(run));
    let mut around = std::iter::once(run.node).chain(doc.ancestors(run.node).take(3));
    if around.any(|n| doc.tag(n) == Tag::Li) {
        return None;
    }
    let (mut before, mut link) = (String::new(), None);
    for at in run.span() {
        let node = NodeIx::new(at);
        let Some(said) = doc.text(node).filter(|t| !t.trim().is_empty()) else {
            continue;
        };
        match (scene.measures.link_around(node), link) {
            (None, None) => before.push_str(said),
            (Some(here), None) => link = Some(here),
            (here, known) if here == known => {}
            // Punctuation behind the link is no second text.
            (None, Some(_)) if !said.contains(char::is_alphanumeric) => {}
            _ => return None,
        }
    }
    let href = doc
        .attr(link?, "href")
        .filter(|href| !href.starts_with('#'))?;
    let (label, rest) = if before.trim().is_empty() {
        text.split_once([':', '|', '：', '｜'])?
    } else {
        let label = before.trim();
        let label = label.strip_suffix([':', '|', '：', '｜', '»', '›', '→', '►', '▶'])?;
        (label, text.get(label.len()..)?)
    };
    let fits = |said: &str, from: u32, to: u32| (from..=to).contains(&text::count(said).words);
    let is_one = !href.is_empty()
        && label.contains(char::is_alphabetic)
        && fits(label, 1, LABEL_WORDS)
        && fits(rest, HEADLINE_WORDS, LINE_WORDS);
    is_one.then(|| text::fold(label))
}

/// Whether a line begins with an element for a time that shows a clock, and is no sentence.
fn is_stamp(scene: &Scene<'_>, run: &Run) -> bool {
    let doc = scene.doc;
    let first = NodeIx::new(run.span().start);
    let is_time = doc
        .ancestors(first)
        .take(3)
        .any(|n| doc.tag(n) == Tag::Time);
    let text = scene.runs.text(run);
    is_time && begins_with_clock(text) && !text::ends_sentence(text)
}

/// `9:05`, `21.30`, `14h05`.
fn begins_with_clock(line: &str) -> bool {
    let hours = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line[hours..].strip_prefix([':', '.', 'h']);
    let minutes = rest.map(|r| r.bytes().take_while(u8::is_ascii_digit).count());
    (1..=2).contains(&hours) && minutes == Some(2)
}
