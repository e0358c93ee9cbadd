//! The crawl as a whole: hosts that fail, hosts that are slow, stopping and going on.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use cleancopy::crawl;
use cleancopy::fetch::{Fetcher, Fixed};
use cleancopy::frontier::Frontier;
use cleancopy::outcome::Outcome;
use cleancopy::{Record, Sink};

use super::{Collected, crawling, fetching, frontier, run};
use crate::site::{Reply, Site, story};

#[tokio::test]
async fn a_host_that_cannot_be_had_is_given_up() {
    let dead = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let site = Site::open(|_| story());
    let long = format!("{}.invalid", "x".repeat(64));
    let mut fetching = fetching(site.address);
    fetching.resolve = vec![
        Fixed::new("dead.example", dead),
        Fixed::new("a.example", site.address),
    ];
    let mut list: Vec<String> = (0..20)
        .map(|n| format!("http://dead.example/{n}"))
        .collect();
    list.extend((0..3).map(|n| format!("http://a.example/{n}")));
    list.push(format!("http://{long}/"));
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let started = Instant::now();
    let (records, stats) = run(&list, fetching, &crawling()).await;
    assert_eq!(stats.outcomes[&Outcome::ConnectFailed], 20);
    assert_eq!(stats.outcomes[&Outcome::DnsFailed], 1);
    assert_eq!(stats.outcomes[&Outcome::Article], 3);
    let reason = records["http://dead.example/19"].reason.as_deref();
    assert!(reason.unwrap().contains("in a row"), "{reason:?}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_slow_host_holds_up_no_other() {
    let site = Site::open(|request| match request.host.as_str() {
        "slow.example" => Reply::Hang,
        _ => story(),
    });
    let urls: Vec<String> = (0..10)
        .map(|n| format!("http://quick.example/{n}"))
        .collect();
    let mut list: Vec<&str> = vec!["http://slow.example/"];
    list.extend(urls.iter().map(String::as_str));
    let started = Instant::now();
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    let mut fetching = fetching(site.address);
    fetching.head_timeout = Duration::from_secs(2);
    fetching.total_timeout = Duration::from_secs(3);
    run(&list, fetching, &crawling).await;
    let quick = site.log().into_iter().filter(|r| r.host == "quick.example");
    let latest = quick.map(|r| r.at - started).max().unwrap();
    assert!(latest < Duration::from_millis(1900), "{latest:?}");
}

#[tokio::test]
async fn a_stopped_crawl_ends_what_is_under_way_and_goes_on_later() {
    let site = Site::open(|_| {
        std::thread::sleep(Duration::from_millis(30));
        story()
    });
    let urls: Vec<String> = (0..30)
        .map(|n| format!("http://h{}.example/{n}", n % 5))
        .collect();
    let list: Vec<&str> = urls.iter().map(String::as_str).collect();
    let frontier = frontier(&list).await;
    let fetcher = Fetcher::new(fetching(site.address)).unwrap();
    let mut sink = Collected::default();
    let soon = tokio::time::sleep(Duration::from_millis(100));
    let first = crawl::run(&frontier, &fetcher, &mut sink, &crawling(), soon)
        .await
        .unwrap();
    assert!(first.left > 0 && first.left < 30, "{first:?}");
    assert_eq!(first.records() + first.left, 30);
    let pages = |site: &Site| {
        site.log()
            .iter()
            .filter(|r| r.path != "/robots.txt")
            .count()
    };
    assert_eq!(
        pages(&site),
        first.records(),
        "what was asked for has its record"
    );
    let never = std::future::pending();
    let second = crawl::run(&frontier, &fetcher, &mut sink, &crawling(), never)
        .await
        .unwrap();
    assert_eq!(first.records() + second.records(), 30);
    assert_eq!(pages(&site), 30, "nothing was asked for twice");
}

#[tokio::test]
async fn a_sink_that_fails_stops_the_crawl() {
    struct Full;
    impl Sink for Full {
        fn put(&mut self, _: &Record) -> std::io::Result<()> {
            Err(std::io::Error::other("disk full"))
        }
        fn finish(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let site = Site::open(|_| story());
    let frontier = frontier(&["http://a.example/"]).await;
    let fetcher = Fetcher::new(fetching(site.address)).unwrap();
    let never = std::future::pending();
    let end = crawl::run(&frontier, &fetcher, &mut Full, &crawling(), never).await;
    assert!(matches!(end, Err(crawl::Error::Sink(_))));
    assert_eq!(frontier.pending().await.unwrap(), 1);
}

#[tokio::test]
async fn a_lease_is_prolonged_while_its_visit_lasts() {
    let site = Site::open(|_| {
        std::thread::sleep(Duration::from_millis(400));
        story()
    });
    let mut crawling = crawling();
    crawling.lease = Duration::from_millis(120);
    let (records, stats) = run(&["http://a.example/"], fetching(site.address), &crawling).await;
    assert_eq!(records["http://a.example/"].outcome, Outcome::Article);
    assert_eq!(stats.requests, 1, "nobody else took the host meanwhile");
}

#[tokio::test]
async fn a_lease_of_several_addresses_keeps_the_pause_between_them() {
    let site = Site::open(|request| match request.path.as_str() {
        "/2" => Reply::to("/moved"),
        "/3" => Reply::status(500, ""),
        _ => story(),
    });
    let urls: Vec<String> = (0..6).map(|n| format!("http://a.example/{n}")).collect();
    let list: Vec<&str> = urls.iter().map(String::as_str).collect();
    let mut crawling = crawling();
    crawling.per_host = 4;
    crawling.pace.delay = Duration::from_millis(30);
    let (_, stats) = run(&list, fetching(site.address), &crawling).await;
    assert_eq!(stats.outcomes[&Outcome::Article], 5);
    assert_eq!(stats.requests, 6 + 1 + 2);
    let gaps = site.gaps("a.example");
    let least = Duration::from_millis(29);
    assert!(gaps.iter().all(|gap| *gap >= least), "{gaps:?}");
}
