//! What a machine's clock differs from the server's.
//!
//! Many machines share the gates of hosts, and their clocks disagree. So the times that go to the
//! server are shifted to the server's clock, and shifted back when they come from there. How far is
//! measured by a short trip: the server read its clock somewhere between the start and the end of
//! it. A difference that the trip's own length explains counts as none, which it is on one machine.
//! Where there is one, gates are kept that much longer than it is uncertain: never too early.

use jiff::Timestamp;

use crate::frontier::kept::{stored, time};

/// How far the server's clock is ahead of ours, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Skew {
    ahead: i64,
    uncertain: i64,
}

impl Skew {
    /// From one trip: our clock before and after it, and the server's in between.
    pub(super) fn of_trip(before: i64, server: i64, after: i64) -> Self {
        let (middle, half) = (before.midpoint(after), (after - before) / 2 + 1);
        let ahead = server - middle;
        if ahead.abs() <= half {
            return Self::default();
        }
        Self {
            ahead,
            uncertain: half,
        }
    }

    /// The better known of two.
    pub(super) fn better(self, other: Self) -> Self {
        if other.uncertain < self.uncertain {
            other
        } else {
            self
        }
    }

    /// A time of ours for the server.
    pub(super) fn there(self, at: Timestamp) -> i64 {
        stored(at).saturating_add(self.ahead)
    }

    /// A time until which something is left alone, for the server.
    pub(super) fn gate(self, at: Timestamp) -> i64 {
        self.there(at).saturating_add(self.uncertain)
    }

    /// The present, to compare gates with.
    pub(super) fn present(self, now: Timestamp) -> i64 {
        self.there(now).saturating_sub(self.uncertain)
    }

    /// A time of the server for us.
    pub(super) fn here(self, at: i64) -> Timestamp {
        time(at.saturating_sub(self.ahead))
    }

    /// When a gate of the server has passed for us.
    pub(super) fn passed(self, gate: i64) -> Timestamp {
        self.here(gate.saturating_add(self.uncertain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_the_trip_explains_is_none() {
        assert_eq!(Skew::of_trip(1_000, 1_010, 1_400), Skew::default());
        assert_eq!(Skew::of_trip(1_000, 1_400, 1_400), Skew::default());
        let far = Skew::of_trip(1_000, 901_200, 1_400);
        assert_eq!((far.ahead, far.uncertain), (900_000, 201));
    }

    #[test]
    fn gates_are_never_early_whatever_the_clocks_say() {
        let now = Timestamp::from_second(1_000).expect("a time");
        for (server, before, after) in [(5_000_000, 0, 800), (-7_000_000, 0, 90_000)] {
            let skew = Skew::of_trip(before, server, after);
            let gate = skew.gate(now);
            assert!(
                skew.present(now) < gate,
                "due at once, it is not passed yet"
            );
            assert!(skew.passed(gate) > now);
            assert_eq!(skew.here(skew.there(now)), now);
        }
    }
}
