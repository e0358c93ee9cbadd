//! Output formats: chosen by flag or by the file's ending, and whole at every moment.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cleancopy::outcome::Outcome;
use cleancopy::sink::Csv;
use cleancopy::{Options, RawPage, Record, Sink, read::read};
use tempfile::TempDir;

use crate::site::story_page;

fn saved() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("story.html"), story_page()).unwrap();
    fs::write(dir.path().join("none.html"), "<title>Nothing</title>").unwrap();
    dir
}

fn extract(dir: &Path, flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
    command.args(["extract", "story.html", "none.html"]);
    command.args(flags).current_dir(dir).output().unwrap()
}

fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_files_ending_chooses_the_format_and_the_flag_overrules_it() {
    let dir = saved();
    for (flags, head) in [
        (&["-o", "out.jsonl"][..], "{\"url\":"),
        (&["-o", "out"], "{\"url\":"),
        (&["-o", "OUT.CSV"], "url,final_url,"),
        (&["-o", "out.md"], "# Ferry returns"),
        (&["-o", "out.txt"], "story.html\n"),
        (&["-o", "out.text"], "story.html\n"),
        (&["-o", "out.markdown"], "# Ferry returns"),
        (&["-o", "out.json"], "{\"url\":"),
        (&["-o", "odd.txt", "-f", "csv"], "url,final_url,"),
        (&["-o", "odd.csv", "--format", "jsonl"], "{\"url\":"),
    ] {
        let output = extract(dir.path(), flags);
        assert!(output.status.success(), "{flags:?}");
        let text = fs::read_to_string(dir.path().join(flags[1])).unwrap();
        assert!(text.starts_with(head), "{flags:?}: {text}");
    }
}

#[test]
fn a_page_without_text_still_says_what_it_is_and_an_error_does_not() {
    let record = |html: &str| {
        let page = RawPage::from_text(html);
        let found = read(&page, &Options::default());
        serde_json::to_value(Record::of_page("a", &page, found)).unwrap()
    };
    let film = "<meta property=article:published_time content=2020-06-22><h1>Morning show</h1>";
    let film = record(film);
    assert!(film["article"].is_null());
    assert_eq!(film["stated"]["headline"], "Morning show");
    assert_eq!(film["stated"]["published"], "2020-06-22");
    let gone = record("<title>Page not found</title><h1>Page not found</h1><p>Error 404</p>");
    assert_eq!(gone["reason"], "the page reports an error");
    assert!(gone.get("stated").is_none(), "{gone}");
    assert!(record(&story_page()).get("stated").is_none());
}

#[test]
fn csv_has_a_row_for_every_record_and_reads_back() {
    let dir = saved();
    let output = extract(dir.path(), &["-f", "csv"]);
    let rows = rows(&output.stdout);
    let found = read(&RawPage::from_text(&story_page()), &Options::default());
    let article = found.article.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["outcome"], "article");
    assert_eq!(rows[0]["headline"], "Ferry returns");
    assert_eq!(rows[0]["text"], article.text, "line breaks and all");
    assert!(article.text.contains("\n\n"));
    assert_eq!(rows[1]["outcome"], "no-article");
    assert!(rows[1]["text"].is_empty() && !rows[1]["reason"].is_empty());
}

#[test]
fn csv_keeps_quotes_commas_and_lines_apart_and_is_whole_after_every_record() {
    let odd = "He said \"no\", and\nleft; =1+1\r\n,,\"";
    let mut out = Vec::new();
    let mut sink = Csv::new(&mut out);
    sink.put(&Record::of_failure("a,b", Outcome::Timeout, odd))
        .unwrap();
    let mut copy = Record::of_failure("c", Outcome::Article, "");
    copy.near_duplicate_of = Some("a,b".to_owned());
    sink.put(&copy).unwrap();
    // Nobody has ended the output yet.
    let rows = rows(&out);
    assert_eq!(
        (rows[0]["url"].as_str(), rows[0]["reason"].as_str()),
        ("a,b", odd)
    );
    let near = |row: usize| rows[row]["near_duplicate_of"].as_str();
    assert_eq!((near(0), near(1)), ("", "a,b"));
    assert_eq!((rows.len(), out.last()), (2, Some(&b'\n')));
}

#[test]
fn parquet_needs_a_file_and_a_build_that_has_it() {
    let dir = saved();
    let output = extract(dir.path(), &["-f", "parquet"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("Parquet needs a file: -o FILE"), "{told}");
    let output = extract(dir.path(), &["-o", "out.parquet"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.success(), cfg!(feature = "parquet"), "{told}");
    assert_eq!(
        dir.path().join("out.parquet").exists(),
        cfg!(feature = "parquet")
    );
    assert!(
        output.status.success() || told.contains("--features parquet"),
        "{told}"
    );
}
