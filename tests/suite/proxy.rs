//! Proxies from the environment, by the program as a person runs it: the variables are its own.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use cleancopy::Record;
use cleancopy::outcome::Outcome;

use crate::site::{Site, story, story_page};

/// A proxy that answers all requests itself; the first lines of the requests are kept.
struct Middle {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Middle {
    fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                let first = head.lines().next().unwrap_or_default().to_owned();
                let _ = stream.write_all(answer(&first).as_bytes());
                log.lock().unwrap().push(first);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Pages for whoever asks, no robots.txt, and no tunnels.
fn pages(first: &str) -> String {
    match first {
        first if first.starts_with("CONNECT ") => answer(403, "no tunnels"),
        first if first.contains("/robots.txt ") => answer(404, ""),
        _ => answer(200, &story_page()),
    }
}

/// Crawls one address with these variables and flags.
fn crawl(url: &str, variables: &[(&str, &str)], flags: &[&str]) -> Record {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("urls.txt"), url).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
    command.args(["crawl", "urls.txt", "--delay", "0", "--retries", "0"]);
    command.args(flags).current_dir(dir.path());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn requests_go_through_the_proxy_and_names_are_its_business() {
    let proxy = Middle::start(pages);
    let record = crawl("http://news.invalid/1", &[("HTTP_PROXY", &proxy.url)], &[]);
    assert_eq!(record.outcome, Outcome::Article, "{:?}", record.reason);
    assert_eq!(
        proxy.asked(),
        [
            "GET http://news.invalid/robots.txt HTTP/1.1",
            "GET http://news.invalid/1 HTTP/1.1"
        ]
    );
    let record = crawl("http://news.invalid/1", &[("all_proxy", &proxy.url)], &[]);
    assert_eq!(record.outcome, Outcome::Article, "{:?}", record.reason);
}

#[test]
fn a_proxy_that_fails_is_told_from_a_site_that_fails() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let record = crawl("http://news.invalid/1", &[("HTTP_PROXY", &dead)], &[]);
    assert_eq!(record.outcome, Outcome::ProxyFailed, "{:?}", record.reason);

    let closed = Middle::start(|_| answer(407, "who are you?"));
    let record = crawl("http://news.invalid/1", &[("HTTP_PROXY", &closed.url)], &[]);
    assert_eq!(record.outcome, Outcome::ProxyFailed, "{:?}", record.reason);

    let proxy = Middle::start(pages);
    let record = crawl(
        "https://news.invalid/1",
        &[("HTTPS_PROXY", &proxy.url)],
        &[],
    );
    assert_eq!(record.outcome, Outcome::ProxyFailed, "{:?}", record.reason);
    assert_eq!(proxy.asked(), ["CONNECT news.invalid:443 HTTP/1.1"]);
}

#[test]
fn behind_a_proxy_inner_addresses_and_names_are_refused_as_ever() {
    let proxy = Middle::start(pages);
    for url in [
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest",
        "http://localhost/",
        "https://localhost/",
    ] {
        let variables = [("HTTP_PROXY", &*proxy.url), ("HTTPS_PROXY", &*proxy.url)];
        let record = crawl(url, &variables, &[]);
        assert_eq!(
            record.outcome,
            Outcome::AddressRefused,
            "{url}: {:?}",
            record.reason
        );
    }
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[test]
fn no_proxy_means_none() {
    let proxy = Middle::start(pages);
    let site = Site::open(|_| story());
    let there = format!("*={}", site.address);
    let url = "http://news.invalid/1";
    let both = [("HTTP_PROXY", &*proxy.url), ("NO_PROXY", "news.invalid")];
    assert_eq!(
        crawl(url, &both, &["--resolve", &there]).outcome,
        Outcome::Article
    );
    let one = [("HTTP_PROXY", &*proxy.url)];
    let flags = ["--no-proxy", "--resolve", &there];
    assert_eq!(crawl(url, &one, &flags).outcome, Outcome::Article);
    assert_eq!(site.paths("news.invalid").len(), 4);
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}
