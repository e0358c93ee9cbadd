//! Crawls of loopback sites, by the real crawler over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

/// What servers answer, and the outcome each answer ends in.
mod answers;
/// From a home page to its site's articles.
pub(crate) mod discovery;
/// How servers are treated: pauses, robots.txt, retries, and who we say we are.
mod manners;
/// Sitemaps that are broken or hostile, and links that never end.
mod traps;
/// The crawl as a whole: hosts that fail, hosts that are slow, stopping and going on.
mod whole;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use cleancopy::crawl::{self, Stats};
use cleancopy::fetch::{self, Fetcher, Fixed, Proxy};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::page::Target;
use cleancopy::{Record, Sink};
use jiff::Timestamp;

#[derive(Default)]
struct Collected(Vec<Record>);

impl Sink for Collected {
    fn put(&mut self, record: &Record) -> std::io::Result<()> {
        self.0.push(record.clone());
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every host name leads to this address; limits are short.
pub(crate) fn fetching(to: SocketAddr) -> fetch::Options {
    let mut options = fetch::Options::default();
    options.resolve = vec![Fixed::new("*", to)];
    options.proxy = Proxy::None;
    options.connect_timeout = Duration::from_millis(600);
    options.head_timeout = Duration::from_millis(800);
    options.idle_timeout = Duration::from_millis(600);
    options.total_timeout = Duration::from_millis(900);
    options.max_body = 1024 * 1024;
    options.max_ratio_from = 256 * 1024;
    options
}

pub(crate) fn crawling() -> crawl::Options {
    let mut options = crawl::Options::default();
    options.pace.delay = Duration::ZERO;
    options.pace.back_off = Duration::from_millis(40);
    options
}

async fn frontier(urls: &[&str]) -> Memory {
    let frontier = Memory::new();
    let targets = urls.iter().map(|u| Target::parse(u).unwrap()).collect();
    frontier.add(Timestamp::now(), targets).await.unwrap();
    frontier
}

async fn run(
    urls: &[&str],
    fetching: fetch::Options,
    crawling: &crawl::Options,
) -> (BTreeMap<String, Record>, Stats) {
    let frontier = frontier(urls).await;
    let fetcher = Fetcher::new(fetching).unwrap();
    let mut sink = Collected::default();
    let never = std::future::pending();
    let stats = crawl::run(&frontier, &fetcher, &mut sink, crawling, never)
        .await
        .unwrap();
    assert_eq!(sink.0.len(), urls.len(), "one record a URL: {:#?}", sink.0);
    assert_eq!((stats.records(), stats.left), (urls.len(), 0));
    let records: BTreeMap<_, _> = sink.0.into_iter().map(|r| (r.url.clone(), r)).collect();
    assert_eq!(records.len(), urls.len(), "no URL has two");
    (records, stats)
}
