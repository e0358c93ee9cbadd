//! A news site on loopback, made of this project's own pages under their own host names, crawled
//! by the real crawler over HTTP; one page of each kind is printed. Needs no internet.
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, io, net::SocketAddr, path::Path, path::PathBuf};

use cleancopy::fetch::{self, Fetcher, Fixed, Proxy};
use cleancopy::frontier::{Frontier, Memory};
use cleancopy::{RawPage, archive::folder, crawl, page::Target, sink::Text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Answers every request with the page of that host and path.
async fn serve(pages: BTreeMap<String, RawPage>) -> io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..length]);
            let path = head.split(' ').nth(1).unwrap_or("/");
            let host = head.lines().find_map(|l| l.strip_prefix("host: "));
            let page = pages.get(&format!("http://{}{path}", host.unwrap_or("?")));
            let (status, body) = page.map_or((404, &[][..]), |page| (200, &page.body));
            let head = format!("HTTP/1.0 {status} Ok\r\ncontent-type: text/html\r\n\r\n");
            let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
        }
    });
    address
}

/// What a folder holds, in an order that does not depend on the disk.
fn sorted(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    fs::read_dir(folder)?.map(|e| Ok(e?.path())).collect()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (mut pages, mut list) = (BTreeMap::new(), Vec::new());
    for group in sorted(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cases").as_ref())? {
        let mut pick = None;
        for case in sorted(&group)? {
            if let Ok(saved) = folder::load(&case) {
                let url = saved.page.url.clone().map(String::from).unwrap_or_default();
                let url = url.replacen("https:", "http:", 1);
                pick = Target::parse(&url).ok();
                pages.insert(url, saved.page);
            }
        }
        list.extend(pick);
    }
    let mut fetching = fetch::Options::default();
    fetching.resolve = vec![Fixed::new("*", serve(pages).await?)];
    fetching.proxy = Proxy::None;
    let (fetcher, options) = (Fetcher::new(fetching)?, crawl::Options::default());
    let (frontier, mut sink) = (Memory::new(), Text::new(io::stdout()));
    frontier.add(jiff::Timestamp::now(), list).await?;
    let never = std::future::pending();
    crawl::run(&frontier, &fetcher, &mut sink, &options, never).await?;
    Ok(())
}
