//! `cleancopy explain URL --crawl FOLDER`: what became of an address in a crawl, and which rule,
//! limit or wait decided it.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use cleancopy::crawl::Folder;
use cleancopy::fetch::may_pass;
use cleancopy::frontier::{Entry, Finding, Frontier, RobotsFile, Wait};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use jiff::Timestamp;

use super::list::{self, BadLine};
use super::log::counted;
use super::{robots_line, status, waiting};

pub(crate) fn run(address: &Path, folder: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let frontier = Folder::look(folder)?;
    let name = folder.display().to_string();
    let running = Folder::is_in_use(folder);
    waiting()?.block_on(tell(address, &name, &frontier, (json, running)))
}

/// Tells what became of an address in the crawl of this name, which may be running.
pub(crate) async fn tell(
    address: &Path,
    name: &str,
    frontier: &impl Frontier,
    (json, running): (bool, bool),
) -> anyhow::Result<ExitCode> {
    let text = address.to_string_lossy();
    let parsed = Target::parse(&text).map_err(|error| anyhow!("{}", BadLine::from(error)));
    let target = parsed.with_context(|| list::shown(&text))?;
    let now = Timestamp::now();
    let entry = frontier.find(now, &target.url).await?;
    let mut out = io::stdout().lock();
    let Some(entry) = entry else {
        writeln!(
            out,
            "{}\nnot in this crawl: no list of {name} has it",
            target.url
        )?;
        return Ok(ExitCode::FAILURE);
    };
    let origin = entry.job.at().origin().ascii_serialization();
    let robots = frontier.robots(&origin).await?;
    let story = Story {
        entry,
        robots,
        running,
    };
    if json {
        serde_json::to_writer_pretty(&mut out, &story.as_json(now)).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        story.tell(&mut out, now)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All that is known of an address.
struct Story {
    entry: Entry,
    /// The robots.txt of the origin that was asked last.
    robots: Option<RobotsFile>,
    /// Whether the crawl runs.
    running: bool,
}

impl Story {
    /// How it ended, or that it has not.
    fn end(&self) -> String {
        match (&self.entry.pending, &self.entry.found) {
            (Some(host), None) if self.running && host.wait == Wait::Leased => {
                "pending, no answer yet: its host is being asked".to_owned()
            }
            (Some(_), None) => "pending, not asked yet".to_owned(),
            (Some(_), Some((at, last))) if self.entry.job.attempts == 0 => {
                format!("pending; last visit: {} at {at:.0}", last.outcome)
            }
            (Some(_), Some((at, last))) => {
                let attempts = self.entry.job.attempts;
                let tries = counted(attempts as usize, "try", "tries");
                format!("pending after {tries}; last: {} at {at:.0}", last.outcome)
            }
            (None, Some((at, last))) => format!("{} at {at:.0}", last.outcome),
            (None, None) => "ended".to_owned(),
        }
    }

    /// How many times it was asked for.
    fn tries(&self) -> u32 {
        let attempts = self.entry.job.attempts;
        let Some((_, found)) = self.entry.found.as_ref() else {
            return attempts;
        };
        let asked = self.entry.pending.is_none()
            && !was_given_up(found)
            && !matches!(
                found.outcome,
                Outcome::RobotsDisallowed | Outcome::AddressRefused
            );
        attempts + u32::from(asked)
    }

    /// What decided it.
    fn decided_by(&self, now: Timestamp) -> Option<String> {
        if let Some(host) = &self.entry.pending {
            let own = self
                .entry
                .put_off
                .filter(|at| *at > now && (*at > host.until || host.wait == Wait::PutOff));
            return Some(match own {
                Some(at) => format!("back-off of this address until {at:.0}"),
                None if host.wait == Wait::Due => "its host's turn".to_owned(),
                None => format!("its host: {}", status::told(host, now, self.running)),
            });
        }
        let (_, found) = self.entry.found.as_ref()?;
        if found.outcome == Outcome::RobotsDisallowed {
            return self.robots_rule();
        }
        if was_given_up(found) {
            return Some("back-off: its host was given up after too many failures".to_owned());
        }
        if let Some(flag) = limit(found.outcome) {
            return Some(format!("limit {flag}"));
        }
        let tries = self.tries();
        match found.outcome {
            Outcome::Article | Outcome::NoArticle | Outcome::Listing | Outcome::NotAListing => {
                Some("reading the page".to_owned())
            }
            Outcome::Unchanged => Some("the server: the page is what it was".to_owned()),
            Outcome::AddressRefused => Some("the guard of private networks".to_owned()),
            _ if tries > 1 => Some(format!("the last of {tries} tries (--retries)")),
            Outcome::DnsFailed => {
                Some("the look-up of its host's name: there was no server to ask".to_owned())
            }
            Outcome::TlsFailed => {
                Some("the server's certificate or TLS: no page was asked for".to_owned())
            }
            outcome if may_pass(outcome, found.status) => Some(
                "the only try: it was not made again (--retries, or its host failed too often)"
                    .to_owned(),
            ),
            _ => Some("the first answer: asking again would not help".to_owned()),
        }
    }

    fn robots_rule(&self) -> Option<String> {
        let at = self.entry.job.at();
        let file = self.robots.as_ref()?;
        let origin = at.origin().ascii_serialization();
        let when = file.fetched_at;
        Some(match robots_line::of(file, at) {
            Some((number, line)) => {
                format!("line {number} of {origin}/robots.txt as of {when:.0}: {line}")
            }
            None => format!("{origin}/robots.txt; the rule is no more in the copy of {when:.0}"),
        })
    }

    fn tell(&self, out: &mut impl Write, now: Timestamp) -> io::Result<()> {
        let job = &self.entry.job;
        writeln!(out, "{}", job.target.url)?;
        if job.target.asked != job.target.url.as_str() {
            writeln!(out, "  written as   {}", job.target.asked)?;
        }
        if let Some(found) = &job.target.found {
            let via = serde_json::to_value(found.via)?;
            let (via, on) = (via.as_str().unwrap_or_default(), &found.on);
            writeln!(out, "  found        {via}, {on}, depth {}", found.depth)?;
        }
        for step in &job.trail {
            writeln!(out, "  redirected   {step}")?;
        }
        writeln!(out, "  end          {}", self.end())?;
        if let Some((_, found)) = &self.entry.found {
            if let Some(status) = found.status {
                writeln!(out, "  status       {status}")?;
            }
            if let Some(reason) = &found.reason {
                writeln!(out, "  reason       {reason}")?;
            }
        }
        if let Some(by) = self.decided_by(now) {
            writeln!(out, "  decided by   {by}")?;
        }
        let validators = &job.validators;
        if let Some(etag) = &validators.etag {
            writeln!(out, "  ETag         {etag}")?;
        }
        if let Some(modified) = &validators.last_modified {
            writeln!(out, "  Last-Modified {modified}")?;
        }
        Ok(())
    }

    fn as_json(&self, now: Timestamp) -> serde_json::Value {
        let (job, found) = (&self.entry.job, self.entry.found.as_ref());
        serde_json::json!({
            "url": job.target.url,
            "asked": job.target.asked,
            "kind": job.target.kind,
            "found": job.target.found,
            "redirects": job.trail,
            "pending": self.entry.pending.is_some(),
            "attempts": self.tries(),
            "outcome": found.map(|(_, found)| found.outcome),
            "at": found.map(|(at, _)| at),
            "status": found.and_then(|(_, found)| found.status),
            "reason": found.and_then(|(_, found)| found.reason.as_deref()),
            "decided_by": self.decided_by(now),
            "wait": self.entry.pending.as_ref().map(|host| host.wait.as_str()),
            "until": self.entry.pending.as_ref().map(|host| host.until),
            "etag": job.validators.etag,
            "last_modified": job.validators.last_modified,
        })
    }
}

/// Whether an address was not asked for because its host had failed too often.
fn was_given_up(found: &Finding) -> bool {
    let reason = found.reason.as_deref();
    reason.is_some_and(|reason| reason.starts_with("not asked:"))
}

/// The flag of `cleancopy crawl` whose limit an outcome stands for.
fn limit(outcome: Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::ConnectTimeout => "--connect-timeout",
        Outcome::HeadTimeout => "--head-timeout",
        Outcome::IdleTimeout => "--idle-timeout",
        Outcome::TooSlow => "--min-rate",
        Outcome::Timeout => "--timeout",
        Outcome::HeadTooLarge => "--max-headers, --max-head",
        Outcome::TooLarge => "--max-body",
        Outcome::WireTooLarge => "--max-wire",
        Outcome::RatioTooHigh => "--max-ratio",
        Outcome::TooManyRedirects => "--max-redirects",
        Outcome::TooOld => "--since",
        _ => return None,
    })
}
