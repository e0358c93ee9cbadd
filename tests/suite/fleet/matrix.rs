//! Four workers; one is killed with -9, one frozen for five seconds, the server killed with -9 once.
//!
//! `FLEET_STORIES=10000 FLEET_HOSTS=50 tools/postgres run cargo test --features postgres --test suite --
//! --nocapture fleet::matrix` is the long run; it prints the figures.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Cluster, Workers, lines, signal, worker};
use crate::cli::{dir, records};
use crate::site::{Request, Site, story};

const DELAY: Duration = Duration::from_millis(50);
/// The server's clock is monotonic, those of the workers are not: they may disagree by so much.
const SLACK: Duration = Duration::from_millis(1);
const WORKERS: usize = 4;
/// Hosts a worker visits at a time: so many requests it has open at most.
const AT_A_TIME: usize = 16;
/// How long a request takes.
const LATENCY: Duration = Duration::from_millis(5);
const FROZEN: Duration = Duration::from_secs(5);

fn size(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// A site that counts requests to a host that is being asked already.
fn site(overlaps: &Arc<AtomicUsize>) -> Site {
    let open: Mutex<BTreeSet<String>> = Mutex::default();
    let overlaps = Arc::clone(overlaps);
    Site::open(move |request| {
        let alone = open.lock().unwrap().insert(request.host.clone());
        if !alone {
            overlaps.fetch_add(1, Ordering::Relaxed);
        }
        sleep(LATENCY);
        open.lock().unwrap().remove(&request.host);
        story()
    })
}

/// Waits until the site has seen so many requests.
fn wait_for(site: &Site, requests: usize) {
    let begun = Instant::now();
    while site.requests() < requests {
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "the crawl stands still"
        );
        sleep(Duration::from_millis(2));
    }
}

/// Pairs of requests to one host closer than the delay: those among which is one that the frozen
/// worker had begun when it was stopped and sent when it went on, and all others.
fn too_close(log: &[Request], frozen: &str, woken: Instant) -> (usize, Vec<String>) {
    let mut by_host: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    for request in log {
        by_host.entry(&request.host).or_default().push(request);
    }
    let late = |request: &Request| {
        let since = request.at.checked_duration_since(woken);
        request.agent.contains(frozen) && since.is_some_and(|since| since < DELAY)
    };
    let (mut excused, mut others) = (0, Vec::new());
    for (host, requests) in by_host {
        for pair in requests.windows(2) {
            let gap = pair[1].at - pair[0].at;
            if gap + SLACK >= DELAY {
                continue;
            }
            if pair.iter().any(|request| late(request)) {
                excused += 1;
            } else {
                let who = pair.iter().map(|r| format!("{} {}", r.agent, r.path));
                let who: Vec<String> = who.collect();
                others.push(format!("{host} after {gap:?}: {who:?}"));
            }
        }
    }
    (excused, others)
}

/// Starts the workers, all at once; each has a name of its own in its requests.
fn start(cluster: &Cluster, site: &Site, dir: &Path) -> Workers {
    let at_a_time = AT_A_TIME.to_string();
    let workers = (0..WORKERS).map(|number| {
        let contact = format!("worker{number}@desk.example");
        let told = File::create(dir.join(format!("worker{number}.txt"))).unwrap();
        worker(cluster, site, dir, &["-o", "out/", "--lease", "2"])
            .args(["--delay", "0.05", "--hosts", &at_a_time])
            .args(["--contact", &contact])
            .stderr(told)
            .spawn()
            .unwrap()
    });
    Workers(workers.collect())
}

#[test]
#[expect(clippy::print_stdout, reason = "figures of a longer run")]
fn nothing_is_lost_or_twice_and_nobody_is_asked_too_early() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (stories, hosts) = (size("FLEET_STORIES", 4_000), size("FLEET_HOSTS", 20));
    let overlaps: Arc<AtomicUsize> = Arc::default();
    let site = site(&overlaps);
    let dir = dir();
    let urls = (0..stories).map(|n| format!("http://h{}.example/story/{n}", n % hosts));
    let urls: BTreeSet<String> = urls.collect();
    let list: Vec<&str> = urls.iter().map(String::as_str).collect();
    fs::write(dir.path().join("urls.txt"), list.join("\n")).unwrap();
    let begun = Instant::now();
    let mut all = start(&cluster, &site, dir.path());
    let workers = &mut all.0;

    wait_for(&site, stories / 10);
    workers[0].kill().unwrap();
    workers[0].wait().unwrap();
    wait_for(&site, stories * 3 / 20);
    signal("-STOP", workers[1].id());
    sleep(FROZEN);
    let woken = Instant::now();
    signal("-CONT", workers[1].id());
    wait_for(&site, stories / 4);
    sleep(DELAY * 5);
    assert!(site.requests() < stories, "there is work left");
    cluster.kill();
    sleep(Duration::from_secs(1));
    cluster.restart();

    for (number, worker) in workers.iter_mut().enumerate().skip(1) {
        let ended = worker.wait().unwrap();
        let told = fs::read_to_string(dir.path().join(format!("worker{number}.txt"))).unwrap();
        assert!(ended.success(), "{told}");
        assert!(
            told.contains("is away") && told.contains("is back"),
            "{told}"
        );
    }
    let took = begun.elapsed();
    let published = records(&fs::read_to_string(dir.path().join("out/records.jsonl")).unwrap());
    let found: BTreeSet<String> = published.iter().map(|record| record.url.clone()).collect();
    assert_eq!(found, urls, "none is lost, none is another's");
    assert_eq!(published.len(), urls.len(), "none is published twice");
    let void = lines(&dir.path().join("out")) - published.len();
    let log: Vec<Request> = site
        .log()
        .into_iter()
        .filter(|r| r.path != "/robots.txt")
        .collect();
    let (excused, early) = too_close(&site.log(), "worker1@", woken);
    assert!(early.is_empty(), "asked too early: {early:#?}");
    assert!(excused <= AT_A_TIME, "{excused}");
    let overlaps = overlaps.load(Ordering::Relaxed);
    assert!(overlaps <= AT_A_TIME, "{overlaps}");
    println!(
        "{stories} addresses, {hosts} hosts, {WORKERS} workers, {:.0} s: lost 0, published twice 0, \
         {} asked for again, {void} records void; pairs closer than {DELAY:?}: 0 of {}, and \
         {excused} of what the frozen worker had open; overlaps {overlaps}",
        took.as_secs_f64(),
        log.len() - stories,
        log.len() - hosts,
    );
}
