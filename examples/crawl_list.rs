//! A crawl as a value that is awaited: addresses in, JSON lines and numbers out.
//!
//! `cargo run --example crawl_list -- you@your.example https://news.example/a …`
//! Ctrl-C lets the pages under way end.
#![expect(clippy::print_stderr, reason = "an example prints")]

use std::{env, io};

use cleancopy::fetch::{self, Fetcher};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::{crawl, page::Target, sink::Jsonl};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let mut fetching = fetch::Options::default();
    fetching.contact = arguments.next();
    let targets = arguments
        .map(|url| Target::parse(&url))
        .collect::<Result<Vec<_>, _>>()?;

    let frontier = Memory::new();
    frontier.add(jiff::Timestamp::now(), targets).await?;
    let fetcher = Fetcher::new(fetching)?;
    let mut sink = Jsonl::new(io::stdout());
    let options = crawl::Options::default();
    let shutdown = async {
        let _ = tokio::signal::ctrl_c().await;
    };

    let stats = crawl::run(&frontier, &fetcher, &mut sink, &options, shutdown).await?;
    eprintln!("{} records, {} left", stats.records(), stats.left);
    Ok(())
}
