//! The program as a person runs it.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use cleancopy::Record;
use tempfile::TempDir;

use super::site::{Reply, Site, story};

pub(crate) fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn cleancopy(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
    command.args(args).stdin(Stdio::null());
    command
        .env_remove("RUST_LOG")
        .env_remove("CLEANCOPY_CONTACT");
    command
}

/// A crawl of a list in a folder, with every host name leading to the site.
pub(crate) fn crawl(site: &Site, dir: &Path, args: &[&str]) -> Command {
    let mut command = cleancopy(&["crawl", "urls.txt", "--no-proxy", "--delay", "0"]);
    command.args(["--retry-wait", "0.05", "--resolve"]);
    command.arg(format!("*={}", site.address));
    command.args(args).current_dir(dir);
    command
}

fn news() -> Site {
    Site::open(|request| match request.path.as_str() {
        path if path.starts_with("/story") => story(),
        _ => Reply::status(404, ""),
    })
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn records(text: &str) -> Vec<Record> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The rows of the closing summary.
pub(crate) fn summary(output: &Output) -> Vec<(String, usize)> {
    let told = told(output);
    let rows = told.lines().filter(|line| line.starts_with("  "));
    rows.map(|row| {
        let (name, count) = row.trim().rsplit_once(' ').unwrap();
        (name.trim().to_owned(), count.parse().unwrap())
    })
    .collect()
}

pub(crate) fn row(output: &Output, name: &str) -> usize {
    let rows = summary(output);
    rows.iter()
        .find(|(n, _)| n == name)
        .map_or(0, |(_, count)| *count)
}

/// The summary's rows add up to its total, and the total to the list.
pub(crate) fn assert_sum(output: &Output, lines: usize) {
    let mut rows = summary(output);
    let total = rows.pop().expect("there is a summary");
    assert_eq!(total, ("total".to_owned(), lines), "{}", told(output));
    assert_eq!(
        rows.iter().map(|(_, count)| count).sum::<usize>(),
        lines,
        "{rows:?}"
    );
}

const LIST: &str = "\u{feff}# stories\n\nhttp://a.example/story/1\r\n  http://b.example/story/2\n\
    HTTP://A.example:80/story/1#top\nno url\nmailto:desk@a.example\nhttp://a.example/missing\n";

#[test]
fn a_list_becomes_records_and_the_summary_adds_up() {
    let (site, dir) = (news(), dir());
    fs::write(dir.path().join("urls.txt"), LIST).unwrap();
    let output = crawl(&site, dir.path(), &["-o", "out.jsonl"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert_sum(&output, 6);
    assert_eq!(row(&output, "article"), 2);
    assert_eq!(row(&output, "http-error"), 1);
    assert_eq!(row(&output, "duplicates"), 1);
    assert_eq!(row(&output, "not a URL"), 2);
    assert!(told(&output).contains("urls.txt:6: not an absolute URL: no url"));
    assert!(output.stdout.is_empty());
    let records = records(&fs::read_to_string(dir.path().join("out.jsonl")).unwrap());
    assert_eq!(records.len(), 3);
}

#[test]
fn a_dash_for_the_output_is_standard_output() {
    let dir = dir();
    let page = include_str!("../../testdata/cases/fields/lead-dateline/page.html");
    fs::write(dir.path().join("page.html"), page).unwrap();
    let mut command = cleancopy(&["extract", "page.html", "-o", "-"]);
    let output = command.current_dir(dir.path()).output().unwrap();
    assert!(output.status.success());
    let records = records(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(records.len(), 1);
    assert!(!dir.path().join("-").exists());
}

#[test]
fn a_list_from_standard_input_goes_to_standard_output() {
    let (site, dir) = (news(), dir());
    let mut command = cleancopy(&["crawl", "-", "--no-proxy", "--delay", "0", "--resolve"]);
    command
        .arg(format!("*={}", site.address))
        .current_dir(dir.path());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut list = child.stdin.take().unwrap();
    list.write_all(b"http://a.example/story/1\n").unwrap();
    drop(list);
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let records = records(&String::from_utf8(output.stdout).unwrap());
    let article = records[0].article.as_ref().unwrap();
    assert_eq!(article.headline.as_deref(), Some("Ferry returns"));
}

#[test]
fn a_crawl_that_cannot_start_says_why_and_ends_with_2() {
    let (site, dir) = (news(), dir());
    let output = crawl(&site, dir.path(), &[]).output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("urls.txt"));
    fs::write(dir.path().join("urls.txt"), LIST).unwrap();
    let output = crawl(&site, dir.path(), &["-o", "no/such/dir.jsonl"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert_eq!(code(&cleancopy(&["crawl"]).output().unwrap()), 2);
}

#[test]
fn a_run_goes_on_after_a_torn_line() {
    let (site, dir) = (news(), dir());
    let list: Vec<String> = (0..5)
        .map(|n| format!("http://h{n}.example/story"))
        .collect();
    fs::write(dir.path().join("urls.txt"), list.join("\n")).unwrap();
    let out = dir.path().join("out.jsonl");
    assert_eq!(
        code(
            &crawl(&site, dir.path(), &["-o", "out.jsonl"])
                .output()
                .unwrap()
        ),
        0
    );
    let whole = fs::read_to_string(&out).unwrap();
    let second = whole.match_indices('\n').nth(1).unwrap().0;
    fs::write(&out, &whole[..second + 40]).unwrap();
    let before = site.log().len();
    let output = crawl(&site, dir.path(), &["-o", "out.jsonl"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_sum(&output, 5);
    assert_eq!(
        (row(&output, "already there"), row(&output, "article")),
        (2, 3)
    );
    assert_eq!(
        site.log().len() - before,
        6,
        "robots.txt and page of three hosts"
    );
    let text = fs::read_to_string(&out).unwrap();
    assert!(
        text.starts_with(&whole[..=second]),
        "whole records stay as they were"
    );
    assert_eq!(records(&text).len(), 5);
    let output = crawl(&site, dir.path(), &["-o", "out.jsonl", "--fresh"])
        .output()
        .unwrap();
    assert_eq!(row(&output, "article"), 5);
    assert_eq!(records(&fs::read_to_string(&out).unwrap()).len(), 5);
}

#[test]
fn nothing_that_is_no_output_of_ours_is_overwritten() {
    let (site, dir) = (news(), dir());
    fs::write(dir.path().join("urls.txt"), LIST).unwrap();
    for args in [
        ["-o", "notes", "--format", "jsonl"],
        ["-o", "notes", "--format", "text"],
    ] {
        fs::write(dir.path().join("notes"), "my notes\n").unwrap();
        let output = crawl(&site, dir.path(), &args).output().unwrap();
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains("--fresh"), "{}", told(&output));
        let kept = fs::read_to_string(dir.path().join("notes")).unwrap();
        assert_eq!(kept, "my notes\n");
    }
    assert!(site.log().is_empty());
}

#[test]
fn articles_come_as_text_and_markdown() {
    let (site, dir) = (news(), dir());
    fs::write(dir.path().join("urls.txt"), "http://a.example/story\n").unwrap();
    for (format, head) in [
        (
            "text",
            "http://a.example/story\nFerry returns\n\nThe night ferry",
        ),
        (
            "markdown",
            "# Ferry returns\n\n<http://a.example/story>\n\nThe night ferry",
        ),
        (
            "html",
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Articles</title>\n<article>\n\
             <h1>Ferry returns</h1>\n<p><a href=\"http://a.example/story\">http://a.example/story\
             </a></p>\n<p>The night ferry",
        ),
    ] {
        let output = crawl(&site, dir.path(), &["--format", format])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(head), "{text}");
    }
}

#[test]
fn what_is_asked_for_is_kept_and_nothing_else() {
    let page = "<article><h1>Ferry returns</h1><p>The night ferry came back on Monday after eleven \
        weeks in the <a href=/yard>yard</a>, with a new engine and a coat of paint.</p>\
        <p>These are the numbers that the operator gave for the ship and for its first season:</p>\
        <table><tr><th>Places<th>Number of them<tr><td>Cabins<td>120\
        <tr><td>Berths for passengers<td>310<tr><td>Places for cars<td>95</table>\
        <p>Tickets go on sale this week, the operator said on the quay, and the first crossing is \
        planned for Thursday.</p></article>\
        <div id=comment-1 class=comment><b class=fn>Ines</b><time datetime=2024-05-03>May</time>\
        <div class=comment-content>I shall be on board.</div></div>";
    let dir = dir();
    fs::write(dir.path().join("a.html"), page).unwrap();
    let record = |args: &[&str]| {
        let mut command = cleancopy(&["extract", "a.html", "--url", "https://a.example/news/"]);
        let output = command.args(args).current_dir(dir.path()).output();
        records(&String::from_utf8(output.unwrap().stdout).unwrap()).remove(0)
    };
    let plain = record(&[]).article.unwrap();
    assert!(plain.text.contains("Cabins | 120") && !plain.text.contains("on board"));
    assert!(plain.elements.is_empty() && plain.comments.is_empty());
    let more = record(&["--with", "links,comments", "--format", "json"])
        .article
        .unwrap();
    assert_eq!(more.text, plain.text);
    assert!(
        more.to_markdown()
            .contains("[yard](https://a.example/yard)")
    );
    assert_eq!(more.comments[0].text, "I shall be on board.");
    let less = record(&["--without", "tables", "--favour", "recall"])
        .article
        .unwrap();
    assert!(!less.text.contains("Cabins") && less.text.contains("Tickets go on sale"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_what_is_under_way_and_says_how_to_go_on() {
    let site = Site::open(|_| {
        std::thread::sleep(Duration::from_millis(300));
        story()
    });
    let dir = dir();
    let list: Vec<String> = (0..40)
        .map(|n| format!("http://h{}.example/story/{n}", n % 4))
        .collect();
    fs::write(dir.path().join("urls.txt"), list.join("\n")).unwrap();
    let mut command = crawl(&site, dir.path(), &["-o", "out.jsonl"]);
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while site.log().len() < 6 && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert_sum(&output, 40);
    assert!(row(&output, "not started") > 0);
    assert!(
        told(&output).contains("the same command goes on"),
        "{}",
        told(&output)
    );
    let done = records(&fs::read_to_string(dir.path().join("out.jsonl")).unwrap());
    let asked = site
        .log()
        .iter()
        .filter(|r| r.path != "/robots.txt")
        .count();
    assert_eq!(done.len(), asked, "what was asked for has its record");
}

#[test]
fn a_page_is_saved_and_read_back_without_network() {
    let (site, dir) = (news(), dir());
    let resolve = format!("*={}", site.address);
    let save = |url: &str, more: &[&str]| {
        let mut command = cleancopy(&["save", url, "page", "--no-proxy", "--resolve", &resolve]);
        command.args(more).current_dir(dir.path()).output().unwrap()
    };
    let output = save("http://a.example/story#x", &["--note", "a ferry"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let meta = fs::read_to_string(dir.path().join("page/page.toml")).unwrap();
    assert!(meta.contains("url = \"http://a.example/story\""), "{meta}");
    assert!(meta.contains("note = \"a ferry\""), "{meta}");
    assert!(
        meta.contains("content-type = \"text/html; charset=utf-8\""),
        "{meta}"
    );
    assert_eq!(
        code(&save("http://a.example/story", &[])),
        2,
        "it is not overwritten"
    );
    assert_eq!(code(&save("http://a.example/story", &["--force"])), 0);
    assert_eq!(code(&save("http://a.example/missing", &["--force"])), 1);

    let output = cleancopy(&["extract", "page"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let records = records(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(records[0].url, "http://a.example/story");
    assert!(records[0].article.is_some());
}

#[test]
fn folders_are_searched_and_what_cannot_be_read_is_named() {
    let dir = dir();
    let page = "<h1>One</h1><p>Words.</p>";
    fs::create_dir_all(dir.path().join("in/deep")).unwrap();
    fs::write(dir.path().join("in/a.html"), page).unwrap();
    fs::write(dir.path().join("in/deep/b.HTM"), page).unwrap();
    fs::write(dir.path().join("in/notes.txt"), page).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(page.as_bytes()).unwrap();
    fs::write(dir.path().join("in/c.html.gz"), packed.finish().unwrap()).unwrap();
    fs::write(dir.path().join("in/d.html.gz"), "no gzip").unwrap();
    let output = cleancopy(&["extract", "in", "gone.html"])
        .current_dir(dir.path())
        .output();
    let output = output.unwrap();
    assert_eq!(code(&output), 1);
    let records = records(&String::from_utf8(output.stdout.clone()).unwrap());
    let found: Vec<_> = records
        .iter()
        .map(|r| (r.url.as_str(), r.outcome.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("in/a.html", "no-article"),
            ("in/c.html.gz", "no-article"),
            ("in/d.html.gz", "unreadable"),
            ("in/deep/b.HTM", "no-article"),
            ("gone.html", "unreadable"),
        ]
    );
    assert!(told(&output).contains("gone.html"));
    let nothing = cleancopy(&["extract", "in/deep/../../empty"])
        .current_dir(dir.path())
        .output();
    assert_eq!(code(&nothing.unwrap()), 1);
}

#[test]
fn pages_read_together_lose_what_recurs_on_them() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases/memory/recurring-note");
    let texts = |flags: &[&str]| {
        let mut command = cleancopy(&["extract", "page.html", "beside"]);
        let output = command.args(flags).current_dir(&case).output().unwrap();
        assert_eq!(code(&output), 0, "{}", told(&output));
        let records = records(&String::from_utf8(output.stdout).unwrap());
        let text = |r: Record| r.article.map(|a| a.text).unwrap_or_default();
        records.into_iter().map(text).collect::<Vec<_>>()
    };
    let note = "written by people who live on the coast";
    let alone = texts(&[]);
    assert_eq!(alone.len(), 3);
    assert!(alone[0].contains(note));
    for text in texts(&["--together"]) {
        assert!(!text.contains(note) && text.contains("The "), "{text}");
    }
}
