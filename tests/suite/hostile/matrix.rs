//! Every row of [`rows`](super::rows) ends as it should, and costs the others nothing.

use std::time::{Duration, Instant};

use cleancopy::fetch::{Fetcher, Hop, Wanted};
use cleancopy::outcome::Outcome;
use cleancopy::{Record, crawl, read::read};
use tokio::task::JoinSet;
use url::Url;

use super::lies::gzip;
use super::rows::{moved, rows};
use super::server::{Script, Server, Wire, answer, head, says};
use super::{fetcher, options, scripts};
use crate::site::story_page;

/// What an address ends as when nothing is tried twice.
async fn outcome(fetcher: &Fetcher, name: &str) -> (Outcome, String) {
    let url = Url::parse(&format!("http://{name}.example/{name}")).unwrap();
    match fetcher.get(&url).await {
        Ok(page) => {
            let found = read(&page, &cleancopy::Options::default());
            let record = Record::of_page(url.as_str(), &page, found);
            (record.outcome, record.reason.unwrap_or_default())
        }
        Err(error) => (error.outcome, error.told()),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "figures for docs/crawling.md")]
async fn every_misdeed_has_its_outcome_within_its_time() {
    let rows = rows();
    assert!(rows.len() >= 60, "{}", rows.len());
    let scripted = rows
        .iter()
        .map(|(name, _, script)| (*name, Script::clone(script)));
    let server = Server::start(scripts(scripted));
    let options = options(&server);
    let limit = options.total_timeout + Duration::from_secs(1);
    let fetcher = fetcher(options);
    println!("{} misdeeds, each within {limit:?}", rows.len());
    // Side by side: the slow ones take their time together.
    let mut ends = JoinSet::new();
    for (name, wanted, _) in rows {
        let fetcher = fetcher.clone();
        ends.spawn(async move {
            let started = Instant::now();
            let (found, told) = outcome(&fetcher, name).await;
            let took = started.elapsed();
            let right = found == wanted && took <= limit;
            (!right).then(|| format!("{name}: {found}, not {wanted}, after {took:?}: {told}"))
        });
    }
    let wrong: Vec<String> = ends.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn tls_that_is_none_ends_as_such() {
    let silent: Script = std::sync::Arc::new(Wire::hold);
    let noise: Script = std::sync::Arc::new(|wire| wire.put([b'x'; 300]));
    let closed: Script = std::sync::Arc::new(|_| Ok(()));
    for (script, wanted) in [
        (silent, Outcome::ConnectTimeout),
        (noise, Outcome::TlsFailed),
        (closed, Outcome::TlsFailed),
    ] {
        let server = Server::start([("tls".to_owned(), script)].into());
        let url = Url::parse("https://news.example/").unwrap();
        let mut options = options(&server);
        options.robots = cleancopy::fetch::RobotsPolicy::Ignore;
        if wanted == Outcome::TlsFailed {
            // It is what the server says that ends it, however busy the machine is.
            let long = Duration::from_secs(30);
            (options.connect_timeout, options.head_timeout) = (long, long);
            options.total_timeout = long;
        }
        let error = fetcher(options).get(&url).await.unwrap_err();
        assert_eq!(error.outcome, wanted, "{}", error.told());
    }
}

#[tokio::test]
async fn what_was_on_the_wire_is_handed_out_as_it_came() {
    let packed = gzip(story_page().as_bytes());
    let server = Server::start(scripts([
        (
            "packed",
            says(answer(
                &["content-encoding: gzip", "X-Two: 1", "x-two: 2"],
                &packed,
            )),
        ),
        (
            "gone",
            says("HTTP/1.1 410 Gone\r\ncontent-length: 4\r\n\r\ngone"),
        ),
        (
            "cut",
            says([head(&["content-length: 99"]), b"<p>half".to_vec()].concat()),
        ),
        ("moved", moved("/packed")),
    ]));
    let mut options = options(&server);
    options.keep_wire = true;
    options.contact = Some("desk@news.example".to_owned());
    let fetcher = fetcher(options);
    let ask = async |path: &str| {
        // A host each: nobody waits on a connection that the server is about to close.
        let url = Url::parse(&format!("http://{path}.example/{path}")).unwrap();
        fetcher.ask(&url, Wanted::Page).await
    };
    let asked = ask("packed").await;
    let Ok(Hop::Page(page)) = asked.hop else {
        panic!("{:?}", asked.hop)
    };
    assert_eq!(page.body, story_page().as_bytes());
    let wire = asked.exchange.unwrap();
    assert_eq!((wire.status, wire.body, wire.cut), (200, packed, None));
    assert_eq!(wire.remote, Some(server.address));
    let twice: Vec<_> = wire
        .headers
        .iter()
        .filter(|(name, _)| name == "x-two")
        .collect();
    assert_eq!(twice.len(), 2);
    let agent = wire
        .request_headers
        .iter()
        .find(|(name, _)| name == "user-agent");
    assert!(agent.unwrap().1.ends_with(b"(+desk@news.example)"));
    let gone = ask("gone").await;
    assert_eq!(gone.hop.unwrap_err().outcome, Outcome::HttpError);
    assert_eq!(gone.exchange.unwrap().body, b"gone");
    let cut = ask("cut").await.exchange.unwrap();
    assert_eq!(
        (&cut.body[..], cut.cut.unwrap().as_str()),
        (&b"<p>half"[..], "disconnect")
    );
    let moved = ask("moved").await.exchange.unwrap();
    assert_eq!(moved.header("location"), Some(&b"/packed"[..]));
}

/// How long a crawl of quick hosts takes, beside as many others as the matrix has rows: the whole
/// matrix, or harmless ones in its place.
async fn time_of_quick_hosts(others_are_hostile: bool) -> Duration {
    use cleancopy::frontier::{Frontier as _, Memory};
    use cleancopy::page::Target;
    struct Latest(Instant, Duration);
    impl cleancopy::Sink for Latest {
        fn put(&mut self, record: &cleancopy::Record) -> std::io::Result<()> {
            if record.url.contains("quick") {
                assert_eq!(record.outcome, Outcome::Article, "{:?}", record.reason);
                self.1 = self.0.elapsed();
            }
            Ok(())
        }
        fn finish(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut all: Vec<_> = rows()
        .into_iter()
        .map(|(name, _, script)| (name, script))
        .collect();
    let hostile: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    all.push(("story", says(answer(&[], story_page().as_bytes()))));
    let server = Server::start(scripts(all));
    let mut list: Vec<String> = (0..60)
        .map(|n| format!("http://quick{}.example/story?{n}", n % 4))
        .collect();
    list.extend(hostile.iter().map(|name| {
        let path = if others_are_hostile { name } else { "story" };
        format!("http://{name}.other.example/{path}")
    }));
    let frontier = Memory::new();
    let targets = list.iter().map(|url| Target::parse(url).unwrap()).collect();
    frontier.add(jiff::Timestamp::now(), targets).await.unwrap();
    let mut crawling = crawl::Options::default();
    crawling.hosts = 200;
    crawling.pace.delay = Duration::from_millis(120);
    crawling.pace.retries = 0;
    let mut sink = Latest(Instant::now(), Duration::ZERO);
    let fetcher = fetcher(options(&server));
    let never = std::future::pending();
    crawl::run(&frontier, &fetcher, &mut sink, &crawling, never)
        .await
        .unwrap();
    sink.1
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "figures for docs/crawling.md")]
async fn hostile_hosts_cost_the_others_no_more_than_harmless_ones_do() {
    let (mut harmless, mut hostile) = (Vec::new(), Vec::new());
    // The machine may be busy with something else, which only ever adds: the best of a few tells
    // what the crawl costs, against what is usual at the time.
    for tries in 1..=4 {
        harmless.push(time_of_quick_hosts(false).await);
        hostile.push(time_of_quick_hosts(true).await);
        let usual = harmless.iter().sum::<Duration>() / tries;
        if let Some(took) = hostile.iter().find(|took| **took <= usual.mul_f64(1.05)) {
            let more = took.as_secs_f64() / usual.as_secs_f64() - 1.0;
            println!("beside hostile hosts {took:?}, beside harmless ones {usual:?}: {more:+.3}");
            return;
        }
    }
    panic!("quick hosts beside harmless ones: {harmless:?}; beside hostile ones: {hostile:?}");
}
