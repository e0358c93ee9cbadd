//! Which records are wanted, as far as heads can tell.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use url::Url;

use super::fields::essence;
use super::reader::Head;

/// Which pages of an archive are wanted. A page must pass all of it; an empty list asks nothing.
///
/// The default takes what may hold an article: HTML that was answered with a 2xx status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Hosts, with all their subdomains.
    pub hosts: Vec<String>,
    /// Captured at this time or later.
    pub since: Option<Timestamp>,
    /// Captured before this time.
    pub until: Option<Timestamp>,
    /// HTTP status codes.
    pub statuses: Vec<RangeInclusive<u16>>,
    /// Media types as the `Content-Type` header of the answer states them; an answer that states
    /// none passes.
    pub types: Vec<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            since: None,
            until: None,
            statuses: vec![200..=299],
            types: ["text/html", "application/xhtml+xml"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

/// Why a record was passed over. The names are stable: manifests count by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Skipped {
    /// It holds no answer of a server (`warcinfo`, `request`, `metadata`, `revisit` …).
    RecordType,
    /// It holds no answer to an http or https address.
    NotHttp,
    /// Its host is not wanted.
    Host,
    /// It was captured outside the wanted time, or states none where one is wanted.
    Date,
    /// Its status is not wanted.
    Status,
    /// Its media type is not wanted.
    ContentType,
}

impl Skipped {
    /// The name as it stands in manifests.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::archive::warc::Skipped;
    /// assert_eq!(Skipped::ContentType.as_str(), "content-type");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordType => "record-type",
            Self::NotHttp => "not-http",
            Self::Host => "host",
            Self::Date => "date",
            Self::Status => "status",
            Self::ContentType => "content-type",
        }
    }
}

impl Filter {
    /// Judges by the head of the record, before its block is looked at; gives its address.
    pub(super) fn record(&self, head: &Head) -> Result<Url, Skipped> {
        let is_response = head.kind() == "response";
        if !is_response && head.kind() != "resource" {
            return Err(Skipped::RecordType);
        }
        let url = head.target().and_then(|target| Url::parse(target).ok());
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or(Skipped::NotHttp)?;
        if is_response && !head.is_http("response") {
            return Err(Skipped::NotHttp);
        }
        if !self.hosts.is_empty() && !self.hosts.iter().any(|host| is_below(&url, host)) {
            return Err(Skipped::Host);
        }
        if self.since.is_some() || self.until.is_some() {
            let date = head.date().ok_or(Skipped::Date)?;
            let early = self.since.is_some_and(|since| date < since);
            if early || self.until.is_some_and(|until| date >= until) {
                return Err(Skipped::Date);
            }
        }
        Ok(url)
    }

    /// Judges by the head of the answer, before its body is looked at.
    pub(super) fn answer(&self, status: u16, content_type: Option<&str>) -> Result<(), Skipped> {
        if !self.statuses.is_empty() && !self.statuses.iter().any(|range| range.contains(&status)) {
            return Err(Skipped::Status);
        }
        let stated = content_type.map(essence).unwrap_or_default();
        let wanted = |wanted: &String| wanted.eq_ignore_ascii_case(&stated);
        if !self.types.is_empty() && !stated.is_empty() && !self.types.iter().any(wanted) {
            return Err(Skipped::ContentType);
        }
        Ok(())
    }
}

/// Whether the address belongs to this host or one of its subdomains.
fn is_below(url: &Url, host: &str) -> bool {
    let own = url.host_str().unwrap_or_default();
    let host = host.trim_matches('.');
    let Some(head) = own.len().checked_sub(host.len()) else {
        return false;
    };
    own.is_char_boundary(head)
        && own[head..].eq_ignore_ascii_case(host)
        && (head == 0 || own[..head].ends_with('.'))
}
