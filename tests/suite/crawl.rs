//! Crawls of loopback sites, by the real crawler over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cleancopy::crawl::{self, Stats};
use cleancopy::fetch::{self, Fetcher, Fixed, Proxy};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use cleancopy::{Record, Sink};
use jiff::Timestamp;

use super::site::{Reply, Site, story};

const DELAY: Duration = Duration::from_millis(60);
/// A clock and a socket may disagree by so much.
const SLACK: Duration = Duration::from_millis(8);

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
fn fetching(to: SocketAddr) -> fetch::Options {
    let mut options = fetch::Options::default();
    options.resolve = vec![Fixed::new("*", to)];
    options.proxy = Proxy::None;
    options.connect_timeout = Duration::from_millis(600);
    options.idle_timeout = Duration::from_millis(600);
    options.total_timeout = Duration::from_millis(900);
    options.max_body = 1024 * 1024;
    options
}

fn crawling() -> crawl::Options {
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

async fn outcome(site: &Site, path: &str) -> Record {
    let url = format!("http://news.example{path}");
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    let (mut records, _) = run(&[&url], fetching(site.address), &crawling).await;
    records.remove(&url).unwrap()
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    let site = Site::open(|request| match request.path.as_str() {
        "/story" => story(),
        "/empty" => Reply::html("<title>Nothing</title>"),
        "/pdf" => Reply::status(200, "%PDF").with("content-type", "application/pdf"),
        "/untyped" => Reply::status(200, "<!doctype html><p>Short."),
        "/untyped-pdf" => Reply::status(200, "%PDF"),
        "/gone" => Reply::status(410, "gone"),
        "/hang" => Reply::Hang,
        "/drip" => Reply::Drip,
        "/close" => Reply::Close,
        "/short" => Reply::Short,
        "/liar" => Reply::html("not gzip").with("content-encoding", "gzip"),
        "/nowhere" => Reply::status(302, ""),
        "/mail" => Reply::to("mailto:desk@news.example"),
        "/inside" => Reply::to("http://169.254.169.254/latest"),
        "/large" => Reply::html(&"x".repeat(2 * 1024 * 1024)),
        _ => Reply::status(500, ""),
    });
    for (path, wanted) in [
        ("/story", Outcome::Article),
        ("/empty", Outcome::NoArticle),
        ("/pdf", Outcome::NotHtml),
        ("/untyped", Outcome::NoArticle),
        ("/untyped-pdf", Outcome::NotHtml),
        ("/gone", Outcome::HttpError),
        ("/error", Outcome::HttpError),
        ("/hang", Outcome::Timeout),
        ("/drip", Outcome::Timeout),
        ("/close", Outcome::ConnectFailed),
        ("/short", Outcome::BadBody),
        ("/liar", Outcome::BadBody),
        ("/nowhere", Outcome::BadRedirect),
        ("/mail", Outcome::BadRedirect),
        ("/inside", Outcome::AddressRefused),
        ("/large", Outcome::TooLarge),
    ] {
        let started = Instant::now();
        let record = outcome(&site, path).await;
        assert_eq!(record.outcome, wanted, "{path}: {:?}", record.reason);
        assert_eq!(
            record.reason.is_none(),
            wanted == Outcome::Article,
            "{path}"
        );
        assert!(started.elapsed() < Duration::from_secs(2), "{path}");
    }
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_huge_one_is_too_large() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..64 {
        packed.write_all(&zeros).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let site = Site::open(move |_| {
        Reply::html("")
            .bytes(bomb.clone())
            .with("content-encoding", "gzip")
    });
    let record = outcome(&site, "/").await;
    assert_eq!(record.outcome, Outcome::TooLarge);
}

#[tokio::test]
async fn requests_to_a_host_keep_their_distance_and_hosts_run_side_by_side() {
    let site = Site::open(|request| match request.path.as_str() {
        "/1" => Reply::to("/moved"),
        "/2" => Reply::to("http://b.example/from-a"),
        _ => story(),
    });
    let hosts = ["a.example", "b.example", "c.example"];
    let urls: Vec<String> = hosts
        .iter()
        .flat_map(|host| (1..=4).map(move |n| format!("http://{host}/{n}")))
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let mut crawling = crawling();
    crawling.pace.delay = DELAY;
    let started = Instant::now();
    run(&urls, fetching(site.address), &crawling).await;
    let took = started.elapsed();
    for host in hosts {
        for gap in site.gaps(host) {
            assert!(gap + SLACK >= DELAY, "{host}: {gap:?} in {:?}", site.log());
        }
    }
    let requests = site.log().len() as u32;
    assert!(requests >= 12 + 3 + 6, "{requests}");
    assert!(
        took < DELAY * requests,
        "{took:?} is as long as one after another"
    );
}

#[tokio::test]
async fn robots_txt_is_obeyed() {
    let site = Site::start(
        |request| match (request.host.as_str(), request.path.as_str()) {
            ("shut.example", "/robots.txt") => Reply::status(200, "User-agent: *\nDisallow: /in"),
            ("moved.example", "/robots.txt") => Reply::to("http://rules.example/robots.txt"),
            ("rules.example", "/robots.txt") => Reply::status(200, "User-agent: *\nDisallow: /"),
            ("broken.example", "/robots.txt") => Reply::status(500, ""),
            ("busy.example", "/robots.txt") => Reply::status(429, ""),
            ("secret.example", "/robots.txt") => Reply::status(403, ""),
            (_, "/robots.txt") => Reply::status(404, ""),
            _ => story(),
        },
    );
    let urls = [
        ("http://shut.example/in/1", Outcome::RobotsDisallowed),
        ("http://shut.example/out", Outcome::Article),
        ("http://moved.example/1", Outcome::RobotsDisallowed),
        ("http://broken.example/1", Outcome::RobotsUnreachable),
        ("http://busy.example/1", Outcome::RobotsUnreachable),
        ("http://secret.example/1", Outcome::Article),
        ("http://free.example/1", Outcome::Article),
    ];
    let list = urls.map(|(url, _)| url);
    let (records, _) = run(&list, fetching(site.address), &crawling()).await;
    for (url, wanted) in urls {
        assert_eq!(
            records[url].outcome, wanted,
            "{url}: {:?}",
            records[url].reason
        );
        assert!(!records[url].robots_ignored);
    }
    assert_eq!(site.paths("shut.example"), ["/robots.txt", "/out"]);
    for host in ["broken.example", "busy.example"] {
        assert_eq!(
            site.paths(host),
            ["/robots.txt"; 3],
            "asked anew at each retry"
        );
    }
}

#[tokio::test]
async fn robots_txt_is_not_asked_for_when_it_is_ignored_and_the_record_says_so() {
    let site = Site::start(|_| story());
    let mut fetching = fetching(site.address);
    fetching.robots = fetch::RobotsPolicy::Ignore;
    let url = "http://own.example/1";
    let (records, _) = run(&[url], fetching, &crawling()).await;
    assert!(records[url].robots_ignored);
    assert_eq!(site.paths("own.example"), ["/1"]);
}

#[tokio::test]
async fn a_crawl_delay_is_kept() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "User-agent: *\nCrawl-delay: 0.2"),
        _ => story(),
    });
    let list = [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example/3",
    ];
    run(&list, fetching(site.address), &crawling()).await;
    let gaps = site.gaps("a.example");
    assert_eq!(gaps.len(), 3);
    assert!(
        gaps.iter()
            .all(|gap| *gap + SLACK >= Duration::from_millis(200)),
        "{gaps:?}"
    );
}

#[tokio::test]
async fn redirects_are_followed_to_a_limit_and_never_in_a_circle() {
    let site = Site::start(
        |request| match (request.host.as_str(), request.path.as_str()) {
            ("no.example", "/robots.txt") => Reply::status(200, "User-agent: *\nDisallow: /"),
            (_, "/robots.txt") => Reply::status(404, ""),
            (_, "/a") => Reply::to("//other.example/b#part"),
            (_, "/b") => Reply::to("/c"),
            (_, "/loop") => Reply::to("/loop2"),
            (_, "/loop2") => Reply::to("/loop"),
            (_, "/no") => Reply::to("http://no.example/"),
            (_, path) if path.starts_with("/deep") => Reply::to(&format!("{path}x")),
            _ => story(),
        },
    );
    let list = [
        "http://a.example/a",
        "http://a.example/loop",
        "http://a.example/deep",
        "http://a.example/no",
    ];
    let (records, _) = run(&list, fetching(site.address), &crawling()).await;
    let found = list.map(|url| records[url].outcome);
    assert_eq!(
        found,
        [
            Outcome::Article,
            Outcome::TooManyRedirects,
            Outcome::TooManyRedirects,
            Outcome::RobotsDisallowed
        ]
    );
    let landed = records[list[0]].final_url.as_deref();
    assert_eq!(landed, Some("http://other.example/c"));
    let deep = site.paths("a.example");
    let deep = deep.iter().filter(|path| path.starts_with("/deep")).count();
    assert_eq!(deep, 11, "the page and ten redirects");
    assert_eq!(site.paths("no.example"), ["/robots.txt"]);
}

#[tokio::test]
async fn retry_after_holds_for_the_whole_host_and_for_no_other() {
    let asked = AtomicUsize::new(0);
    let site = Site::open(move |request| {
        let first = request.host == "busy.example" && asked.fetch_add(1, Ordering::SeqCst) == 0;
        if first {
            return Reply::status(503, "").with("retry-after", "1");
        }
        story()
    });
    let list = [
        "http://busy.example/1",
        "http://busy.example/2",
        "http://idle.example/1",
        "http://idle.example/2",
    ];
    let started = Instant::now();
    let (records, stats) = run(&list, fetching(site.address), &crawling()).await;
    assert!(records.values().all(|r| r.outcome == Outcome::Article));
    assert_eq!(stats.requests, 5);
    let gaps = site.gaps("busy.example");
    assert!(gaps[1] + SLACK >= Duration::from_secs(1), "{gaps:?}");
    let idle = site.log().into_iter().filter(|r| r.host == "idle.example");
    let latest = idle.map(|r| r.at - started).max().unwrap();
    assert!(latest < Duration::from_millis(500), "{latest:?}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_may_not_is_not() {
    let site = Site::open(|request| match request.path.as_str() {
        "/broken" => Reply::status(500, ""),
        "/close" => Reply::Close,
        _ => Reply::status(404, ""),
    });
    let list = [
        "http://a.example/broken",
        "http://b.example/close",
        "http://c.example/gone",
    ];
    run(&list, fetching(site.address), &crawling()).await;
    let asked = ["a.example", "b.example", "c.example"].map(|host| site.paths(host).len() - 1);
    assert_eq!(asked, [3, 3, 1]);
}

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
    run(&list, fetching(site.address), &crawling).await;
    let quick = site.log().into_iter().filter(|r| r.host == "quick.example");
    let latest = quick.map(|r| r.at - started).max().unwrap();
    assert!(latest < Duration::from_millis(700), "{latest:?}");
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
async fn private_addresses_are_refused_unless_allowed() {
    let site = Site::open(|_| story());
    let url = format!("http://{}/", site.address);
    let mut fetching = fetching(site.address);
    let (records, _) = run(&[&url], fetching.clone(), &crawling()).await;
    assert_eq!(records[&url].outcome, Outcome::AddressRefused);
    assert!(site.log().is_empty());
    fetching.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    let (records, _) = run(&[&url], fetching, &crawling()).await;
    assert_eq!(records[&url].outcome, Outcome::Article);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    let mut fetching = fetching(SocketAddr::from(([127, 0, 0, 1], 1)));
    fetching.resolve.clear();
    let (records, _) = run(&["http://localhost/"], fetching, &crawling()).await;
    let record = &records["http://localhost/"];
    assert_eq!(
        record.outcome,
        Outcome::AddressRefused,
        "{:?}",
        record.reason
    );
}

#[tokio::test]
async fn requests_say_who_asks() {
    let site = Site::open(|_| story());
    let mut fetching = fetching(site.address);
    fetching.contact = Some("desk@news.example".to_owned());
    run(&["http://a.example/"], fetching, &crawling()).await;
    for request in site.log() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            request.agent,
            format!("cleancopy/{version} (+desk@news.example)")
        );
    }
}

#[tokio::test]
async fn a_certificate_nobody_signed_is_not_accepted() {
    let address = tls_server().await;
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    let url = "https://news.example/";
    let (records, _) = run(&[url], fetching(address), &crawling).await;
    assert_eq!(
        records[url].outcome,
        Outcome::TlsFailed,
        "{:?}",
        records[url].reason
    );
    let reason = records[url].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("certificate"), "{reason}");
}

/// A TLS server whose certificate is signed by itself.
async fn tls_server() -> SocketAddr {
    let own = rcgen::generate_simple_self_signed(["news.example".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = acceptor.accept(stream).await;
        }
    });
    address
}
