//! A news site on loopback, made of this project's own pages under their own host names, crawled
//! by the real crawler over HTTP. No internet: `cargo run --example newsroom`.
#![expect(clippy::print_stdout, reason = "an example prints")]
use std::{collections::HashMap, fs, io, net::SocketAddr};

use cleancopy::fetch::{self, Fetcher, Fixed};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::{RawPage, Record, Sink, archive::folder, crawl, page::Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

struct Front;

impl Sink for Front {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let article = record.article.clone().unwrap_or_default();
        let why_not = format!("[{}]", record.reason.as_deref().unwrap_or("no headline"));
        println!("\n{}", article.headline.unwrap_or(why_not).to_uppercase());
        println!(
            "{} | {}",
            article.dateline.printed.unwrap_or_default(),
            record.url
        );
        println!(
            "{:.300} ... [{} blocks]",
            article.text,
            article.paragraphs.len()
        );
        Ok(())
    }
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers every request with the page of that host and path.
async fn serve(pages: HashMap<String, RawPage>) -> io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let host = head
                .lines()
                .find_map(|line| line.strip_prefix("host: "))
                .unwrap_or("");
            let path = head.split(' ').nth(1).unwrap_or("/");
            let page = pages.get(&format!("http://{host}{path}"));
            let status = if page.is_some() {
                "200 OK"
            } else {
                "404 Not Found"
            };
            let page = page.cloned().unwrap_or_default();
            let kind = page.header("content-type").unwrap_or("text/html");
            let head = format!("HTTP/1.0 {status}\r\ncontent-type: {kind}\r\n\r\n");
            let _ = stream
                .write_all(&[head.as_bytes(), &page.body].concat())
                .await;
        }
    });
    address
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut pages = HashMap::new();
    for group in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cases"))? {
        for case in fs::read_dir(group?.path())? {
            let page = folder::load(&case?.path())?.page;
            let url = page
                .url
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            pages.insert(url.replacen("https:", "http:", 1), page);
        }
    }
    let list: Result<Vec<_>, _> = pages.keys().map(|url| Target::parse(url)).collect();
    let frontier = Memory::new();
    frontier.add(jiff::Timestamp::now(), list?).await?;
    let mut options = fetch::Options::default();
    options.resolve = vec![Fixed::new("*", serve(pages).await?)];
    options.proxy = fetch::Proxy::None;
    let (fetcher, crawling) = (Fetcher::new(options)?, crawl::Options::default());
    let never = std::future::pending();
    let stats = crawl::run(&frontier, &fetcher, &mut Front, &crawling, never).await?;
    println!("\n{:?}", stats.outcomes);
    Ok(())
}
