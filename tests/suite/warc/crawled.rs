//! `cleancopy crawl --warc`: what was asked and answered is in the archive before its record.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cleancopy::Record;
use cleancopy::archive::warc::Head;

use super::{files, gzip};
use crate::site::{Reply, Site, story};

fn crawl(site: &Site, folder: &Path, output: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command.args([
        "crawl", "urls", "-o", output, "--warc", "kept", "--delay", "0",
    ]);
    command.args(["--no-proxy", "--retry-wait", "0.05", "--resolve"]);
    command.arg(format!("*={}", site.address));
    command
}

/// Type, address and block of every record in the archives of a folder.
fn captures(folder: &Path) -> Vec<(String, String, Vec<u8>)> {
    let archives = files(folder, ".warc.gz");
    let found = archives.iter().flat_map(|path| super::records(path));
    let told = |head: &Head| head.target().unwrap_or_default().to_owned();
    found
        .map(|(head, block)| (head.kind().to_owned(), told(&head), block))
        .collect()
}

fn records(path: &Path) -> Vec<Record> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

#[test]
fn a_crawl_keeps_every_answer_and_its_archive_reads_as_the_crawl_did() {
    let Reply::Answer { body, .. } = story() else {
        panic!("a story is an answer")
    };
    let packed = gzip(&body);
    let site = Site::open(move |request| match request.path.as_str() {
        "/packed" => story()
            .bytes(packed.clone())
            .with("content-encoding", "gzip"),
        "/moved" => Reply::to("/story"),
        "/story" | "/same" => story(),
        _ => Reply::status(404, "<p>gone"),
    });
    let folder = tempfile::tempdir().expect("a scratch folder");
    let paths = ["packed", "moved", "same", "gone"];
    let list = paths
        .map(|path| format!("http://news.example/{path}"))
        .join("\n");
    fs::write(folder.path().join("urls"), list).expect("written");
    let status = crawl(&site, folder.path(), "out.jsonl")
        .status()
        .expect("the program runs");
    assert_eq!(status.code(), Some(1), "one page is gone");

    let kept = folder.path().join("kept");
    assert!(files(&kept, ".open").is_empty());
    assert_eq!(files(&kept, ".cdxj").len(), 1);
    let captures = captures(&kept);
    let of = |path: &str| {
        let url = format!("http://news.example/{path}");
        let mine = captures
            .iter()
            .filter(|(kind, at, _)| kind.starts_with("re") && *at == url);
        let mine: Vec<&(String, String, Vec<u8>)> = mine.collect();
        assert_eq!(mine[0].0, "request", "{path}");
        assert!(
            mine[0]
                .2
                .windows(24)
                .any(|w| w == b"\r\nuser-agent: cleancopy/"),
            "{path}"
        );
        (mine[1].0.as_str(), mine[1].2.clone())
    };
    assert!(of("robots.txt").1.starts_with(b"HTTP/1.1 404 "));
    assert!(of("moved").1.starts_with(b"HTTP/1.1 302 "));
    assert!(of("gone").1.ends_with(b"<p>gone"));
    let wire = of("packed").1;
    assert!(wire.ends_with(&gzip(&body)), "as it was on the wire");
    let kinds = BTreeSet::from([of("story").0, of("same").0]);
    assert_eq!(kinds, BTreeSet::from(["response", "revisit"]));

    let archive = files(&kept, ".warc.gz").remove(0);
    let read = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .args(["extract", "--warc", "-o"])
        .args([&folder.path().join("read"), &archive])
        .status();
    assert!(read.expect("the program runs").success());
    let read = records(&files(&folder.path().join("read"), ".jsonl")[0]);
    let crawled = records(&folder.path().join("out.jsonl"));
    for record in read {
        let same = crawled
            .iter()
            .find(|r| r.final_url == record.final_url)
            .expect("a record");
        assert_eq!(same.article, record.article, "{}", record.url);
    }
}

#[test]
fn a_killed_crawl_has_kept_what_it_recorded_and_the_next_one_repairs_the_rest() {
    for (output, records) in [("out.jsonl", "out.jsonl"), ("news/", "news/records.jsonl")] {
        killed_and_repaired(output, records);
    }
}

fn killed_and_repaired(output: &str, written: &str) {
    let site = Site::open(|request| {
        sleep(Duration::from_millis(3));
        Reply::html(&format!("<p>{}", request.path.repeat(300)))
    });
    let folder = tempfile::tempdir().expect("a scratch folder");
    let urls: Vec<String> = (0..120)
        .map(|n| format!("http://h{}.example/{n}", n % 12))
        .collect();
    fs::write(folder.path().join("urls"), urls.join("\n")).expect("written");
    let (out, kept) = (folder.path().join(written), folder.path().join("kept"));

    let mut running = crawl(&site, folder.path(), output)
        .spawn()
        .expect("the program runs");
    let begun = Instant::now();
    while records(&out).len() < 20 && begun.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(5));
    }
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    let before = records(&out).len();
    assert!(
        (20..120).contains(&before),
        "{before} records before the kill"
    );
    // As if the last write had been cut, too.
    for path in files(&kept, ".open") {
        let bytes = fs::read(&path).expect("an archive");
        fs::write(&path, [&bytes[..], &bytes[..100]].concat()).expect("written");
    }

    let status = crawl(&site, folder.path(), output)
        .status()
        .expect("the program runs");
    assert!(status.code().is_some());
    assert!(files(&kept, ".open").is_empty());
    assert_eq!(files(&kept, ".warc.gz").len(), files(&kept, ".cdxj").len());
    let captured: BTreeSet<String> = captures(&kept)
        .into_iter()
        .filter(|(kind, _, _)| kind == "response" || kind == "revisit")
        .map(|(_, url, _)| url)
        .collect();
    let recorded: Vec<Record> = records(&out);
    assert_eq!(recorded.len(), 120);
    for record in recorded {
        assert!(
            captured.contains(&record.url),
            "{} is not in the archive",
            record.url
        );
    }
}
