//! What a person sees of a run on standard error: a bar on a terminal, a line now and then
//! elsewhere, and what had to be said in between. Records never go here.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use cleancopy::crawl::{Event, Observer};
use cleancopy::fetch::Fetcher;
use cleancopy::outcome::Outcome;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use super::log::{self, counted, say};

/// Where there is no terminal, a line comes this often at most.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// A wait shorter than this is not worth a word.
const WORTH_SAYING: i64 = 3;

/// Shows how a crawl gets on.
pub(crate) struct Progress {
    fetcher: Fetcher,
    bar: Option<ProgressBar>,
    total: usize,
    done: usize,
    counts: BTreeMap<Outcome, usize>,
    host: String,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// Shows the way through `total` addresses that `fetcher` is to ask for.
    pub(crate) fn new(total: usize, fetcher: &Fetcher) -> Self {
        let now = Instant::now();
        Self {
            fetcher: fetcher.clone(),
            bar: log::has_terminal().then(|| bar(total)),
            total,
            done: 0,
            counts: BTreeMap::new(),
            host: String::new(),
            started: now,
            last_line: now,
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self) {
        let bytes = HumanBytes(self.fetcher.traffic().wire_bytes);
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.done as u64);
                bar.set_message(format!("{bytes} | {} | {}", told(&self.counts), self.host));
            }
            None if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                let rate = self.done as f64 / self.started.elapsed().as_secs_f64();
                let (done, total, counts) = (self.done, self.total, told(&self.counts));
                let left = total.saturating_sub(done) as f64 / rate;
                let left = Duration::try_from_secs_f64(left).unwrap_or_default();
                let left = HumanDuration(left);
                say(format_args!(
                    "{done} of {total}, {rate:.1}/s, {bytes}, about {left} left: {counts}"
                ));
            }
            None => {}
        }
    }

    fn say(&mut self, line: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(line);
        } else {
            self.last_line = Instant::now();
            say(line);
        }
    }
}

impl Observer for Progress {
    fn see(&mut self, event: Event<'_>) {
        match event {
            Event::Visiting { host } => {
                host.clone_into(&mut self.host);
                self.show();
            }
            Event::Recorded { record } => {
                self.done += 1;
                *self.counts.entry(record.outcome).or_default() += 1;
                self.show();
            }
            Event::Found { new } => {
                self.total += new;
                if let Some(bar) = &self.bar {
                    bar.set_length(self.total as u64);
                }
            }
            Event::Waiting { until, pending } => {
                let wait = until.duration_since(jiff::Timestamp::now()).as_secs();
                if wait >= WORTH_SAYING {
                    let pending = counted(pending, "address", "addresses");
                    self.say(format!("waiting {wait} s for the hosts of {pending}"));
                }
            }
            Event::Stopping { visits } => self.say(format!(
                "stopping: {} under way; once more to leave at once",
                counted(visits, "page", "pages")
            )),
            _ => {}
        }
    }
}

fn bar(total: usize) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{spinner} {pos}/{len} [{bar:20}] {rate}, {eta} left | {wide_msg}",
    )
    .map(|style| style.with_key("rate", rate));
    let bar = ProgressBar::new(total as u64);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    // A terminal that cannot be written to has no use for an error either.
    let _ = write!(out, "{:.1}/s", state.per_sec());
}

fn told(counts: &BTreeMap<Outcome, usize>) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(outcome, count)| format!("{outcome} {count}"))
        .collect();
    parts.join(", ")
}
