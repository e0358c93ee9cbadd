//! From a home page to its articles in a folder: what was found outlives the process, too.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cleancopy::crawl::{self, Folder, Records};
use cleancopy::fetch::Fetcher;
use cleancopy::outcome::Outcome;
use cleancopy::page::{Target, Via};
use cleancopy::{Record, Sink};
use jiff::Timestamp;
use tempfile::TempDir;

use super::{Random, count, kill_after, manifest, published, status};
use crate::cli::{cleancopy, code, dir, told};
use crate::crawl::discovery::{front, urlset};
use crate::crawl::{crawling, fetching};
use crate::site::{Reply, Site, story};

const HOME: &str = "http://news.example/";
/// So many stories stand in each of the places that name them.
const EACH: usize = 8;
const SECTIONS: usize = 3;

/// A site with a sitemap, and with sections that link to stories the sitemap does not name. It has
/// no feed.
fn news() -> Site {
    Site::start(|request| {
        let path = request.path.as_str();
        if let Some(section) = path.strip_prefix("/section/") {
            let stories: Vec<String> = (0..EACH).map(|n| format!("/story/{section}-{n}")).collect();
            return front(&stories.iter().map(String::as_str).collect::<Vec<_>>());
        }
        match path {
            "/" => front(&["/section/0", "/section/1", "/section/2"]),
            "/robots.txt" => Reply::status(200, "Sitemap: http://news.example/map.xml"),
            "/map.xml" => {
                let urls: Vec<String> = (0..EACH).map(|n| format!("{HOME}story/map-{n}")).collect();
                urlset(&urls.iter().map(String::as_str).collect::<Vec<_>>())
            }
            path if path.starts_with("/story/") => story(),
            _ => Reply::status(404, ""),
        }
    })
}

/// Every address of the site that is to have a record.
fn all() -> BTreeSet<String> {
    let stories = |place: String| (0..EACH).map(move |n| format!("{HOME}story/{place}-{n}"));
    let mut all: BTreeSet<String> = stories("map".to_owned()).collect();
    for section in 0..SECTIONS {
        all.insert(format!("{HOME}section/{section}"));
        all.extend(stories(section.to_string()));
    }
    all.extend([HOME.to_owned(), format!("{HOME}map.xml")]);
    all
}

fn searching(site: &Site, dir: &TempDir, args: &[&str]) -> Command {
    let mut command = cleancopy(&["crawl", "--site", HOME, "--no-proxy", "--delay", "0"]);
    command.args(["--retry-wait", "0.05", "-o", "out/", "--resolve"]);
    command.arg(format!("*={}", site.address));
    command.args(args).current_dir(dir.path());
    command
}

#[test]
fn a_site_killed_while_it_is_searched_loses_no_story_and_publishes_none_twice() {
    let kills: usize = env::var("KILLS").map_or(3, |text| text.parse().unwrap());
    let site = news();
    let dir = dir();
    let mut random = Random::new();
    for _ in 0..kills {
        // Most of what is found is found by the first requests.
        let goal = site.requests() + 1 + random.below(24 / kills);
        kill_after(&site, goal, &mut searching(&site, &dir, &[]));
        let told = status(dir.path());
        assert!(
            count(&told["pending"]) > 0,
            "killed before the end: {told:#}"
        );
    }
    let output = searching(&site, &dir, &[]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));

    let published = published(&dir.path().join("out/records.jsonl"));
    let found: BTreeSet<String> = published.keys().cloned().collect();
    assert_eq!(found, all(), "none is lost, none made up");
    let via = |url: &str| published[url].found.as_ref().unwrap().via;
    assert_eq!(via(HOME), Via::Root);
    assert_eq!(via(&format!("{HOME}map.xml")), Via::Robots);
    assert_eq!(via(&format!("{HOME}story/map-0")), Via::Sitemap);
    assert_eq!(via(&format!("{HOME}story/1-0")), Via::Link);
    let map = format!("{HOME}map.xml");
    let story = format!("{HOME}story/map-0?utm_source=mail");
    let explained = cleancopy(&["explain", &story, "--crawl", "out"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let explained = String::from_utf8(explained.stdout).unwrap();
    let line = format!("found        sitemap, {map}, depth 1");
    assert!(explained.contains(&line), "{explained}");
    let stories = (SECTIONS + 1) * EACH;
    let told = status(dir.path());
    assert_eq!(count(&told["outcomes"]["article"]), stories as u64);
    // Killed between answer and settlement, one page is asked for again.
    let asked = site.log().into_iter();
    let asked = asked.filter(|request| request.path.starts_with("/story/"));
    assert!(asked.count() <= stories + kills);
}

/// Where a crawl ends that is killed.
#[derive(Clone, Copy)]
pub(super) enum Killed {
    BeforeTheRecord,
    AfterIt,
}

/// Ends the crawl at a place of its first record; says at last whether that was put.
pub(super) struct Dying<'a>(&'a mut Records, Killed, bool);

impl<'a> Dying<'a> {
    pub(super) fn new(records: &'a mut Records, at: Killed) -> Self {
        Self(records, at, false)
    }
}

impl Sink for Dying<'_> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        match self.1 {
            Killed::BeforeTheRecord => Err(io::ErrorKind::Other.into()),
            Killed::AfterIt => {
                self.2 = true;
                self.0.put(record)
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()?;
        if self.2 {
            return Err(io::ErrorKind::Other.into());
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.finish()
    }
}

#[tokio::test]
async fn what_a_page_leads_to_is_known_before_its_record_is_on_disk() {
    let site = news();
    for (killed, settled) in [(Killed::BeforeTheRecord, 0), (Killed::AfterIt, 1)] {
        let dir = dir();
        let path = dir.path().join("out");
        let open = || Folder::open(&path, Timestamp::now(), Duration::ZERO).unwrap();
        let fetcher = Fetcher::new(fetching(site.address)).unwrap();
        let mut folder = open();
        let home = Target::parse(HOME).unwrap().as_root();
        folder.frontier.add_now(Timestamp::now(), &[home]).unwrap();
        let frontier = Arc::clone(&folder.frontier);
        let mut sink = Dying::new(&mut folder.records, killed);
        let never = std::future::pending();
        let ended = crawl::run(&*frontier, &fetcher, &mut sink, &crawling(), never).await;
        assert!(matches!(ended, Err(crawl::Error::Sink(_))));
        drop((folder, frontier));

        let mut folder = open();
        assert_eq!(folder.recovered.settled, settled);
        let never = std::future::pending();
        let frontier = Arc::clone(&folder.frontier);
        let sink = &mut folder.records;
        let ended = crawl::run(&*frontier, &fetcher, sink, &crawling(), never).await;
        ended.unwrap();
        let published = published(&path.join("records.jsonl"));
        assert_eq!(published.into_keys().collect::<BTreeSet<_>>(), all());
    }
}

#[test]
fn a_guess_that_missed_is_no_failure_and_has_no_record() {
    let site = news();
    let dir = dir();
    let output = searching(&site, &dir, &["--max-pages", "5"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let published = published(&dir.path().join("out/records.jsonl"));
    let missed = published
        .values()
        .filter(|record| record.found.as_ref().unwrap().via == Via::Guess);
    assert_eq!(missed.count(), 0);
    let manifest = manifest(dir.path());
    let name = Outcome::MissedGuess.as_str();
    let guesses = count(&manifest["outcomes"][name]);
    assert!(guesses > 0, "feeds were guessed: {manifest:#}");
    let with_record = count(&manifest["addresses"]) - guesses;
    assert_eq!(with_record, published.len() as u64);
    assert!(told(&output).contains("over the limit of pages"));

    let again = site.requests();
    let output = searching(&site, &dir, &[]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!(site.requests(), again, "what ended stays ended");
}

#[test]
fn a_dry_run_tells_of_sites_and_of_twins() {
    let site = news();
    let dir = dir();
    let list = format!("{HOME}?utm_source=feed\n{HOME}story/1\n{HOME}story/1#top\n");
    fs::write(dir.path().join("urls.txt"), list).unwrap();
    let output = searching(&site, &dir, &["urls.txt", "--dry-run"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let verdicts: Vec<&str> = text.lines().collect();
    let expected = [
        format!("fetch  {HOME}?utm_source=feed"),
        format!("fetch  {HOME}story/1"),
        format!("skip   {HOME}story/1: the same as line 2"),
        format!("skip   {HOME}: the same as line 1"),
    ];
    assert_eq!(verdicts, expected, "{}", told(&output));
    assert_eq!(site.requests(), 0);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn a_place_to_begin_that_was_only_listed_is_named() {
    let site = news();
    let dir = dir();
    fs::write(dir.path().join("urls.txt"), HOME).unwrap();
    let output = searching(&site, &dir, &["urls.txt"]).output().unwrap();
    assert!(
        told(&output).contains("crawl the site into another folder"),
        "{}",
        told(&output)
    );
    let output = searching(&site, &dir, &["urls.txt", "--follow", "--fresh"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let published = published(&dir.path().join("out/records.jsonl"));
    assert_eq!(published.len(), all().len());
}
