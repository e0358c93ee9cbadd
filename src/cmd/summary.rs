//! The closing summary of a crawl: a sum that adds up to the list.

use std::fmt;
use std::time::Duration;

use cleancopy::crawl::Stats;

/// What became of every line of a list.
#[derive(Debug)]
pub(crate) struct Summary {
    /// Lines that were meant to be addresses.
    pub(crate) lines: usize,
    /// Lines that name an address which an earlier line named.
    pub(crate) duplicates: usize,
    /// Lines that are no http(s) URL.
    pub(crate) not_urls: usize,
    /// Addresses that had a record from an earlier run.
    pub(crate) already: usize,
    /// What the crawl did with the others.
    pub(crate) stats: Stats,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Summary {
    /// What the rows add up to; a crawl that lost nothing gives `lines` and what it found.
    pub(crate) fn sum(&self) -> usize {
        self.rows().iter().map(|(_, count)| count).sum()
    }

    fn rows(&self) -> Vec<(&'static str, usize)> {
        let records = self.stats.outcomes.iter();
        let mut rows: Vec<_> = records.map(|(o, count)| (o.as_str(), *count)).collect();
        rows.extend([
            ("guesses that missed", self.stats.missed_guesses),
            ("already there", self.already),
            ("duplicates", self.duplicates),
            ("not a URL", self.not_urls),
            ("not started", self.stats.left),
        ]);
        rows.retain(|(_, count)| *count > 0);
        rows
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = self.stats.requests;
        let seconds = self.took.as_secs_f64();
        write!(f, "{} lines, ", self.lines)?;
        if self.stats.found > 0 {
            write!(f, "{} addresses found, ", self.stats.found)?;
        }
        writeln!(f, "{requests} requests, {seconds:.1} s")?;
        for (name, count) in self.rows() {
            writeln!(f, "  {name:<20} {count:>8}")?;
        }
        write!(f, "  {:<20} {:>8}", "total", self.sum())?;
        if !self.stats.left_out.is_empty() {
            let left = self.stats.left_out.iter();
            let told: Vec<String> = left.map(|(why, n)| format!("{n} {why}")).collect();
            write!(f, "\nfound and not asked for: {}", told.join(", "))?;
        }
        Ok(())
    }
}
