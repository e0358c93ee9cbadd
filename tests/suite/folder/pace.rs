//! Gaps between requests over a restart, with failures mixed in.
//!
//! `STORIES=10000 cargo test --test suite -- --nocapture folder::pace` makes more requests and prints
//! the figures.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{count, list, published, size, status};
use crate::cli::{cleancopy, code, dir, told};
use crate::site::{Reply, Site, story};

const DELAY: Duration = Duration::from_millis(40);
/// The server's clock is monotonic, the crawler's is not: they may disagree by so much.
const SLACK: Duration = Duration::from_millis(1);
const HOSTS: usize = 32;

/// When each host may be asked again, as it said itself.
type Promised = Arc<Mutex<BTreeMap<String, Instant>>>;

/// A server that refuses some pages, once each: with a time, without a word, and with a wrong one.
/// It notes when it said it may be asked again, and who came before.
fn moody(promised: &Promised, broken: &Arc<Mutex<Vec<String>>>) -> Site {
    let (gates, early) = (Arc::clone(promised), Arc::clone(broken));
    Site::open(move |request| {
        let mut gates = gates.lock().unwrap();
        let until = gates.remove(&request.host);
        if until.is_some_and(|until| request.at + SLACK < until) {
            early
                .lock()
                .unwrap()
                .push(format!("{} {}", request.host, request.path));
        }
        let number: usize = request.path.trim_start_matches("/story/").parse().unwrap();
        // 41 has no factor of 32, so that they spread over the hosts.
        let refused = number % 41 < 3 && until.is_none();
        if !refused || number < HOSTS {
            return story();
        }
        let mut promise = |after| gates.insert(request.host.clone(), request.at + after);
        match number % 41 {
            0 => {
                promise(Duration::from_secs(1));
                Reply::status(429, "").with("retry-after", "1")
            }
            1 => {
                promise(Duration::from_millis(100));
                Reply::status(503, "")
            }
            _ => {
                promise(Duration::from_millis(100));
                Reply::status(503, "").with("retry-after", "soon")
            }
        }
    })
}

#[test]
#[expect(clippy::print_stdout, reason = "figures of a longer run")]
fn no_request_comes_too_early_in_a_thousand_over_a_restart() {
    let stories = size("STORIES", 1_000);
    let promised = Promised::default();
    let broken: Arc<Mutex<Vec<String>>> = Arc::default();
    let site = moody(&promised, &broken);
    let dir = dir();
    list(dir.path(), stories, HOSTS);
    let command = || {
        let mut command = cleancopy(&["crawl", "urls.txt", "-o", "out/", "--no-proxy"]);
        command.args(["--delay", "0.04", "--retry-wait", "0.1", "--hosts", "32"]);
        command.arg("--resolve").arg(format!("*={}", site.address));
        command.current_dir(dir.path());
        command
    };
    let mut first = command().stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while site.requests() < stories / 2 && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let stopped = status(dir.path());
    assert!(count(&stopped["pending"]) > 0);
    // What a host said in the very moment of the kill, nobody could keep.
    for host in stopped["hosts"].as_array().unwrap() {
        if host["wait"] == "leased" {
            let name = host["host"].as_str().unwrap();
            promised.lock().unwrap().remove(name);
        }
    }
    let output = command().output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!(
        published(&dir.path().join("out/records.jsonl")).len(),
        stories
    );
    let (mut requests, mut shortest) = (0, Duration::MAX);
    for host in 0..HOSTS {
        let gaps = site.gaps(&format!("h{host}.example"));
        requests += gaps.len() + 1;
        shortest = gaps.iter().copied().fold(shortest, Duration::min);
        let early = gaps.iter().find(|gap| **gap + SLACK < DELAY);
        assert_eq!(early, None, "h{host}.example: {gaps:?}");
    }
    assert!(
        requests > stories + HOSTS,
        "{requests} requests, refusals among them"
    );
    let broken = broken.lock().unwrap();
    assert!(
        broken.is_empty(),
        "asked before the time they named: {broken:?}"
    );
    println!(
        "{requests} requests on {HOSTS} hosts, {} of them refused or asked again: the shortest gap \
         is {shortest:?}, the delay {DELAY:?}",
        requests - stories - HOSTS
    );
}
