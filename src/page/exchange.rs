//! One request and its answer as they stood on the wire, for whoever keeps archives.

use std::net::SocketAddr;

use jiff::Timestamp;
use url::Url;

/// One request and what came back, before anyone decoded a byte of it.
///
/// A [`RawPage`](super::RawPage) is made from it by taking the content encoding off the body. The
/// names of headers come in lower case, as HTTP/2 sends them and the client keeps them; their
/// values and their order among equals are the server's. A chunked body is joined (RFC 9112,
/// section 7.1), so it has no `Transfer-Encoding` any more even where the head names one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The address that was asked; redirects are exchanges of their own.
    pub url: Url,
    /// When the request was handed to the network.
    pub sent_at: Timestamp,
    /// The headers of the request, without those that the client adds on its own (`host`).
    pub request_headers: Vec<(String, Vec<u8>)>,
    /// The address that answered, the proxy's behind one.
    pub remote: Option<SocketAddr>,
    /// The version of the answer: `HTTP/1.1`, `HTTP/2.0` …
    pub version: String,
    /// HTTP status code.
    pub status: u16,
    /// When the head of the answer was there.
    pub answered_at: Timestamp,
    /// The headers of the answer.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body as far as it was taken, its content encoding (gzip, br …) still on.
    pub body: Vec<u8>,
    /// Why the body is not whole; `None` when it is.
    pub cut: Option<Cut>,
}

/// Why a body is not whole. The names are those of `WARC-Truncated` (WARC 1.1, section 5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It passed a limit of size.
    Length,
    /// It passed a limit of time.
    Time,
    /// The server or the network broke off.
    Disconnect,
    /// It was not taken, or not to its end, because nobody wanted it.
    Unspecified,
}

impl Cut {
    /// The reason as `WARC-Truncated` names it.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(cleancopy::page::Cut::Disconnect.as_str(), "disconnect");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
            Self::Unspecified => "unspecified",
        }
    }
}

impl Exchange {
    /// An exchange whose answer has a head and no body yet.
    pub fn new(url: Url, sent_at: Timestamp, status: u16) -> Self {
        Self {
            url,
            sent_at,
            request_headers: Vec::new(),
            remote: None,
            version: "HTTP/1.1".to_owned(),
            status,
            answered_at: sent_at,
            headers: Vec::new(),
            body: Vec::new(),
            cut: None,
        }
    }

    /// The request's head in HTTP/1.1 form (RFC 9112, section 3), up to the empty line.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::page::Exchange;
    /// let url = "https://news.example/ferry?page=2".parse()?;
    /// let mut asked = Exchange::new(url, jiff::Timestamp::UNIX_EPOCH, 200);
    /// asked.request_headers.push(("accept".to_owned(), b"text/html".to_vec()));
    /// assert_eq!(
    ///     asked.request_head(),
    ///     b"GET /ferry?page=2 HTTP/1.1\r\nhost: news.example\r\naccept: text/html\r\n\r\n"
    /// );
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn request_head(&self) -> Vec<u8> {
        use url::Position::{AfterPort, AfterQuery, BeforeHost, BeforePath};
        let path = &self.url[BeforePath..AfterQuery];
        let host = &self.url[BeforeHost..AfterPort];
        let mut head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n").into_bytes();
        lines(&mut head, &self.request_headers);
        head
    }

    /// The answer's head in HTTP/1.1 form (RFC 9112, section 4), up to the empty line. The reason
    /// phrase is left empty: HTTP/2 has none, and nobody may rely on it.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::page::Exchange;
    /// let url = "https://news.example/".parse()?;
    /// let mut answered = Exchange::new(url, jiff::Timestamp::UNIX_EPOCH, 404);
    /// answered.headers.push(("content-length".to_owned(), b"0".to_vec()));
    /// assert_eq!(answered.response_head(), b"HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n");
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn response_head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} \r\n", self.status).into_bytes();
        lines(&mut head, &self.headers);
        head
    }

    /// The first header of the answer of this name, compared without case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let found = |(n, _): &&(String, Vec<u8>)| n.eq_ignore_ascii_case(name);
        self.headers.iter().find(found).map(|(_, v)| v.as_slice())
    }
}

/// Header lines and the empty line after them.
fn lines(head: &mut Vec<u8>, headers: &[(String, Vec<u8>)]) {
    for (name, value) in headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
}
