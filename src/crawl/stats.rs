//! What a crawl did, in numbers.

use std::collections::BTreeMap;

use super::discovery::LeftOut;
use crate::outcome::Outcome;
use crate::sink::Record;

/// What a crawl did, in numbers that add up: every address taken has a record,
/// is left, or was a guess that missed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Records by outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Requests for pages, redirects and retries counted, robots.txt not.
    pub requests: usize,
    /// Addresses that were found on the way.
    pub found: usize,
    /// Addresses that were found and not asked for, by reason.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// Guesses at sitemaps and feeds that led to none: they have no record.
    pub missed_guesses: usize,
    /// Addresses without a record: the crawl was stopped before their turn.
    pub left: usize,
}

impl Stats {
    pub(super) fn count(&mut self, record: &Record) {
        if record.outcome == Outcome::MissedGuess {
            self.missed_guesses += 1;
            return;
        }
        *self.outcomes.entry(record.outcome).or_default() += 1;
    }

    /// How many records were made.
    pub fn records(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// How many of them are pages that were not had or not read.
    pub fn failures(&self) -> usize {
        let failed = self
            .outcomes
            .iter()
            .filter(|(outcome, _)| !outcome.was_read());
        failed.map(|(_, count)| count).sum()
    }
}
