//! What became of an address: every URL ends in exactly one of these.

use serde::{Deserialize, Serialize};

/// The one named end of a URL. Names are stable: tools count and filter by them.
/// `docs/outcomes.md` says of each what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The page was read and holds an article.
    Article,
    /// The page was read and holds no article (a section front, an error page, a consent wall).
    NoArticle,
    /// The page was read, and its article is older than what is looked for.
    TooOld,
    /// A sitemap or feed; the addresses it names were taken.
    Listing,
    /// What was to be a sitemap or feed is none.
    NotAListing,
    /// A guess at where a sitemap or feed might be led to none. Nobody named the address, so it
    /// has no record.
    MissedGuess,
    /// The page is still what an earlier visit read: the server said so without sending it (304).
    Unchanged,
    /// The answer or the file is not HTML; the body of an answer that says so was not taken.
    NotHtml,
    /// The answer is a success without a body (204, 205, or nothing at all).
    NoContent,
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
    /// No connection: nobody listens, or the network does not lead there.
    ConnectFailed,
    /// No connection within its limit of time, TLS included.
    ConnectTimeout,
    /// The TLS handshake failed or the certificate is not valid for the host.
    TlsFailed,
    /// The proxy could not be reached or did not let the request through.
    ProxyFailed,
    /// The connection broke or was closed before the head of the answer was there.
    ConnectionLost,
    /// What came is not an HTTP answer (garbage, HTTP/0.9, two lengths that differ).
    NotHttp,
    /// The head of the answer has more headers, or more bytes of them, than the limit.
    HeadTooLarge,
    /// The head of the answer was not there within its limit of time.
    HeadTimeout,
    /// Nothing of the body arrived for longer than the limit.
    IdleTimeout,
    /// The body arrived at less than the least rate.
    TooSlow,
    /// The request as a whole was not over within its limit of time.
    Timeout,
    /// The body is larger than the limit, counted after decompression.
    TooLarge,
    /// The body is larger than the limit, counted as it came over the wire.
    WireTooLarge,
    /// The body unpacks to more times its size than the limit: a decompression bomb.
    RatioTooHigh,
    /// The body has a content encoding that was not asked for and that nobody here knows.
    UnknownEncoding,
    /// The body does not decode as the content encoding that the head states.
    BadEncoding,
    /// The body broke off before its end.
    Truncated,
    /// The body breaks the rules of HTTP (a chunk size that is no number …).
    BadBody,
    /// More redirects than the limit.
    TooManyRedirects,
    /// Redirects that lead in a circle.
    RedirectLoop,
    /// A redirect that leads nowhere: no `Location`, or not an http(s) URL.
    BadRedirect,
    /// The page came, and reading it broke: a fault of this program, never of the page.
    ReadFailed,
    /// The file could not be opened or read.
    Unreadable,
}

impl Outcome {
    /// All of them, in the order in which this page tells them.
    pub const ALL: &[Self] = &[
        Self::Article,
        Self::NoArticle,
        Self::TooOld,
        Self::Listing,
        Self::NotAListing,
        Self::MissedGuess,
        Self::Unchanged,
        Self::NotHtml,
        Self::NoContent,
        Self::HttpError,
        Self::RobotsDisallowed,
        Self::RobotsUnreachable,
        Self::AddressRefused,
        Self::DnsFailed,
        Self::ConnectFailed,
        Self::ConnectTimeout,
        Self::TlsFailed,
        Self::ProxyFailed,
        Self::ConnectionLost,
        Self::NotHttp,
        Self::HeadTooLarge,
        Self::HeadTimeout,
        Self::IdleTimeout,
        Self::TooSlow,
        Self::Timeout,
        Self::TooLarge,
        Self::WireTooLarge,
        Self::RatioTooHigh,
        Self::UnknownEncoding,
        Self::BadEncoding,
        Self::Truncated,
        Self::BadBody,
        Self::TooManyRedirects,
        Self::RedirectLoop,
        Self::BadRedirect,
        Self::ReadFailed,
        Self::Unreadable,
    ];

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
            Self::TooOld => "too-old",
            Self::Listing => "listing",
            Self::NotAListing => "not-a-listing",
            Self::MissedGuess => "missed-guess",
            Self::Unchanged => "unchanged",
            Self::NotHtml => "not-html",
            Self::NoContent => "no-content",
            Self::HttpError => "http-error",
            Self::RobotsDisallowed => "robots-disallowed",
            Self::RobotsUnreachable => "robots-unreachable",
            Self::AddressRefused => "address-refused",
            Self::DnsFailed => "dns-failed",
            Self::ConnectFailed => "connect-failed",
            Self::ConnectTimeout => "connect-timeout",
            Self::TlsFailed => "tls-failed",
            Self::ProxyFailed => "proxy-failed",
            Self::ConnectionLost => "connection-lost",
            Self::NotHttp => "not-http",
            Self::HeadTooLarge => "head-too-large",
            Self::HeadTimeout => "head-timeout",
            Self::IdleTimeout => "idle-timeout",
            Self::TooSlow => "too-slow",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::WireTooLarge => "wire-too-large",
            Self::RatioTooHigh => "ratio-too-high",
            Self::UnknownEncoding => "unknown-encoding",
            Self::BadEncoding => "bad-encoding",
            Self::Truncated => "truncated",
            Self::BadBody => "bad-body",
            Self::TooManyRedirects => "too-many-redirects",
            Self::RedirectLoop => "redirect-loop",
            Self::BadRedirect => "bad-redirect",
            Self::ReadFailed => "read-failed",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether the page was had and read, with or without an article in it, now or on an earlier
    /// visit since which it has not changed; or the sitemap or feed.
    pub fn was_read(self) -> bool {
        matches!(
            self,
            Self::Article | Self::NoArticle | Self::TooOld | Self::Listing | Self::Unchanged
        )
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
