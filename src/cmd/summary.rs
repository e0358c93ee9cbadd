//! The closing summary of a crawl: a sum that adds up to the list.

use std::fmt::{self, Write as _};
use std::time::Duration;

use cleancopy::crawl::Stats;
use cleancopy::fetch::Fetcher;
use cleancopy::frontier::Counts;
use indicatif::HumanBytes;
use serde_json::{Value, json};

use super::log::counted;

/// What became of every line of a list, and of every site.
#[derive(Debug)]
pub(crate) struct Summary {
    /// Lines that were meant to be addresses.
    pub(crate) lines: usize,
    /// Sites.
    pub(crate) sites: usize,
    /// Lines that name an address which an earlier line named.
    pub(crate) duplicates: usize,
    /// Lines that are no http(s) URL.
    pub(crate) not_urls: usize,
    /// Addresses that had a record from an earlier run.
    pub(crate) already: usize,
    /// What the crawl did with the others.
    pub(crate) stats: Stats,
    /// What it took.
    pub(crate) cost: Cost,
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Requests, tries of a connection that failed among them.
    requests: usize,
    /// Those of them that were for robots.txt.
    for_robots: usize,
    /// Bytes that came.
    bytes: u64,
    took: Duration,
}

impl Cost {
    /// What a run took that asked for pages as `stats` says.
    pub(crate) fn new(fetcher: &Fetcher, stats: &Stats, took: Duration) -> Self {
        let traffic = fetcher.traffic();
        let requests = usize::try_from(traffic.requests).unwrap_or(usize::MAX);
        Self {
            requests,
            for_robots: requests.saturating_sub(stats.requests),
            bytes: traffic.wire_bytes,
            took,
        }
    }

    fn numbers(self) -> Value {
        json!({
            "requests": self.requests,
            "requests_for_robots": self.for_robots,
            "bytes": self.bytes,
            "seconds": self.took.as_secs_f64(),
        })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted(self.requests, "request", "requests"))?;
        if self.for_robots > 0 {
            write!(f, " ({} for robots.txt)", self.for_robots)?;
        }
        let seconds = self.took.as_secs_f64();
        write!(f, ", {}, {seconds:.1} s", HumanBytes(self.bytes))
    }
}

impl Summary {
    /// The rows, which add up to lines, sites and what was found when nothing was lost.
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

    /// The same for machines.
    pub(crate) fn numbers(&self) -> Value {
        json!({
            "lines": self.lines,
            "sites": self.sites,
            "found": self.stats.found,
            "ended": rows_as_json(&self.rows()),
            "left_out": left_out_as_json(&self.stats),
            "cost": self.cost.numbers(),
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines > 0 || self.sites == 0 {
            write!(f, "{}, ", counted(self.lines, "line", "lines"))?;
        }
        if self.sites > 0 {
            write!(f, "{}, ", counted(self.sites, "site", "sites"))?;
        }
        if self.stats.found > 0 {
            let found = counted(self.stats.found, "address", "addresses");
            write!(f, "{found} found or guessed, ")?;
        }
        writeln!(f, "{}", self.cost)?;
        f.write_str(&table(&self.rows()))?;
        if let Some(told) = left_out(&self.stats) {
            write!(f, "\n{told}")?;
        }
        Ok(())
    }
}

/// How a crawl in a folder or on a server stands after a run.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) name: &'a str,
    pub(crate) counts: &'a Counts,
    /// How many of its addresses nobody named, where that is known.
    pub(crate) found: Option<usize>,
    pub(crate) stats: &'a Stats,
    pub(crate) cost: Cost,
}

impl Standing<'_> {
    /// The same for machines.
    pub(crate) fn numbers(&self) -> Value {
        json!({
            "crawl": self.name,
            "visit": self.counts.visit,
            "addresses": self.counts.total(),
            "found": self.found,
            "ended": rows_as_json(&rows_of(self.counts)),
            "run": {
                "found": self.stats.found,
                "left_out": left_out_as_json(self.stats),
                "cost": self.cost.numbers(),
            },
        })
    }
}

impl fmt::Display for Standing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = addresses(self.counts, self.found);
        let (name, visit) = (self.name, self.counts.visit);
        writeln!(f, "{name}: visit {visit}, {addresses}, {}", self.cost)?;
        f.write_str(&table(&rows_of(self.counts)))
    }
}

/// How many addresses a crawl has, and how it came to them.
pub(crate) fn addresses(counts: &Counts, found: Option<usize>) -> String {
    let all = counted(counts.total(), "address", "addresses");
    match found {
        Some(found) if found > 0 => format!("{all} ({found} found or guessed)"),
        _ => all,
    }
}

fn rows_as_json(rows: &[(&'static str, usize)]) -> Value {
    rows.iter()
        .map(|(name, count)| ((*name).to_owned(), json!(count)))
        .collect()
}

fn left_out_as_json(stats: &Stats) -> Value {
    let left = stats.left_out.iter();
    left.map(|(why, count)| (why.to_string(), json!(count)))
        .collect()
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
