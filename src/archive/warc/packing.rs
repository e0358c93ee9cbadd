//! An exchange into the bytes of its records: digests and compression, which is nearly all that
//! keeping one costs. It needs no file, so several can be packed at a time, and the writer is left
//! with adding bytes to the end of a file.
//!
//! Two things of the file are said in the records, and both can have changed by the time they are
//! written: which file it is, and whether the payload was had before. So whoever writes asks
//! ([`Packer::is_true`]), and packs again in the rare case.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::fields::essence;
use super::index::{Capture, Entry, REVISIT};
use super::record::{Record, Sum, date, new_id, sum, sum_of, told};
use crate::page::Exchange;

/// So many earlier answers are remembered for revisits, about 30 MB.
const REMEMBERED: usize = 250_000;

/// Makes the records of exchanges for a [`Writer`](super::Writer), on any thread.
///
/// # Examples
/// ```
/// use cleancopy::archive::warc::{Writer, WriterOptions};
/// use cleancopy::page::Exchange;
/// # let scratch = tempfile::tempdir()?;
/// # let dir = scratch.path();
/// let mut writer = Writer::open(dir, WriterOptions::default())?;
/// let packer = writer.packer();
/// let had = Exchange::new("https://news.example/".parse()?, "2026-03-02T06:00:00Z".parse()?, 200);
/// let (had, packed) = std::thread::spawn(move || {
///     let packed = packer.pack(&had);
///     (had, packed)
/// }).join().expect("it does not panic");
/// writer.keep_packed(&had, &packed?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Packer(Arc<Mutex<Known>>);

/// What the records of a file say of it.
#[derive(Debug)]
struct Known {
    /// The id of the `warcinfo` record of the file under way, or of the next where none is.
    info_id: Arc<str>,
    /// The first answer of each payload.
    answers: HashMap<Sum, Earlier>,
}

/// An answer that a later one may repeat.
#[derive(Debug, Clone)]
struct Earlier {
    url: Box<str>,
    at: Timestamp,
}

/// The records of an exchange, compressed.
#[derive(Debug)]
pub struct Packed {
    pub(super) bytes: Vec<u8>,
    /// Where among them the answer lies, and how long it is.
    answer: (u64, u64),
    capture: Capture,
    info_id: Arc<str>,
    /// The payload that is in these records for the first time.
    first: Option<Sum>,
}

impl Packed {
    /// The line of the index, for records that will stand at this place of a file.
    pub(super) fn entry(&self, filename: &str, at: u64) -> Entry {
        let (before, length) = self.answer;
        Entry::new(self.capture.clone(), filename, at + before, length)
    }
}

impl Packer {
    pub(super) fn new() -> Self {
        let known = Known {
            info_id: new_id().into(),
            answers: HashMap::new(),
        };
        Self(Arc::new(Mutex::new(known)))
    }

    /// Makes the records of an exchange.
    ///
    /// # Errors
    /// When they cannot be compressed.
    pub fn pack(&self, exchange: &Exchange) -> io::Result<Packed> {
        let payload = sum(&[&exchange.body]);
        let may_repeat = !exchange.body.is_empty() && exchange.cut.is_none();
        let (info_id, earlier) = {
            let known = self.known();
            let earlier = known.answers.get(&payload).filter(|_| may_repeat);
            (Arc::clone(&known.info_id), earlier.cloned())
        };
        let repeats = if exchange.status == 304 {
            Some(Repeats::NotModified)
        } else {
            earlier.map(Repeats::Identical)
        };
        let mut target = exchange.url.clone();
        target.set_fragment(None);
        let first = (may_repeat && repeats.is_none()).then_some(payload);
        let kept = Kept {
            exchange,
            info_id: &info_id,
            head: head_of(exchange),
            payload,
            repeats,
            target: target.into(),
        };
        let (bytes, answer) = kept.members()?;
        let capture = kept.capture();
        Ok(Packed {
            bytes,
            answer,
            capture,
            info_id,
            first,
        })
    }

    /// Whether records say what is so now.
    pub(super) fn is_true(&self, packed: &Packed) -> bool {
        let known = self.known();
        let had = packed.first.as_ref();
        let had = had.is_some_and(|payload| known.answers.contains_key(payload));
        known.info_id == packed.info_id && !had
    }

    pub(super) fn info_id(&self) -> Arc<str> {
        Arc::clone(&self.known().info_id)
    }

    /// What is packed from now on is for another file.
    pub(super) fn next_file(&self) {
        self.known().info_id = new_id().into();
    }

    /// Remembers an answer as one that others may repeat.
    pub(super) fn remember(&self, entry: &Entry) {
        let mut known = self.known();
        if entry.is_revisit() || known.answers.len() >= REMEMBERED {
            return;
        }
        let payload = entry.digest.as_deref().and_then(sum_of);
        if let (Some(payload), Some(at)) = (payload, entry.at()) {
            let url = entry.url.as_str().into();
            let first = known.answers.entry(payload);
            first.or_insert(Earlier { url, at });
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exchange with what its records need to know of it.
struct Kept<'a> {
    exchange: &'a Exchange,
    info_id: &'a str,
    head: Vec<u8>,
    payload: Sum,
    /// Why the answer is no new one.
    repeats: Option<Repeats>,
    target: String,
}

enum Repeats {
    /// Status 304: the server says that nothing changed.
    NotModified,
    /// The same payload was had before.
    Identical(Earlier),
}

impl Kept<'_> {
    /// The three records of an exchange, and where the second of them lies.
    fn members(&self) -> io::Result<(Vec<u8>, (u64, u64))> {
        let ids = [new_id(), new_id(), new_id()];
        let exchange = self.exchange;
        let asked = exchange.request_head();
        let request = self
            .record("request", &ids[0])
            .field("WARC-Concurrent-To", &ids[1])
            .block("application/http; msgtype=request", vec![&asked]);
        let took = exchange.answered_at.duration_since(exchange.sent_at);
        let told = format!("fetchTimeMs: {}\r\n", took.as_millis().max(0));
        let metadata = self
            .record("metadata", &ids[2])
            .field("WARC-Concurrent-To", &ids[1])
            .block("application/warc-fields", vec![told.as_bytes()]);
        let mut bytes = request.member()?;
        let before = bytes.len() as u64;
        bytes.append(&mut self.answer(&ids[1]).member()?);
        let length = bytes.len() as u64 - before;
        bytes.append(&mut metadata.member()?);
        Ok((bytes, (before, length)))
    }

    /// The `response` record, or the `revisit` that stands for it.
    fn answer(&self, id: &str) -> Record<'_> {
        let exchange = self.exchange;
        let kind = if self.repeats.is_some() {
            "revisit"
        } else {
            "response"
        };
        let mut record = self.record(kind, id);
        if let Some(remote) = exchange.remote {
            record = record.field("WARC-IP-Address", &remote.ip().to_string());
        }
        if let Some(protocol) = protocol(&exchange.version) {
            record = record.field("WARC-Protocol", protocol);
        }
        let mut parts = vec![self.head.as_slice()];
        match &self.repeats {
            None => {
                if let Some(cut) = exchange.cut {
                    record = record.field("WARC-Truncated", cut.as_str());
                }
                record = record.field("WARC-Payload-Digest", &told(&self.payload));
                parts.push(&exchange.body);
                if is_coded(exchange) {
                    record = record.stored();
                }
            }
            Some(Repeats::NotModified) => record = record.field("WARC-Profile", NOT_MODIFIED),
            Some(Repeats::Identical(earlier)) => {
                record = record
                    .field("WARC-Profile", IDENTICAL)
                    .field("WARC-Refers-To-Target-URI", &earlier.url)
                    .field("WARC-Refers-To-Date", &date(earlier.at))
                    .field("WARC-Payload-Digest", &told(&self.payload));
            }
        }
        record.block("application/http; msgtype=response", parts)
    }

    fn record<'a>(&self, kind: &str, id: &str) -> Record<'a> {
        Record::new(kind, id, self.exchange.answered_at)
            .field("WARC-Target-URI", &self.target)
            .field("WARC-Warcinfo-ID", self.info_id)
    }

    /// What the index tells of it.
    fn capture(&self) -> Capture {
        let exchange = self.exchange;
        let stated = exchange.header("content-type");
        let mime = match &self.repeats {
            Some(_) => Some(REVISIT.to_owned()),
            None => stated.map(|value| essence(&String::from_utf8_lossy(value))),
        };
        let digest = !matches!(self.repeats, Some(Repeats::NotModified));
        Capture {
            url: self.target.clone(),
            at: exchange.answered_at,
            mime,
            status: Some(exchange.status),
            digest: digest.then(|| told(&self.payload)),
        }
    }
}

const IDENTICAL: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// Whether the body came compressed.
fn is_coded(exchange: &Exchange) -> bool {
    let stated = exchange.header("content-encoding").unwrap_or_default();
    let stated = String::from_utf8_lossy(stated).to_ascii_lowercase();
    let mut codings = stated.split(',').map(str::trim);
    codings.any(|coding| matches!(coding, "gzip" | "x-gzip" | "deflate" | "br" | "zstd"))
}

/// The name of a version in `WARC-Protocol`, where the status line cannot tell it.
fn protocol(version: &str) -> Option<&'static str> {
    match version {
        "HTTP/2.0" | "HTTP/2" => Some("h2"),
        "HTTP/3.0" | "HTTP/3" => Some("h3"),
        "HTTP/1.0" => Some("http/1.0"),
        _ => None,
    }
}

/// The head of the answer as it is kept: what named the framing that is gone has another name.
fn head_of(exchange: &Exchange) -> Vec<u8> {
    let mut kept = Exchange::new(exchange.url.clone(), exchange.sent_at, exchange.status);
    let mut joined = false;
    for (name, value) in &exchange.headers {
        let is_framing = name.eq_ignore_ascii_case("transfer-encoding");
        joined |= is_framing;
        let name = if is_framing {
            "x-crawl-transfer-encoding"
        } else {
            name
        };
        kept.headers.push((name.to_owned(), value.clone()));
    }
    if joined && exchange.header("content-length").is_none() {
        let length = exchange.body.len().to_string().into_bytes();
        kept.headers.push(("content-length".to_owned(), length));
    }
    kept.response_head()
}
