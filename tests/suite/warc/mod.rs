//! Web archives: what is written is read again, damage costs one record, filters and limits hold.

/// Bytes of any kind, and archives with bytes changed: no panic, and every record is counted.
mod anything;
/// `cleancopy crawl --warc`: what was asked and answered is in the archive before its record.
#[cfg(feature = "cli")]
mod crawled;
/// `cleancopy extract --warc`: an output and a manifest an archive, whole or not there.
#[cfg(feature = "cli")]
mod extract;
/// Reading: versions, packings, codings, filters, limits, damage.
mod reading;
/// Writing: what stands in a file, its index, revisits, rotation, a file cut anywhere.
mod writing;

use std::fs;
use std::path::{Path, PathBuf};

use cleancopy::RawPage;
use cleancopy::archive::warc::{Error, Filter, Head, Pages, Reader, Tally};
use cleancopy::archive::warc::{Writer, WriterOptions};
use cleancopy::page::Exchange;

/// A record of WARC as text says it.
fn record(kind: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let length = block.len();
    let head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{fields}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A `response` record with this HTTP message.
fn response(url: &str, message: &[u8]) -> Vec<u8> {
    let fields = format!(
        "WARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T06:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\n"
    );
    record("response", &fields, message)
}

/// A `response` record of an HTML page.
fn html(url: &str, body: &str) -> Vec<u8> {
    let message = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
    response(url, message.as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).expect("memory takes it");
    out.finish().expect("memory takes it")
}

/// Everything of an archive: its pages, what went wrong, and the count of both.
fn all(archive: &[u8], filter: Filter) -> (Vec<RawPage>, Vec<Error>, Tally) {
    drain(Pages::new("test.warc", archive, filter))
}

fn drain(mut pages: Pages<&[u8]>) -> (Vec<RawPage>, Vec<Error>, Tally) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for result in pages.by_ref() {
        match result {
            Ok(found) => good.push(found.page),
            Err(error) => bad.push(error),
        }
    }
    let tally = pages.tally().clone();
    (good, bad, tally)
}

/// The paths of the pages' addresses.
fn names(pages: &[RawPage]) -> Vec<&str> {
    pages
        .iter()
        .map(|page| page.url.as_ref().map_or("", |url| url.path()))
        .collect()
}

/// An exchange as the crawler hands it on.
fn exchange(path: &str, body: &[u8]) -> Exchange {
    let url = format!("https://news.example/{path}")
        .parse()
        .expect("a URL");
    let at = "2026-03-02T06:00:00Z".parse().expect("a time");
    let mut had = Exchange::new(url, at, 200);
    had.request_headers
        .push(("accept".to_owned(), b"text/html".to_vec()));
    had.headers
        .push(("content-type".to_owned(), b"text/html".to_vec()));
    had.body = body.to_vec();
    had
}

fn writer(folder: &Path) -> Writer {
    Writer::open(folder, WriterOptions::default()).expect("a folder that can be written")
}

/// The files of a folder whose names end so, sorted.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect();
    found.sort();
    found
}

/// Head and block of every record of a file; each must be sound.
fn records(path: &Path) -> Vec<(Head, Vec<u8>)> {
    let file = fs::File::open(path).expect("the archive");
    let mut reader = Reader::new(&path.to_string_lossy(), file);
    let mut found = Vec::new();
    while let Some(head) = reader.next() {
        let head = head.expect("a sound record");
        let block = reader.block(1 << 20).expect("a sound block");
        found.push((head, block.expect("a small block")));
    }
    found
}
