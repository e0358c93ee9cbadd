//! Why an address gave no page. The kinds are the [`Outcome`]s, so there is no second list of
//! them here; what is added is what a retry needs to know.

use std::error::Error as StdError;
use std::fmt::Write as _;

use jiff::Timestamp;
use url::Url;

use super::guard::Refused;
use super::resolve::NoAddress;
use crate::outcome::Outcome;

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

    pub(super) fn with_source(mut self, source: Cause) -> Self {
        self.source = Some(source);
        self
    }

    /// What the HTTP client reports, with the outcome it means.
    pub(super) fn of_client(error: reqwest::Error, url: &Url, at: Timestamp) -> Self {
        let outcome = outcome_of(&error);
        let reason = match outcome {
            Outcome::Timeout => "a time limit passed",
            Outcome::AddressRefused => "the host has only addresses that must not be asked",
            Outcome::DnsFailed => "the host name has no address",
            Outcome::TlsFailed => "no secure connection",
            Outcome::BadBody => "the body broke off or does not decode",
            _ => "no connection, or it broke before the answer",
        };
        let status = error.status().map(|s| s.as_u16());
        let mut failure = Self::new(outcome, url, at, reason.to_owned());
        failure.status = status;
        failure.with_source(error.without_url().into())
    }

    /// Whether asking again later may well go better.
    pub fn is_transient(&self) -> bool {
        match self.outcome {
            Outcome::Timeout
            | Outcome::ConnectFailed
            | Outcome::BadBody
            | Outcome::RobotsUnreachable => true,
            Outcome::HttpError => matches!(
                self.status,
                Some(408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=527)
            ),
            _ => false,
        }
    }

    /// Whether the host failed as a whole, as far as one can tell, not this one page of it.
    pub fn is_of_host(&self) -> bool {
        match self.outcome {
            Outcome::Timeout
            | Outcome::DnsFailed
            | Outcome::ConnectFailed
            | Outcome::TlsFailed
            | Outcome::AddressRefused
            | Outcome::RobotsUnreachable => true,
            Outcome::HttpError => matches!(self.status, Some(429 | 503)),
            _ => false,
        }
    }

    /// What happened with all its causes in one line, for a record.
    pub fn told(&self) -> String {
        let mut told = self.reason.clone();
        let mut cause = self.source();
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

fn outcome_of(error: &reqwest::Error) -> Outcome {
    if in_chain::<Refused>(error) {
        Outcome::AddressRefused
    } else if in_chain::<NoAddress>(error) {
        Outcome::DnsFailed
    } else if in_chain::<rustls::Error>(error) {
        Outcome::TlsFailed
    } else if error.is_timeout() {
        Outcome::Timeout
    } else if error.is_body() || error.is_decode() {
        Outcome::BadBody
    } else {
        Outcome::ConnectFailed
    }
}

/// Whether a cause is of this type. `io::Error` hides the error it wraps from `source`.
fn in_chain<T: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        if cause.is::<T>() {
            return true;
        }
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if wrapped.is_some_and(|inner| in_chain::<T>(inner)) {
            return true;
        }
        next = cause.source();
    }
    false
}
