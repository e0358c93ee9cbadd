//! What a frontier on a PostgreSQL server costs: time to take addresses, disk, and how fast workers
//! lease and settle side by side.
//!
//! `tools/postgres run cargo run --release --features postgres --example shared_frontier -- 1000000 20000 4`
//! (addresses, hosts, workers; the server is the one that `CLEANCOPY_TEST_POSTGRES` names)
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cleancopy::frontier::{End, Finding, Frontier, Lease, Place, Postgres, Settlement, Want};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_postgres::NoTls;

/// Addresses that are handed over at a time, as by a worker that reads a list.
const BATCH: usize = 10_000;
/// How long each way of working is measured.
const MEASURED: Duration = Duration::from_secs(8);
/// A schema that is made for this and deleted.
const SCHEMA: &str = "cleancopy_measured";

type Any = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Any> {
    let numbers: Vec<usize> = env::args()
        .skip(1)
        .map(|n| n.parse())
        .collect::<Result<_, _>>()?;
    let [addresses, hosts, workers] = numbers.as_slice() else {
        return Err("say how many addresses, how many hosts, how many workers".into());
    };
    let server = env::var("CLEANCOPY_TEST_POSTGRES")?;
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await?;
    tokio::spawn(connection);
    let delete = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    client.batch_execute(&delete).await?;
    let place = Place::parse(&format!("{server}?schema={SCHEMA}"))?;
    take(&place, *addresses, *hosts, *workers).await?;
    client
        .batch_execute(&format!("VACUUM ANALYZE {SCHEMA}.url, {SCHEMA}.host"))
        .await?;
    tell_size(&client, *addresses).await?;
    for (hosts, per_host, together) in [(1, 1, 1), (16, 1, 16), (16, 20, 16)] {
        let want = Want {
            hosts,
            per_host,
            ttl: Duration::from_secs(90),
        };
        for workers in [1, *workers] {
            let rate = work(&place, want, together, workers).await?;
            println!(
                "{workers} workers, leases of {hosts} hosts × {per_host} addresses, {together} \
                 settled together: {rate:.0} addresses/s"
            );
        }
    }
    let frontier = Postgres::open(place).await?;
    let begun = Instant::now();
    let counts = frontier.counts().await?;
    println!(
        "counted {} addresses in {:.1?}",
        counts.total(),
        begun.elapsed()
    );
    tell_size(&client, *addresses).await?;
    client.batch_execute(&delete).await?;
    Ok(())
}

/// Takes addresses, shared among workers.
async fn take(place: &Place, addresses: usize, hosts: usize, workers: usize) -> Result<(), Any> {
    let begun = Instant::now();
    let mut tasks: JoinSet<Result<(), Any>> = JoinSet::new();
    for worker in 0..workers {
        let place = place.clone();
        tasks.spawn(async move {
            let frontier = Postgres::open(place).await?;
            for from in (worker * BATCH..addresses).step_by(workers * BATCH) {
                let targets = (from..(from + BATCH).min(addresses)).map(|n| {
                    let host = n % hosts.max(1);
                    Target::parse(&format!(
                        "https://www.news-{host}.example/2026/11/{:02}/a-story-about-number-{n}.html",
                        n % 30 + 1
                    ))
                });
                let targets = targets.collect::<Result<Vec<_>, _>>()?;
                frontier.add(Timestamp::now(), targets).await?;
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let took = begun.elapsed();
    let rate = addresses as f64 / took.as_secs_f64();
    println!(
        "{workers} workers took {addresses} addresses of {hosts} hosts in {took:.1?}: {rate:.0}/s"
    );
    Ok(())
}

/// Leases and settles by some workers at once; returns how many addresses a second.
async fn work(place: &Place, want: Want, together: usize, workers: usize) -> Result<f64, Any> {
    let mut tasks: JoinSet<Result<usize, Any>> = JoinSet::new();
    let place = Arc::new(place.clone());
    for _ in 0..workers {
        let place = Arc::clone(&place);
        tasks.spawn(async move {
            let frontier = Postgres::open((*place).clone()).await?;
            let (begun, mut settled) = (Instant::now(), 0);
            while begun.elapsed() < MEASURED {
                let mut leases = frontier.lease(Timestamp::now(), want).await?;
                while !leases.is_empty() {
                    let rest = leases.split_off(together.min(leases.len()));
                    let done: Vec<_> = leases.into_iter().map(done).collect();
                    settled += done
                        .iter()
                        .map(|(_, settled)| settled.ends.len())
                        .sum::<usize>();
                    frontier.settle_all(Timestamp::now(), done).await?;
                    leases = rest;
                }
            }
            Ok(settled)
        });
    }
    let mut settled = 0;
    while let Some(done) = tasks.join_next().await {
        settled += done??;
    }
    Ok(settled as f64 / MEASURED.as_secs_f64())
}

/// A lease of which every job was done.
fn done(lease: Lease) -> (Lease, Settlement) {
    let mut settlement = Settlement::until(Timestamp::now());
    let ends = lease.jobs.iter().map(|job| {
        let finding = Finding::from(Outcome::Article);
        (job.target.url.clone(), End::Done(finding))
    });
    settlement.ends = ends.collect();
    (lease, settlement)
}

async fn tell_size(client: &tokio_postgres::Client, addresses: usize) -> Result<(), Any> {
    let statement = format!(
        "SELECT (pg_total_relation_size('{SCHEMA}.url') + pg_total_relation_size('{SCHEMA}.host'))::bigint"
    );
    let bytes: i64 = client.query_one(&statement, &[]).await?.get(0);
    let each = bytes as f64 / addresses.max(1) as f64;
    println!(
        "{} MB on disk: {each:.0} bytes an address",
        bytes / 1_000_000
    );
    Ok(())
}
