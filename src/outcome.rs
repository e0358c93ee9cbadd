//! What became of an address: every URL ends in exactly one of these.

use serde::{Deserialize, Serialize};

/// The one named end of a URL. Names are stable: tools count and filter by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The page was read and holds an article.
    Article,
    /// The page was read and holds no article (a section front, an error page, a consent wall).
    NoArticle,
    /// The answer is not HTML; it was not read.
    NotHtml,
    /// The server answered with a status that carries no page (4xx, 5xx).
    HttpError,
    /// robots.txt forbids the address (RFC 9309).
    RobotsDisallowed,
    /// robots.txt could not be had, which forbids the whole host for now (RFC 9309, 2.3.1.4).
    RobotsUnreachable,
    /// The host is not part of the public internet (loopback, private, link-local …).
    AddressRefused,
    /// The host name has no address.
    DnsFailed,
    /// No connection, or it broke before the answer.
    ConnectFailed,
    /// The TLS handshake failed or the certificate is not valid for the host.
    TlsFailed,
    /// A time limit passed.
    Timeout,
    /// The body is larger than the limit, counted after decompression.
    TooLarge,
    /// More redirects than the limit, or a loop.
    TooManyRedirects,
    /// A redirect that leads nowhere: no `Location`, or not an http(s) URL.
    BadRedirect,
    /// The body broke off or does not decode.
    BadBody,
    /// The page came, and reading it broke: a fault of this program, never of the page.
    ReadFailed,
    /// The file could not be opened or read.
    Unreadable,
}

impl Outcome {
    /// The name as it stands in records.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(cleancopy::outcome::Outcome::NoArticle.as_str(), "no-article");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::NoArticle => "no-article",
            Self::NotHtml => "not-html",
            Self::HttpError => "http-error",
            Self::RobotsDisallowed => "robots-disallowed",
            Self::RobotsUnreachable => "robots-unreachable",
            Self::AddressRefused => "address-refused",
            Self::DnsFailed => "dns-failed",
            Self::ConnectFailed => "connect-failed",
            Self::TlsFailed => "tls-failed",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::TooManyRedirects => "too-many-redirects",
            Self::BadRedirect => "bad-redirect",
            Self::BadBody => "bad-body",
            Self::ReadFailed => "read-failed",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether the page was had and read, with or without an article in it.
    pub fn was_read(self) -> bool {
        matches!(self, Self::Article | Self::NoArticle)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
