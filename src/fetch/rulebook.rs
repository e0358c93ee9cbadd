//! The robots.txt rules of every origin asked so far, fetched when first needed.
//!
//! 1. The rules of an origin (scheme, host, port) are looked up; while they are good they decide.
//! 2. Otherwise the file is asked for, over at most five redirects, and its first 500 KiB read.
//! 3. Rules that were had are kept for an hour to a day.
//! 4. A file that cannot be had for now forbids its whole origin and is not kept: the next one who
//!    asks asks again. If older rules are there, they go on ruling for an hour instead.
//!
//! Rules live as long as the fetcher. A file that was asked for comes with the [`Permission`], so
//! that a store can keep it and [hand it in](Fetcher::remember) to the fetcher of the next run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::error::Error;
use super::kind::Wanted;
use super::request::{redirect_of, retry_after_of};
use super::robots::{MAX_BYTES, MAX_REDIRECTS, RobotsFile, Rules, Verdict, whole_lines};
use super::{Fetcher, later, too_slow};
use crate::frontier::Validators;
use crate::outcome::Outcome;
use crate::page::Exchange;

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
    /// The file, if it was asked for now and there is an answer to keep.
    pub file: Option<RobotsFile>,
    /// What was on the wire for it, redirects first, if [`Options::keep_wire`] says so.
    ///
    /// [`Options::keep_wire`]: super::Options::keep_wire
    pub exchanges: Vec<Exchange>,
}

impl Permission {
    /// What rules say that are known already.
    fn by(rules: &Rules, url: &Url) -> Self {
        Self {
            verdict: rules.verdict(url),
            crawl_delay: rules.crawl_delay(),
            answered_at: None,
            file: None,
            exchanges: Vec::new(),
        }
    }

    /// What holds where robots.txt is not looked at.
    pub(super) fn without_rules() -> Self {
        Self {
            verdict: Verdict::Allowed,
            crawl_delay: None,
            answered_at: None,
            file: None,
            exchanges: Vec::new(),
        }
    }
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

    /// The sitemaps that the robots.txt of this address's origin names, if it is known.
    pub(super) fn sitemaps(&self, url: &Url) -> Vec<Url> {
        let kept = self.kept(&url.origin().ascii_serialization());
        kept.map_or_else(Vec::new, |kept| kept.rules.sitemaps().to_vec())
    }

    /// Takes in a file that was had before; one that says nothing is passed over.
    pub(super) fn remember(&self, file: &RobotsFile) {
        if let Some(rules) = Rules::of_file(file) {
            let until = rules.until();
            self.keep(&file.origin, &Arc::new(rules), until);
        }
    }

    /// Whether nothing is known of the rules of this origin.
    pub(super) fn is_new(&self, origin: &str) -> bool {
        self.kept(origin).is_none()
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
            return Ok(Permission::by(&good.rules, url));
        }
        let mut exchanges = Vec::new();
        let asked = ask(fetcher, url, &origin, &mut exchanges).await;
        let (rules, until, file) = match (asked, kept) {
            (Ok((rules, file)), _) => {
                let until = rules.until();
                (Arc::new(rules), until, Some(file))
            }
            (Err(_), Some(old)) => (old.rules, later(now, STALE), None),
            (Err(error), None) => return Err(error),
        };
        self.keep(&origin, &rules, until);
        Ok(Permission {
            answered_at: Some(fetcher.clock().now()),
            file,
            exchanges,
            ..Permission::by(&rules, url)
        })
    }
}

/// Asks an origin for its robots.txt.
async fn ask(
    fetcher: &Fetcher,
    url: &Url,
    origin: &str,
    exchanges: &mut Vec<Exchange>,
) -> Result<(Rules, RobotsFile), Error> {
    let mut at = url
        .join("/robots.txt")
        .expect("an http URL can carry any path");
    let limit = fetcher.options().total_timeout;
    let asking = async {
        for _ in 0..=MAX_REDIRECTS {
            let mut exchange = None;
            let answer = one(fetcher, &at, &mut exchange).await;
            exchanges.extend(exchange);
            match answer? {
                Answer::File(file) => return Ok(file),
                Answer::Moved(to) => at = to,
            }
        }
        // More redirects than that: there is no file (RFC 9309, section 2.3.1.2).
        Ok(RobotsFile::missing(fetcher.clock().now()))
    };
    let mut file = match tokio::time::timeout(limit, asking).await {
        Ok(Ok(file)) => file,
        Ok(Err(error)) => return Err(unreachable(url, error)),
        Err(_) => return Err(unreachable(url, too_slow(url, fetcher))),
    };
    origin.clone_into(&mut file.origin);
    if let Some(rules) = Rules::of_file(&file) {
        return Ok((rules, file));
    }
    let reason = format!("status {}", file.status);
    let error = Error::new(Outcome::HttpError, url, file.fetched_at, reason);
    Err(unreachable(url, error))
}

enum Answer {
    File(RobotsFile),
    Moved(Url),
}

async fn one(
    fetcher: &Fetcher,
    url: &Url,
    exchange: &mut Option<Exchange>,
) -> Result<Answer, Error> {
    let response = fetcher
        .send(url, Wanted::Page, &Validators::default(), exchange)
        .await?;
    let now = fetcher.clock().now();
    let status = response.status().as_u16();
    match redirect_of(&response, url, now) {
        Ok(Some(to)) => return Ok(Answer::Moved(to)),
        // A redirect that leads nowhere: there is no file.
        Err(_) => return Ok(Answer::File(RobotsFile::missing(now))),
        Ok(None) => {}
    }
    let mut file = RobotsFile::new(status, now);
    file.fresh_for(
        response
            .headers()
            .get("cache-control")
            .and_then(|value| value.to_str().ok()),
    );
    if response.status().is_success() {
        let body = fetcher.body(response, url, now, exchange.as_mut());
        file.body = whole_lines(body.first_bytes(MAX_BYTES).await?);
    } else if file.is_unreachable() {
        let reason = format!("status {status}");
        let error = Error::new(Outcome::HttpError, url, now, reason).with_status(status);
        return Err(error.with_retry_after(retry_after_of(&response, now)));
    }
    Ok(Answer::File(file))
}

/// A failure to get robots.txt. Where the host cannot be reached at all, that is the outcome and
/// the reason: it says more than that its robots.txt is missing.
fn unreachable(url: &Url, mut error: Error) -> Error {
    let of_host = matches!(
        error.outcome,
        Outcome::DnsFailed
            | Outcome::ConnectFailed
            | Outcome::ConnectTimeout
            | Outcome::TlsFailed
            | Outcome::ProxyFailed
            | Outcome::AddressRefused
    );
    // Of another host, which a redirect led to, it has to be said whose file was asked for there.
    if of_host && error.url.host() == url.host() {
        *error.url = url.clone();
        return error;
    }
    let outcome = if of_host {
        error.outcome
    } else {
        Outcome::RobotsUnreachable
    };
    let reason = "robots.txt cannot be had".to_owned();
    let mut whole = Error::new(outcome, url, error.at, reason);
    whole.retry_after = error.retry_after;
    whole.with_source(error.into())
}
