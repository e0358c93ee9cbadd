//! Why an address gave no page. The kinds are the [`Outcome`]s, so there is no second list of
//! them here; what is added is what a retry needs to know.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::io::ErrorKind;

use jiff::Timestamp;
use url::Url;

use super::guard::Refused;
use super::resolve::NoAddress;
use crate::outcome::Outcome;

const NO_ADDRESS: &str = "the host name has no address";

pub(super) type Cause = Box<dyn StdError + Send + Sync>;

/// An address gave no page.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct Error {
    /// What became of the address.
    pub outcome: Outcome,
    /// The address that was asked, after redirects.
    pub url: Box<Url>,
    /// The status code, where the server answered at all.
    pub status: Option<u16>,
    /// When it failed.
    pub at: Timestamp,
    /// When the server wants to be asked again at the earliest (`Retry-After`, RFC 9110, 10.2.3).
    pub retry_after: Option<Timestamp>,
    reason: String,
    source: Option<Cause>,
}

impl Error {
    pub(super) fn new(outcome: Outcome, url: &Url, at: Timestamp, reason: String) -> Self {
        Self {
            outcome,
            url: Box::new(url.clone()),
            status: None,
            at: super::to_millisecond(at),
            retry_after: None,
            reason,
            source: None,
        }
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn with_retry_after(mut self, at: Option<Timestamp>) -> Self {
        self.retry_after = at;
        self
    }

    pub(super) fn with_source(mut self, source: Cause) -> Self {
        self.source = Some(source);
        self
    }

    /// What the HTTP client reports, with the outcome it means at that stage of a request.
    pub(super) fn of_client(error: reqwest::Error, url: &Url, at: Timestamp, stage: Stage) -> Self {
        let outcome = match stage {
            Stage::Head { by_proxy } => outcome_of_head(&error, by_proxy),
            Stage::Body => outcome_of_body(&error),
        };
        let reason = match outcome {
            Outcome::Timeout => "a time limit passed",
            Outcome::ConnectTimeout => "no connection within its time",
            Outcome::AddressRefused => "the host has only addresses that must not be asked",
            Outcome::DnsFailed => NO_ADDRESS,
            Outcome::TlsFailed => "no secure connection",
            Outcome::ProxyFailed => "the proxy let nothing through",
            Outcome::HeadTooLarge => "the head of the answer is too large",
            Outcome::NotHttp => "what came is no HTTP answer",
            Outcome::ConnectionLost => "the connection broke before the answer",
            Outcome::Truncated => "the body broke off",
            Outcome::BadBody => "the body breaks the rules of HTTP",
            _ => "no connection",
        };
        let status = error.status().map(|s| s.as_u16());
        let mut failure = Self::new(outcome, url, at, reason.to_owned());
        failure.status = status;
        failure.with_source(error.without_url().into())
    }

    /// Whether asking again later may well go better.
    pub fn is_transient(&self) -> bool {
        may_pass(self.outcome, self.status)
    }

    /// Whether the host failed as a whole, as far as one can tell, not this one page of it.
    pub fn is_of_host(&self) -> bool {
        match self.outcome {
            Outcome::Timeout
            | Outcome::HeadTimeout
            | Outcome::IdleTimeout
            | Outcome::TooSlow
            | Outcome::DnsFailed
            | Outcome::ConnectFailed
            | Outcome::ConnectTimeout
            | Outcome::ConnectionLost
            | Outcome::ProxyFailed
            | Outcome::TlsFailed
            | Outcome::AddressRefused
            | Outcome::RobotsUnreachable => true,
            Outcome::HttpError => matches!(self.status, Some(429 | 503)),
            _ => false,
        }
    }

    /// Whether there is somebody at the address, well or not.
    pub fn answers_at_all(&self) -> bool {
        !matches!(
            self.outcome,
            Outcome::DnsFailed
                | Outcome::ConnectFailed
                | Outcome::ConnectTimeout
                | Outcome::ProxyFailed
                | Outcome::AddressRefused
        )
    }

    /// What happened with all its causes in one line, for a record.
    pub fn told(&self) -> String {
        let mut told = self.reason.clone();
        let mut cause = self.source();
        // Every layer says in its own words that a name did not resolve.
        if let Some(name) = cause.and_then(find::<NoAddress>) {
            cause = name.source();
            if self.outcome == Outcome::DnsFailed && self.reason == NO_ADDRESS {
                told = name.to_string();
            } else {
                let _ = write!(told, ": {name}");
            }
        }
        let mut last = String::new();
        while let Some(error) = cause {
            let text = error.to_string();
            // The client only says that it failed, and some layers repeat the one below them.
            if !error.is::<reqwest::Error>() && text != last && !told.contains(&text) {
                let _ = write!(told, ": {text}");
            }
            last = text;
            cause = error.source();
        }
        told
    }
}

/// Whether an address that ended so may well end better when it is asked for again later.
///
/// # Examples
/// ```
/// use cleancopy::fetch::may_pass;
/// use cleancopy::outcome::Outcome;
/// assert!(may_pass(Outcome::HttpError, Some(503)) && may_pass(Outcome::ConnectFailed, None));
/// assert!(!may_pass(Outcome::HttpError, Some(404)));
/// ```
pub fn may_pass(outcome: Outcome, status: Option<u16>) -> bool {
    match outcome {
        Outcome::Timeout
        | Outcome::ConnectFailed
        | Outcome::ConnectTimeout
        | Outcome::ConnectionLost
        | Outcome::ProxyFailed
        | Outcome::HeadTimeout
        | Outcome::IdleTimeout
        | Outcome::TooSlow
        | Outcome::Truncated
        | Outcome::BadBody
        | Outcome::RobotsUnreachable => true,
        Outcome::HttpError => matches!(
            status,
            Some(408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=527)
        ),
        _ => false,
    }
}

/// How far a request had come when the client gave it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The head of the answer was not there yet.
    Head {
        /// Whether a proxy stood between.
        by_proxy: bool,
    },
    /// The body was under way.
    Body,
}

fn outcome_of_head(error: &reqwest::Error, by_proxy: bool) -> Outcome {
    if in_chain::<Refused>(error) {
        return Outcome::AddressRefused;
    }
    if in_chain::<NoAddress>(error) && !by_proxy {
        return Outcome::DnsFailed;
    }
    if in_chain::<rustls::Error>(error) {
        return Outcome::TlsFailed;
    }
    if error.is_connect() {
        return match () {
            () if by_proxy => Outcome::ProxyFailed,
            () if error.is_timeout() => Outcome::ConnectTimeout,
            // The only reading that connecting does is the TLS handshake.
            () if broke_off(error) => Outcome::TlsFailed,
            () => Outcome::ConnectFailed,
        };
    }
    if error.is_timeout() {
        return Outcome::Timeout;
    }
    match find::<hyper::Error>(error) {
        Some(http) if http.is_parse_too_large() => Outcome::HeadTooLarge,
        Some(http) if http.is_parse() || http.is_parse_status() => Outcome::NotHttp,
        _ => Outcome::ConnectionLost,
    }
}

fn outcome_of_body(error: &reqwest::Error) -> Outcome {
    if error.is_timeout() {
        return Outcome::Timeout;
    }
    match find::<std::io::Error>(error).map(std::io::Error::kind) {
        Some(ErrorKind::InvalidInput | ErrorKind::InvalidData) => Outcome::BadBody,
        _ => Outcome::Truncated,
    }
}

/// Whether the other side ended the connection in the middle of something.
fn broke_off(error: &reqwest::Error) -> bool {
    let kind = find::<std::io::Error>(error).map(std::io::Error::kind);
    matches!(
        kind,
        Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
    )
}

fn in_chain<T: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    find::<T>(error).is_some()
}

/// The innermost cause of this type. `io::Error` hides the error it wraps from `source`.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut found = error.downcast_ref::<T>();
    let mut next = Some(error);
    while let Some(cause) = next {
        found = cause.downcast_ref::<T>().or(found);
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if let Some(inner) = wrapped.and_then(|inner| find::<T>(inner)) {
            found = Some(inner);
        }
        next = cause.source();
    }
    found
}
