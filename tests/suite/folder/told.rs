//! `status`, `explain --crawl` and `--dry-run`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{count, list, status};
use crate::cli::{cleancopy, code, crawl, dir, row, told};
use crate::site::{Reply, Site, story};

fn explain(dir: &Path, url: &str) -> String {
    let output = cleancopy(&["explain", url, "--crawl", "out"])
        .current_dir(dir)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A site that ends addresses in many ways, and one host that wants to be left alone for an hour.
fn site() -> Site {
    Site::start(
        |request| match (request.host.as_str(), request.path.as_str()) {
            ("shut.example", "/robots.txt") => Reply::status(
                200,
                "# our rules\nUser-agent: *\nDisallow: /x\nDisallow: /in # secret\n",
            ),
            (_, "/robots.txt") => Reply::status(404, ""),
            (_, "/gone") => Reply::status(410, ""),
            (_, "/broken") => Reply::status(500, ""),
            (_, "/large") => Reply::html(&"words ".repeat(400_000)),
            (_, "/moved") => Reply::to("/story"),
            (_, "/busy") => Reply::status(503, "").with("retry-after", "3600"),
            _ => story(),
        },
    )
}

const URLS: [&str; 7] = [
    "http://shut.example/in/1",
    "http://a.example/gone",
    "http://b.example/broken",
    "http://c.example/large",
    "HTTP://d.example/moved#top",
    "http://busy.example/busy",
    "http://busy.example/other",
];

/// Crawls until nothing is left but the two addresses of the busy host, and stops there.
fn crawled(site: &Site, dir: &Path) -> Output {
    fs::write(dir.join("urls.txt"), URLS.join("\n")).unwrap();
    let mut command = crawl(site, dir, &["-o", "out/", "--max-body", "1"]);
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let waits_for_the_busy_host = || {
        let output = cleancopy(&["status", "out", "--json"])
            .current_dir(dir)
            .output();
        let told: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap_or_default();
        told["waits"]["retry-after"]["pending"] == 2 && told["pending"] == 2
    };
    while !waits_for_the_busy_host() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never comes to wait"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let told = status(dir);
    assert_eq!(told["running"], true);
    assert_eq!(count(&told["waits"]["retry-after"]["hosts"]), 1);
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn explain_names_what_decided_an_address() {
    let (site, dir) = (site(), dir());
    let output = crawled(&site, dir.path());
    assert_eq!(code(&output), 1);
    assert!(
        told(&output).contains("the same command goes on"),
        "{}",
        told(&output)
    );
    assert_eq!((row(&output, "pending"), row(&output, "total")), (2, 7));
    let wanted: [(&str, &[&str]); 8] = [
        (
            URLS[0],
            &[
                "robots-disallowed",
                "line 4 of http://shut.example/robots.txt",
                "Disallow: /in # secret",
            ],
        ),
        (
            URLS[1],
            &["http-error", "410", "asking again would not help"],
        ),
        (URLS[2], &["http-error", "500", "the last of 3 tries"]),
        (URLS[3], &["too-large", "limit --max-body"]),
        (
            URLS[4],
            &[
                "article",
                "redirected   http://d.example/story",
                "written as   HTTP",
            ],
        ),
        (
            URLS[5],
            &[
                "pending after 1 try;",
                "503",
                "Retry-After of the server until",
            ],
        ),
        (
            URLS[6],
            &["pending, not asked yet", "Retry-After of the server until"],
        ),
        ("http://never.example/", &["not in this crawl"]),
    ];
    for (url, wanted) in wanted {
        let told = explain(dir.path(), url);
        for part in wanted {
            assert!(told.contains(part), "{url}: {part} is not in\n{told}");
        }
    }
    let plain = cleancopy(&["status", "out"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let plain = said(&plain);
    assert!(plain.contains("busy.example: 2 pending, Retry-After of the server until"));
    assert!(plain.contains("not running"), "{plain}");
    let json = cleancopy(&["explain", URLS[0], "--crawl", "out", "--json"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["outcome"], "robots-disallowed");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "User-agent: *\nDisallow: /in"),
        _ => story(),
    });
    let dir = dir();
    fs::write(dir.path().join("urls.txt"), "http://a.example/1\n").unwrap();
    for output in ["out/", "out.jsonl"] {
        crawl(&site, dir.path(), &["-o", output]).output().unwrap();
    }
    let asked = site.requests();
    let urls = "# list\nhttp://a.example/1\nhttp://a.example/2\nno url\nhttp://a.example/2#x\n\
                http://169.254.169.254/latest\nhttp://a.example/in/3\nhttp://b.example/\n";
    fs::write(dir.path().join("urls.txt"), urls).unwrap();
    let before = fs::read(dir.path().join("out/records.jsonl")).unwrap();
    let output = crawl(&site, dir.path(), &["-o", "out/", "--dry-run"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let lines = said(&output);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(
        lines[0],
        "skip   http://a.example/1: already there, article"
    );
    assert_eq!(lines[1], "fetch  http://a.example/2");
    assert!(lines[2].starts_with("skip   no url: not an absolute URL"));
    assert_eq!(lines[3], "skip   http://a.example/2: the same as line 3");
    assert!(lines[4].starts_with("skip   http://169.254.169.254/latest: "));
    assert!(lines[5].contains("line 2 of the robots.txt that is kept: Disallow: /in"));
    assert_eq!(lines[6], "fetch  http://b.example/");
    assert_eq!((row(&output, "to fetch"), row(&output, "total")), (2, 7));

    let output = crawl(&site, dir.path(), &["-o", "out.jsonl", "--dry-run"])
        .output()
        .unwrap();
    assert_eq!(
        (row(&output, "already there"), row(&output, "to fetch")),
        (1, 3)
    );
    let output = crawl(&site, dir.path(), &["--dry-run"]).output().unwrap();
    assert_eq!(row(&output, "to fetch"), 4);
    let output = crawl(&site, dir.path(), &["-o", "new/", "--dry-run"])
        .output()
        .unwrap();
    assert_eq!(row(&output, "to fetch"), 4);
    assert!(!dir.path().join("new").exists());
    assert_eq!(site.requests(), asked, "no network is touched");
    assert_eq!(
        fs::read(dir.path().join("out/records.jsonl")).unwrap(),
        before
    );
}

#[test]
fn a_folder_without_a_crawl_is_named() {
    let dir = dir();
    list(dir.path(), 1, 1);
    for args in [
        &["status", "out"][..],
        &["explain", "http://a.example/", "--crawl", "out"][..],
    ] {
        let output = cleancopy(args).current_dir(dir.path()).output().unwrap();
        assert_eq!(code(&output), 2);
        assert!(
            told(&output).contains("out holds no crawl"),
            "{}",
            told(&output)
        );
    }
}

#[test]
fn a_slip_costs_nothing() {
    let site = Site::open(|_| story());
    let dir = dir();
    let path = dir.path();
    let list = "http://a.example/1\nhttp://a.example/2\n";
    fs::write(path.join("urls.txt"), list).unwrap();
    assert_eq!(
        code(&crawl(&site, path, &["-o", "out/"]).output().unwrap()),
        0
    );
    let records = fs::read(path.join("out/records.jsonl")).unwrap();
    let slips: [(&[&str], &str); 6] = [
        (
            &["crawl", "url.txt", "-o", "out/", "--fresh"],
            "cannot open url.txt",
        ),
        (&["crawl", "url.txt", "-o", "new/"], "cannot open url.txt"),
        (
            &["crawl", "urls.txt", "-o", "urls.txt", "--fresh"],
            "is the list",
        ),
        (
            &["crawl", "urls.txt", "-o", "./out/../urls.txt"],
            "is the list",
        ),
        (
            &["crawl", "urls.txt", "-o", "new/", "--hosts", "0"],
            "--hosts",
        ),
        (&["explain", "http://a.example/1"], "--crawl FOLDER"),
    ];
    for (slip, wanted) in slips {
        let output = cleancopy(slip).current_dir(path).output().unwrap();
        assert_eq!(code(&output), 2, "{slip:?}: {}", told(&output));
        assert!(told(&output).contains(wanted), "{}", told(&output));
    }
    assert_eq!(fs::read(path.join("out/records.jsonl")).unwrap(), records);
    assert_eq!(fs::read_to_string(path.join("urls.txt")).unwrap(), list);
    assert!(!path.join("new").exists());
}
