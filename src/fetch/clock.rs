//! What time it is, as a value that is handed in.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time to a fetcher and to the crawl that uses it.
///
/// The default is the system's clock; a test hands in its own.
///
/// # Examples
/// ```
/// use cleancopy::fetch::Clock;
/// let stopped = Clock::new(|| jiff::Timestamp::UNIX_EPOCH);
/// assert_eq!(stopped.now(), jiff::Timestamp::UNIX_EPOCH);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that reads what `now` returns.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
