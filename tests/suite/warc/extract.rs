//! `cleancopy extract --warc`: an output and a manifest an archive, whole or not there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{files, gzip, html, response};

/// Runs the program in a folder.
fn extract(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .current_dir(folder)
        .args(["extract", "--warc", "--threads", "2"])
        .args(args)
        .output()
        .expect("the program runs")
}

fn story(number: usize) -> String {
    let sentence = format!(
        "The night ferry number {number} came back on Monday after eleven weeks in the yard, with a \
         new engine and a fresh coat of paint, and was met by a small crowd on the quay."
    );
    format!(
        "<title>Ferry {number}</title><article><h1>Ferry {number} returns</h1><p>{sentence}</p><p>{sentence}</p></article>"
    )
}

/// An archive of so many stories, one page without a story, and one picture.
fn archive(first: usize, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in first..first + count {
        let record = html(&format!("http://news.example/{number}"), &story(number));
        bytes.extend(gzip(&record));
    }
    bytes.extend(gzip(&html("http://news.example/empty", "<p>Nothing.")));
    let head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n";
    bytes.extend(gzip(&response("http://news.example/p", head.as_bytes())));
    bytes
}

/// A page that unpacks to more than a page may have.
fn bomb() -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    let bomb = [head.as_bytes(), &gzip(&vec![0; 21 << 20])].concat();
    gzip(&response("http://news.example/bomb", &bomb))
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

fn urls(output: &Path) -> Vec<String> {
    let text = fs::read_to_string(output).expect("an output");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .map(|record| record["url"].as_str().expect("a URL").to_owned())
        .collect()
}

#[test]
fn an_archive_becomes_an_output_and_a_manifest_whose_numbers_add_up() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let bytes = [archive(0, 12), bomb()].concat();
    fs::write(folder.path().join("a.warc.gz"), bytes).expect("written");
    let ended = extract(folder.path(), &["a.warc.gz", "-o", "out"]);
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let out = folder.path().join("out");
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), 2);
    let manifest = json(&out.join("a.manifest.json"));
    assert_eq!(
        (&manifest["records"], &manifest["pages"]),
        (&15.into(), &14.into())
    );
    assert_eq!(
        (&manifest["articles"], &manifest["damaged"]),
        (&12.into(), &0.into())
    );
    assert_eq!(manifest["filtered"]["content-type"], 1);
    assert_eq!(manifest["failed"]["too-large"], 1);
    let urls = urls(&out.join("a.jsonl"));
    assert_eq!(urls.len(), 14);
    let stories: Vec<String> = (0..12)
        .map(|n| format!("http://news.example/{n}"))
        .collect();
    assert_eq!(urls[..12], stories, "in the order of the archive");
}

#[test]
fn what_is_there_and_whole_is_passed_over_and_anything_else_made_again() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("a.warc.gz"), archive(0, 3)).expect("written");
    let out = folder.path().join("out");
    let made_again = |args: &[&str]| {
        let output = out.join("a.jsonl");
        let before = fs::metadata(&output).and_then(|data| data.modified()).ok();
        let args = [&["a.warc.gz", "-o", "out"], args].concat();
        assert_eq!(extract(folder.path(), &args).status.code(), Some(0));
        before != fs::metadata(&output).and_then(|data| data.modified()).ok()
    };
    assert!(made_again(&[]));
    assert!(!made_again(&[]));
    assert!(made_again(&["--force"]));
    assert!(made_again(&["--host", "news.example"]));
    assert!(made_again(&[]));
    let whole = fs::read(out.join("a.jsonl")).expect("the output");
    fs::write(out.join("a.jsonl"), &whole[..whole.len() - 9]).expect("written");
    assert!(made_again(&[]));
    fs::remove_file(out.join("a.manifest.json")).expect("removed");
    fs::write(out.join(".a.jsonl.123.unfinished"), "left by a killed run").expect("written");
    assert!(made_again(&[]));
    assert!(fs::read(out.join("a.jsonl")).expect("the output") == whole);
    assert!(files(&out, ".unfinished").is_empty());
}

#[test]
fn shares_of_a_list_are_the_whole_of_it() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut list = "# archives\n\n".to_owned();
    for number in 0..5 {
        let name = format!("{number}.warc.gz");
        fs::write(folder.path().join(&name), archive(number * 10, 2)).expect("written");
        list.push_str(&name);
        list.push('\n');
    }
    fs::write(folder.path().join("list"), list).expect("written");
    let mut outputs = Vec::new();
    for shard in ["1/2", "2/2"] {
        let ended = extract(
            folder.path(),
            &["--list", "list", "--shard", shard, "-o", "out"],
        );
        assert_eq!(ended.status.code(), Some(0));
        outputs.push(files(&folder.path().join("out"), ".jsonl").len());
    }
    assert_eq!(outputs, [3, 5]);
    let urls: Vec<String> = files(&folder.path().join("out"), ".jsonl")
        .iter()
        .flat_map(|f| urls(f))
        .collect();
    assert_eq!(urls.len(), 5 * 3);
}

#[test]
fn damage_and_missing_archives_are_told_and_cost_nothing_else() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut bytes = archive(0, 4);
    bytes[100] ^= 0x55;
    fs::write(folder.path().join("a.warc.gz"), bytes).expect("written");
    let ended = extract(folder.path(), &["gone.warc.gz", "a.warc.gz", "-o", "out"]);
    assert_eq!(ended.status.code(), Some(1));
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(told.contains("gone.warc.gz: cannot open it"), "{told}");
    assert!(
        told.contains("a.warc.gz: the record at byte 0 is damaged"),
        "{told}"
    );
    let manifest = json(&folder.path().join("out/a.manifest.json"));
    assert_eq!(
        (&manifest["damaged"], &manifest["articles"]),
        (&1.into(), &3.into())
    );
    assert_eq!(manifest["damage"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_run_that_cannot_mean_what_it_says_does_not_start() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::create_dir(folder.path().join("b")).expect("made");
    for name in ["a.warc.gz", "b/a.warc"] {
        fs::write(folder.path().join(name), b"").expect("written");
    }
    for (args, wanted) in [
        (&["a.warc.gz"][..], "-o has to name a folder"),
        (
            &["a.warc.gz", "b/a.warc", "-o", "out"],
            "two archives are called a",
        ),
        (&["a.warc.gz", "-o", "out", "--shard", "0/2"], "I/N"),
        (&["a.warc.gz", "-o", "out", "--since", "monday"], "no date"),
        (
            &["a.warc.gz", "-o", "out", "--host", "not a host"],
            "no name of a host",
        ),
        (
            &["a.warc.gz", "-o", "out", "--host", "a.example/b"],
            "no name of a host",
        ),
        (
            &["a.warc.gz", "-o", "out.jsonl"],
            "out.jsonl/ makes a folder",
        ),
    ] {
        let ended = extract(folder.path(), args);
        assert_eq!(ended.status.code(), Some(2), "{args:?}");
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(told.contains(wanted), "{args:?}: {told}");
    }
}

#[test]
fn a_host_may_be_named_by_an_address_and_an_empty_share_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("a.warc.gz"), archive(0, 1)).expect("written");
    let told = |flags: &[&str]| {
        let ended = extract(
            folder.path(),
            &[&["a.warc.gz", "-o", "out"], flags].concat(),
        );
        assert_eq!(ended.status.code(), Some(0), "{flags:?}");
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    for host in ["https://NEWS.example/", "news.example", "example."] {
        let told = told(&["--host", host, "--force"]);
        assert!(told.contains(" 2 pages, 1 article, 0 damaged"), "{told}");
    }
    let told = told(&["--shard", "2/2"]);
    assert!(told.contains("share 2/2 of 1 archive is empty"), "{told}");
}

#[test]
fn a_run_that_was_killed_leaves_nothing_half_done_and_the_next_one_does_it() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("a.warc.gz"), archive(0, 80)).expect("written");
    let out = folder.path().join("out");
    let mut running = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .current_dir(folder.path())
        .args([
            "extract",
            "--warc",
            "a.warc.gz",
            "-o",
            "out",
            "--threads",
            "1",
        ])
        .spawn()
        .expect("the program runs");
    let begun = Instant::now();
    let is_begun = || {
        let left = if out.is_dir() {
            files(&out, ".unfinished")
        } else {
            Vec::new()
        };
        left.iter()
            .any(|path| fs::metadata(path).is_ok_and(|data| data.len() > 0))
    };
    while !is_begun() && begun.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(1));
    }
    running.kill().expect("it was started");
    running.wait().expect("it ends");
    // Either it was stopped before its end, or it is whole; a manifest never tells of less.
    if out.join("a.manifest.json").exists() {
        assert_eq!(urls(&out.join("a.jsonl")).len(), 81);
    }
    assert_eq!(
        extract(folder.path(), &["a.warc.gz", "-o", "out"])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(urls(&out.join("a.jsonl")).len(), 81);
    assert_eq!(json(&out.join("a.manifest.json"))["articles"], 80);
    assert!(files(&out, ".unfinished").is_empty());
}

#[test]
fn an_archive_is_read_again_when_something_else_is_asked_for() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("a.warc.gz"), archive(0, 3)).expect("written");
    let told = |flags: &[&str]| {
        let ended = extract(
            folder.path(),
            &[&["a.warc.gz", "-o", "out"], flags].concat(),
        );
        assert_eq!(ended.status.code(), Some(0), "{flags:?}");
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    for (flags, option, value) in [
        (&[][..], "keep", "tables"),
        (&["--with", "links"], "keep", "elements,links,tables"),
        (&["--favour", "recall"], "favour", "recall"),
        (&["--without-dateline"], "dateline", "field"),
        (&["--without-standfirst"], "standfirst", "field"),
    ] {
        assert!(!told(flags).contains("there and whole"), "{flags:?}");
        let manifest = json(&folder.path().join("out/a.manifest.json"));
        assert_eq!(manifest["options"][option], value, "{flags:?}");
        assert!(told(flags).contains("there and whole"), "{flags:?}");
    }
}
