//! The laws of what is kept and told.

use std::time::Duration;

use cleancopy::frontier::{
    End, Entry, Finding, Frontier, HostState, RobotsFile, Settlement, Validators, Wait,
};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;

use super::{add, at, done, laws, lease, one, retry, settle, url};

laws! {
    what_is_said_of_an_address_can_be_read_back
    counts_add_up
    each_host_waits_for_one_reason
    a_revisit_starts_again_with_validators
    a_revisit_leaves_gates_and_pending_addresses
    a_closed_address_has_ended_whoever_holds_its_host
    what_was_learnt_of_a_host_is_there_next_time
}

async fn find(frontier: &impl Frontier, now: i64, address: &str) -> Entry {
    let entry = frontier.find(at(now), &url(address)).await.unwrap();
    entry.expect("the address was taken")
}

fn finding(outcome: Outcome) -> Finding {
    let mut finding = Finding::from(outcome);
    finding.status = Some(503);
    finding.reason = Some("status 503 Service Unavailable".to_owned());
    finding
}

fn validators(target: &str, from: &str) -> Validators {
    let etag = Some("W/\"7\"".to_owned());
    let modified = Some("Sat, 31 Jan 2026 12:00:00 GMT".to_owned());
    Validators::new(&url(target), &url(from), etag, modified)
}

async fn what_is_said_of_an_address_can_be_read_back(frontier: &impl Frontier) {
    const URL: &str = "http://a.example/1";
    assert_eq!(frontier.find(at(0), &url(URL)).await.unwrap(), None);
    let target = Target::parse("HTTP://A.example/1#top").unwrap();
    frontier.add(at(0), vec![target]).await.unwrap();
    let entry = find(frontier, 0, URL).await;
    assert_eq!((entry.found, entry.put_off), (None, None));
    assert_eq!(entry.job.target.asked, "HTTP://A.example/1#top");

    let held = one(frontier, 0).await;
    let end = End::Retry {
        at: at(60),
        why: finding(Outcome::HttpError),
    };
    assert!(settle(frontier, 1, held, end, 5).await);
    let entry = find(frontier, 10, URL).await;
    assert_eq!(entry.found, Some((at(1), finding(Outcome::HttpError))));
    assert_eq!(entry.put_off, Some(at(60)));
    assert_eq!(entry.job.attempts, 1);
    assert_eq!(entry.pending.map(|host| host.wait), Some(Wait::PutOff));

    let held = one(frontier, 60).await;
    let mut last = finding(Outcome::Article);
    last.validators = validators(URL, "http://a.example/moved");
    assert!(settle(frontier, 61, held, End::Done(last.clone()), 61).await);
    let entry = find(frontier, 62, URL).await;
    assert_eq!(entry.found, Some((at(61), last)));
    assert_eq!((entry.pending, entry.put_off), (None, None));
}

async fn counts_add_up(frontier: &impl Frontier) {
    let empty = frontier.counts().await.unwrap();
    assert_eq!((empty.total(), empty.visit), (0, 1));
    let urls: Vec<String> = (0..9).map(|n| format!("http://a.example/{n}")).collect();
    add(
        frontier,
        &urls.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    let ends = [
        (done(), 8),
        (End::Done(Outcome::Timeout.into()), 7),
        (End::Again, 7),
        (End::Moved(url("http://b.example/1")), 7),
        (retry(50), 7),
        (done(), 6),
    ];
    for (end, left) in ends {
        let held = one(frontier, 1).await;
        assert_eq!(held.host, "a.example");
        assert!(settle(frontier, 1, held, end, 0).await);
        if let Some(moved) = lease(frontier, 1, 1, 1).await.pop() {
            // Keeps the other host out of the way, and shows that leases change no count.
            if moved.host == "a.example" {
                assert!(
                    frontier
                        .settle(at(1), moved, Settlement::until(at(0)))
                        .await
                        .unwrap()
                );
            }
        }
        let counts = frontier.counts().await.unwrap();
        assert_eq!((counts.pending, counts.total()), (left, 9));
        assert_eq!(frontier.pending().await.unwrap(), left);
    }
    let counts = frontier.counts().await.unwrap();
    assert_eq!(counts.outcomes[&Outcome::Article], 2);
    assert_eq!(counts.outcomes[&Outcome::Timeout], 1);
    let hosts = frontier.hosts(at(2)).await.unwrap();
    assert_eq!(hosts.iter().map(|host| host.pending).sum::<usize>(), 6);
}

async fn each_host_waits_for_one_reason(frontier: &impl Frontier) {
    let names = [
        "pause", "crawl", "slow", "back", "after", "held", "later", "free",
    ];
    for name in names {
        let urls = [1, 2].map(|n| format!("http://{name}.example/{n}"));
        add(frontier, &urls.each_ref().map(String::as_str)).await;
    }
    add(frontier, &["http://over.example/"]).await;
    for held in lease(frontier, 0, 9, 2).await {
        let name = held.host.split('.').next().unwrap().to_owned();
        let mut settlement = Settlement::until(at(50));
        settlement.wait = match name.as_str() {
            "crawl" => Wait::CrawlDelay,
            "slow" => Wait::SlowHost,
            "back" => Wait::BackOff,
            "after" => Wait::RetryAfter,
            _ => Wait::Pause,
        };
        settlement.failed = (name == "back").then_some(Outcome::Timeout);
        let ends = held.jobs.iter().map(|job| job.target.url.clone());
        settlement.ends = match name.as_str() {
            "held" => continue,
            "over" => ends.map(|url| (url, done())).collect(),
            "later" => ends.map(|url| (url, retry(70))).collect(),
            _ => Vec::new(),
        };
        if name == "free" {
            settlement.next_at = at(5);
        }
        assert!(frontier.settle(at(1), held, settlement).await.unwrap());
    }
    let hosts = frontier.hosts(at(10)).await.unwrap();
    let order: Vec<_> = hosts.iter().map(|host| host.until).collect();
    assert!(order.is_sorted(), "{hosts:?}");
    let state = |name: &str| -> &HostState {
        let of_name = |host: &&HostState| host.host.split('.').next() == Some(name);
        let mut found = hosts.iter().filter(of_name);
        let first = found.next().expect("the host is listed");
        assert!(found.next().is_none(), "{name} stands there once");
        first
    };
    for (name, wait, until) in [
        ("pause", Wait::Pause, 50),
        ("crawl", Wait::CrawlDelay, 50),
        ("slow", Wait::SlowHost, 50),
        ("back", Wait::BackOff, 50),
        ("after", Wait::RetryAfter, 50),
        ("held", Wait::Leased, 90),
        ("later", Wait::PutOff, 70),
        ("free", Wait::Due, 5),
    ] {
        let host = state(name);
        assert_eq!(
            (host.wait, host.until, host.pending),
            (wait, at(until), 2),
            "{name}"
        );
        assert_eq!(host.failing.is_some(), name == "back");
    }
    assert_eq!(
        hosts.len(),
        names.len(),
        "a host without pending addresses is not listed"
    );
    let late = frontier.hosts(at(100)).await.unwrap();
    assert!(late.iter().all(|host| host.wait == Wait::Due), "{late:?}");
}

async fn a_revisit_starts_again_with_validators(frontier: &impl Frontier) {
    const URL: &str = "http://a.example/1";
    add(frontier, &[URL, "http://c.example/"]).await;
    for held in lease(frontier, 0, 2, 1).await {
        let end = match held.host.as_str() {
            "a.example" => End::Moved(url("http://b.example/moved")),
            _ => End::Done(Outcome::ConnectFailed.into()),
        };
        let mut settlement = Settlement::until(at(1));
        settlement.ends = vec![(held.jobs[0].target.url.clone(), end)];
        settlement.failed = (held.host == "c.example").then_some(Outcome::ConnectFailed);
        assert!(frontier.settle(at(1), held, settlement).await.unwrap());
    }
    let held = one(frontier, 1).await;
    let mut last = Finding::from(Outcome::Article);
    last.validators = validators(URL, "http://b.example/moved");
    assert!(settle(frontier, 1, held, End::Done(last.clone()), 1).await);
    assert_eq!(frontier.wake(at(2)).await.unwrap(), None);

    assert_eq!(frontier.revisit(at(2)).await.unwrap(), 2);
    let counts = frontier.counts().await.unwrap();
    assert_eq!((counts.visit, counts.pending, counts.total()), (2, 2, 2));
    let leases = lease(frontier, 2, 9, 9).await;
    let mut hosts: Vec<&str> = leases.iter().map(|lease| lease.host.as_str()).collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["a.example", "c.example"], "each on its own host");
    assert!(leases.iter().all(|lease| lease.failing.is_none()));
    let job = leases
        .into_iter()
        .find(|l| l.host == "a.example")
        .unwrap()
        .jobs
        .remove(0);
    assert_eq!((job.attempts, job.trail.len()), (0, 0));
    assert_eq!(job.validators, last.validators);
    assert!(!job.validators.are_of(&url(URL), &url(URL)));
    assert!(
        job.validators
            .are_of(&url(URL), &url("http://b.example/moved"))
    );
    assert_eq!(
        find(frontier, 3, URL).await.found,
        Some((at(1), last)),
        "what was known stays"
    );
}

async fn a_revisit_leaves_gates_and_pending_addresses(frontier: &impl Frontier) {
    add(
        frontier,
        &[
            "http://a.example/1",
            "http://a.example/2",
            "http://b.example/",
        ],
    )
    .await;
    for held in lease(frontier, 0, 2, 1).await {
        assert!(settle(frontier, 1, held, done(), 500).await);
    }
    assert_eq!(frontier.revisit(at(2)).await.unwrap(), 2);
    assert_eq!(frontier.wake(at(2)).await.unwrap(), Some(at(500)));
    assert!(lease(frontier, 499, 9, 9).await.is_empty());
    let jobs: usize = lease(frontier, 500, 9, 9)
        .await
        .iter()
        .map(|l| l.jobs.len())
        .sum();
    assert_eq!(jobs, 3);
}

async fn a_closed_address_has_ended_whoever_holds_its_host(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(frontier, 0).await;
    let ends = || {
        [
            "http://a.example/1",
            "http://a.example/2",
            "http://new.example/",
        ]
        .map(|url| (Target::parse(url).unwrap(), finding(Outcome::NoArticle)))
        .to_vec()
    };
    assert_eq!(frontier.close(at(1), ends()).await.unwrap(), 3);
    assert_eq!(frontier.close(at(2), ends()).await.unwrap(), 0, "once");
    assert_eq!(frontier.pending().await.unwrap(), 0);
    assert!(settle(frontier, 3, held, End::Done(Outcome::Timeout.into()), 3).await);
    let counts = frontier.counts().await.unwrap();
    assert_eq!(
        counts.outcomes.into_iter().collect::<Vec<_>>(),
        [(Outcome::NoArticle, 3)]
    );
    assert!(lease(frontier, 1_000, 9, 9).await.is_empty());
    assert_eq!(frontier.wake(at(1_000)).await.unwrap(), None);
    let known = vec![Target::parse("http://new.example/").unwrap()];
    assert_eq!(frontier.add(at(5), known).await.unwrap().known, 1);
}

async fn what_was_learnt_of_a_host_is_there_next_time(frontier: &impl Frontier) {
    const ORIGIN: &str = "http://a.example";
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    assert_eq!(frontier.robots(ORIGIN).await.unwrap(), None);
    let held = one(frontier, 0).await;
    assert_eq!(held.latency, None);
    let file = RobotsFile {
        status: 200,
        body: b"User-agent: *\nDisallow: /caf\xc3\xa9\xff\x00\n".to_vec(),
        fetched_at: at(1),
        good_until: at(3_601),
    };
    let mut settlement = Settlement::until(at(1));
    settlement.latency = Some(Duration::from_millis(250));
    settlement.robots = vec![(ORIGIN.to_owned(), file.clone())];
    assert!(frontier.settle(at(1), held, settlement).await.unwrap());
    assert_eq!(frontier.robots(ORIGIN).await.unwrap(), Some(file.clone()));
    assert_eq!(frontier.robots("https://a.example").await.unwrap(), None);
    let held = one(frontier, 2).await;
    assert_eq!(held.latency, Some(Duration::from_millis(250)));
    let newer = RobotsFile {
        status: 404,
        body: Vec::new(),
        ..file
    };
    let mut settlement = Settlement::until(at(2));
    settlement.robots = vec![(ORIGIN.to_owned(), newer.clone())];
    assert!(frontier.settle(at(2), held, settlement).await.unwrap());
    assert_eq!(frontier.robots(ORIGIN).await.unwrap(), Some(newer));
    assert_eq!(
        one(frontier, 3).await.latency,
        Some(Duration::from_millis(250))
    );
}
