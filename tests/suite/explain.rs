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
fn a_file_that_is_not_there_is_named_and_the_exit_code_is_two() {
    let output = explain(&["/nowhere/page.html"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/page.html"));
    assert!(output.stdout.is_empty());
}
