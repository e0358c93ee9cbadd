//! A worker that died: its hosts go to another when its leases run out.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Cluster, worker};
use crate::cli::{code, dir, told};
use crate::site::{Reply, Site, story};

const LEASE: Duration = Duration::from_secs(2);

#[test]
fn hosts_of_a_dead_worker_go_to_another_after_its_lease() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let hangs = Arc::new(AtomicBool::new(true));
    let hanging = Arc::clone(&hangs);
    let site = Site::open(move |_| {
        if hanging.load(Ordering::Relaxed) {
            Reply::Hang
        } else {
            story()
        }
    });
    let dir = dir();
    fs::write(
        dir.path().join("urls.txt"),
        "http://a.example/1\nhttp://b.example/1\n",
    )
    .unwrap();
    let args = ["-o", "out/", "--lease", "2", "--delay", "0"];
    let command = || worker(&cluster, &site, dir.path(), &args);
    let mut first = command().stderr(Stdio::null()).spawn().unwrap();
    let pages = || site.log().iter().filter(|r| r.path == "/1").count();
    let begun = Instant::now();
    while pages() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never asks");
        std::thread::sleep(Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let killed = Instant::now();
    hangs.store(false, Ordering::Relaxed);
    let output = command().output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let again = site
        .log()
        .into_iter()
        .filter(|r| r.path == "/1" && r.at > killed);
    let waits: Vec<Duration> = again.map(|request| request.at - killed).collect();
    assert_eq!(waits.len(), 2, "each once more");
    for wait in waits {
        assert!(wait <= LEASE + Duration::from_secs(5), "{wait:?}");
    }
    let records = fs::read_to_string(dir.path().join("out/records.jsonl")).unwrap();
    assert_eq!(records.lines().count(), 2);
}
