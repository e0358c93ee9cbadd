//! What of an answer is taken: HTML only, and no more of it than the limit.
//!
//! The client decodes `Content-Encoding` piece by piece, and the pieces are counted after
//! decoding, so a small answer that unpacks to a huge one is dropped as soon as it passes the
//! limit, with one piece of it in memory at a time.

use jiff::Timestamp;
use reqwest::Response;
use url::Url;

use super::error::Error;
use crate::outcome::Outcome;

/// How many first bytes say what a body without a type is.
const SNIFFED: usize = 512;

/// What the `Content-Type` header says about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Unstated,
    Other,
}

/// The kind a `Content-Type` value states (RFC 9110, section 8.3).
pub(super) fn kind(content_type: Option<&str>) -> Kind {
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or_default()
        .to_ascii_lowercase();
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "" | "*/*" | "unknown/unknown" | "application/unknown" => Kind::Unstated,
        _ => Kind::Other,
    }
}

/// Whether a body without a type begins as HTML does (WHATWG MIME Sniffing, section 7.1).
pub(super) fn looks_like_html(body: &[u8]) -> bool {
    const TAGS: [&str; 17] = [
        "<!--",
        "<!doctype html",
        "<?xml",
        "<a",
        "<b",
        "<body",
        "<br",
        "<div",
        "<font",
        "<h1",
        "<head",
        "<html",
        "<iframe",
        "<p",
        "<script",
        "<style",
        "<title",
    ];
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let body = body.trim_ascii_start();
    TAGS.iter().any(|tag| {
        let tag = tag.as_bytes();
        body.len() > tag.len()
            && body[..tag.len()].eq_ignore_ascii_case(tag)
            && (tag == b"<!--" || matches!(body[tag.len()], b' ' | b'>' | b'\t' | b'\n' | b'\r'))
    })
}

/// Takes the body of an answer, which must be HTML.
pub(super) async fn html_body(
    response: Response,
    max: usize,
    url: &Url,
    at: Timestamp,
) -> Result<Vec<u8>, Error> {
    let stated = response
        .headers()
        .get("content-type")
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let kind = kind(stated.as_deref());
    if kind == Kind::Other {
        let reason = format!("content type {}", stated.unwrap_or_default());
        return Err(Error::new(Outcome::NotHtml, url, at, reason));
    }
    let mut body = Body::new(response, url, at);
    if kind == Kind::Unstated {
        body.fill(SNIFFED).await?;
        if !looks_like_html(&body.bytes) {
            let reason = "no content type, and it does not begin like HTML".to_owned();
            return Err(Error::new(Outcome::NotHtml, url, at, reason));
        }
    }
    if body.fill(max).await? {
        return Ok(body.bytes);
    }
    let reason = format!("the body is larger than {max} bytes");
    Err(Error::new(Outcome::TooLarge, url, at, reason))
}

/// Takes the first `max` bytes of an answer and drops the rest.
pub(super) async fn first_bytes(
    response: Response,
    max: usize,
    url: &Url,
    at: Timestamp,
) -> Result<Vec<u8>, Error> {
    let mut body = Body::new(response, url, at);
    body.fill(max).await?;
    body.bytes.truncate(max);
    Ok(body.bytes)
}

/// A body as far as it was taken.
struct Body<'a> {
    response: Response,
    bytes: Vec<u8>,
    url: &'a Url,
    at: Timestamp,
}

impl<'a> Body<'a> {
    fn new(response: Response, url: &'a Url, at: Timestamp) -> Self {
        Self {
            response,
            bytes: Vec::new(),
            url,
            at,
        }
    }

    /// Takes pieces until there are more than `max` bytes; `true` when the body ended before.
    async fn fill(&mut self, max: usize) -> Result<bool, Error> {
        let stated = self.response.content_length().unwrap_or(0);
        if stated > max as u64 && max > SNIFFED {
            return Ok(false);
        }
        while self.bytes.len() <= max {
            let piece = self.response.chunk().await;
            match piece.map_err(|e| Error::of_client(e, self.url, self.at))? {
                Some(piece) => self.bytes.extend_from_slice(&piece),
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_known_by_its_type() {
        assert_eq!(kind(Some("Text/HTML; charset=utf-8")), Kind::Html);
        assert_eq!(kind(Some("application/xhtml+xml")), Kind::Html);
        assert_eq!(kind(Some("application/pdf")), Kind::Other);
        assert_eq!(kind(Some("text/plain")), Kind::Other);
        assert_eq!(kind(Some("")), Kind::Unstated);
        assert_eq!(kind(None), Kind::Unstated);
    }

    #[test]
    fn html_is_known_by_its_beginning() {
        assert!(looks_like_html(b"\xEF\xBB\xBF \n<!DOCTYPE HTML>"));
        assert!(looks_like_html(b"<!-- saved --><html>"));
        assert!(looks_like_html(b"<p>text"));
        assert!(!looks_like_html(b"<pre>text"));
        assert!(!looks_like_html(b"%PDF-1.7"));
        assert!(!looks_like_html(b"plain words"));
        assert!(!looks_like_html(b""));
    }
}
