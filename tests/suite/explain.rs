//! `cleancopy explain` as a person calls it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/cases")
        .join(name)
        .join("page.html")
}

fn explain(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .arg("explain")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program was built with the tests")
}

fn told(page: &str, flags: &[&str]) -> String {
    let page = case(page);
    let mut arguments = vec![page.to_str().expect("a path in UTF-8")];
    arguments.extend(flags);
    let output = explain(&arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("output in UTF-8")
}

#[test]
fn every_block_is_told_in_a_hundred_columns_without_colour() {
    for page in [
        "seed/wordpress-classic",
        "body/chinese",
        "body/right-to-left",
    ] {
        let told = told(page, &[]);
        assert!(told.starts_with("article, confidence "), "{told}");
        assert!(told.contains("\n+ ") && told.contains("\n- "), "{told}");
        assert!(!told.contains('\x1b'));
        let long = told.lines().find(|l| l.chars().count() > 100);
        assert_eq!(long, None);
    }
}

#[test]
fn json_has_the_report_and_the_article() {
    let told = told(
        "seed/amp",
        &["--json", "--url", "https://www.ellery-courier.example/amp"],
    );
    let all: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(all["report"]["verdict"], "article");
    assert_eq!(all["charset"], "UTF-8");
    assert!(
        all["report"]["blocks"]
            .as_array()
            .is_some_and(|b| b.len() > 10)
    );
    assert!(all["article"]["text"].is_string());
}

#[test]
fn the_shaded_page_loads_nothing_and_gives_each_reason() {
    let file = std::env::temp_dir().join(format!("cleancopy-shade-{}.html", std::process::id()));
    let name = file.to_str().expect("a path in UTF-8");
    told("widgets/tweet-embed", &["--html", name]);
    let page = std::fs::read_to_string(&file).expect("the shaded page");
    std::fs::remove_file(&file).expect("the shaded page can be removed");
    assert!(page.contains("title=\"kept: ") && page.contains("title=\"dropped: "));
    for loads in ["<script", "src=", "href=", "url(", "<link", "<iframe"] {
        assert!(!page.contains(loads), "{loads} in the shaded page");
    }
}

#[test]
fn a_selector_shows_the_decisions_on_the_text_inside_what_it_matches() {
    let page = "seed/wordpress-classic";
    let aside = told(page, &["--select", "aside.widget-area"]);
    assert!(
        aside.contains("1 element matched by aside.widget-area: 0 of 4 blocks"),
        "{aside}"
    );
    assert!(aside.contains("Recent Posts") && aside.contains("Two seals born"));
    assert!(
        !aside.contains("\n+ ") && !aside.contains("\nheadline"),
        "{aside}"
    );
    // An element inside a block, and both of two that lie one in the other.
    let inline = told(
        page,
        &["--select", "div.related-inline .ctaText, .related-inline"],
    );
    assert!(inline.contains("2 elements matched by"), "{inline}");
    assert_eq!(inline.matches("Also Read").count(), 1, "{inline}");
    let nothing = told(page, &["--select", "script, input"]);
    assert!(
        nothing.contains("4 elements") && nothing.contains("no visible text"),
        "{nothing}"
    );
}

#[test]
fn of_several_blocks_of_one_element_a_selector_shows_those_that_it_reaches_into() {
    let file = std::env::temp_dir().join(format!("cleancopy-select-{}.html", std::process::id()));
    std::fs::write(
        &file,
        "<div>first <i>piece</i><br><br>second <b>piece</b><br><br>third</div>",
    )
    .expect("a page");
    let output = explain(&[file.to_str().expect("a path in UTF-8"), "--select", "b"]);
    std::fs::remove_file(&file).expect("the page can be removed");
    let told = String::from_utf8(output.stdout).expect("output in UTF-8");
    assert!(told.contains("- second piece"), "{told}");
    assert!(!told.contains("first") && !told.contains("third"), "{told}");
}

#[test]
fn a_selection_as_json_and_as_a_page_has_nothing_but_what_was_selected() {
    let file = std::env::temp_dir().join(format!("cleancopy-part-{}.html", std::process::id()));
    let name = file.to_str().expect("a path in UTF-8");
    let flags = ["--json", "--html", name, "--select", "#comments"];
    let told = told("seed/wordpress-classic", &flags);
    let page = std::fs::read_to_string(&file).expect("the shaded page");
    std::fs::remove_file(&file).expect("the shaded page can be removed");
    let all: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(all["elements"].as_array().map(Vec::len), Some(1));
    assert_eq!(all["select"], "#comments");
    assert!(all.get("article").is_none());
    let blocks = all["report"]["blocks"].as_array().expect("blocks");
    assert!(blocks.len() > 2);
    for block in blocks {
        let path = block["path"].as_str().expect("a path");
        assert!(path.contains("div#comments"), "{path}");
    }
    assert!(page.contains("title=\"dropped: ") && !page.contains("title=\"kept: "));
    assert!(
        page.contains("The night ferry between"),
        "the rest is there without colour"
    );
}

#[test]
fn a_selector_that_matches_nothing_or_is_none_says_so() {
    let page = case("seed/wordpress-classic");
    let page = page.to_str().expect("a path in UTF-8");
    for (css, code, said) in [
        ("aside.nowhere", 1, "matches `aside.nowhere`"),
        ("p >", 2, "no CSS selector"),
        ("p:visible", 2, "visible"),
    ] {
        let output = explain(&[page, "--select", css]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{css}: {error}");
        assert!(error.contains(said), "{css}: {error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_file_that_is_not_there_is_named_and_the_exit_code_is_two() {
    let output = explain(&["/nowhere/page.html"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/page.html"));
    assert!(output.stdout.is_empty());
}

#[test]
fn every_repair_that_a_case_shows_is_told_in_words() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let folders = |of: &Path| -> Vec<PathBuf> {
        let inside = std::fs::read_dir(of).expect("a folder of cases");
        let paths = inside.map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.is_dir()).collect()
    };
    let mut shown = std::collections::BTreeMap::new();
    for case in folders(&cases).iter().flat_map(|kind| folders(kind)) {
        let why = std::fs::read_to_string(case.join("why.txt")).unwrap_or_default();
        for line in why.lines() {
            let behind = line.get(2..).and_then(|rest| rest.strip_prefix("repair "));
            if let Some(name) = behind.and_then(|rest| rest.split(' ').next()) {
                shown.entry(name.to_owned()).or_insert_with(|| case.clone());
            }
        }
    }
    assert!(shown.len() >= 8, "{shown:?}");
    for (name, case) in shown {
        let page = case.to_str().expect("a path in UTF-8").to_owned();
        let output = explain(&[&page]);
        let told = String::from_utf8(output.stdout).expect("output in UTF-8");
        let line = told
            .lines()
            .find(|line| line.contains(&format!("repair {name}: ")));
        let words = line
            .and_then(|line| line.split_once(": "))
            .map(|(_, words)| words);
        assert!(
            words.is_some_and(|words| words.contains(' ')),
            "{name}: {line:?}"
        );
    }
}
