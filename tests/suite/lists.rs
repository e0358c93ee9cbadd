//! What stands in a list and is no address, and what is told of the addresses that failed.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cli::{assert_sum, cleancopy, code, crawl, dir, records, row, told};
use super::site::{Reply, Site, story};

#[test]
fn a_bad_line_is_told_with_its_number_and_what_to_do() {
    let (site, dir) = (Site::open(|_| story()), dir());
    let long = format!("http://a.example/ {}", "x".repeat(3000));
    let list = [
        "http://a.example/story/1 http://b.example/story/2",
        "http://a.example/story/3.html,Ferry returns",
        "http://a.example/story/4   # a comment",
        "<http://a.example/story/5>",
        "a.example/story/6",
        "http://desk:hunter2@a.example/story/7",
        &long,
        "http://a.example/story,8.html",
        "# a comment",
    ];
    fs::write(dir.path().join("urls.txt"), list.join("\n")).unwrap();
    let output = crawl(&site, dir.path(), &["-o", "out.jsonl"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 1);
    assert_sum(&output, 8);
    assert_eq!((row(&output, "article"), row(&output, "not a URL")), (1, 7));
    let told = told(&output);
    for (number, what) in [
        (1, "two addresses on a line"),
        (2, "(CSV)"),
        (3, "a comment behind an address"),
        (4, "leave out what stands around it"),
        (5, "it begins with https://"),
        (6, "take it out of the address: http://…@a.example/story/7"),
        (7, "white space inside an address"),
    ] {
        let line = told
            .lines()
            .find(|line| line.contains(&format!("urls.txt:{number}: ")));
        assert!(
            line.is_some_and(|line| line.contains(what)),
            "{number}: {told}"
        );
        assert!(line.unwrap().len() < 300, "{told}");
    }
    let asked = site
        .log()
        .iter()
        .filter(|r| r.path != "/robots.txt")
        .count();
    assert_eq!(asked, 1);
}

#[test]
fn a_list_that_is_no_text_is_one_error() {
    let (site, dir) = (Site::open(|_| story()), dir());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"http://a.example/story\n").unwrap();
    let utf16: Vec<u8> = "http://a.example/story\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, what) in [
        (gzip.finish().unwrap(), "is gzip: unpack it first"),
        ([&[0xff, 0xfe][..], &utf16].concat(), "is UTF-16"),
        (utf16, "or UTF-16"),
        (b"PK\x03\x04 and more".to_vec(), "office document"),
    ] {
        fs::write(dir.path().join("urls.txt"), bytes).unwrap();
        for output in ["out.jsonl", "out/"] {
            let output = crawl(&site, dir.path(), &["-o", output]).output().unwrap();
            assert_eq!(code(&output), 2);
            let told = told(&output);
            assert!(told.contains(what) && told.lines().count() == 1, "{told}");
        }
    }
    assert!(site.log().is_empty());
}

#[test]
fn a_password_in_an_address_goes_nowhere() {
    let site = Site::open(|request| match request.path.as_str() {
        "/moved" => Reply::to("http://desk:hunter2@b.example/story"),
        "/" => Reply::html("<p><a href='http://desk:hunter2@a.example/linked'>Ferry</a></p>"),
        _ => story(),
    });
    let dir = dir();
    let list = "http://desk:hunter2@a.example/story\nhttp://a.example/moved\nhttp://a.example/\n";
    fs::write(dir.path().join("urls.txt"), list).unwrap();
    let flags = ["-o", "out/", "--follow", "--no-guess"];
    let output = crawl(&site, dir.path(), &flags).output().unwrap();
    assert_eq!(
        (row(&output, "bad-redirect"), row(&output, "total")),
        (1, 2)
    );
    let mut all = told(&output);
    for file in fs::read_dir(dir.path().join("out")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    let dry = crawl(&site, dir.path(), &["--dry-run"]).output().unwrap();
    all.push_str(&String::from_utf8_lossy(&dry.stdout));
    let url = "http://desk:hunter2@a.example/";
    for args in [
        &["explain", url, "--crawl", "out"][..],
        &["save", url, "page"],
    ] {
        let output = cleancopy(args).current_dir(dir.path()).output().unwrap();
        assert_eq!(code(&output), 2);
        all.push_str(&told(&output));
    }
    assert!(!all.contains("hunter2"), "{all}");
}

#[test]
fn what_a_list_names_can_be_too_old() {
    let site = Site::open(|request| {
        let day = if request.path == "/story/old" {
            "2024"
        } else {
            "2026"
        };
        let time = format!("<time datetime='{day}-03-02T10:00:00Z'>2 March {day}</time>");
        Reply::html(&super::site::story_page().replace("</h1>", &format!("</h1>{time}")))
    });
    let dir = dir();
    let list = "http://a.example/story/old\nhttp://a.example/story/new\n";
    fs::write(dir.path().join("urls.txt"), list).unwrap();
    for output in ["out.jsonl", "out/"] {
        let flags = ["-o", output, "--since", "2025-06-01"];
        let output = crawl(&site, dir.path(), &flags).output().unwrap();
        assert_eq!(code(&output), 0, "{}", told(&output));
        assert_eq!((row(&output, "article"), row(&output, "too-old")), (1, 1));
    }
}

/// Crawls addresses of a port where nobody listens.
fn crawl_closed(dir: &Path, flags: &[&str]) -> std::process::Output {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let list: Vec<String> = (0..7).map(|n| format!("http://a.example/{n}")).collect();
    fs::write(dir.join("urls.txt"), list.join("\n")).unwrap();
    let mut command = cleancopy(&["crawl", "urls.txt", "--no-proxy", "--delay", "0"]);
    command.arg(format!("--resolve=*={closed}")).args(flags);
    command.current_dir(dir).output().unwrap()
}

#[test]
fn without_retries_a_host_that_nobody_reaches_is_not_waited_for() {
    let dir = dir();
    let begun = Instant::now();
    // The wait before a retry is half a minute here.
    let output = crawl_closed(dir.path(), &["--retries", "0", "-o", "out/"]);
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(row(&output, "connect-failed"), 7, "{}", told(&output));
    assert!(
        told(&output).contains("4 requests (4 for robots.txt)"),
        "{}",
        told(&output)
    );
    let text = fs::read_to_string(dir.path().join("out/records.jsonl")).unwrap();
    let reasons: Vec<String> = records(&text)
        .into_iter()
        .filter_map(|r| r.reason)
        .collect();
    let not_asked = |reason: &&String| *reason == "not asked: the host failed 4 times in a row";
    assert_eq!(reasons.iter().filter(not_asked).count(), 3, "{reasons:?}");
    let explain = |url: &str, more: &[&str]| {
        let mut command = cleancopy(&["explain", url, "--crawl", "out"]);
        let output = command.args(more).current_dir(dir.path()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let first = explain("http://a.example/0", &[]);
    assert!(first.contains("the only try"), "{first}");
    let tries = |url: &str| {
        let told: Value = serde_json::from_str(&explain(url, &["--json"])).unwrap();
        told["attempts"].as_u64()
    };
    assert_eq!(tries("http://a.example/0"), Some(1));
    assert_eq!(tries("http://a.example/6"), Some(0), "it was not asked");
}

#[test]
fn a_name_that_does_not_resolve_is_told_once() {
    let dir = dir();
    fs::write(
        dir.path().join("urls.txt"),
        "http://no-such-host.invalid/1\n",
    )
    .unwrap();
    let mut command = cleancopy(&[
        "crawl",
        "urls.txt",
        "--no-proxy",
        "--delay",
        "0",
        "-o",
        "out/",
    ]);
    let output = command.current_dir(dir.path()).output().unwrap();
    assert_eq!(row(&output, "dns-failed"), 1, "{}", told(&output));
    let text = fs::read_to_string(dir.path().join("out/records.jsonl")).unwrap();
    let reason = records(&text).remove(0).reason.unwrap();
    assert!(
        reason.starts_with("no-such-host.invalid does not resolve"),
        "{reason}"
    );
    assert_eq!(reason.matches("resolv").count(), 1, "{reason}");
    let mut command = cleancopy(&["explain", "http://no-such-host.invalid/1", "--crawl", "out"]);
    let output = command.current_dir(dir.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("no server to ask"), "{told}");
}
