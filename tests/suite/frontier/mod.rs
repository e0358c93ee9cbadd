//! The laws of the frontier. Each is written once, for any store; `laws!` runs them over all.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

/// What only a frontier in a file promises.
mod file;
/// The laws of what is kept and told: 10 to 15.
mod kept;
/// The laws of leases and lines: 1 to 9.
mod leases;
/// A frontier that is opened anew for each call.
mod reopened;
/// A scratch frontier on a PostgreSQL server, where there is one.
#[cfg(feature = "postgres")]
pub(crate) mod server;
/// What only a frontier on a server promises.
#[cfg(feature = "postgres")]
mod shared;

use std::time::Duration;

use cleancopy::frontier::{End, Finding, Frontier, Lease, Settlement, Want};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use jiff::Timestamp;
use url::Url;

/// Runs each law over each store: one in memory, one in a file, one on a server, and the last two
/// opened anew for each call as well, so that nothing can hide in the process.
macro_rules! laws {
    ($($law:ident)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $law() {
                super::$law(&cleancopy::frontier::Memory::new()).await;
            })*
        }

        mod sqlite {
            $(#[tokio::test]
            async fn $law() {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("frontier.sqlite");
                super::$law(&cleancopy::frontier::Sqlite::open(&path).unwrap()).await;
            })*
        }

        mod sqlite_opened_for_each_call {
            $(#[tokio::test]
            async fn $law() {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("frontier.sqlite");
                super::$law(&crate::frontier::reopened::Reopened(path)).await;
            })*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test]
            async fn $law() {
                if let Some(scratch) = crate::frontier::server::Scratch::make() {
                    super::$law(&scratch.open().await).await;
                    scratch.delete().await;
                }
            })*
        }

        #[cfg(feature = "postgres")]
        mod postgres_opened_for_each_call {
            $(#[tokio::test]
            async fn $law() {
                if let Some(scratch) = crate::frontier::server::Scratch::make() {
                    let reopened = crate::frontier::reopened::Reopened(scratch);
                    super::$law(&reopened).await;
                    reopened.0.delete().await;
                }
            })*
        }
    };
}
use laws;

const TTL: Duration = Duration::from_secs(90);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + seconds).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

async fn add(frontier: &impl Frontier, urls: &[&str]) {
    let targets = urls.iter().map(|u| Target::parse(u).unwrap()).collect();
    frontier.add(at(0), targets).await.unwrap();
}

async fn lease(frontier: &impl Frontier, now: i64, hosts: usize, per_host: usize) -> Vec<Lease> {
    let want = Want {
        hosts,
        per_host,
        ttl: TTL,
    };
    frontier.lease(at(now), want).await.unwrap()
}

async fn one(frontier: &impl Frontier, now: i64) -> Lease {
    lease(frontier, now, 1, 1)
        .await
        .pop()
        .expect("a host is due")
}

/// Gives a lease back with one end for its first job.
async fn settle(frontier: &impl Frontier, now: i64, lease: Lease, end: End, next: i64) -> bool {
    let mut settlement = Settlement::until(at(next));
    settlement.ends = vec![(lease.jobs[0].target.url.clone(), end)];
    frontier.settle(at(now), lease, settlement).await.unwrap()
}

/// The plainest end of a job.
fn done() -> End {
    End::Done(Outcome::Article.into())
}

fn retry(seconds: i64) -> End {
    End::Retry {
        at: at(seconds),
        why: Finding::from(Outcome::Timeout),
    }
}
