//! Each house rule shown able to fail, on the smallest source that breaks it.

use super::{FILE_LINES, TEST_LINES, told};

const DOC: &str = "//! What it is for.\n";

#[track_caller]
fn breaks(path: &str, code: &str, expected: &str) {
    let told = told(path, &format!("{DOC}{code}"));
    assert!(told.contains(expected), "wanted `{expected}` in: {told}");
}

#[track_caller]
fn keeps(path: &str, code: &str) {
    assert_eq!(told(path, &format!("{DOC}{code}")), "");
}

#[test]
fn an_import_from_the_right() {
    breaks(
        "clean/mod.rs",
        "use crate::extract::Article;",
        "stands right of it",
    );
    breaks(
        "text.rs",
        "fn f() { crate::read::read() }",
        "stands right of it",
    );
    breaks("read.rs", "use crate::{page, text};", "is a group");
    breaks("read.rs", "use crate::RawPage;", "is no module");
    keeps(
        "extract/body/mod.rs",
        "use crate::clean::Marks;\nuse crate::extract::report::Why;",
    );
    keeps(
        "clean/mod.rs",
        "// use crate::extract::Article;\n/* crate::read */",
    );
    keeps(
        "clean/mod.rs",
        "const A: &str = \"crate::read\"; const B: &str = r#\"\"crate::read\"#;",
    );
    keeps(
        "clean/mod.rs",
        "#[cfg(test)]\nmod tests {\n use crate::read::read;\n}\n",
    );
    breaks(
        "clean/mod.rs",
        "#[cfg(test)]\nmod t { }\nuse crate::read::read;",
        "mod.rs:4",
    );
}

#[test]
fn a_root_out_of_order_or_too_wide() {
    breaks(
        "lib.rs",
        "pub mod page;\npub mod text;\n",
        "is not in the order",
    );
    breaks(
        "lib.rs",
        "pub mod text;\npub mod sugar;\n",
        "is not in the order",
    );
    breaks(
        "lib.rs",
        "pub use a::{b, c, d, e, f};\npub use g::{h, i, j, k};\n",
        "9 names",
    );
    keeps(
        "lib.rs",
        "pub mod text;\npub mod page;\npub use page::{A, B, C, D};\npub use text::e;",
    );
}

#[test]
fn a_file_or_a_test_module_too_long() {
    let long = "fn f() {}\n".repeat(FILE_LINES + 1);
    breaks("text.rs", &long, "lines of code");
    let tests = format!(
        "#[cfg(test)]\nmod tests {{\n{}}}\n",
        "fn f() {}\n".repeat(TEST_LINES)
    );
    breaks("text.rs", &tests, "lines of inline tests");
    keeps("text.rs", &"// a comment\n\n".repeat(FILE_LINES));
}

#[test]
fn a_feature_inside_code() {
    let inside = "fn f() {\n    #[cfg(feature = \"crawl\")]\n    g();\n}\n";
    breaks("crawl/mod.rs", inside, "`cfg(feature` inside code");
    breaks(
        "read.rs",
        "#[cfg(feature = \"crawl\")]\nmod x;\n",
        "`cfg(feature` inside code",
    );
    keeps("lib.rs", "#[cfg(feature = \"crawl\")]\npub mod crawl;\n");
    keeps(
        "frontier/mod.rs",
        "#[cfg(feature = \"postgres\")]\nmod postgres;\n",
    );
}

#[test]
fn a_path_that_hides_where_it_leads() {
    breaks("read.rs", "use super::super::text;", "start at `crate`");
    breaks("read.rs", "use crate::text::*;", "glob import");
    keeps("read.rs", "#[cfg(test)]\nmod tests { use super::*; }");
}

#[test]
fn a_head_that_says_nothing() {
    assert!(told("text.rs", "use std::fmt;\n").contains("no module doc"));
    breaks("extract/utils.rs", "", "says nothing");
    breaks("helpers/mod.rs", "", "says nothing");
    breaks(
        "text.rs",
        "#[cfg(test)]\nmod t { #[ignore] fn f() {} }",
        "#[ignore]",
    );
}

#[test]
fn literals_do_not_swallow_code() {
    breaks(
        "text.rs",
        "const Q: char = '\"'; fn f() { crate::read::x() }",
        "right of it",
    );
    breaks(
        "text.rs",
        "const Q: char = '\\''; fn f() { crate::read::x() }",
        "right of it",
    );
    breaks(
        "text.rs",
        "fn f<'a>(x: &'a str) { crate::read::x() }",
        "right of it",
    );
    breaks(
        "text.rs",
        "const S: &str = \"a\\\"b\"; fn f() { crate::read::x() }",
        "right of it",
    );
    breaks(
        "text.rs",
        "const S: &str = r\"\\\"; fn f() { crate::read::x() }",
        "right of it",
    );
}
