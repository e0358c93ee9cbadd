//! `status`, `explain`, `seal`, and what a person is told.

use std::fs::{self, File};
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Cluster, Workers, signal, worker};
use crate::cli::{cleancopy, code, crawl, dir, records, row, told};
use crate::frontier::server::Scratch;
use crate::site::{Reply, Site, story};

fn list(dir: &Path, from: usize, to: usize) {
    let urls: Vec<String> = (from..to)
        .map(|n| format!("http://h{}.example/story/{n}", n % 5))
        .collect();
    fs::write(dir.join("urls.txt"), urls.join("\n")).unwrap();
}

fn run(dir: &Path, args: &[&str]) -> Output {
    cleancopy(args).current_dir(dir).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A worker that runs to its end.
fn work(url: &str, site: &Site, dir: &Path, args: &[&str]) -> Output {
    let mut command = crawl(site, dir, args);
    command.args(["--frontier", url]).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_workers_with_folders_of_their_own_are_published_together() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let (site, dir) = (Site::open(|_| story()), dir());
    let (url, path) = (scratch.url.as_str(), dir.path());
    list(path, 0, 20);
    assert_eq!(code(&work(url, &site, path, &["-o", "one/"])), 0);
    list(path, 0, 30);
    let output = work(url, &site, path, &["-o", "two/"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!((row(&output, "article"), row(&output, "total")), (30, 30));
    assert!(
        told(&output).contains("20 of 30 records are in no segment here"),
        "{}",
        told(&output)
    );
    assert!(!path.join("two/records.jsonl").exists());

    // A folder that is named twice, and a line that was not finished, change nothing.
    let segment = fs::read_dir(path.join("two/segments"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&segment).unwrap();
    fs::write(&segment, format!("{text}{{\"fence\":9,\"rec")).unwrap();
    let output = run(path, &["seal", "one", "two", "one", "--frontier", url]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let published = records(&fs::read_to_string(path.join("one/records.jsonl")).unwrap());
    assert_eq!(published.len(), 30);
    let manifest = fs::read(path.join("one/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(
        (&manifest["addresses"], &manifest["complete"]),
        (&30.into(), &true.into())
    );
    let twins = published
        .iter()
        .filter(|r| r.near_duplicate_of.is_some())
        .count();
    assert_eq!(twins, 29, "the same story everywhere, over all workers");

    // What is there stays when a folder is missing, and when a segment is none.
    fs::write(path.join("one/segments/zz.jsonl"), "{\"mine\":1}\n").unwrap();
    let output = run(path, &["seal", "one", "two", "--frontier", url]);
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("zz.jsonl, line 1: not a record of a worker"),
        "{}",
        told(&output)
    );
    fs::remove_file(path.join("one/segments/zz.jsonl")).unwrap();
    let output = run(path, &["seal", "one", "--frontier", url]);
    assert_eq!(code(&output), 1);
    assert!(
        told(&output).contains("was not written: 10 of 30"),
        "{}",
        told(&output)
    );
    assert_eq!(
        records(&fs::read_to_string(path.join("one/records.jsonl")).unwrap()).len(),
        30
    );
    scratch.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_visit_waits_until_the_last_is_published() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let site = Site::open(|request| {
        if request.etag.as_deref() == Some("\"1\"") {
            Reply::status(304, "")
        } else {
            story().with("etag", "\"1\"")
        }
    });
    let (url, dir) = (scratch.url.as_str(), dir());
    list(dir.path(), 0, 10);
    assert_eq!(code(&work(url, &site, dir.path(), &["-o", "out/"])), 0);
    scratch
        .execute("DELETE FROM note WHERE name = 'sealed'")
        .await;
    let again = || work(url, &site, dir.path(), &["-o", "out/", "--revisit"]);
    let output = again();
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("visit 1 have not been published whole"),
        "{}",
        told(&output)
    );
    assert_eq!(
        code(&run(dir.path(), &["seal", "out", "--frontier", url])),
        0
    );
    let output = again();
    assert_eq!(row(&output, "unchanged"), 10, "{}", told(&output));
    let second = fs::read_to_string(dir.path().join("out/records-2.jsonl")).unwrap();
    assert_eq!(records(&second).len(), 10);
    let first = fs::read_to_string(dir.path().join("out/records.jsonl")).unwrap();
    assert_eq!(records(&first).len(), 10, "the first visit's stay");
    scratch.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_on_a_server_and_one_in_a_folder_do_not_mix() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let (site, dir) = (Site::open(|_| story()), dir());
    let (url, path) = (scratch.url.as_str(), dir.path());
    list(path, 0, 3);
    work(url, &site, path, &["-o", "shared/"]);
    let output = crawl(&site, path, &["-o", "own/"]).output().unwrap();
    assert_eq!(code(&output), 0);
    for (output, wanted) in [
        (
            work(url, &site, path, &["-o", "own/"]),
            "own/ has a crawl with a frontier of its own",
        ),
        (
            run(path, &["crawl", "urls.txt", "-o", "shared/"]),
            "its frontier on a server",
        ),
        (
            work(url, &site, path, &["-o", "a.jsonl"]),
            "a worker writes into a folder",
        ),
        (
            work(url, &site, path, &["-o", "new/", "--fresh"]),
            "?schema=NAME",
        ),
        (
            work(url, &site, path, &["-o", "a.jsonl", "--dry-run"]),
            "a worker writes into a folder",
        ),
    ] {
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains(wanted), "{}", told(&output));
    }
    scratch.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_the_server_knows_and_changes_nothing() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let (dir, url) = (dir(), scratch.url.as_str());
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "User-agent: *\nDisallow: /in"),
        _ => story(),
    });
    let path = dir.path();
    let dry = || work(url, &site, path, &["-o", "out/", "--dry-run"]);
    list(path, 0, 5);
    let output = dry();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!((row(&output, "to fetch"), row(&output, "total")), (5, 5));
    assert_eq!(site.requests(), 0);
    let status = run(path, &["status", "--frontier", url]);
    assert_eq!(code(&status), 2, "no crawl was begun: {}", said(&status));

    assert_eq!(code(&work(url, &site, path, &["-o", "out/"])), 0);
    let asked = site.requests();
    let urls = "http://h1.example/story/1\nhttp://h1.example/in\nhttp://h1.example/story/6\n";
    fs::write(path.join("urls.txt"), urls).unwrap();
    let output = dry();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let lines = said(&output);
    let lines: Vec<&str> = lines.lines().collect();
    assert!(lines[0].ends_with("/story/1: already there, article"));
    assert!(lines[1].contains("line 2 of the robots.txt that is kept: Disallow: /in"));
    assert_eq!(lines[2], "fetch  http://h1.example/story/6");
    assert_eq!(site.requests(), asked);
    scratch.delete().await;
}

#[test]
fn a_server_that_is_named_for_all_commands_leaves_files_alone() {
    let dir = dir();
    fs::write(dir.path().join("page.html"), crate::site::story_page()).unwrap();
    let mut command = cleancopy(&["explain", "page.html"]);
    command.env("CLEANCOPY_FRONTIER", "postgres://desk@127.0.0.1:1/news");
    let output = command.current_dir(dir.path()).output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(said(&output).starts_with("article"), "{}", said(&output));
}

#[test]
fn a_password_is_never_told() {
    let dir = dir();
    list(dir.path(), 0, 1);
    // Nobody listens at port 1.
    let urls = [
        "postgres://desk:hunter2@127.0.0.1:1/news",
        "postgres://desk:hunter2@127.0.0.1:1/news?schema=A-B",
        "postgres://desk:hunter2@127.0.0.1:99999/news",
        "http://desk:hunter2@127.0.0.1:1/",
        "hunter2",
    ];
    for url in urls {
        for args in [
            &["crawl", "urls.txt", "-o", "out/"][..],
            &["status"][..],
            &["explain", "http://a.example/"][..],
            &["seal", "out"][..],
            &["crawl"][..],
            &["crawl", "--help"][..],
            &["seal", "out", "--nonsense"][..],
        ] {
            let mut command = cleancopy(args);
            command
                .env("CLEANCOPY_FRONTIER", url)
                .env("PGPASSWORD", "hunter2");
            let output = command.current_dir(dir.path()).output().unwrap();
            let all = format!("{}{}", said(&output), told(&output));
            assert!(!all.contains("hunter2"), "{args:?}: {all}");
            assert!(!all.is_empty());
        }
    }
    let output = run(dir.path(), &["status", "--frontier", urls[0]]);
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("PostgreSQL at 127.0.0.1:1 is away"),
        "{}",
        told(&output)
    );
}

#[test]
fn a_worker_says_that_its_server_is_away_and_can_be_stopped_then() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (site, dir) = (Site::open(|_| story()), dir());
    list(dir.path(), 0, 200);
    let log = dir.path().join("told.txt");
    let args = ["-o", "out/", "--delay", "0.2"];
    let mut command = worker(&cluster, &site, dir.path(), &args);
    let child = command.stderr(File::create(&log).unwrap()).spawn();
    let mut workers = Workers(vec![child.unwrap()]);
    let child = &mut workers.0[0];
    let begun = Instant::now();
    while site.requests() < 20 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never begins");
        std::thread::sleep(Duration::from_millis(5));
    }
    let json = run(
        dir.path(),
        &["status", "--frontier", &cluster.url, "--json"],
    );
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&json["running"], &json["addresses"]),
        (&true.into(), &200.into())
    );
    let text = said(&run(dir.path(), &["status", "--frontier", &cluster.url]));
    assert!(text.contains("running, 1 worker"), "{text}");
    let explained = [
        "explain",
        "http://h0.example/story/0",
        "--frontier",
        &cluster.url,
    ];
    let text = said(&run(dir.path(), &explained));
    assert!(text.contains("article at"), "{text}");
    cluster.kill();
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(child.try_wait().unwrap().is_none(), "it waits");
    signal("-INT", child.id());
    let begun = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended.code(), Some(2));
    let told = fs::read_to_string(&log).unwrap();
    assert!(
        told.contains("is away") && told.contains("trying again in"),
        "{told}"
    );
    assert!(!told.contains("deadpool"), "{told}");
    cluster.restart();
    let text = said(&run(dir.path(), &["status", "--frontier", &cluster.url]));
    assert!(text.contains("no worker is connected"), "{text}");
}
