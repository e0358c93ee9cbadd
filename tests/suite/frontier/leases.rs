//! The laws of leases and lines.

use cleancopy::frontier::{End, Frontier, Settlement};
use cleancopy::outcome::Outcome;
use cleancopy::page::{Kind, Target, Via};

use super::{TTL, add, at, done, laws, lease, one, retry, settle, url};

laws! {
    an_address_is_taken_once
    twins_by_canonical_form_are_one_and_asked_as_written
    a_target_is_kept_whole
    a_host_is_leased_to_one_holder
    a_lease_has_no_more_than_wanted
    hosts_due_longest_come_first
    a_lease_runs_out_and_then_settles_nothing
    a_renewed_lease_does_not_run_out
    an_unnamed_job_stays
    a_job_that_ended_does_not_come_back
    a_retry_waits_for_its_time
    a_retry_does_not_hold_up_the_others
    a_job_put_back_comes_first_and_counts_nothing
    a_redirect_moves_a_job_to_its_new_host
    the_gate_holds_for_every_job_of_a_host
    failures_in_a_row_are_counted_until_a_success
    wake_says_when
    a_lease_that_ran_out_is_good_until_somebody_takes_it
    a_host_that_was_done_with_starts_anew
    leases_settled_together_are_as_if_settled_one_by_one
}

async fn an_address_is_taken_once(frontier: &impl Frontier) {
    let list = [
        "http://a.example/1",
        "http://a.example/1#part",
        "http://b.example/",
    ];
    let targets = || list.map(|u| Target::parse(u).unwrap()).to_vec();
    let added = frontier.add(at(0), targets()).await.unwrap();
    assert_eq!((added.new, added.known), (2, 1));
    let lease = one(frontier, 0).await;
    assert!(settle(frontier, 0, lease, done(), 0).await);
    let added = frontier.add(at(1), targets()).await.unwrap();
    assert_eq!(
        (added.new, added.known),
        (0, 3),
        "an address that ended stays known"
    );
    assert_eq!(frontier.pending().await.unwrap(), 1);
}

async fn twins_by_canonical_form_are_one_and_asked_as_written(frontier: &impl Frontier) {
    let list = [
        "http://a.example/1?utm_source=feed",
        "http://a.example/1",
        "http://a.example:80/%31?fbclid=7#top",
        "http://a.example/1?page=2",
    ];
    let targets = list.map(|u| Target::parse(u).unwrap()).to_vec();
    let added = frontier.add(at(0), targets).await.unwrap();
    assert_eq!((added.new, added.known), (2, 2));
    let lease = one(frontier, 0).await;
    assert_eq!(lease.jobs[0].at().as_str(), list[0]);
    assert!(settle(frontier, 0, lease, done(), 0).await);
    assert_eq!(frontier.pending().await.unwrap(), 1);
    let twin = frontier.find(at(1), &url(list[2])).await.unwrap().unwrap();
    assert_eq!(twin.job.target.url.as_str(), list[0]);
    assert!(twin.pending.is_none() && twin.found.is_some());
    let other = Target::parse("http://a.example/1?page=2&utm_medium=mail").unwrap();
    let closed = frontier.close(at(2), vec![(other, Outcome::Article.into())]);
    assert_eq!(closed.await.unwrap(), 1);
    assert_eq!(frontier.pending().await.unwrap(), 0);
    assert_eq!(frontier.revisit(at(3)).await.unwrap(), 2);
}

async fn a_target_is_kept_whole(frontier: &impl Frontier) {
    let mut target = Target::parse("http://a.example/map.xml").unwrap().as_root();
    target.kind = Kind::Sitemap;
    let found = target.found.as_mut().unwrap();
    (found.via, found.depth) = (Via::Robots, 3);
    "http://a.example/robots.txt".clone_into(&mut found.on);
    frontier.add(at(0), vec![target.clone()]).await.unwrap();
    let lease = one(frontier, 0).await;
    assert_eq!(lease.jobs[0].target, target);
    assert!(settle(frontier, 0, lease, retry(1), 1).await);
    assert_eq!(one(frontier, 1).await.jobs[0].target, target);
}

async fn a_host_is_leased_to_one_holder(frontier: &impl Frontier) {
    add(
        frontier,
        &[
            "http://a.example/1",
            "http://a.example/2",
            "https://a.example/3",
        ],
    )
    .await;
    assert_eq!(lease(frontier, 0, 9, 1).await.len(), 1);
    assert!(lease(frontier, 1, 9, 1).await.is_empty());
}

async fn a_lease_has_no_more_than_wanted(frontier: &impl Frontier) {
    add(
        frontier,
        &[
            "http://a.example/1",
            "http://a.example/2",
            "http://a.example/3",
        ],
    )
    .await;
    add(frontier, &["http://b.example/1", "http://c.example/1"]).await;
    let leases = lease(frontier, 0, 2, 2).await;
    let jobs: Vec<usize> = leases.iter().map(|lease| lease.jobs.len()).collect();
    assert_eq!(jobs, [2, 1]);
    assert_eq!(lease(frontier, 0, 2, 2).await.len(), 1);
}

async fn hosts_due_longest_come_first(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    add(frontier, &["http://b.example/1", "http://b.example/2"]).await;
    for (lease, next) in lease(frontier, 0, 2, 1).await.into_iter().zip([20, 10]) {
        settle(frontier, 1, lease, done(), next).await;
    }
    let hosts: Vec<String> = lease(frontier, 30, 2, 1)
        .await
        .into_iter()
        .map(|l| l.host)
        .collect();
    assert_eq!(hosts, ["b.example", "a.example"]);
}

async fn a_lease_runs_out_and_then_settles_nothing(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1"]).await;
    let old = one(frontier, 0).await;
    assert!(lease(frontier, 89, 1, 1).await.is_empty());
    let new = one(frontier, 90).await;
    assert_eq!(new.jobs, old.jobs);
    assert!(new.fence > old.fence);
    assert!(!frontier.renew(at(91), &old, TTL).await.unwrap());
    assert!(!settle(frontier, 91, old, done(), 91).await);
    assert_eq!(frontier.pending().await.unwrap(), 1);
    assert!(settle(frontier, 92, new, done(), 92).await);
    assert_eq!(frontier.pending().await.unwrap(), 0);
}

async fn a_renewed_lease_does_not_run_out(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1"]).await;
    let held = one(frontier, 0).await;
    assert!(frontier.renew(at(80), &held, TTL).await.unwrap());
    assert!(lease(frontier, 100, 1, 1).await.is_empty());
    assert!(settle(frontier, 169, held, done(), 169).await);
}

async fn an_unnamed_job_stays(frontier: &impl Frontier) {
    add(
        frontier,
        &[
            "http://a.example/1",
            "http://a.example/2",
            "http://a.example/3",
        ],
    )
    .await;
    let both = lease(frontier, 0, 1, 2).await.pop().unwrap();
    assert!(settle(frontier, 1, both, done(), 1).await);
    assert_eq!(frontier.pending().await.unwrap(), 2);
    let rest = lease(frontier, 1, 1, 9).await.pop().unwrap();
    let paths: Vec<&str> = rest.jobs.iter().map(|job| job.at().path()).collect();
    assert_eq!(paths, ["/2", "/3"]);
}

async fn a_job_that_ended_does_not_come_back(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1"]).await;
    let held = one(frontier, 0).await;
    assert!(settle(frontier, 1, held, done(), 1).await);
    assert!(lease(frontier, 1_000_000, 9, 9).await.is_empty());
    assert_eq!(frontier.wake(at(2)).await.unwrap(), None);
}

async fn a_retry_waits_for_its_time(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1"]).await;
    let held = one(frontier, 0).await;
    assert!(settle(frontier, 1, held, retry(60), 5).await);
    assert!(lease(frontier, 59, 1, 1).await.is_empty());
    assert_eq!(one(frontier, 60).await.jobs[0].attempts, 1);
}

async fn a_retry_does_not_hold_up_the_others(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(frontier, 0).await;
    assert!(settle(frontier, 1, held, retry(60), 60).await);
    let next = one(frontier, 60).await;
    assert_eq!(next.jobs[0].at().path(), "/2");
}

async fn a_job_put_back_comes_first_and_counts_nothing(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(frontier, 0).await;
    assert!(settle(frontier, 1, held, End::Again, 1).await);
    let job = &one(frontier, 1).await.jobs[0];
    assert_eq!((job.at().path(), job.attempts), ("/1", 0));
}

async fn a_redirect_moves_a_job_to_its_new_host(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://b.example/1"]).await;
    let leases = lease(frontier, 0, 2, 1).await;
    for held in leases {
        let end = match held.host.as_str() {
            "a.example" => End::Moved(url("https://b.example/moved")),
            _ => done(),
        };
        assert!(settle(frontier, 1, held, end, 50).await);
    }
    assert!(
        lease(frontier, 49, 1, 1).await.is_empty(),
        "the gate of the new host holds"
    );
    let moved = one(frontier, 50).await;
    assert_eq!(moved.host, "b.example");
    assert_eq!(moved.jobs[0].target.url, url("http://a.example/1"));
    assert_eq!(moved.jobs[0].trail, [url("https://b.example/moved")]);
    assert_eq!(frontier.pending().await.unwrap(), 1);
}

async fn the_gate_holds_for_every_job_of_a_host(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(frontier, 0).await;
    assert!(settle(frontier, 1, held, done(), 3_600).await);
    add(frontier, &["http://a.example/3"]).await;
    assert!(lease(frontier, 3_599, 9, 9).await.is_empty());
    assert_eq!(lease(frontier, 3_600, 9, 9).await[0].jobs.len(), 2);
}

async fn failures_in_a_row_are_counted_until_a_success(frontier: &impl Frontier) {
    let paths: Vec<String> = (0..9).map(|n| format!("http://a.example/{n}")).collect();
    add(
        frontier,
        &paths.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    let failed = Some(Outcome::ConnectFailed);
    let mut seen = Vec::new();
    for (end, failed) in [
        (retry(99), failed),
        (done(), failed),
        (End::Again, None),
        (done(), None),
        (done(), failed),
        (done(), None),
    ] {
        let held = one(frontier, 0).await;
        seen.push(held.failing.map_or(0, |failing| failing.times));
        let mut settlement = Settlement::until(at(0));
        settlement.ends = vec![(held.jobs[0].target.url.clone(), end)];
        settlement.failed = failed;
        assert!(frontier.settle(at(0), held, settlement).await.unwrap());
    }
    assert_eq!(seen, [0, 1, 2, 2, 0, 1]);
}

async fn wake_says_when(frontier: &impl Frontier) {
    assert_eq!(frontier.wake(at(0)).await.unwrap(), None);
    add(frontier, &["http://a.example/1", "http://b.example/1"]).await;
    assert_eq!(
        frontier.wake(at(7)).await.unwrap(),
        Some(at(7)),
        "due is now"
    );
    let mut leases = lease(frontier, 10, 2, 1).await;
    assert_eq!(
        frontier.wake(at(10)).await.unwrap(),
        Some(at(100)),
        "when leases run out"
    );
    let (b, a) = (leases.pop().unwrap(), leases.pop().unwrap());
    settle(frontier, 11, a, retry(50), 30).await;
    settle(frontier, 11, b, retry(20), 40).await;
    assert_eq!(
        frontier.wake(at(12)).await.unwrap(),
        Some(at(40)),
        "gate and time both hold"
    );
    assert!(lease(frontier, 39, 2, 1).await.is_empty());
    assert_eq!(lease(frontier, 40, 2, 1).await.len(), 1);
}

async fn a_lease_that_ran_out_is_good_until_somebody_takes_it(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let slow = one(frontier, 0).await;
    assert!(frontier.renew(at(200), &slow, TTL).await.unwrap());
    assert!(
        lease(frontier, 250, 1, 1).await.is_empty(),
        "renewed, it holds the host again"
    );
    assert!(settle(frontier, 400, slow, done(), 400).await);
    assert_eq!(one(frontier, 400).await.jobs[0].at().path(), "/2");
}

async fn a_host_that_was_done_with_starts_anew(frontier: &impl Frontier) {
    add(frontier, &["http://a.example/1"]).await;
    let held = one(frontier, 0).await;
    let mut settlement = Settlement::until(at(0));
    settlement.ends = vec![(held.jobs[0].target.url.clone(), done())];
    settlement.failed = Some(Outcome::ConnectFailed);
    assert!(frontier.settle(at(0), held, settlement).await.unwrap());
    add(frontier, &["http://a.example/2"]).await;
    let held = one(frontier, 1).await;
    assert_eq!(held.failing, None, "yesterday's failures are not today's");
}

async fn leases_settled_together_are_as_if_settled_one_by_one(frontier: &impl Frontier) {
    add(
        frontier,
        &[
            "http://a.example/",
            "http://b.example/",
            "http://c.example/",
        ],
    )
    .await;
    let stale = lease(frontier, 0, 1, 1).await;
    let again = lease(frontier, 200, 3, 1).await;
    assert_eq!(again.len(), 3);
    let lost = stale[0].host.clone();
    let settled = stale.into_iter().chain(again).map(|lease| {
        let mut settlement = Settlement::until(at(300));
        settlement.ends = vec![(lease.jobs[0].target.url.clone(), done())];
        (lease, settlement)
    });
    let held = frontier.settle_all(at(201), settled.collect()).await;
    assert_eq!(
        held.unwrap(),
        [false, true, true, true],
        "{lost} was leased anew"
    );
    assert_eq!(frontier.pending().await.unwrap(), 0);
}
