//! What a crawl finds where its output is to be: files of somebody else, pipes, devices.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::path::Path;
use std::process::Output;

use super::cli::{cleancopy, code, crawl, dir, records, told};
use super::site::{Site, story};

/// A crawl of one story.
fn crawl_one(site: &Site, dir: &Path, args: &[&str]) -> Output {
    fs::write(dir.join("urls.txt"), "http://a.example/story\n").unwrap();
    crawl(site, dir, args).output().unwrap()
}

#[test]
fn a_file_of_somebody_else_without_a_newline_is_left_alone() {
    let (site, dir) = (Site::open(|_| story()), dir());
    for foreign in [
        r#"{"a":1,"b":[1,2,3]}"#.to_owned(),
        r#"{"url":"https://a.example/","title":"Ferry"}"#.to_owned(),
        "<!doctype html><title>Ferry</title>".to_owned(),
        "my notes, in one line".to_owned(),
        "0123456789".repeat(100_000),
    ] {
        let out = dir.path().join("out.jsonl");
        fs::write(&out, &foreign).unwrap();
        let output = crawl_one(&site, dir.path(), &["-o", "out.jsonl"]);
        assert_eq!(code(&output), 2, "{}", told(&output));
        let told = told(&output);
        assert!(
            told.contains("line 1") && told.contains("--fresh"),
            "{told}"
        );
        assert_eq!(fs::read_to_string(&out).unwrap(), foreign);
        let output = crawl_one(&site, dir.path(), &["-o", "out.jsonl", "--dry-run"]);
        assert_eq!(code(&output), 2, "a dry run says the same");
    }
    assert!(site.log().is_empty());
}

#[test]
fn a_foreign_last_line_behind_records_is_left_alone() {
    let (site, dir) = (Site::open(|_| story()), dir());
    let out = dir.path().join("out.jsonl");
    crawl_one(&site, dir.path(), &["-o", "out.jsonl"]);
    let noted = fs::read_to_string(&out).unwrap() + "remember to call the harbour";
    fs::write(&out, &noted).unwrap();
    let output = crawl_one(&site, dir.path(), &["-o", "out.jsonl"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("line 2"), "{}", told(&output));
    assert_eq!(fs::read_to_string(&out).unwrap(), noted);
}

#[cfg(unix)]
#[test]
fn a_pipe_and_a_device_are_written_to_and_never_read() {
    use std::process::Stdio;
    let (site, dir) = (Site::open(|_| story()), dir());
    // Standard output is a pipe here.
    let output = crawl_one(&site, dir.path(), &["-o", "/dev/stdout"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let found = records(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(found.len(), 1);
    for flags in [
        &["-o", "/dev/full"][..],
        &["-o", "/dev/full", "--fresh"][..],
    ] {
        let output = crawl_one(&site, dir.path(), flags);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains("No space left"), "{}", told(&output));
    }
    let output = crawl_one(&site, dir.path(), &["-o", "/dev/zero"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let output = crawl_one(&site, dir.path(), &["-o", "/dev/null", "-f", "parquet"]);
    assert_eq!(code(&output), 2);
    // A named pipe whose reader goes away ends the crawl, as standard output does.
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut head = std::process::Command::new("head");
    head.args(["-c", "20"]).arg(&pipe).stdout(Stdio::piped());
    let head = head.spawn().unwrap();
    let output = crawl_one(&site, dir.path(), &["-o", "pipe"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let read = head.wait_with_output().unwrap().stdout;
    assert_eq!(read, b"{\"url\":\"http://a.exa");
}

#[cfg(unix)]
#[test]
fn what_is_neither_file_nor_stream_is_refused() {
    let (site, dir) = (Site::open(|_| story()), dir());
    let socket = dir.path().join("socket");
    let _open = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let output = crawl_one(&site, dir.path(), &["-o", "socket"]);
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("neither a file"),
        "{}",
        told(&output)
    );
    assert!(site.log().is_empty());
    let output = cleancopy(&["crawl", "gone.txt", "-o", "/dev/null"]).output();
    assert_eq!(code(&output.unwrap()), 2);
}
