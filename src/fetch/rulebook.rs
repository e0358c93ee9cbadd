//! The robots.txt rules of every origin asked so far, fetched when first needed.
//!
//! 1. The rules of an origin (scheme, host, port) are looked up; while they are good they decide.
//! 2. Otherwise the file is asked for, over at most five redirects, and its first 500 KiB read.
//! 3. Rules that were had are kept for an hour to a day.
//! 4. A file that cannot be had for now forbids its whole origin and is not kept: the next one who
//!    asks asks again. If older rules are there, they go on ruling for an hour instead.
//!
//! Rules live as long as the fetcher. When frontiers outlive the process, this is the place that
//! hands them to the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::error::Error;
use super::robots::{MAX_BYTES, MAX_REDIRECTS, Rules, Verdict};
use super::{Fetcher, Hop, limit};
use crate::outcome::Outcome;

/// While a file cannot be had, rules had earlier go on ruling for so long at a time.
const STALE: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
pub(super) struct Rulebook {
    origins: Mutex<HashMap<String, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    rules: Arc<Rules>,
    until: Timestamp,
}

/// What robots.txt says about an address, and whether the file had to be asked for.
#[derive(Debug)]
pub struct Permission {
    /// Whether the address may be asked.
    pub verdict: Verdict,
    /// The pause between two requests that robots.txt asks for.
    pub crawl_delay: Option<Duration>,
    /// When robots.txt was answered, if it was asked for now.
    pub answered_at: Option<Timestamp>,
}

impl Rulebook {
    fn kept(&self, origin: &str) -> Option<Kept> {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.get(origin).cloned()
    }

    fn keep(&self, origin: &str, rules: &Arc<Rules>, until: Timestamp) {
        let kept = Kept {
            rules: Arc::clone(rules),
            until,
        };
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.insert(origin.to_owned(), kept);
    }

    /// Whether `url` may be asked, by the rules of its origin.
    pub(super) async fn permission(
        &self,
        fetcher: &Fetcher,
        url: &Url,
    ) -> Result<Permission, Error> {
        let origin = url.origin().ascii_serialization();
        let now = fetcher.clock().now();
        let kept = self.kept(&origin);
        if let Some(good) = kept.as_ref().filter(|kept| kept.until > now) {
            return Ok(Permission {
                verdict: good.rules.verdict(url),
                crawl_delay: good.rules.crawl_delay(),
                answered_at: None,
            });
        }
        let (rules, until) = match (ask(fetcher, url).await, kept) {
            (Ok(rules), _) => {
                let until = rules.until();
                (Arc::new(rules), until)
            }
            (Err(_), Some(old)) => (old.rules, super::later(now, STALE)),
            (Err(error), None) => return Err(error),
        };
        self.keep(&origin, &rules, until);
        Ok(Permission {
            verdict: rules.verdict(url),
            crawl_delay: rules.crawl_delay(),
            answered_at: Some(fetcher.clock().now()),
        })
    }
}

/// Asks an origin for its robots.txt.
async fn ask(fetcher: &Fetcher, url: &Url) -> Result<Rules, Error> {
    let mut at = url
        .join("/robots.txt")
        .expect("an http URL can carry any path");
    let limit = fetcher.options().total_timeout;
    let asking = async {
        for _ in 0..=MAX_REDIRECTS {
            match one(fetcher, &at).await? {
                Answer::Rules(rules) => return Ok(rules),
                Answer::Moved(to) => at = to,
            }
        }
        Ok(none(fetcher.clock().now()))
    };
    let asked = tokio::time::timeout(limit, asking).await;
    let outcome = match asked {
        Ok(Ok(rules)) => return Ok(rules),
        Ok(Err(error)) => error,
        Err(_) => super::too_slow(url, fetcher),
    };
    Err(unreachable(url, outcome))
}

enum Answer {
    Rules(Rules),
    Moved(Url),
}

async fn one(fetcher: &Fetcher, url: &Url) -> Result<Answer, Error> {
    let response = fetcher.send(url).await?;
    let now = fetcher.clock().now();
    let status = response.status().as_u16();
    match super::redirect_of(&response, url, now) {
        Ok(Some(Hop::Redirect { to })) => return Ok(Answer::Moved(to)),
        // A redirect that leads nowhere: there is no file.
        Err(_) => return Ok(Answer::Rules(none(now))),
        Ok(_) => {}
    }
    let retry_after = super::retry_after_of(&response, now);
    let cache_control = response
        .headers()
        .get("cache-control")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = if response.status().is_success() {
        limit::first_bytes(response, MAX_BYTES, url, now).await?
    } else {
        Vec::new()
    };
    if let Some(rules) = Rules::of_answer(status, &body, now) {
        let rules = rules.fresh_for(cache_control.as_deref(), now);
        return Ok(Answer::Rules(rules));
    }
    let reason = format!("status {status}");
    let mut error = Error::new(Outcome::HttpError, url, now, reason).with_status(status);
    error.retry_after = retry_after;
    Err(error)
}

/// No rules at all.
fn none(now: Timestamp) -> Rules {
    Rules::of_answer(404, b"", now).expect("404 means that there are no rules")
}

/// A failure to get robots.txt. Where the host cannot be reached at all, that is the outcome:
/// it says more than that its robots.txt is missing.
fn unreachable(url: &Url, error: Error) -> Error {
    let outcome = match error.outcome {
        Outcome::DnsFailed
        | Outcome::ConnectFailed
        | Outcome::TlsFailed
        | Outcome::AddressRefused => error.outcome,
        _ => Outcome::RobotsUnreachable,
    };
    let reason = "robots.txt cannot be had".to_owned();
    let mut whole = Error::new(outcome, url, error.at, reason);
    whole.retry_after = error.retry_after;
    whole.with_source(error.into())
}
