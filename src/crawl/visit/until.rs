//! When a lease runs out, and with it a visit.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::fetch::later;

/// When a lease runs out: moved by whoever prolongs it, looked at before each request.
#[derive(Debug, Clone)]
pub(in crate::crawl) struct Until {
    /// In microseconds since 1970.
    at: Arc<AtomicI64>,
    /// The time before it in which nothing is begun any more is no longer than this.
    longest_margin: Duration,
}

impl Until {
    /// Of a lease that was asked for at `since`.
    pub(in crate::crawl) fn new(since: Timestamp, lease: Duration) -> Self {
        let until = Self {
            at: Arc::default(),
            longest_margin: lease / 4,
        };
        until.set(since, lease);
        until
    }

    /// It was prolonged at `since`.
    pub(in crate::crawl) fn set(&self, since: Timestamp, lease: Duration) {
        let at = later(since, lease).as_microsecond();
        self.at.store(at, Ordering::Relaxed);
    }

    /// Whether it is too late to begin a request after which the host is left alone for `pause`.
    pub(super) fn is_near(&self, now: Timestamp, pause: Duration) -> bool {
        let over = later(now, pause.min(self.longest_margin)).as_microsecond();
        over >= self.at.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_begun_shortly_before_a_lease_runs_out() {
        let seconds = Duration::from_secs;
        let at = |second| Timestamp::from_second(second).expect("a time");
        let until = Until::new(at(1_000), seconds(90));
        let (short, long) = (seconds(1), seconds(600));
        assert!(!until.is_near(at(1_088), short));
        assert!(until.is_near(at(1_089), short) && until.is_near(at(5_000), short));
        assert!(
            !until.is_near(at(1_060), long),
            "a long pause leaves most of a lease"
        );
        until.clone().set(at(1_060), seconds(90));
        assert!(
            !until.is_near(at(1_140), short),
            "prolonged, the visit knows it"
        );
    }
}
