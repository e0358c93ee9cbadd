//! Numbers for Prometheus while a crawl lasts.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::site::{Reply, Site, story};

/// Asks for a path and returns the status line and the body.
fn ask(address: &str, method: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

/// The samples of an exposition by name and labels.
fn samples(text: &str) -> BTreeMap<String, u64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse::<f64>().unwrap() as u64)
        })
        .collect()
}

#[test]
fn a_crawl_tells_its_numbers_while_it_lasts() {
    // The last page comes when the test says so.
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let site = Site::open(move |request| match request.path.as_str() {
        "/gone" => Reply::status(410, ""),
        "/last" => {
            let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(20));
            story()
        }
        _ => story(),
    });
    let dir = tempfile::tempdir().unwrap();
    let list = "http://a.example/1\nhttp://a.example/gone\nhttp://a.example/last\n";
    fs::write(dir.path().join("urls.txt"), list).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .args([
            "crawl",
            "urls.txt",
            "--no-proxy",
            "--delay",
            "0",
            "--metrics",
            "0",
        ])
        .arg(format!("--resolve=*={}", site.address))
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said.next().unwrap().unwrap();
    let (_, address) = line.split_once("http://").unwrap();
    let address = address.trim_end_matches("/metrics");
    assert!(
        address.starts_with("127.0.0.1:"),
        "a port alone is nobody else's business: {line}"
    );

    // Two addresses end soon; the third waits for us.
    let mut text = String::new();
    for _ in 0..200 {
        let (head, body) = ask(address, "GET", "/metrics");
        assert!(
            head.starts_with("http/1.1 200") && head.contains("openmetrics-text"),
            "{head}"
        );
        text = body;
        if samples(&text).get("cleancopy_requests_total") == Some(&4) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(text.ends_with("# EOF\n"));
    let found = samples(&text);
    assert!(found.len() >= 25, "{} series", found.len());
    let ended = |outcome: &str| found[&format!("cleancopy_records_total{{outcome=\"{outcome}\"}}")];
    assert_eq!(
        (ended("article"), ended("http-error"), ended("timeout")),
        (1, 1, 0)
    );
    assert_eq!(
        found["cleancopy_requests_total"], 4,
        "robots.txt and three pages"
    );
    assert_eq!(found["cleancopy_answers_total"], 3);
    assert!(found["cleancopy_page_bytes_total"] > 300);

    assert!(ask(address, "GET", "/").0.starts_with("http/1.1 404"));
    assert!(
        ask(address, "POST", "/metrics")
            .0
            .starts_with("http/1.1 405")
    );
    go_on.send(()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn an_address_that_is_taken_ends_the_run_before_it_starts() {
    let site = Site::open(|_| story());
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("urls.txt"), "http://a.example/1\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .args(["crawl", "urls.txt", "--metrics", &site.address.to_string()])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("cannot serve metrics on 127.0.0.1:"),
        "{told}"
    );
    assert!(site.log().is_empty());
}
