//! The reason for a decision in words that need no look into the source.

use cleancopy::extract::{Because, input_in_words};
use cleancopy::rules::{RuleId, Rules};

/// What each structural repair saw.
const REPAIRS: &[(&str, &str)] = &[
    (
        "answered",
        "a question of the page and its answer stay together",
    ),
    ("headline", "it says the headline once more"),
    ("date-line", "it tells when and by whom, not what"),
    ("between", "it stands between parts of the story"),
    (
        "same-box",
        "it stands among the sentences of the story's box",
    ),
    ("twin", "the same text stands in the story already"),
    (
        "pull-quote",
        "a sentence of the story, pulled out to be seen",
    ),
    ("appended", "it belongs to another story below this one"),
    ("drawn-rule", "a line drawn with characters"),
    ("window", "a window over the page"),
    ("no-text-follows", "a heading that no text follows"),
    ("list-together", "a list is kept or dropped as a whole"),
    (
        "stated-body",
        "the story is read from what the page states for machines",
    ),
    (
        "no-script",
        "the story is read from what the page has for readers without scripts",
    ),
    (
        "script-state",
        "the story is read from the data of the page's scripts",
    ),
];

/// What a block's reason says, a line each.
pub(crate) fn in_words(because: &Because) -> Vec<String> {
    match because {
        Because::Rule(rule) => vec![format!("rule {rule}: {}", why(*rule))],
        Because::Score { value, parts } => {
            let mut lines = vec![format!("reads like the story's text by {value:.2} of 1")];
            let keeps = parts.first().is_some_and(|(_, weight)| *weight > 0.0);
            let side = |positive: bool| -> Vec<&str> {
                let of = parts
                    .iter()
                    .filter(|(_, weight)| (*weight > 0.0) == positive);
                of.map(|(name, _)| input_in_words(name).unwrap_or(name))
                    .collect()
            };
            for (label, inputs) in [("for this:", side(keeps)), ("against it:", side(!keeps))] {
                if !inputs.is_empty() {
                    lines.push(format!("{label} {}", inputs.join("; ")));
                }
            }
            lines
        }
        Because::Repair { what, value } => {
            let told = REPAIRS.iter().find(|(name, _)| name == what);
            let told = told.map_or(*what, |(_, words)| words);
            vec![
                format!("repair {what}: {told}"),
                format!("against what it reads like: {value:.2} of 1"),
            ]
        }
        Because::Field(field) => vec![format!("given as the field `{field}`")],
        Because::Option(option) => vec![format!("left out by the option `{option}`")],
        other => vec![other.to_string()],
    }
}

fn why(rule: RuleId) -> &'static str {
    let entries = Rules::embedded().entries();
    let at = entries.binary_search_by_key(&rule, |entry| entry.id);
    at.map_or("", |at| entries[at].why)
}
