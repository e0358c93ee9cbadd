//! What a frontier of many addresses costs: time to take them, memory, disk, time to the first
//! lease after a restart, and how fast it leases and settles.
//!
//! `cargo run --release --example big_frontier -- 1000000 20000 /tmp/frontier`
//! (addresses, hosts, an empty folder; run again with the same folder, it goes on with the file)
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use cleancopy::frontier::{End, Finding, Frontier, Settlement, Sqlite, Want};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use jiff::Timestamp;

const BATCH: usize = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [addresses, hosts, folder] = arguments.as_slice() else {
        return Err("say how many addresses, how many hosts, and a folder".into());
    };
    let (addresses, hosts): (usize, usize) = (addresses.parse()?, hosts.parse()?);
    let folder = Path::new(folder);
    fs::create_dir_all(folder)?;
    let file = folder.join("frontier.sqlite");
    if !file.exists() {
        take(&file, addresses, hosts).await?;
    }
    resume(&file).await
}

async fn take(file: &Path, addresses: usize, hosts: usize) -> Result<(), Box<dyn Error>> {
    let frontier = Sqlite::open(file)?;
    let begun = Instant::now();
    for from in (0..addresses).step_by(BATCH) {
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
    let took = begun.elapsed();
    let rate = addresses as f64 / took.as_secs_f64();
    println!("took {addresses} addresses of {hosts} hosts in {took:.1?}: {rate:.0}/s");
    tell_memory();
    Ok(())
}

async fn resume(file: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let frontier = Sqlite::open(file)?;
    let left = frontier.take_over(Timestamp::now(), Duration::ZERO)?;
    let want = Want {
        hosts: 32,
        per_host: 1,
        ttl: Duration::from_secs(90),
    };
    let mut leases = frontier.lease(Timestamp::now(), want).await?;
    println!(
        "opened, {left} leases taken over, {} leased after {:.1?}",
        leases.len(),
        begun.elapsed()
    );
    let begun = Instant::now();
    let mut settled = 0;
    while !leases.is_empty() && begun.elapsed() < Duration::from_secs(10) {
        for lease in leases {
            let now = Timestamp::now();
            let mut settlement = Settlement::until(now);
            let ends = lease.jobs.iter().map(|job| {
                let finding = Finding::from(Outcome::Article);
                (job.target.url.clone(), End::Done(finding))
            });
            settlement.ends = ends.collect();
            settled += settlement.ends.len();
            frontier.settle(now, lease, settlement).await?;
        }
        leases = frontier.lease(Timestamp::now(), want).await?;
    }
    let rate = settled as f64 / begun.elapsed().as_secs_f64();
    println!("leased and settled {settled}, one a lease: {rate:.0}/s");
    let begun = Instant::now();
    let counts = frontier.counts().await?;
    let waiting = frontier.hosts(Timestamp::now()).await?;
    println!(
        "counted {} addresses and listed {} hosts in {:.1?}",
        counts.total(),
        waiting.len(),
        begun.elapsed()
    );
    drop(waiting);
    let size = fs::metadata(file)?.len();
    let each = size / counts.total().max(1) as u64;
    println!("{} MB on disk: {each} bytes an address", size / 1_000_000);
    tell_memory();
    Ok(())
}

/// Prints the memory of this process where the system tells it (Linux).
fn tell_memory() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
    {
        println!("{line}");
    }
}
