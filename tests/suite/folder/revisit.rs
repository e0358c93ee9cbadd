//! A second visit asks for what changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cleancopy::crawl::{self, Folder};
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::Frontier as _;
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use jiff::Timestamp;

use super::discovery::{Dying, Killed};
use super::{count, list, published, status};
use crate::cli::{self, code, dir, row, told};
use crate::crawl::{crawling, fetching};
use crate::site::{Reply, Site, story};

#[test]
fn a_second_visit_of_unchanged_pages_gets_no_page_again() {
    const STORIES: usize = 60;
    let bytes = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&bytes);
    let site = Site::open(move |request| {
        let etag = format!("\"{}\"", request.path);
        let reply = match (&request.etag, &request.since) {
            (Some(known), _) if *known == etag => Reply::status(304, ""),
            (None, Some(known)) if known == "Sat, 31 Jan 2026 12:00:00 GMT" => {
                Reply::status(304, "")
            }
            _ => story(),
        };
        if let Reply::Answer { body, headers, .. } = &reply {
            let head: usize = headers
                .iter()
                .map(|(name, value)| name.len() + value.len() + 4)
                .sum();
            sent.fetch_add(body.len() + head, Ordering::SeqCst);
        }
        // Half of the sites know versions, half know times.
        match request.host.as_str() {
            "h0.example" => reply.with("etag", &etag),
            _ => reply.with("last-modified", "Sat, 31 Jan 2026 12:00:00 GMT"),
        }
    });
    let dir = dir();
    list(dir.path(), STORIES, 2);
    let output = cli::crawl(&site, dir.path(), &["-o", "out/"])
        .output()
        .unwrap();
    assert_eq!(
        (code(&output), row(&output, "article")),
        (0, STORIES),
        "{}",
        told(&output)
    );
    let first = bytes.swap(0, Ordering::SeqCst);

    for visit in [2, 3] {
        let output = cli::crawl(&site, dir.path(), &["-o", "out/", "--revisit"])
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{}", told(&output));
        assert_eq!(row(&output, "unchanged"), STORIES, "{}", told(&output));
        let again = bytes.swap(0, Ordering::SeqCst);
        assert!(again * 50 <= first, "{again} bytes after {first}");
        let records = published(&dir.path().join(format!("out/records-{visit}.jsonl")));
        assert_eq!(records.len(), STORIES);
        assert!(
            records
                .values()
                .all(|r| r.outcome == Outcome::Unchanged && r.status == Some(304))
        );
        assert_eq!(count(&status(dir.path())["visit"]), visit);
    }
    let first = published(&dir.path().join("out/records.jsonl"));
    assert!(
        first.values().all(|record| record.article.is_some()),
        "the first visit stays"
    );
}

#[tokio::test]
async fn a_version_outlives_a_crawl_that_died_before_it_settled() {
    let site = Site::open(|request| match (request.path.as_str(), &request.etag) {
        ("/old", _) => Reply::to("http://a.example/new"),
        (_, Some(etag)) if etag == "\"one\"" => Reply::status(304, "").with("etag", "\"one\""),
        _ => story().with("etag", "\"one\""),
    });
    let url = Target::parse("http://a.example/old").unwrap().url;
    let dir = dir();
    let open = || Folder::open(&dir.path().join("out"), Timestamp::now(), Duration::ZERO).unwrap();
    let fetcher = Fetcher::new(fetching(site.address)).unwrap();
    for visit in 1..=3 {
        let mut folder = open();
        let frontier = Arc::clone(&folder.frontier);
        match visit {
            1 => {
                let target = Target::parse(url.as_str()).unwrap();
                frontier.add_now(Timestamp::now(), &[target]).unwrap();
            }
            _ => assert_eq!(folder.revisit(Timestamp::now()).await.unwrap(), 1),
        }
        let mut sink = Dying::new(&mut folder.records, Killed::AfterIt);
        let never = std::future::pending();
        let ended = crawl::run(&*frontier, &fetcher, &mut sink, &crawling(), never).await;
        assert!(matches!(ended, Err(crawl::Error::Sink(_))));
        drop((folder, frontier));

        let folder = open();
        assert_eq!(folder.recovered.settled, 1, "visit {visit}");
        let entry = folder.frontier.find(Timestamp::now(), &url).await.unwrap();
        let (_, found) = entry.unwrap().found.unwrap();
        // The second visit, and the third after it, asked by what the one before was told.
        let wanted = if visit == 1 {
            Outcome::Article
        } else {
            Outcome::Unchanged
        };
        assert_eq!(found.outcome, wanted, "visit {visit}");
        assert_eq!(found.validators.etag.as_deref(), Some("\"one\""));
    }
}

#[test]
fn a_page_that_changed_moved_or_has_no_version_is_read_again() {
    let visits = AtomicUsize::new(0);
    let site = Site::open(move |request| {
        let visit = match request.path.as_str() {
            "/changed" => visits.fetch_add(1, Ordering::SeqCst),
            _ => 0,
        };
        match request.path.as_str() {
            "/old" => Reply::to("http://b.example/new").with("etag", "\"same\""),
            "/changed" => story().with("etag", &format!("\"{visit}\"")),
            "/new" if request.etag.as_deref() == Some("\"same\"") => Reply::status(304, ""),
            "/new" => story().with("etag", "\"same\""),
            // A server that always says 304 says so to one who asked for no version, too.
            "/liar" => Reply::status(304, ""),
            _ => story(),
        }
    });
    let dir = dir();
    let urls = ["old", "changed", "plain", "liar"].map(|name| format!("http://a.example/{name}"));
    std::fs::write(dir.path().join("urls.txt"), urls.join("\n")).unwrap();
    cli::crawl(&site, dir.path(), &["-o", "out/"])
        .output()
        .unwrap();
    let first = published(&dir.path().join("out/records.jsonl"));
    assert_eq!(first[&urls[3]].outcome, Outcome::HttpError);
    cli::crawl(&site, dir.path(), &["-o", "out/", "--revisit"])
        .output()
        .unwrap();
    let second = published(&dir.path().join("out/records-2.jsonl"));
    let found = urls.each_ref().map(|url| second[url].outcome);
    let wanted = [
        Outcome::Unchanged,
        Outcome::Article,
        Outcome::Article,
        Outcome::HttpError,
    ];
    assert_eq!(found, wanted);
    let conditional = site.log().into_iter().filter(|r| r.etag.is_some());
    let asked: Vec<String> = conditional.map(|r| r.path).collect();
    assert!(
        !asked.contains(&"/old".to_owned()),
        "a version belongs to the address that sent it"
    );
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[test]
fn a_visit_that_was_not_finished_is_gone_on_with() {
    let site = Site::open(|_| story().with("etag", "\"1\""));
    let dir = dir();
    list(dir.path(), 12, 3);
    cli::crawl(&site, dir.path(), &["-o", "out/"])
        .output()
        .unwrap();
    // A visit of which nothing was asked yet when it ended.
    let folder = dir.path().join("out");
    let frontier = cleancopy::crawl::Folder::look(&folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let now = jiff::Timestamp::now();
    runtime
        .block_on(cleancopy::frontier::Frontier::revisit(&frontier, now))
        .unwrap();
    drop(frontier);
    let output = cli::crawl(&site, dir.path(), &["-o", "out/", "--revisit"])
        .output()
        .unwrap();
    assert!(
        told(&output).contains("going on with visit 2"),
        "{}",
        told(&output)
    );
    assert_eq!(published(&folder.join("records-2.jsonl")).len(), 12);
    let output = cli::crawl(&site, dir.path(), &["-o", "out.jsonl", "--revisit"])
        .output()
        .unwrap();
    assert_eq!(
        code(&output),
        2,
        "a single file has no frontier to visit again"
    );
}
