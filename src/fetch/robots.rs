//! What a robots.txt says to us (RFC 9309). Pure: the answer comes in, the rules come out; asking
//! for the file is the [rulebook](super::rulebook)'s work.

use std::time::Duration;

use jiff::Timestamp;
use robotxt::{AccessResult, Robots};
use serde::{Deserialize, Serialize};
use url::Url;

use super::pace::later;
use crate::discover::sitemaps_of_robots;

/// The product token by which robots.txt files name this crawler (RFC 9309, section 2.2.1).
pub const TOKEN: &str = "cleancopy";

/// So many bytes of a robots.txt are read; what follows is passed over (RFC 9309, section 2.5).
pub(super) const MAX_BYTES: usize = 500 * 1024;

/// So many redirects of a robots.txt are followed (RFC 9309, section 2.3.1.2).
pub(super) const MAX_REDIRECTS: usize = 5;

const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

/// The rules of one origin for this crawler.
#[derive(Debug, Clone)]
pub struct Rules {
    robots: Robots,
    sitemaps: Vec<Url>,
    until: Timestamp,
}

/// Whether an address may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may not.
    Disallowed {
        /// The pattern that forbids it, as it stands in the file.
        rule: String,
    },
}

/// A robots.txt as it was had: all that its rules are made from, for whoever keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RobotsFile {
    /// The origin it rules: scheme, host and port (RFC 6454, section 6.2).
    pub origin: String,
    /// HTTP status code of the last answer.
    pub status: u16,
    /// When it was had.
    pub fetched_at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
    /// Its first 500 KiB, whole lines only; nothing unless the status was a success.
    pub body: Vec<u8>,
}

impl RobotsFile {
    pub(super) fn new(status: u16, fetched_at: Timestamp) -> Self {
        Self {
            origin: String::new(),
            status,
            fetched_at,
            until: later(fetched_at, DAY),
            body: Vec::new(),
        }
    }

    /// There is none.
    pub(super) fn missing(fetched_at: Timestamp) -> Self {
        Self::new(404, fetched_at)
    }

    /// Makes it good for as long as `Cache-Control` says, within an hour and a day.
    pub(super) fn fresh_for(&mut self, cache_control: Option<&str>) {
        let age = cache_control.and_then(max_age).unwrap_or(DAY);
        self.until = later(self.fetched_at, age.clamp(HOUR, DAY));
    }

    /// Whether the status says that the file cannot be had for now: 429 (it asks us to go away,
    /// which is no licence), 5xx, and what is no status at all (RFC 9309, section 2.3.1.4).
    pub(super) fn is_unreachable(&self) -> bool {
        self.status == 429 || !(200..=499).contains(&self.status)
    }
}

/// What of a robots.txt is taken in if it is longer than the limit: no rule cut in half.
pub(super) fn whole_lines(mut body: Vec<u8>) -> Vec<u8> {
    if body.len() >= MAX_BYTES {
        let end = body.iter().rposition(|c| matches!(c, b'\n' | b'\r'));
        body.truncate(end.map_or(0, |at| at + 1));
    }
    body
}

impl Rules {
    /// The rules a server's answer means: the file's for a success, none for 300 to 499.
    ///
    /// `None` when the file cannot be had for now, which forbids everything: 429 and 5xx
    /// (RFC 9309, section 2.3.1.4; 429 asks us to go away, so it is no licence).
    ///
    /// # Examples
    /// ```
    /// use cleancopy::fetch::{Rules, Verdict};
    /// let now = jiff::Timestamp::UNIX_EPOCH;
    /// let file = b"User-agent: *\nDisallow: /\n\nUser-agent: Cleancopy/2.0\nDisallow: /private";
    /// let rules = Rules::of_answer(200, file, now).expect("the file was had");
    /// let open = "https://news.example/2026/ferry".parse()?;
    /// assert_eq!(rules.verdict(&open), Verdict::Allowed);
    /// let shut = "https://news.example/private/1".parse()?;
    /// assert_eq!(rules.verdict(&shut), Verdict::Disallowed { rule: "/private".to_owned() });
    /// assert!(Rules::of_answer(503, b"", now).is_none());
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn of_answer(status: u16, body: &[u8], now: Timestamp) -> Option<Self> {
        let mut file = RobotsFile::new(status, now);
        file.body = body.to_vec();
        Self::of_file(&file)
    }

    /// The rules of a file that was kept; `None` as for [`of_answer`](Self::of_answer).
    pub fn of_file(file: &RobotsFile) -> Option<Self> {
        Self::for_agent(file, TOKEN)
    }

    fn for_agent(file: &RobotsFile, agent: &str) -> Option<Self> {
        if file.is_unreachable() {
            return None;
        }
        let robots = match file.status {
            200..=299 => Robots::parse(&normalise_agents(&file.body), agent),
            _ => Robots::from_access(AccessResult::Unavailable, agent),
        };
        let origin = Url::parse(&file.origin).ok();
        let sitemaps = origin.map(|origin| sitemaps_of_robots(&file.body, &origin));
        Some(Self {
            robots,
            sitemaps: sitemaps.unwrap_or_default(),
            until: file.until,
        })
    }

    /// Until when the rules are good.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The pause between two requests that the file asks for (`Crawl-delay`, no part of the RFC).
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.robots.crawl_delay()
    }

    /// The sitemaps that the file names, whoever they are for.
    pub fn sitemaps(&self) -> &[Url] {
        &self.sitemaps
    }

    /// Whether this address may be asked.
    pub fn verdict(&self, url: &Url) -> Verdict {
        if self.robots.is_url_allowed(url) {
            return Verdict::Allowed;
        }
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let rule = self.robots.matching_rule(path);
        Verdict::Disallowed {
            rule: rule.map_or("/", |rule| rule.pattern()).to_owned(),
        }
    }
}

/// `max-age` of a `Cache-Control` value (RFC 9111, section 5.2.2.1).
fn max_age(cache_control: &str) -> Option<Duration> {
    let seconds = cache_control
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("max-age"))
        .and_then(|(_, value)| value.trim_matches('"').parse().ok())?;
    Some(Duration::from_secs(seconds))
}

/// Keeps only the product token of each `user-agent` value (RFC 9309, section 2.2.1): the matcher
/// compares whole values, and files say `Cleancopy/2.0 (news)` or open with a byte order mark.
fn normalise_agents(body: &[u8]) -> Vec<u8> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&c| matches!(c, b'\n' | b'\r')) {
        match agent_of(line) {
            Some(agent) => {
                out.extend_from_slice(b"user-agent: ");
                out.extend_from_slice(agent);
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

/// The product token of a `user-agent` line, `*` included; `None` for any other line.
fn agent_of(line: &[u8]) -> Option<&[u8]> {
    let end = line
        .iter()
        .position(|c| matches!(c, b'\n' | b'\r' | b'#'))
        .unwrap_or(line.len());
    let colon = line[..end].iter().position(|&c| c == b':')?;
    let name = line[..colon].trim_ascii();
    if !name.eq_ignore_ascii_case(b"user-agent") {
        return None;
    }
    let value = line[colon + 1..end].trim_ascii();
    if let [b'*', rest @ ..] = value {
        let alone = rest.first().is_none_or(u8::is_ascii_whitespace);
        return alone.then_some(b"*");
    }
    let token = value
        .iter()
        .position(|c| !(c.is_ascii_alphabetic() || matches!(c, b'-' | b'_')))
        .unwrap_or(value.len());
    (token > 0).then(|| &value[..token])
}

#[cfg(test)]
mod tests;
