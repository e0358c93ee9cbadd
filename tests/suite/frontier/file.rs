//! What only a frontier in a file promises.

use std::fs;
use std::time::Duration;

use cleancopy::frontier::{Error, Frontier, Settlement, Sqlite, Wait};
use tempfile::TempDir;

use super::{TTL, add, at, done, lease, one, settle, url};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn whoever_takes_over_waits_the_pause_of_each_host_and_no_longer() {
    let folder = folder();
    let path = folder.path().join("f");
    let frontier = Sqlite::open(&path).unwrap();
    add(&frontier, &["http://a.example/1", "http://a.example/2"]).await;
    add(&frontier, &["http://b.example/1", "http://c.example/1"]).await;
    let held = one(&frontier, 0).await;
    let mut settlement = Settlement::until(at(0));
    settlement.pause = Duration::from_secs(7);
    assert!(frontier.settle(at(0), held, settlement).await.unwrap());
    let mut leases = lease(&frontier, 1, 2, 1).await;
    let (second, first) = (leases.pop().unwrap(), leases.pop().unwrap());
    let mut hosts = [first.host.clone(), second.host.clone()];
    hosts.sort();
    drop(frontier);

    let frontier = Sqlite::open(&path).unwrap();
    let pause = Duration::from_secs(2);
    assert_eq!(frontier.take_over(at(10), pause).unwrap(), 2);
    assert_eq!(frontier.take_over(at(10), pause).unwrap(), 0);
    assert!(!frontier.renew(at(10), &first, TTL).await.unwrap());
    assert!(!settle(&frontier, 10, second, done(), 10).await);
    let states = frontier.hosts(at(10)).await.unwrap();
    for state in states {
        let wanted = match state.host.as_str() {
            "a.example" if hosts.contains(&state.host) => at(17),
            host if hosts.contains(&host.to_owned()) => at(12),
            _ => continue,
        };
        assert_eq!(
            (state.until, state.wait),
            (wanted, Wait::Pause),
            "{}",
            state.host
        );
    }
    assert_eq!(frontier.pending().await.unwrap(), 4);
}

#[tokio::test]
async fn two_that_have_the_file_open_see_one_frontier() {
    let folder = folder();
    let path = folder.path().join("f");
    let (one_of_two, other) = (Sqlite::open(&path).unwrap(), Sqlite::open(&path).unwrap());
    add(&one_of_two, &["http://a.example/1", "http://b.example/1"]).await;
    assert_eq!(lease(&one_of_two, 0, 1, 1).await.len(), 1);
    assert_eq!(
        lease(&other, 0, 9, 1).await.len(),
        1,
        "each host has one holder"
    );
    assert_eq!(other.counts().await.unwrap().pending, 2);
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_alone() {
    let folder = folder();
    let notes = folder.path().join("notes");
    fs::write(
        &notes,
        "my notes, longer than the head of a database would be\n".repeat(20),
    )
    .unwrap();
    let before = fs::read(&notes).unwrap();
    let error = Sqlite::open(&notes).unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("notes"), "{error}");
    assert_eq!(fs::read(&notes).unwrap(), before);

    let other = folder.path().join("other.sqlite");
    let database = rusqlite::Connection::open(&other).unwrap();
    database
        .execute_batch("CREATE TABLE mine (a INTEGER)")
        .unwrap();
    drop(database);
    assert!(matches!(Sqlite::open(&other), Err(Error::Foreign { .. })));

    let missing = folder.path().join("missing");
    assert!(Sqlite::open_existing(&missing).is_err());
    assert!(!missing.exists());
}

#[test]
fn a_file_of_a_newer_version_is_refused_with_both_versions() {
    let folder = folder();
    let path = folder.path().join("f");
    drop(Sqlite::open(&path).unwrap());
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let told = Sqlite::open(&path).unwrap_err().to_string();
    assert!(told.contains("99") && told.contains("up to 2"), "{told}");
}

#[test]
fn notes_are_kept() {
    let folder = folder();
    let path = folder.path().join("f");
    let frontier = Sqlite::open(&path).unwrap();
    assert_eq!(frontier.note("list").unwrap(), None);
    frontier.set_note("list", "1").unwrap();
    frontier.set_note("list", "2").unwrap();
    drop(frontier);
    let frontier = Sqlite::open_existing(&path).unwrap();
    assert_eq!(frontier.note("list").unwrap().as_deref(), Some("2"));
}

#[tokio::test]
async fn a_file_of_the_first_version_is_gone_on_with() {
    let folder = folder();
    let path = folder.path().join("f");
    let twin = "http://a.example/1?utm_source=feed";
    let frontier = Sqlite::open(&path).unwrap();
    add(&frontier, &[twin, "http://b.example/"]).await;
    drop(frontier);
    // As the first version wrote it: found by the address as it stands.
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "ALTER TABLE url DROP COLUMN identity; ALTER TABLE url DROP COLUMN way;
             UPDATE url SET hash = id; PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(database);
    for _ in 0..2 {
        let frontier = Sqlite::open_existing(&path).unwrap();
        assert_eq!(frontier.pending().await.unwrap(), 2);
        add(&frontier, &["http://a.example/1", "http://b.example/"]).await;
        assert_eq!(frontier.pending().await.unwrap(), 2, "both are known");
        let known = frontier.find(at(0), &url("http://a.example/1")).await;
        let known = known.unwrap().unwrap().job.target;
        assert_eq!((known.url.as_str(), known.asked.as_str()), (twin, twin));
    }
}
