//! The seam between the two halves: what to ask for, and what a server answered.
//!
//! A [`RawPage`] is kept as it came: bytes not decoded, headers not interpreted. Everything to the
//! right of it that reads is a pure function of this value, so a page saved today reads the same
//! tomorrow.

mod canonical;
mod exchange;
mod target;

pub use canonical::canonical;
pub use exchange::{Cut, Exchange};
#[cfg(feature = "crawl")]
pub(crate) use target::names_user;
pub use target::{Found, Kind, Target, TargetError, Via};

use jiff::Timestamp;
use url::Url;

/// The name of an address's host without `www.`; empty where there is no host.
pub(crate) fn bare_host(url: &Url) -> &str {
    without_www(url.host_str().unwrap_or_default())
}

/// A host's name without `www.`.
pub(crate) fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// What a server answered, before anyone interpreted a byte of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RawPage {
    /// The address that answered, after redirects; `None` for a file of unknown origin. Relative
    /// links are resolved against it.
    pub url: Option<Url>,
    /// When the answer arrived; relative dates ("vor 14 Minuten") are resolved against it, never
    /// against the machine's clock.
    pub fetched_at: Option<Timestamp>,
    /// HTTP status code; 200 for a page from a file.
    pub status: u16,
    /// Response headers in the order received, names as received.
    pub headers: Vec<(String, String)>,
    /// The body after content decoding (gzip, br …), before charset decoding.
    pub body: Vec<u8>,
}

impl RawPage {
    /// A page from bytes of unknown origin: the charset is found in the bytes.
    ///
    /// # Examples
    /// ```
    /// let page = cleancopy::RawPage::from_bytes(b"<p>Hello".to_vec());
    /// assert_eq!(page.status, 200);
    /// ```
    pub fn from_bytes(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body,
            ..Self::default()
        }
    }

    /// A page from text that is already decoded.
    ///
    /// # Examples
    /// ```
    /// let page = cleancopy::RawPage::from_text("<p>Grüße");
    /// assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    /// ```
    pub fn from_text(html: &str) -> Self {
        Self::from_bytes(html.as_bytes().to_vec())
            .with_header("content-type", "text/html; charset=utf-8")
    }

    /// The same page with the address it came from.
    #[must_use]
    pub fn with_url(mut self, url: Url) -> Self {
        self.url = Some(url);
        self
    }

    /// The same page with the time it was fetched at.
    #[must_use]
    pub fn with_fetched_at(mut self, fetched_at: Timestamp) -> Self {
        self.fetched_at = Some(fetched_at);
        self
    }

    /// The same page with another status code.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same page with one more response header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first header of this name, compared without case (RFC 9110, section 5.1).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
