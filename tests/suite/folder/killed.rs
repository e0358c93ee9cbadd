//! Killed at any instant, a crawl loses nothing and publishes nothing twice.
//!
//! `KILLS=20 STORIES=10000 cargo test --test suite -- --nocapture folder::killed` kills more often
//! and prints the figures.

use std::collections::BTreeMap;

use super::{Random, count, kill_after, list, manifest, published, size, status};
use crate::cli::{code, crawl, dir, told};
use crate::site::{Site, story};

const HOSTS: usize = 50;
/// Hosts visited at a time: so many requests are under way at most.
const AT_A_TIME: usize = 8;

#[test]
#[expect(clippy::print_stdout, reason = "figures of a longer run")]
fn kill_minus_nine_loses_nothing_and_publishes_nothing_twice() {
    let (kills, stories) = (size("KILLS", 5), size("STORIES", 1_000));
    let site = Site::open(|_| story());
    let dir = dir();
    let mut urls = list(dir.path(), stories, HOSTS);
    urls.sort_unstable();
    let at_a_time = AT_A_TIME.to_string();
    let command = || crawl(&site, dir.path(), &["-o", "out/", "--hosts", &at_a_time]);
    let mut random = Random::new();
    for kill in 1..=kills {
        let goal = site.requests() + 1 + random.below(stories / kills);
        kill_after(&site, goal, &mut command());
        let told = status(dir.path());
        assert_eq!(told["running"], false, "the lock went with the process");
        if kill == kills {
            assert!(
                count(&told["pending"]) > 0,
                "killed before the end: {told:#}"
            );
        }
    }
    let output = command().output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));

    let published = published(&dir.path().join("out/records.jsonl"));
    let found: Vec<&String> = published.keys().collect();
    assert_eq!(found, urls.iter().collect::<Vec<_>>(), "none is lost");
    let mut asked: BTreeMap<(String, String), usize> = BTreeMap::new();
    for request in site.log() {
        *asked.entry((request.host, request.path)).or_default() += 1;
    }
    let twice: usize = asked.values().map(|times| times - 1).sum();
    assert!(twice <= kills * AT_A_TIME, "{twice} asked for again");
    let told = status(dir.path());
    assert_eq!(count(&told["outcomes"]["article"]), stories as u64);
    assert_eq!(manifest(dir.path())["complete"], true);
    println!(
        "{kills} kills, {stories} addresses: {} published, none twice, {twice} asked for again",
        published.len()
    );
}
