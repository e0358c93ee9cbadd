//! How long to wait: pauses, back-off, `Retry-After`. Pure arithmetic; the waiting itself is the
//! frontier's, which keeps the times, and nobody sleeps here.

use std::hash::Hasher as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use siphasher::sip::SipHasher13;

use crate::frontier::Wait;

/// How a host is to be treated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// The pause between two requests to a host. It runs from the start of an answer, so the
    /// starts of two requests are never closer.
    pub delay: Duration,
    /// Each pause is longer by up to so many hundredths of itself, so that hosts that were asked in
    /// the same moment, by one crawler or several, are not asked in step for ever. Never shorter;
    /// 0 turns it off.
    pub jitter: u32,
    /// A `Crawl-delay` of robots.txt beyond this counts as this; the pause is never shorter than
    /// `delay`.
    pub max_crawl_delay: Duration,
    /// A host that takes long to answer gets a pause of so many times its latency, so that a busy
    /// server is not kept busy by us alone; 0 turns it off, and so does a `delay` of zero.
    pub latency_factor: u32,
    /// No pause grows longer than this by latency.
    pub max_latency_pause: Duration,
    /// How many times an address is tried again after a failure that may pass. With 0, a host with
    /// which no connection comes about is not waited for either.
    pub retries: u32,
    /// The wait before the first retry, and before a host that failed as a whole is asked for
    /// anything again; after each further failure in a row it is twice as long.
    pub back_off: Duration,
    /// No wait of ours is longer than this.
    pub max_back_off: Duration,
    /// A `Retry-After` beyond this counts as this.
    pub max_retry_after: Duration,
    /// After so many failures of a host in a row its other addresses are not asked any more.
    pub host_failures: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(1),
            jitter: 10,
            max_crawl_delay: Duration::from_secs(120),
            latency_factor: 2,
            max_latency_pause: Duration::from_secs(30),
            retries: 2,
            back_off: Duration::from_secs(30),
            max_back_off: Duration::from_secs(3600),
            max_retry_after: Duration::from_secs(24 * 3600),
            host_failures: 4,
        }
    }
}

impl Pace {
    /// The pause of a host whose robots.txt asks for `crawl_delay` and that takes `latency` to
    /// answer, with the reason for its length.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use cleancopy::fetch::Pace;
    /// use cleancopy::frontier::Wait;
    /// let pace = Pace::default();
    /// let seconds = Duration::from_secs;
    /// assert_eq!(pace.pause(None, None), (seconds(1), Wait::Pause));
    /// assert_eq!(pace.pause(Some(seconds(7)), None), (seconds(7), Wait::CrawlDelay));
    /// assert_eq!(pace.pause(Some(seconds(900)), None), (seconds(120), Wait::CrawlDelay));
    /// assert_eq!(pace.pause(None, Some(seconds(3))), (seconds(6), Wait::SlowHost));
    /// ```
    pub fn pause(
        &self,
        crawl_delay: Option<Duration>,
        latency: Option<Duration>,
    ) -> (Duration, Wait) {
        let theirs = crawl_delay.unwrap_or_default().min(self.max_crawl_delay);
        let slow = match latency {
            Some(latency) if !self.delay.is_zero() => latency
                .saturating_mul(self.latency_factor)
                .min(self.max_latency_pause),
            _ => Duration::ZERO,
        };
        if slow > self.delay.max(theirs) {
            (slow, Wait::SlowHost)
        } else if theirs > self.delay {
            (theirs, Wait::CrawlDelay)
        } else {
            (self.delay, Wait::Pause)
        }
    }

    /// When a host may be asked again after an answer that began at `from`: the pause, and by how
    /// much it is longer.
    ///
    /// What looks like chance is a hash of the host and the moment: the same moment gives the same
    /// gate, so a crawl with a clock of its own goes the same way twice.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use cleancopy::fetch::Pace;
    /// let pace = Pace::default();
    /// let from = jiff::Timestamp::UNIX_EPOCH;
    /// let gate = pace.gate("news.example", from, Duration::from_secs(10));
    /// assert!((10_000..=11_000).contains(&gate.as_millisecond()));
    /// assert_eq!(gate, pace.gate("news.example", from, Duration::from_secs(10)));
    /// assert_ne!(gate, pace.gate("other.example", from, Duration::from_secs(10)));
    /// ```
    pub fn gate(&self, host: &str, from: Timestamp, pause: Duration) -> Timestamp {
        let mut hasher = SipHasher13::new();
        hasher.write(host.as_bytes());
        hasher.write_i128(from.as_nanosecond());
        // The upper half of a hash as a part of one.
        let part = (hasher.finish() >> 32) as f64 / f64::from(u32::MAX);
        let longer = pause.mul_f64(part * f64::from(self.jitter.min(100)) / 100.0);
        later(from, pause.saturating_add(longer))
    }

    /// The latency of a host after one more answer: a moving average, in which one slow page
    /// counts for a quarter.
    pub fn latency(before: Option<Duration>, now: Duration) -> Duration {
        before.map_or(now, |before| (before * 3 + now) / 4)
    }

    /// When to try again after failure number `times` (from 1), which came at `now`.
    ///
    /// What the server asks for takes the place of our own back-off, up to the limit.
    pub fn again(&self, now: Timestamp, times: u32, asked: Option<Timestamp>) -> Timestamp {
        let doubled = 2u32.saturating_pow(times.saturating_sub(1).min(20));
        let ours = self.back_off.saturating_mul(doubled).min(self.max_back_off);
        let ours = later(now, ours);
        match asked {
            Some(theirs) => theirs.min(later(now, self.max_retry_after)).max(now),
            None => ours,
        }
    }
}

/// A time after another, at most the last there is.
pub fn later(from: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// Reads `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3).
///
/// # Examples
/// ```
/// use cleancopy::fetch::retry_after;
/// let now = "2026-01-31T12:00:00Z".parse()?;
/// assert_eq!(retry_after("90", now), Some("2026-01-31T12:01:30Z".parse()?));
/// let date = "Sat, 31 Jan 2026 12:05:00 GMT";
/// assert_eq!(retry_after(date, now), Some("2026-01-31T12:05:00Z".parse()?));
/// assert_eq!(retry_after("soon", now), None);
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn retry_after(value: &str, now: Timestamp) -> Option<Timestamp> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit mean "far away", not "at once".
        let seconds = value.parse().unwrap_or(u64::from(u32::MAX));
        return Some(later(now, Duration::from_secs(seconds)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Timestamp::try_from(date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_its_limit() {
        let pace = Pace::default();
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<i64> = [1, 2, 3, 30]
            .map(|times| pace.again(now, times, None).as_second())
            .to_vec();
        assert_eq!(waits, [30, 60, 120, 3600]);
    }

    #[test]
    fn a_pause_is_longer_by_a_tenth_at_most_and_never_shorter() {
        let pace = Pace::default();
        let pause = Duration::from_secs(1);
        let gates = (0..2_000).map(|second| {
            let from = Timestamp::from_second(second).unwrap();
            let gap = pace.gate("news.example", from, pause).duration_since(from);
            gap.as_millis()
        });
        let mut gaps: Vec<i128> = gates.collect();
        gaps.sort_unstable();
        let (first, middle, last) = (gaps[0], gaps[1_000], gaps[1_999]);
        // Spread over the whole tenth, evenly.
        assert!(
            (1_000..1_002).contains(&first) && (1_098..=1_100).contains(&last),
            "{first} {last}"
        );
        assert!((1_045..1_055).contains(&middle), "{middle}");
        let exact = Pace {
            jitter: 0,
            ..Pace::default()
        };
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(exact.gate("news.example", now, pause), later(now, pause));
        assert_eq!(pace.gate("news.example", now, Duration::ZERO), now);
        // A pause beyond the calendar is its end, not a panic.
        assert_eq!(
            pace.gate("news.example", now, Duration::MAX),
            Timestamp::MAX
        );
    }

    #[test]
    fn what_the_server_asks_for_is_clamped_to_a_day() {
        let pace = Pace::default();
        let now = Timestamp::UNIX_EPOCH;
        for (value, wait) in [
            ("5", 5),
            ("0", 0),
            ("315360000", 86400),
            ("99999999999999999999999", 86400),
            ("Thu, 01 Jan 1970 00:00:07 GMT", 7),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ] {
            let asked = retry_after(value, now);
            assert_eq!(pace.again(now, 1, asked).as_second(), wait, "{value}");
        }
    }
}
