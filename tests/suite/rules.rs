//! The rule tables against the passes and the cases: no rule is unknown, unproved or dead.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cleancopy::archive::folder;
use cleancopy::extract::Because;
use cleancopy::rules::{Entry, Rules};
use cleancopy::{Extraction, Options, read};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    /// Empty in a table whose rows mark no nodes.
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with one ending, as name and text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(top().join(folder))
        .expect("a source folder")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    paths.sort();
    let name = |path: &Path| {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    paths
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).expect("a text file")))
        .collect()
}

/// The ids of each table, in the order of the file.
fn tables() -> BTreeMap<String, Vec<String>> {
    let read = |(name, text): (String, String)| {
        let table: Table = toml::from_str(&text).expect("a rule table");
        (name, table.rule.into_iter().map(|r| r.id).collect())
    };
    files("src/rules", "toml").into_iter().map(read).collect()
}

fn case(name: &str) -> PathBuf {
    top().join("testdata/cases").join(name)
}

fn read_case(name: &str, without: &[&str]) -> Extraction {
    let saved = folder::load(&case(name)).expect("a case that a rule names");
    let mut options = Options::default();
    options.memory = crate::beside::memory(&case(name))
        .expect("pages beside the case")
        .map(Arc::new);
    options.without_rules = without.iter().map(|&id| id.to_owned()).collect();
    read(&saved.page, &options)
}

#[test]
fn ids_are_sorted_unique_and_named_after_their_pass() {
    let passes: Vec<String> = files("src/clean", "rs").into_iter().map(|f| f.0).collect();
    let mut seen = BTreeSet::new();
    for (table, ids) in tables() {
        assert!(ids.is_sorted(), "{table}.toml is not sorted: {ids:?}");
        for id in ids {
            let parts: Vec<&str> = id.split('.').collect();
            let word = |p: &&str| p.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            let shaped = parts.iter().all(|p| !p.is_empty() && word(p));
            assert!(
                shaped && matches!(parts.len(), 2 | 3),
                "{id}: not pass.which or pass.what.which"
            );
            assert!(passes.iter().any(|p| p == parts[0]), "{id}: no such pass");
            assert!(seen.insert(id.clone()), "{id} stands twice");
        }
    }
}

#[test]
fn rules_in_code_and_their_reasons_stand_side_by_side() {
    let mut in_code = Vec::new();
    for (_, code) in files("src/clean", "rs") {
        let ids = code.split("RuleId::new(\"").skip(1);
        in_code.extend(ids.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    in_code.sort();
    assert_eq!(Some(&in_code), tables().get("structure"));
}

#[test]
fn every_rule_is_needed_by_each_case_it_names() {
    let mut told = String::new();
    for entry in Rules::embedded().entries() {
        if entry.cases.is_empty() {
            let _ = writeln!(told, "{} names no case", entry.id);
        }
        for name in &entry.cases {
            if !case(name).join("promise.toml").is_file() {
                let _ = writeln!(told, "{}: no case {name}", entry.id);
            } else if !is_needed(entry, name) {
                let _ = writeln!(told, "{}: {name} is the same without it", entry.id);
            }
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

/// Whether a case comes out otherwise with the rule switched off, in text or in reasons.
fn is_needed(entry: &Entry, name: &str) -> bool {
    let (with, without) = (read_case(name, &[]), read_case(name, &[entry.id.as_str()]));
    let marked = |found: &Extraction| {
        let mut blocks = found.report.blocks.iter();
        blocks.any(|b| b.because == Because::Rule(entry.id))
    };
    marked(&with) && !marked(&without) && with.report != without.report
}

/// `docs/rules.md`; `UPDATE=1 cargo test --test suite rules` writes it anew.
fn page() -> String {
    let mut out = "# Rules\n\nGenerated from `src/rules/*.toml` by `UPDATE=1 cargo test --test suite rules`.\n\n\
        What a rule marks is no part of the story, whatever the model thinks of it. A report names the rule \
        (`cleancopy explain`); `Options::without_rules` switches it off. Each rule is proved by cases under \
        `testdata/cases` that come out otherwise without it.\n\n| rule | why | cases |\n|---|---|---|\n"
        .to_owned();
    for entry in Rules::embedded().entries() {
        let cases: Vec<String> = entry.cases.iter().map(|c| format!("`{c}`")).collect();
        let cases = cases.join(", ");
        let _ = writeln!(out, "| `{}` | {} | {cases} |", entry.id, entry.why);
    }
    out
}

#[test]
fn the_page_on_rules_is_up_to_date() {
    let path = top().join("docs/rules.md");
    if std::env::var_os("UPDATE").is_some_and(|v| v != "0") {
        fs::write(&path, page()).expect("docs/rules.md can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found.replace("\r\n", "\n"),
        page(),
        "UPDATE=1 writes it anew"
    );
}
