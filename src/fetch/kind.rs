//! Which answers are wanted: by their `Content-Type`, or by their first bytes where they state none.

/// How many first bytes say what a body without a type is.
pub(super) const SNIFFED: usize = 512;

/// What an answer has to be for its body to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Wanted {
    /// A page: HTML or XHTML.
    #[default]
    Page,
    /// What leads to pages: sitemaps and feeds, which come as XML, JSON, plain text or packed, under
    /// many names; under that of HTML too, if they do not begin like it. Of one that is too long
    /// the beginning is taken.
    Feed,
}

impl Wanted {
    /// The `Accept` header that says so (RFC 9110, section 12.5.1).
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Page => "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
            Self::Feed => {
                "application/rss+xml,application/atom+xml,application/feed+json,\
                 application/xml;q=0.9,text/xml;q=0.9,application/json;q=0.8,*/*;q=0.1"
            }
        }
    }

    /// Whether a body of this kind is taken; `None` when its first bytes have to say.
    pub(super) fn takes(self, kind: Kind) -> Option<bool> {
        match (self, kind) {
            (_, Kind::Unstated) | (Self::Feed, Kind::Html) => None,
            (Self::Page, kind) => Some(kind == Kind::Html),
            (Self::Feed, kind) => Some(kind == Kind::Data),
        }
    }

    /// Whether a body without a type is taken, by how it begins.
    pub(super) fn takes_what_begins(self, body: &[u8]) -> bool {
        match self {
            Self::Page => looks_like_html(body),
            Self::Feed => !looks_like_html(body) || begins(body, "<?xml"),
        }
    }
}

/// What the `Content-Type` header says about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    /// XML, JSON, text, or something packed.
    Data,
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
        "text/xml"
        | "text/plain"
        | "application/xml"
        | "application/json"
        | "application/gzip"
        | "application/x-gzip"
        | "application/octet-stream" => Kind::Data,
        other if other.ends_with("+xml") || other.ends_with("+json") => Kind::Data,
        _ => Kind::Other,
    }
}

/// Whether a body without a type begins as HTML does (WHATWG MIME Sniffing, section 7.1).
fn looks_like_html(body: &[u8]) -> bool {
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
    TAGS.iter().any(|tag| begins(body, tag))
}

/// Whether a body begins with this tag, whole.
fn begins(body: &[u8], tag: &str) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let (body, tag) = (body.trim_ascii_start(), tag.as_bytes());
    body.len() > tag.len()
        && body[..tag.len()].eq_ignore_ascii_case(tag)
        && (tag == b"<!--" || matches!(body[tag.len()], b' ' | b'>' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_known_by_its_type() {
        assert_eq!(kind(Some("Text/HTML; charset=utf-8")), Kind::Html);
        assert_eq!(kind(Some("application/xhtml+xml")), Kind::Html);
        assert_eq!(kind(Some("application/pdf")), Kind::Other);
        assert_eq!(kind(Some("text/plain")), Kind::Data);
        assert_eq!(kind(Some("application/rss+xml")), Kind::Data);
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
