//! How servers are treated: pauses, robots.txt, retries, and who we say we are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cleancopy::fetch;
use cleancopy::outcome::Outcome;

use super::{crawling, fetching, run};
use crate::site::{Reply, Site, story};

const DELAY: Duration = Duration::from_millis(60);
/// The server's clock is monotonic, the crawler's is not: they may disagree by so much.
const SLACK: Duration = Duration::from_millis(1);

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
async fn cookies_are_kept_on_request_only_and_go_back_to_their_host_only() {
    // A gate that sends whoever brings no cookie in a circle.
    let site = Site::open(|request| match (request.path.as_str(), &request.cookie) {
        ("/gate", None) => Reply::to("/gate").with("set-cookie", "seen=1; Domain=example"),
        _ => story(),
    });
    let list = [
        "http://a.example/gate",
        "http://a.example/on",
        "http://b.example/on",
    ];
    let (records, _) = run(&list, fetching(site.address), &crawling()).await;
    assert_eq!(records[list[0]].outcome, Outcome::RedirectLoop);
    assert!(site.log().iter().all(|request| request.cookie.is_none()));

    let mut fetching = fetching(site.address);
    fetching.cookies = true;
    let (records, _) = run(&list, fetching, &crawling()).await;
    assert_eq!(records[list[0]].outcome, Outcome::Article);
    for request in site.log() {
        let own = request.cookie.as_deref() == Some("seen=1");
        assert!(
            request.cookie.is_none() || own && request.host == "a.example",
            "{request:?}"
        );
    }
    assert!(site.log().iter().any(|request| request.cookie.is_some()));
}

#[tokio::test]
async fn a_host_that_answers_slowly_gets_longer_pauses() {
    const LATENCY: Duration = Duration::from_millis(80);
    let site = Site::open(|request| {
        if request.host == "slow.example" {
            std::thread::sleep(LATENCY);
        }
        story()
    });
    let urls = ["slow", "quick"]
        .map(|host| [1, 2, 3, 4].map(|n| format!("http://{host}.example/{n}")))
        .concat();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let mut crawling = crawling();
    crawling.pace.delay = Duration::from_millis(10);
    run(&urls, fetching(site.address), &crawling).await;
    // The first gap is that behind robots.txt, when nothing is known of the host.
    let slow = &site.gaps("slow.example")[1..];
    let least = LATENCY * crawling.pace.latency_factor;
    assert!(slow.iter().all(|gap| *gap + SLACK >= least), "{slow:?}");
}
