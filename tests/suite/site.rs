//! A server on loopback that behaves as badly as a test wants.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at: Instant,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) agent: String,
    pub(crate) cookie: Option<String>,
    /// `If-None-Match`.
    pub(crate) etag: Option<String>,
    /// `If-Modified-Since`.
    pub(crate) since: Option<String>,
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A proper answer.
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Nothing, and the connection closed.
    Close,
    /// Nothing, for a long time.
    Hang,
    /// A proper head, then a byte now and then without end.
    Drip,
    /// A proper head and half the body it promised.
    Short,
}

impl Reply {
    pub(crate) fn html(body: &str) -> Self {
        Self::status(200, body).with("content-type", "text/html; charset=utf-8")
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    pub(crate) fn to(location: &str) -> Self {
        Self::status(302, "").with("location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    pub(crate) fn bytes(mut self, bytes: Vec<u8>) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = bytes;
        }
        self
    }
}

/// A page with an article on it.
pub(crate) fn story() -> Reply {
    Reply::html(&story_page())
}

/// The HTML of a page with an article on it.
pub(crate) fn story_page() -> String {
    let part = "The night ferry came back to the harbour on Monday after eleven weeks in the \
                yard, with a new engine, a fresh coat of paint and a captain who had missed her.";
    format!(
        "<title>Ferry returns</title><article><h1>Ferry returns</h1>\
         <p>{part}</p><p>{part} A small crowd met her.</p><p>{part} Tickets go on sale.</p>\
         </article>"
    )
}

/// A running server; it answers until the test process ends.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Starts a server that answers `/robots.txt` with 404 and all else as `reply` says.
    pub(crate) fn open(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(move |request| match request.path.as_str() {
            "/robots.txt" => Reply::status(404, ""),
            _ => reply(request),
        })
    }

    /// Starts a server that answers everything as `reply` says.
    pub(crate) fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (reply, requests) = (Arc::new(reply), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (reply, requests) = (Arc::clone(&reply), Arc::clone(&requests));
                // A client that goes away ends its own thread only.
                thread::spawn(move || serve(&stream.unwrap(), &*reply, &requests));
            }
        });
        Self { address, log }
    }

    /// The requests so far.
    pub(crate) fn log(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// How many requests there were so far.
    pub(crate) fn requests(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    /// The paths asked for so far on a host.
    pub(crate) fn paths(&self, host: &str) -> Vec<String> {
        let log = self.log().into_iter();
        log.filter(|r| r.host == host).map(|r| r.path).collect()
    }

    /// The times between the starts of requests to a host.
    pub(crate) fn gaps(&self, host: &str) -> Vec<Duration> {
        let log = self.log().into_iter();
        let times: Vec<Instant> = log.filter(|r| r.host == host).map(|r| r.at).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

fn serve(
    stream: &TcpStream,
    reply: &dyn Fn(&Request) -> Reply,
    log: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let first = lines.next()?.ok()?;
        let mut request = Request {
            at: Instant::now(),
            host: String::new(),
            path: first.split(' ').nth(1)?.to_owned(),
            agent: String::new(),
            cookie: None,
            etag: None,
            since: None,
        };
        for line in lines.by_ref() {
            let line = line.ok()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "host" => value
                    .trim()
                    .split(':')
                    .next()?
                    .clone_into(&mut request.host),
                "cookie" => request.cookie = Some(value.trim().to_owned()),
                "if-none-match" => request.etag = Some(value.trim().to_owned()),
                "if-modified-since" => request.since = Some(value.trim().to_owned()),
                "user-agent" => value.trim().clone_into(&mut request.agent),
                _ => {}
            }
        }
        log.lock().unwrap().push(request.clone());
        answer(stream, reply(&request))?;
    }
}

/// Sends a reply; `None` ends the connection.
fn answer(mut stream: &TcpStream, reply: Reply) -> Option<()> {
    match reply {
        Reply::Answer {
            status,
            headers,
            body,
        } => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                head.extend([name, ": ", &value, "\r\n"]);
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(&body).ok()
        }
        Reply::Close => None,
        Reply::Hang => {
            thread::sleep(Duration::from_secs(60));
            None
        }
        Reply::Drip => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>";
            stream.write_all(head).ok()?;
            loop {
                thread::sleep(Duration::from_millis(20));
                stream.write_all(b"x").ok()?;
            }
        }
        Reply::Short => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99\r\n\r\n";
            stream.write_all(head).ok()?;
            stream.write_all(b"<p>half").ok()?;
            None
        }
    }
}
