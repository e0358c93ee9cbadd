//! Crawls in a folder, by the program as a person runs it.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

/// What lies there and is somebody else's, and the files of articles.
mod beside;
/// From a home page to its articles in a folder: what was found outlives the process, too.
mod discovery;
/// What a folder holds, who may write there, and what is refused.
mod holds;
/// Killed at any instant, a crawl loses nothing and publishes nothing twice.
mod killed;
/// Gaps between requests over a restart, with failures mixed in.
mod pace;
/// A second visit asks for what changed.
mod revisit;
/// `status`, `explain --crawl` and `--dry-run`.
mod told;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cleancopy::Record;
use serde_json::Value;

use super::cli::{cleancopy, records};
use super::site::Site;

/// A number from the environment, for a longer run.
fn size(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Writes a list of so many stories on so many hosts.
fn list(dir: &Path, stories: usize, hosts: usize) -> Vec<String> {
    let urls = (0..stories).map(|n| format!("http://h{}.example/story/{n}", n % hosts));
    let urls: Vec<String> = urls.collect();
    fs::write(dir.join("urls.txt"), urls.join("\n")).unwrap();
    urls
}

/// The records of a file, each address once.
fn published(file: &Path) -> BTreeMap<String, Record> {
    let text = fs::read_to_string(file).unwrap();
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "the last line is whole"
    );
    let mut published = BTreeMap::new();
    for record in records(&text) {
        let url = record.url.clone();
        assert!(
            published.insert(url.clone(), record).is_none(),
            "{url} twice"
        );
    }
    published
}

/// How many requests a site sees before a crawl is killed; the instant within differs from run to
/// run.
struct Random(usize);

impl Random {
    fn new() -> Self {
        Self(std::process::id() as usize)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// Runs a command until the site has seen so many requests, and kills it.
fn kill_after(site: &Site, goal: usize, command: &mut Command) {
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let mut over = false;
    while site.requests() < goal && !over && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_micros(200));
        over = child.try_wait().unwrap().is_some();
    }
    // On Unix this is SIGKILL: nothing is left to the program.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What `cleancopy status --json` says, checked to add up.
fn status(dir: &Path) -> Value {
    let output = cleancopy(&["status", "out", "--json", "--hosts", "1000"])
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sum = |part: &Value| part.as_object().unwrap().values().map(count).sum::<u64>();
    let ended = sum(&status["outcomes"]);
    assert_eq!(
        ended + count(&status["pending"]),
        count(&status["addresses"])
    );
    let waits = status["waits"].as_object().unwrap().values();
    let waiting: u64 = waits.map(|wait| count(&wait["pending"])).sum();
    assert_eq!(waiting, count(&status["pending"]), "{status:#}");
    status
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn manifest(dir: &Path) -> Value {
    serde_json::from_slice(&fs::read(dir.join("out/manifest.json")).unwrap()).unwrap()
}
