//! From a home page to its site's articles: sitemaps, feeds and links, under the same manners as
//! pages, and out of every trap.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use cleancopy::crawl::{self, Stats};
use cleancopy::discover::Scope;
use cleancopy::fetch::{self, Fetcher};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::outcome::Outcome;
use cleancopy::page::{Target, Via};
use cleancopy::{Record, crawl::LeftOut};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::{Collected, crawling, fetching};
use crate::site::{Reply, Request, Site, story};

/// A section front: links and nothing to read.
pub(crate) fn front(links: &[&str]) -> Reply {
    let items: Vec<String> = links
        .iter()
        .map(|link| format!("<li><a href='{link}'>What {link} says</a></li>"))
        .collect();
    Reply::html(&format!("<title>Front</title><ul>{}</ul>", items.concat()))
}

pub(super) fn xml(text: &str) -> Reply {
    Reply::status(200, text).with("content-type", "application/xml")
}

pub(crate) fn urlset(urls: &[&str]) -> Reply {
    let items: Vec<String> = urls
        .iter()
        .map(|url| format!("<url><loc>{url}</loc></url>"))
        .collect();
    xml(&format!("<urlset>{}</urlset>", items.concat()))
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Crawls from roots; every address asked for has one record.
pub(super) async fn discover(
    roots: &[&str],
    fetching: fetch::Options,
    crawling: &crawl::Options,
) -> (BTreeMap<String, Record>, Stats) {
    let frontier = Memory::new();
    let roots = roots.iter().map(|u| Target::parse(u).unwrap().as_root());
    frontier
        .add(Timestamp::now(), roots.collect())
        .await
        .unwrap();
    let fetcher = Fetcher::new(fetching).unwrap();
    let mut sink = Collected::default();
    let never = std::future::pending();
    let stats = crawl::run(&frontier, &fetcher, &mut sink, crawling, never)
        .await
        .unwrap();
    assert_eq!(stats.records(), sink.0.len());
    let count = sink.0.len();
    let records: BTreeMap<_, _> = sink.0.into_iter().map(|r| (r.url.clone(), r)).collect();
    assert_eq!(records.len(), count, "no address has two records");
    (records, stats)
}

pub(super) fn articles(records: &BTreeMap<String, Record>) -> BTreeSet<&str> {
    let articles = records.values().filter(|r| r.outcome == Outcome::Article);
    articles.map(|r| r.url.as_str()).collect()
}

pub(super) fn without_guesses() -> crawl::Options {
    let mut options = crawling();
    options.discovery.guess = false;
    options
}

/// A host that names its articles in every way there is.
fn newsroom(request: &Request) -> Reply {
    match request.path.as_str() {
        "/robots.txt" => Reply::status(
            200,
            "User-agent: *\nDisallow: /shut/\nCrawl-delay: 0.02\n\
             Sitemap: http://a.example/maps/index.xml\nSitemap: http://maps.example/far.xml",
        ),
        "/maps/index.xml" => xml(
            "<sitemapindex><sitemap><loc>http://a.example/maps/news.xml</loc></sitemap>\
             <sitemap><loc>/maps/archive.xml.gz</loc></sitemap>\
             <sitemap><loc>/shut/map.xml</loc></sitemap>\
             <sitemap><loc>/maps/index.xml</loc></sitemap></sitemapindex>",
        ),
        "/maps/news.xml" => urlset(&[
            "/by-news-map?utm_source=map",
            "/shut/story",
            "http://other.example/x",
        ]),
        "/maps/archive.xml.gz" => Reply::status(200, "")
            .with("content-type", "application/x-gzip")
            .bytes(gzip(
                b"<urlset><url><loc>http://a.example/by-archive</loc></url></urlset>",
            )),
        "/far.xml" => urlset(&["http://a.example/by-far-map", "http://maps.example/nothing"]),
        "/rss" => xml(
            "<rss version='2.0'><channel><title>News</title><item><title>One</title>\
             <link>http://a.example/by-feed</link></item><item><title>Two</title>\
             <link>http://a.example/by-news-map</link></item></channel></rss>",
        ),
        "/" => Reply::html(
            "<title>Home</title><link rel=alternate type=application/rss+xml href=/rss>\
             <link rel=amphtml href=/amp><nav><a href=/sport>Sport</a></nav>\
             <a href=/by-link>One</a><a href=http://other.example/>Other</a>\
             <a href=/by-link#part>Again</a><a rel=nofollow href=/refused>Ad</a><a href=/map.pdf>Map</a>",
        ),
        "/sport" => front(&["/by-section", "/sport/deeper"]),
        "/sport/deeper" => front(&["/too-deep"]),
        _ => story(),
    }
}

#[tokio::test]
async fn a_home_page_leads_to_its_articles_by_sitemaps_feeds_and_links() {
    let site = Site::start(newsroom);
    let (records, stats) =
        discover(&["http://a.example/"], fetching(site.address), &crawling()).await;
    let want = [
        "http://a.example/by-archive",
        "http://a.example/by-far-map",
        "http://a.example/by-feed",
        "http://a.example/by-link",
        "http://a.example/by-news-map",
        "http://a.example/by-section",
    ];
    assert_eq!(articles(&records), BTreeSet::from(want));
    let via = |url: &str| {
        let found = records[url].found.as_ref().unwrap();
        (found.via, found.on.as_str(), found.depth)
    };
    assert_eq!(
        via(want[0]),
        (Via::Sitemap, "http://a.example/maps/archive.xml.gz", 2)
    );
    assert_eq!(via(want[2]), (Via::Feed, "http://a.example/rss", 1));
    assert_eq!(via(want[5]), (Via::Link, "http://a.example/sport", 2));
    assert_eq!(via("http://maps.example/far.xml").0, Via::Robots);
    assert_eq!(
        records["http://a.example/maps/index.xml"].outcome,
        Outcome::Listing
    );
    assert_eq!(
        records["http://a.example/sport"].outcome,
        Outcome::NoArticle
    );
    for shut in [
        "http://a.example/shut/map.xml",
        "http://a.example/shut/story",
    ] {
        assert_eq!(records[shut].outcome, Outcome::RobotsDisallowed, "{shut}");
    }
    let asked = site.paths("a.example");
    for path in [
        "/refused",
        "/too-deep",
        "/map.pdf",
        "/amp",
        "/shut/map.xml",
        "/shut/story",
    ] {
        assert!(!asked.contains(&path.to_owned()), "{path}");
    }
    let once: BTreeSet<_> = asked.iter().collect();
    assert_eq!(
        once.len(),
        asked.len(),
        "nothing is asked for twice: {asked:?}"
    );
    assert!(site.paths("other.example").is_empty());
    assert_eq!(stats.found, records.len() - 1);
    for reason in [LeftOut::OutOfScope, LeftOut::NoFollow, LeftOut::TooDeep] {
        assert!(
            stats.left_out.contains_key(&reason),
            "{reason}: {:?}",
            stats.left_out
        );
    }
}

#[tokio::test]
async fn what_is_found_is_asked_for_at_the_pace_of_its_host() {
    let site = Site::start(newsroom);
    let mut crawling = crawling();
    crawling.pace.delay = Duration::from_millis(30);
    discover(&["http://a.example/"], fetching(site.address), &crawling).await;
    let gaps = site.gaps("a.example");
    assert!(gaps.len() > 10);
    let least = Duration::from_millis(29);
    assert!(gaps.iter().all(|gap| *gap >= least), "{gaps:?}");
}

#[tokio::test]
async fn a_list_stays_a_list() {
    let site = Site::start(newsroom);
    let list = ["http://a.example/", "http://a.example/sport"];
    let (_, stats) = super::run(&list, fetching(site.address), &crawling()).await;
    assert_eq!((stats.found, stats.requests), (0, 2));
}

#[tokio::test]
async fn where_a_site_names_nothing_the_usual_places_are_tried_and_misses_make_no_record() {
    let site = Site::open(|request| match request.path.as_str() {
        "/" => front(&[]),
        "/sitemap_index.xml" => urlset(&["/by-map"]),
        "/rss.xml" => Reply::html("<title>Not found</title><p>There is no such page."),
        "/by-map" => story(),
        _ => Reply::status(404, ""),
    });
    let (records, stats) =
        discover(&["http://a.example/"], fetching(site.address), &crawling()).await;
    let urls: Vec<_> = records
        .keys()
        .map(|url| url.trim_start_matches("http://a.example"))
        .collect();
    assert_eq!(urls, ["/", "/by-map", "/sitemap_index.xml"]);
    assert_eq!((stats.missed_guesses, stats.failures()), (8, 0));
    let (_, stats) = discover(
        &["http://a.example/"],
        fetching(site.address),
        &without_guesses(),
    )
    .await;
    assert_eq!(stats.requests, 1);
}

#[tokio::test]
async fn only_what_is_new_enough_is_asked_for_or_kept() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "Sitemap: /index.xml"),
        "/index.xml" => xml(
            "<sitemapindex><sitemap><loc>/old.xml</loc><lastmod>2025-12-31</lastmod></sitemap>\
             <sitemap><loc>/new.xml</loc><lastmod>2026-02-01</lastmod></sitemap></sitemapindex>",
        ),
        "/new.xml" => xml(
            "<urlset><url><loc>/old</loc><lastmod>2025-06-01T00:00:00Z</lastmod></url>\
             <url><loc>/new</loc><lastmod>2026-01-02</lastmod></url><url><loc>/undated</loc></url>\
             <url><loc>/changed</loc><lastmod>2026-01-02</lastmod></url></urlset>",
        ),
        "/changed" => {
            let Reply::Answer { body, .. } = story() else {
                return story();
            };
            let dated = "<meta property='article:published_time' content='2019-05-01T08:00:00Z'>";
            Reply::html(&format!("{dated}{}", String::from_utf8_lossy(&body)))
        }
        "/" => front(&[]),
        _ => story(),
    });
    let mut crawling = without_guesses();
    crawling.discovery.since = Some("2026-01-01".parse().unwrap());
    let (records, stats) =
        discover(&["http://a.example/"], fetching(site.address), &crawling).await;
    let want = ["http://a.example/new", "http://a.example/undated"];
    assert_eq!(articles(&records), BTreeSet::from(want));
    let changed = &records["http://a.example/changed"];
    assert_eq!(
        (changed.outcome, changed.article.is_none()),
        (Outcome::TooOld, true)
    );
    assert_eq!(stats.left_out[&LeftOut::TooOld], 2);
    assert!(!site.paths("a.example").contains(&"/old.xml".to_owned()));
}

#[tokio::test]
async fn a_site_gives_no_more_pages_than_its_limit() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "Sitemap: /map.xml"),
        "/map.xml" => {
            let urls: Vec<String> = (0..300).map(|n| format!("/story-{n}")).collect();
            urlset(&urls.iter().map(String::as_str).collect::<Vec<_>>())
        }
        "/" => front(&[]),
        _ => story(),
    });
    let mut crawling = without_guesses();
    crawling.discovery.max_pages = 20;
    let roots = ["http://a.example/", "http://b.example/"];
    let (records, stats) = discover(&roots, fetching(site.address), &crawling).await;
    assert_eq!(articles(&records).len(), 40);
    assert_eq!(stats.left_out[&LeftOut::PageLimit], 560);
}

#[tokio::test]
async fn a_root_that_moved_is_searched_where_it_is_and_scope_holds_there() {
    let site = Site::open(
        |request| match (request.host.as_str(), request.path.as_str()) {
            ("old.example", _) => Reply::to("http://www.new.example/"),
            ("www.new.example", "/") => front(&[
                "/one",
                "http://new.example/two",
                "http://old.example/x",
                "http://sub.new.example/",
            ]),
            ("sub.new.example", "/") => front(&["/three"]),
            _ => story(),
        },
    );
    let mut crawling = without_guesses();
    let (records, _) = discover(&["http://old.example/"], fetching(site.address), &crawling).await;
    let host = ["http://new.example/two", "http://www.new.example/one"];
    assert_eq!(articles(&records), BTreeSet::from(host));
    crawling.discovery.scope = Scope::Domain;
    let (records, _) = discover(&["http://old.example/"], fetching(site.address), &crawling).await;
    let domain = [
        "http://new.example/two",
        "http://sub.new.example/three",
        "http://www.new.example/one",
    ];
    assert_eq!(articles(&records), BTreeSet::from(domain));
}
