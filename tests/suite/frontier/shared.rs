//! What only a frontier on a server promises.

use std::collections::BTreeSet;
use std::sync::Arc;

use cleancopy::frontier::{
    End, Error, Finding, Frontier, Lease, Memory, Place, Postgres, PostgresError, Settlement, Want,
};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;

use super::server::Scratch;
use super::{TTL, add, at, done, lease, one, settle, url};

fn error_of(opened: Result<Postgres, Error>) -> PostgresError {
    let Err(Error::Store(error)) = opened else {
        panic!("{opened:?}");
    };
    *error.downcast().unwrap()
}

#[tokio::test]
async fn what_is_not_ours_or_newer_is_refused_and_left_alone() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let missing = error_of(Postgres::open_existing(scratch.place()).await);
    assert!(
        matches!(missing, PostgresError::NoCrawl { .. }),
        "{missing}"
    );
    let schema = scratch.place().to_string();
    let name = schema
        .split("schema ")
        .nth(1)
        .unwrap()
        .trim_end_matches(')');
    scratch
        .execute(&format!(
            "CREATE SCHEMA {name}; CREATE TABLE mine (a integer)"
        ))
        .await;
    let foreign = error_of(Postgres::open(scratch.place()).await);
    assert!(
        matches!(foreign, PostgresError::Foreign { .. }),
        "{foreign}"
    );
    scratch
        .execute("INSERT INTO mine VALUES (1); DROP TABLE mine")
        .await;
    drop(scratch.open().await);
    scratch
        .execute("UPDATE note SET value = '99' WHERE name = 'format'")
        .await;
    let newer = error_of(Postgres::open(scratch.place()).await);
    let told = newer.to_string();
    assert!(told.contains("99") && told.contains("up to 1"), "{told}");
    scratch.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_it_at_once() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let opening: Vec<_> = (0..8)
        .map(|_| tokio::spawn(Postgres::open(scratch.place())))
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
    scratch.delete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_workers_take_and_lease_and_settle_at_once() {
    const HOSTS: usize = 20;
    const STORIES: usize = 400;
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = Arc::new(scratch.open().await);
    let workers: Vec<_> = (0..6usize)
        .map(|number| {
            let frontier = Arc::clone(&frontier);
            tokio::spawn(async move {
                // All of them take all, each in another order.
                let mut targets: Vec<Target> = (0..STORIES)
                    .map(|n| (n * 7 + number * 31) % STORIES)
                    .map(|n| Target::parse(&format!("http://h{}.example/{n}", n % HOSTS)).unwrap())
                    .collect();
                if number % 2 == 0 {
                    targets.reverse();
                }
                let mut ended = Vec::new();
                for some in targets.chunks(50) {
                    frontier.add(at(0), some.to_vec()).await.unwrap();
                }
                let want = Want {
                    hosts: 4,
                    per_host: 3,
                    ttl: TTL,
                };
                loop {
                    let leases = frontier.lease(at(1), want).await.unwrap();
                    if leases.is_empty() && frontier.pending().await.unwrap() == 0 {
                        return ended;
                    }
                    let settled = leases.into_iter().map(|lease| {
                        let mut settlement = Settlement::until(at(1));
                        let ends = lease.jobs.iter().map(|job| {
                            // Some move to the host of another worker's hands.
                            let end =
                                if job.trail.is_empty() && job.target.url.path().ends_with('3') {
                                    End::Moved(url("http://h0.example/moved"))
                                } else {
                                    ended.push(job.target.url.clone());
                                    done()
                                };
                            (job.target.url.clone(), end)
                        });
                        settlement.ends = ends.collect();
                        (lease, settlement)
                    });
                    let settled = settled.collect();
                    let held = frontier.settle_all(at(1), settled).await.unwrap();
                    assert!(held.iter().all(|held| *held));
                }
            })
        })
        .collect();
    let mut ended = Vec::new();
    for worker in workers {
        ended.extend(worker.await.unwrap());
    }
    let each: BTreeSet<_> = ended.iter().collect();
    assert_eq!(
        (ended.len(), each.len()),
        (STORIES, STORIES),
        "each was done once"
    );
    let counts = frontier.counts().await.unwrap();
    assert_eq!((counts.pending, counts.total()), (0, STORIES));
    scratch.delete().await;
}

#[tokio::test]
async fn a_settlement_whose_reply_was_lost_is_not_done_twice() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = scratch.open().await;
    add(&frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(&frontier, 0).await;
    let mut settlement = Settlement::until(at(5));
    settlement.ends = vec![(url("http://a.example/1"), done())];
    let copy = || {
        let mut again = Settlement::until(at(5));
        again.ends.clone_from(&settlement.ends);
        again
    };
    // The same lease twice, as after a trip whose answer never came.
    let twice = frontier.settle_all(at(1), vec![(clone_of(&held).await, copy())]);
    assert_eq!(twice.await.unwrap(), [true]);
    let again = frontier.settle_all(at(2), vec![(clone_of(&held).await, copy())]);
    assert_eq!(again.await.unwrap(), [true], "known by its fence");
    assert_eq!(
        frontier
            .counts()
            .await
            .unwrap()
            .outcomes
            .values()
            .sum::<usize>(),
        1
    );
    let next = one(&frontier, 6).await;
    assert!(
        frontier.settle(at(6), held, copy()).await.unwrap(),
        "known by what ended under it"
    );
    assert!(settle(&frontier, 7, next, done(), 8).await);
    assert_eq!(frontier.pending().await.unwrap(), 0);
    scratch.delete().await;
}

#[tokio::test]
async fn of_several_records_of_an_address_one_counts() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = scratch.open().await;
    add(&frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let lost = one(&frontier, 0).await;
    let good = one(&frontier, 500).await;
    let (first, second) = (lost.fence, good.fence);
    assert!(second > first);
    assert!(!settle(&frontier, 501, lost, done(), 501).await);
    assert!(settle(&frontier, 502, good, done(), 502).await);
    let mut publishing = frontier.publishing().await.unwrap().unwrap();
    assert!(
        frontier.publishing().await.unwrap().is_none(),
        "one at a time"
    );
    assert_eq!((publishing.owed(), publishing.visit()), (1, 1));
    let page = |number: usize| Some(url(&format!("http://a.example/{number}")));
    let records = [
        (first, page(1)),
        (second, page(1)),
        (second, page(1)),
        (second, page(2)),
        (second, None),
    ];
    let counts = publishing.count(&records).await.unwrap();
    assert_eq!(counts, [false, true, false, false, false]);
    assert_eq!(
        publishing.count(&records).await.unwrap(),
        [false; 5],
        "once over all calls"
    );
    drop(publishing);
    scratch.delete().await;
}

#[tokio::test]
async fn an_address_with_a_character_that_no_server_keeps_is_taken() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = scratch.open().await;
    let target = Target::parse("http://a.example/nul\0here").unwrap();
    frontier.add(at(0), vec![target]).await.unwrap();
    let held = one(&frontier, 0).await;
    assert_eq!(
        held.jobs[0].target.asked,
        "http://a.example/nul\u{fffd}here"
    );
    let mut found = Finding::from(Outcome::HttpError);
    found.reason = Some("a \0 reason".to_owned());
    assert!(settle(&frontier, 1, held, End::Done(found), 1).await);
    scratch.delete().await;
}

#[tokio::test]
async fn a_visit_is_begun_once() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = scratch.open().await;
    add(&frontier, &["http://a.example/1"]).await;
    let held = one(&frontier, 0).await;
    assert!(settle(&frontier, 1, held, done(), 1).await);
    assert_eq!(frontier.revisit_after(1).await.unwrap(), Some(1));
    assert_eq!(frontier.revisit_after(1).await.unwrap(), None);
    assert_eq!(frontier.counts().await.unwrap().visit, 2);
    scratch.delete().await;
}

#[tokio::test]
async fn whoever_takes_over_a_lease_that_ran_out_waits_the_pause_of_the_host() {
    let Some(scratch) = Scratch::make() else {
        return;
    };
    let frontier = scratch.open().await;
    add(&frontier, &["http://a.example/1", "http://a.example/2"]).await;
    let held = one(&frontier, 0).await;
    let mut settlement = Settlement::until(at(0));
    settlement.pause = std::time::Duration::from_secs(7);
    assert!(frontier.settle(at(0), held, settlement).await.unwrap());
    let dead = one(&frontier, 0).await;
    assert!(lease(&frontier, 96, 1, 1).await.is_empty());
    assert_eq!(frontier.wake(at(1)).await.unwrap(), Some(at(97)));
    assert!(one(&frontier, 97).await.fence > dead.fence);
    scratch.delete().await;
}

/// The lease again, as its holder would send it a second time.
async fn clone_of(held: &Lease) -> Lease {
    // Leases cannot be copied; one of another store with the same fence and job is as good.
    let memory = Memory::new();
    let targets = held.jobs.iter().map(|job| job.target.clone()).collect();
    memory.add(at(0), targets).await.unwrap();
    let mut copy = one(&memory, 0).await;
    copy.fence = held.fence;
    copy
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    // Nobody listens at port 1.
    let place = Place::parse("postgres://desk:hunter2@127.0.0.1:1/news").unwrap();
    let away = error_of(Postgres::open(place).await);
    assert!(matches!(away, PostgresError::Away { .. }), "{away}");
    let told = away.to_string();
    assert!(
        told.contains("127.0.0.1:1") && !told.contains("hunter2"),
        "{told}"
    );
}
