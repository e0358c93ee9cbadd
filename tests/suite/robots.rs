//! What each way in which a robots.txt can be answered, or not, means for its origin.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use cleancopy::fetch::{self, Clock, Fetcher, Fixed, Lookup, Proxy, Verdict};
use cleancopy::outcome::Outcome;
use jiff::Timestamp;
use url::Url;

use crate::site::{Reply, Request, Site};

const SHUT: &str = "User-agent: *\nDisallow: /in\n";

/// What an origin's robots.txt comes to for `/in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Allowed,
    Disallowed,
    /// Everything is forbidden for now, and asked for again later.
    NotNow(Outcome),
}

/// How `NAME.example` answers for its robots.txt, and what that means.
const ROWS: [(&str, Means); 24] = [
    ("s200", Means::Disallowed),
    ("s204", Means::Allowed),
    ("empty", Means::Allowed),
    ("byte-order-mark", Means::Disallowed),
    ("typed-as-html", Means::Disallowed),
    ("a-page-instead", Means::Allowed),
    ("too-large", Means::Disallowed),
    ("too-large-and-late", Means::Allowed),
    ("packed", Means::Disallowed),
    ("moved-five-times", Means::Disallowed),
    ("moved-six-times", Means::Allowed),
    ("moved-elsewhere", Means::Disallowed),
    ("moved-nowhere", Means::Allowed),
    ("s401", Means::Allowed),
    ("s403", Means::Allowed),
    ("s404", Means::Allowed),
    ("s410", Means::Allowed),
    ("s429", Means::NotNow(Outcome::RobotsUnreachable)),
    ("s500", Means::NotNow(Outcome::RobotsUnreachable)),
    ("s503", Means::NotNow(Outcome::RobotsUnreachable)),
    ("silent", Means::NotNow(Outcome::RobotsUnreachable)),
    ("broken-off", Means::NotNow(Outcome::RobotsUnreachable)),
    ("not-packed", Means::NotNow(Outcome::RobotsUnreachable)),
    ("no-such-name", Means::NotNow(Outcome::DnsFailed)),
];

fn answer(request: &Request) -> Reply {
    let name = request.host.trim_end_matches(".example");
    let file = Reply::status(200, SHUT).with("content-type", "text/plain");
    let moved = |times: usize| {
        let done: usize = request
            .path
            .rsplit('=')
            .next()
            .unwrap()
            .parse()
            .unwrap_or(0);
        match done {
            done if done < times => Reply::to(&format!("/robots.txt?n={}", done + 1)),
            _ => file.clone(),
        }
    };
    match name {
        "empty" => Reply::status(200, ""),
        "byte-order-mark" => Reply::status(200, &format!("\u{feff}{SHUT}")),
        "typed-as-html" => Reply::html(SHUT),
        "a-page-instead" => Reply::html("<title>Not here</title><p>Disallow nothing."),
        "too-large" => Reply::status(200, &format!("{SHUT}{}", filler(600))),
        "too-large-and-late" => Reply::status(200, &format!("{}{SHUT}", filler(600))),
        "packed" => Reply::status(200, "")
            .with("content-encoding", "gzip")
            .bytes(crate::hostile::gzip(SHUT.as_bytes())),
        "moved-five-times" => moved(5),
        "moved-six-times" => moved(6),
        "moved-elsewhere" => Reply::to("http://s200.example/robots.txt"),
        "moved-nowhere" => Reply::status(301, ""),
        "silent" => Reply::Hang,
        "broken-off" => Reply::Short,
        "not-packed" => Reply::status(200, SHUT).with("content-encoding", "br"),
        status => Reply::status(status.trim_start_matches('s').parse().unwrap(), SHUT),
    }
}

fn filler(kib: usize) -> String {
    "# thirty-two bytes of a comment\n".repeat(kib * 32)
}

fn options(site: &Site) -> fetch::Options {
    let mut options = fetch::Options::default();
    options.resolve = ROWS
        .iter()
        .filter(|(name, _)| *name != "no-such-name")
        .map(|(name, _)| Fixed::new(&format!("{name}.example"), site.address))
        .collect();
    options.lookup = Lookup::new(|_| async { Ok(Vec::new()) });
    options.proxy = Proxy::None;
    options.head_timeout = Duration::from_millis(600);
    options
}

async fn means(fetcher: &Fetcher, name: &str) -> Means {
    let url = Url::parse(&format!("http://{name}.example/in")).unwrap();
    match fetcher.permission(&url).await {
        Ok(permission) if permission.verdict == Verdict::Allowed => Means::Allowed,
        Ok(_) => Means::Disallowed,
        Err(error) => Means::NotNow(error.outcome),
    }
}

#[tokio::test]
async fn each_answer_for_robots_txt_means_what_rfc_9309_says() {
    let site = Site::start(answer);
    let fetcher = Fetcher::new(options(&site)).unwrap();
    for (name, wanted) in ROWS {
        assert_eq!(means(&fetcher, name).await, wanted, "{name}");
    }
    // Those that forbid for now are asked again each time, the others not.
    let before = site.log().len();
    assert_eq!(means(&fetcher, "s200").await, Means::Disallowed);
    assert_eq!(site.log().len(), before);
    means(&fetcher, "s503").await;
    assert_eq!(site.log().len(), before + 1);
}

#[tokio::test]
async fn rules_outlive_an_outage_and_a_fetcher() {
    let up = Arc::new(AtomicBool::new(true));
    let serving = Arc::clone(&up);
    let site = Site::start(move |_| {
        if serving.load(Ordering::SeqCst) {
            Reply::status(200, SHUT).with("cache-control", "max-age=3600")
        } else {
            Reply::status(503, "")
        }
    });
    let hours = Arc::new(AtomicI64::new(0));
    let at = Arc::clone(&hours);
    let mut options = options(&site);
    options.clock =
        Clock::new(move || Timestamp::from_second(at.load(Ordering::SeqCst) * 3600).unwrap());
    let fetcher = Fetcher::new(options.clone()).unwrap();
    let url = Url::parse("http://s200.example/in").unwrap();
    let permission = fetcher.permission(&url).await.unwrap();
    let file = permission.file.expect("it was asked for now");
    assert_eq!(
        (file.status, file.origin.as_str()),
        (200, "http://s200.example")
    );

    // While it is good nobody asks; then it is asked for, cannot be had, and goes on ruling.
    up.store(false, Ordering::SeqCst);
    for (hour, requests) in [(0, 1), (2, 2), (2, 2), (4, 3)] {
        hours.store(hour, Ordering::SeqCst);
        assert_eq!(
            means(&fetcher, "s200").await,
            Means::Disallowed,
            "hour {hour}"
        );
        assert_eq!(site.log().len(), requests, "hour {hour}");
    }

    // A fetcher that is handed the file neither asks for it nor forgets it.
    hours.store(0, Ordering::SeqCst);
    let next = Fetcher::new(options).unwrap();
    next.remember(&file);
    assert_eq!(means(&next, "s200").await, Means::Disallowed);
    assert_eq!(site.log().len(), 3);
    hours.store(2, Ordering::SeqCst);
    assert_eq!(
        means(&next, "s200").await,
        Means::Disallowed,
        "it cannot be had"
    );
    assert_eq!(site.log().len(), 4);
}
