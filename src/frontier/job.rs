//! One address on its way through a crawl: the job, what was found out about it, and its end.

use jiff::Timestamp;
use url::Url;

use crate::outcome::Outcome;
use crate::page::Target;

/// One address to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Job {
    /// What somebody asked for, with its kind and how it was found, which a store keeps whole;
    /// `target.url` names the job in a [`Settlement`](super::Settlement).
    pub target: Target,
    /// How many times it was tried and put off.
    pub attempts: u32,
    /// Where redirects led so far, in order; the last is the address to ask now.
    pub trail: Vec<Url>,
    /// What an earlier visit kept, to ask whether the page has changed since.
    pub validators: Validators,
}

impl Job {
    /// A job as it starts out.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            attempts: 0,
            trail: Vec::new(),
            validators: Validators::default(),
        }
    }

    /// The address to ask now: the last redirect, or the target itself.
    pub fn at(&self) -> &Url {
        self.trail.last().unwrap_or(&self.target.url)
    }
}

/// What a server said about the version of a page, for a conditional request (RFC 9110, section
/// 13.1): the values go back as they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Validators {
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
    /// The address that sent them, where redirects led elsewhere than the target's; they say
    /// nothing about any other address.
    pub url: Option<Url>,
}

impl Validators {
    /// What `url` said, when `target` was asked for.
    pub fn new(
        target: &Url,
        url: &Url,
        etag: Option<String>,
        last_modified: Option<String>,
    ) -> Self {
        let any = etag.is_some() || last_modified.is_some();
        Self {
            url: (any && url != target).then(|| url.clone()),
            etag,
            last_modified,
        }
    }

    /// Whether there is nothing to ask by.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// Whether they are about `url`, when `target` is asked for.
    pub fn are_of(&self, target: &Url, url: &Url) -> bool {
        !self.is_empty() && self.url.as_ref().unwrap_or(target) == url
    }
}

/// What was found out about an address: what a frontier keeps of it, so that anyone can ask later
/// why it ended or waits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What became of it.
    pub outcome: Outcome,
    /// The last status code, if a server answered.
    pub status: Option<u16>,
    /// Why, in words, where there is more to say than the outcome.
    pub reason: Option<String>,
    /// What the server said about the version of the page.
    pub validators: Validators,
}

impl From<Outcome> for Finding {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            status: None,
            reason: None,
            validators: Validators::default(),
        }
    }
}

/// What became of one job of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It is over: its record was handed on.
    Done(Finding),
    /// It is to be tried again; counts as an attempt.
    Retry {
        /// Not before this time.
        at: Timestamp,
        /// What went wrong this time.
        why: Finding,
    },
    /// It was not asked yet and stands first in its host's line: nothing is counted.
    Again,
    /// A redirect led to this address, which may belong to another host.
    Moved(Url),
}
