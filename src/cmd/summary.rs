//! The closing summary of a crawl: a sum that adds up to the list.

use std::fmt::{self, Write as _};
use std::time::Duration;

use cleancopy::crawl::Stats;
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::Counts;
use indicatif::HumanBytes;

use super::log::say;

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
    /// Bytes that came.
    pub(crate) bytes: u64,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Summary {
    /// The rows, which add up to `lines` and what was found when nothing was lost.
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
        write!(f, "{} lines, ", self.lines)?;
        if self.stats.found > 0 {
            write!(f, "{} addresses found, ", self.stats.found)?;
        }
        writeln!(f, "{}", cost(self.stats.requests, self.bytes, self.took))?;
        f.write_str(&table(&self.rows()))?;
        if let Some(told) = left_out(&self.stats) {
            write!(f, "\n{told}")?;
        }
        Ok(())
    }
}

/// Says how many bytes came.
pub(crate) fn say_bytes(fetcher: &Fetcher) {
    let bytes = HumanBytes(fetcher.traffic().wire_bytes);
    say(format_args!("{bytes} came over the wire"));
}

/// What a run asked for, what came, and how long it took.
fn cost(requests: usize, bytes: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    let s = if requests == 1 { "" } else { "s" };
    format!(
        "{requests} request{s}, {}, {seconds:.1} s",
        HumanBytes(bytes)
    )
}

/// What was found and left out, if anything was.
pub(crate) fn left_out(stats: &Stats) -> Option<String> {
    let left = stats.left_out.iter();
    let told: Vec<String> = left.map(|(why, n)| format!("{n} {why}")).collect();
    (!told.is_empty()).then(|| format!("found and not asked for: {}", told.join(", ")))
}

/// What became of the addresses of a crawl in a folder.
pub(crate) fn rows_of(counts: &Counts) -> Vec<(&'static str, usize)> {
    let ended = counts.outcomes.iter();
    let mut rows: Vec<_> = ended.map(|(o, count)| (o.as_str(), *count)).collect();
    rows.push(("pending", counts.pending));
    rows.retain(|(_, count)| *count > 0);
    rows
}

/// Rows with their sum, one a line.
pub(crate) fn table(rows: &[(&'static str, usize)]) -> String {
    let mut table = String::new();
    let total = ("total", rows.iter().map(|(_, count)| count).sum());
    for (name, count) in rows.iter().chain([&total]) {
        let end = if *name == "total" { "" } else { "\n" };
        let _ = write!(table, "  {name:<20} {count:>8}{end}");
    }
    table
}
