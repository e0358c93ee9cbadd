//! Rules as tables: what marks something that is certainly not article text.
//!
//! A table is TOML beside this file, embedded, parsed and checked once. Every rule has an id that is
//! never reused, a reason, and the cases that prove it. A rule that needs an `if` is not here: its
//! code is a pass in `clean`, and only its id and reason stand in `structure.toml`.

mod classes;
mod id;
mod pages;
mod phrases;

pub use classes::{Classes, Named, Only, Unless};
pub use id::RuleId;
pub use pages::{PageKind, Pages};
pub use phrases::{Phrases, Spoken};

use std::sync::LazyLock;

use serde::Deserialize;

/// All rule tables, checked and compiled.
#[derive(Debug)]
pub struct Rules {
    classes: Classes,
    phrases: Phrases,
    pages: Pages,
    entries: Vec<Entry>,
}

/// What a rule is for, as `docs/rules.md` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The rule's stable name.
    pub id: RuleId,
    /// Why it exists.
    pub why: &'static str,
    /// The cases that change when it is switched off.
    pub cases: Vec<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StructureTable {
    rule: Vec<Structure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Structure {
    id: String,
    why: String,
    case: Vec<String>,
}

/// A string of an embedded table, kept for the life of the program: tables are parsed once.
fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn entry(id: String, why: String, cases: Vec<String>) -> Entry {
    let cases = cases.into_iter().map(keep).collect();
    Entry {
        id: RuleId::new(keep(id)),
        why: keep(why),
        cases,
    }
}

impl Rules {
    /// The tables that come with the crate.
    pub fn embedded() -> &'static Self {
        static RULES: LazyLock<Rules> = LazyLock::new(|| {
            let (phrases, mut entries) = Phrases::embedded();
            let (classes, named) = Classes::embedded();
            entries.extend(named);
            let table: StructureTable = toml::from_str(include_str!("structure.toml"))
                .expect("the embedded structure table is sound");
            entries.extend(table.rule.into_iter().map(|r| entry(r.id, r.why, r.case)));
            entries.sort_by_key(|e| e.id);
            Rules {
                classes,
                phrases,
                pages: Pages::embedded(),
                entries,
            }
        });
        &RULES
    }

    /// The names that mark a box.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The phrases that mark a block.
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// What pages without a story call themselves.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Every rule with its reason, sorted by id.
    ///
    /// # Examples
    /// ```
    /// let entries = cleancopy::rules::Rules::embedded().entries();
    /// assert!(entries.is_sorted_by_key(|e| e.id));
    /// assert!(entries.iter().all(|e| !e.why.is_empty()));
    /// ```
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}
