//! `cleancopy status`: how a crawl in a folder stands, in numbers that add up, also while it runs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use cleancopy::crawl::Folder;
use cleancopy::frontier::{Counts, Frontier, HostState, Wait};
use jiff::Timestamp;

use super::log::counted;
use super::shared::Address;
use super::{summary, waiting};

/// Flags of `cleancopy status`.
#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// The folder of the crawl; not needed where its frontier is on a server
    #[arg(required_unless_present = "frontier")]
    folder: Option<PathBuf>,
    /// The crawl of many workers whose frontier is on this server
    #[arg(long, value_name = "URL")]
    frontier: Option<Address>,
    /// Hosts that are listed one by one, those first that may be asked first
    #[arg(long, value_name = "N", default_value = "20")]
    hosts: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let folder = match (&args.folder, &args.frontier) {
        (Some(folder), _) => folder,
        (None, Some(address)) => return super::fleet::status(args, address),
        (None, None) => bail!("say which folder, or which server (--frontier)"),
    };
    let frontier = Folder::look(folder)?;
    let running = Folder::is_in_use(folder);
    let name = folder.display().to_string();
    let state = State {
        running,
        told: if running { "running" } else { "not running" },
        found: Some(frontier.count_found()?),
    };
    waiting()?.block_on(tell(args, &name, &frontier, &state))
}

/// What the caller knows of a crawl besides its frontier.
pub(crate) struct State<'a> {
    /// Whether it runs.
    pub(crate) running: bool,
    /// The same in words.
    pub(crate) told: &'a str,
    /// How many addresses nobody named.
    pub(crate) found: Option<usize>,
}

/// Tells how the crawl of this name stands.
pub(crate) async fn tell(
    args: &StatusArgs,
    name: &str,
    frontier: &impl Frontier,
    state: &State<'_>,
) -> anyhow::Result<ExitCode> {
    let now = Timestamp::now();
    let counts = frontier.counts().await?;
    let hosts = frontier.hosts(now).await?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    if args.json {
        let all = as_json(&counts, &hosts, state, args.hosts);
        serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let addresses = summary::addresses(&counts, state.found);
        let (visit, told) = (counts.visit, state.told);
        writeln!(out, "{name}: visit {visit}, {told}, {addresses}")?;
        writeln!(out, "{}", summary::table(&summary::rows_of(&counts)))?;
        let listed = &hosts[..hosts.len().min(args.hosts)];
        tell_hosts(&mut out, (now, state.running), &hosts, listed)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Hosts and their pending addresses by what the hosts wait for.
fn by_wait(hosts: &[HostState]) -> BTreeMap<Wait, (usize, usize)> {
    let mut waits: BTreeMap<Wait, (usize, usize)> = BTreeMap::new();
    for host in hosts {
        let (count, pending) = waits.entry(host.wait).or_default();
        *count += 1;
        *pending += host.pending;
    }
    waits
}

fn tell_hosts(
    out: &mut impl Write,
    (now, running): (Timestamp, bool),
    hosts: &[HostState],
    listed: &[HostState],
) -> io::Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\npending addresses by what their hosts wait for:")?;
    for (wait, (count, pending)) in by_wait(hosts) {
        let of = counted(count, "host", "hosts");
        writeln!(out, "  {wait:<20} {pending:>8}  of {of}")?;
    }
    writeln!(out, "\nhosts:")?;
    for host in listed {
        let pending = host.pending;
        writeln!(
            out,
            "  {}: {pending} pending, {}",
            host.host,
            told(host, now, running)
        )?;
    }
    let more = hosts.len() - listed.len();
    if more > 0 {
        writeln!(out, "  and {more} more (--hosts N)")?;
    }
    Ok(())
}

/// What a host of a crawl that runs, or does not, waits for, in words.
pub(crate) fn told(host: &HostState, now: Timestamp, running: bool) -> String {
    let seconds = match host.until.duration_since(now).as_secs() {
        ..1 => "less than a second".to_owned(),
        seconds => format!("{seconds} s"),
    };
    let until = format!("until {:.0} (in {seconds})", host.until);
    let mut told = match host.wait {
        Wait::Due if running => "due now".to_owned(),
        Wait::Due => "due when the crawl goes on".to_owned(),
        Wait::Leased if running => {
            format!("being asked, on a lease {until}")
        }
        Wait::Leased => {
            "left by a run that was killed; it is asked when the crawl goes on".to_owned()
        }
        Wait::Pause => format!("pause between requests {until}"),
        Wait::CrawlDelay => format!("Crawl-delay of its robots.txt {until}"),
        Wait::SlowHost => format!("longer pause, as it answers slowly, {until}"),
        Wait::BackOff => format!("back-off {until}"),
        Wait::RetryAfter => format!("Retry-After of the server {until}"),
        Wait::PutOff => format!("all of them put off {until}"),
        other => format!("{other} {until}"),
    };
    if let Some(failing) = host.failing {
        let (times, outcome) = (failing.times, failing.outcome);
        let times = if times == 1 {
            "once".to_owned()
        } else {
            format!("{times} times in a row")
        };
        let more = format!("; failed {times} ({outcome})");
        told.push_str(&more);
    }
    told
}

fn as_json(
    counts: &Counts,
    hosts: &[HostState],
    state: &State<'_>,
    listed: usize,
) -> serde_json::Value {
    let waits = by_wait(hosts).into_iter().map(|(wait, (hosts, pending))| {
        let both = serde_json::json!({ "hosts": hosts, "pending": pending });
        (wait.as_str().to_owned(), both)
    });
    let hosts = hosts.iter().take(listed).map(|host| {
        serde_json::json!({
            "host": host.host,
            "wait": host.wait.as_str(),
            "until": host.until,
            "pending": host.pending,
            "failures_in_a_row": host.failing.map_or(0, |failing| failing.times),
            "last_failure": host.failing.map(|failing| failing.outcome),
        })
    });
    serde_json::json!({
        "running": state.running,
        "visit": counts.visit,
        "addresses": counts.total(),
        "found": state.found,
        "pending": counts.pending,
        "outcomes": counts.outcomes,
        "waits": waits.collect::<serde_json::Map<_, _>>(),
        "hosts": hosts.collect::<Vec<_>>(),
    })
}
