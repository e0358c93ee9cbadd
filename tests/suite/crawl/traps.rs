//! Sitemaps that are broken or hostile, and links that never end.

use std::time::Duration;

use cleancopy::crawl::LeftOut;
use cleancopy::outcome::Outcome;

use super::discovery::{articles, discover, front, gzip, urlset, without_guesses, xml};
use super::{crawling, fetching};
use crate::site::{Reply, Site, story};

const ROBOTS: &str = "Sitemap: /torn.xml\nSitemap: /bomb.xml.gz\nSitemap: /endless.xml\nSitemap: /circle.xml\n\
             Sitemap: /page.xml\nSitemap: http://127.0.0.1:1/inside.xml\nSitemap: ftp://a.example/x\n\
             Sitemap: /many.xml\nSitemap: /gone.xml\nSitemap: /odd.xml\nSitemap: /moved.xml";

#[tokio::test]
async fn broken_and_hostile_sitemaps_cost_little_and_hide_nothing() {
    let mut bomb = b"<urlset><url><loc>/from-bomb</loc></url><!--".to_vec();
    bomb.resize(52 * 1024 * 1024, b' ');
    let packed = gzip(&bomb);
    let site = Site::start(move |request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, ROBOTS),
        "/torn.xml" => xml("<urlset><url><loc>/from-torn</loc></url><url><loc>/ha"),
        "/bomb.xml.gz" => Reply::status(200, "")
            .with("content-type", "application/gzip")
            .bytes(packed.clone()),
        "/endless.xml" => Reply::Drip,
        "/circle.xml" => {
            xml("<sitemapindex><sitemap><loc>/circle.xml?a=1</loc></sitemap></sitemapindex>")
        }
        path if path.starts_with("/circle.xml?") => {
            let deeper = format!("{path}{}", path.len());
            xml(&format!(
                "<sitemapindex><sitemap><loc>{deeper}</loc></sitemap></sitemapindex>"
            ))
        }
        "/many.xml" => {
            let all: Vec<String> = (0..500)
                .map(|n| format!("<sitemap><loc>/m{n}.xml</loc></sitemap>"))
                .collect();
            xml(&format!("<sitemapindex>{}</sitemapindex>", all.concat()))
        }
        "/moved.xml" => Reply::to("/there.xml"),
        "/there.xml" => urlset(&["/from-moved"]),
        "/odd.xml" => xml("<error>no such map</error>"),
        "/page.xml" => Reply::html("<html><body>Moved"),
        "/" => front(&[]),
        path if path.starts_with("/from") => story(),
        _ => Reply::status(404, ""),
    });
    let mut fetching = fetching(site.address);
    fetching.total_timeout = Duration::from_secs(3);
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    crawling.pace.host_failures = 100;
    crawling.discovery.max_listings = 20;
    let (records, stats) = discover(&["http://a.example/"], fetching, &crawling).await;
    let want =
        ["/from-bomb", "/from-moved", "/from-torn"].map(|path| format!("http://a.example{path}"));
    assert_eq!(
        articles(&records),
        want.iter().map(String::as_str).collect()
    );
    let reason = |path: &str| {
        records[&format!("http://a.example{path}")]
            .reason
            .clone()
            .unwrap()
    };
    assert!(
        reason("/torn.xml").starts_with("1 address"),
        "{}",
        reason("/torn.xml")
    );
    assert!(
        reason("/bomb.xml.gz").contains("larger than the protocol"),
        "{}",
        reason("/bomb.xml.gz")
    );
    assert!(!records["http://a.example/endless.xml"].outcome.was_read());
    assert!(!records["http://a.example/page.xml"].outcome.was_read());
    let odd = &records["http://a.example/odd.xml"];
    assert_eq!(odd.outcome, Outcome::NotAListing);
    let inside = &records["http://127.0.0.1:1/inside.xml"];
    assert_eq!(inside.outcome, Outcome::AddressRefused);
    let circles = site
        .paths("a.example")
        .iter()
        .filter(|p| p.starts_with("/circle"))
        .count();
    assert!(circles <= 4, "{circles}");
    assert!(stats.requests < 40, "{}", stats.requests);
    assert!(stats.left_out.contains_key(&LeftOut::ListingLimit));
}

#[tokio::test]
async fn traps_end() {
    let site = Site::open(|request| {
        let path = request.path.as_str();
        let number: usize = path
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap_or(0);
        let next = (number + 1) % 1_000_000;
        match path.split(['/', '?']).nth(1).unwrap_or_default() {
            "calendar" => front(&[
                &format!("/calendar/{next}"),
                &format!("/calendar/{}", next + 1),
            ]),
            "list" => front(&[
                &format!("/list?sort={next}&page=x"),
                &format!("/list?f{next}=x"),
            ]),
            "more" => front(&["more/x", "./more/"]),
            _ => front(&["/calendar/1", "/list?sort=1&page=x", "/more/"]),
        }
    });
    let mut crawling = without_guesses();
    crawling.discovery.depth = u16::MAX;
    crawling.discovery.max_pages = 100_000;
    let (_, stats) = discover(&["http://a.example/"], fetching(site.address), &crawling).await;
    let asked = |what: &str| {
        site.paths("a.example")
            .iter()
            .filter(|p| p.starts_with(what))
            .count()
    };
    for trap in ["/calendar", "/list", "/more"] {
        assert!(
            asked(trap) > 1 && asked(trap) <= 200,
            "{trap}: {}",
            asked(trap)
        );
    }
    let trapped = stats
        .left_out
        .keys()
        .filter(|why| matches!(why, LeftOut::Trap(_)));
    assert!(trapped.count() >= 3, "{:?}", stats.left_out);
}
