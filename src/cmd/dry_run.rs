//! `cleancopy crawl --dry-run`: what a crawl of this list would ask for, what not and why. It asks
//! no site anything, and nobody but the server of `--frontier`, and writes nothing.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use cleancopy::crawl::Folder;
use cleancopy::fetch::{Fetcher, RobotsPolicy};
use cleancopy::frontier::Frontier;
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use cleancopy::sink::briefs;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use url::Url;

use super::crawl::CrawlArgs;
use super::log::say;
use super::output::Format;
use super::{list, robots_line, summary, waiting};

pub(crate) fn run(args: &CrawlArgs) -> anyhow::Result<ExitCode> {
    let runtime = waiting()?;
    let mut plan = Plan {
        fetcher: args.network.fetcher()?,
        earlier: Earlier::of(args, &runtime)?,
        runtime,
        revisit: args.revisit,
        lines: HashMap::new(),
        counts: BTreeMap::new(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(path) = &args.list {
        list::each(path, |line| {
            let (name, verdict) = match line.target {
                Err(error) => (
                    "not a URL",
                    format!("skip   {}: {error}", list::shown(line.text)),
                ),
                Ok(target) => {
                    let target = if args.discover.follow {
                        target.as_root()
                    } else {
                        target
                    };
                    plan.verdict(&format!("line {}", line.number), &target)?
                }
            };
            *plan.counts.entry(name).or_default() += 1;
            writeln!(out, "{verdict}")?;
            Ok(())
        })?;
    }
    for site in &args.discover.site {
        let (name, verdict) = plan.verdict(&format!("--site {}", site.asked), site)?;
        *plan.counts.entry(name).or_default() += 1;
        writeln!(out, "{verdict}")?;
    }
    out.flush()?;
    let rows: Vec<_> = plan.counts.into_iter().collect();
    say(format_args!(
        "dry run: nothing was asked for\n{}",
        summary::table(&rows)
    ));
    Ok(ExitCode::SUCCESS)
}

/// What was done before this run.
enum Earlier {
    Nothing,
    /// The records of a file, by the identity of their addresses.
    File(HashMap<String, Outcome>),
    /// A crawl that keeps its addresses in a folder or on a server.
    Crawl(Box<dyn Known>),
}

/// What a frontier knows, told to one who waits for it.
pub(crate) trait Known {
    /// How an address ended, if it did.
    fn end(&self, runtime: &Runtime, url: &Url) -> anyhow::Result<Option<Outcome>>;

    /// The line of a kept robots.txt that forbids an address.
    fn forbids(&self, runtime: &Runtime, url: &Url) -> anyhow::Result<Option<(usize, String)>>;
}

impl<F: Frontier> Known for F {
    fn end(&self, runtime: &Runtime, url: &Url) -> anyhow::Result<Option<Outcome>> {
        let entry = runtime.block_on(self.find(Timestamp::now(), url))?;
        let ended = entry.filter(|entry| entry.pending.is_none());
        Ok(ended.and_then(|entry| entry.found.map(|(_, found)| found.outcome)))
    }

    fn forbids(&self, runtime: &Runtime, url: &Url) -> anyhow::Result<Option<(usize, String)>> {
        let origin = url.origin().ascii_serialization();
        let file = runtime.block_on(self.robots(&origin))?;
        let good = file.filter(|file| file.good_until > Timestamp::now());
        Ok(good.and_then(|file| robots_line::of(&file, url)))
    }
}

impl Earlier {
    fn of(args: &CrawlArgs, runtime: &Runtime) -> anyhow::Result<Self> {
        if let Some(address) = &args.fleet.frontier {
            let known = super::fleet::known(args, address, runtime)?;
            return Ok(known.map_or(Self::Nothing, Self::Crawl));
        }
        if args.fresh {
            return Ok(Self::Nothing);
        }
        if let Some(folder) = args.output.folder() {
            return match Folder::look(folder) {
                Ok(frontier) => Ok(Self::Crawl(Box::new(frontier))),
                Err(_) if !folder.join("frontier.sqlite").exists() => Ok(Self::Nothing),
                Err(error) => Err(error.into()),
            };
        }
        match &args.output.output {
            Some(path) if args.output.format() == Format::Jsonl && path.is_file() => {
                let name = path.display();
                let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
                let mut records = HashMap::new();
                briefs(&file, |brief| {
                    if let Ok(target) = Target::parse(&brief.url) {
                        records.insert(target.identity(), brief.outcome);
                    }
                    Ok(())
                })
                .with_context(|| format!("cannot go on with {name}"))?;
                Ok(Self::File(records))
            }
            _ => Ok(Self::Nothing),
        }
    }

    /// How an address ended, if it did.
    fn end(&self, runtime: &Runtime, target: &Target) -> anyhow::Result<Option<Outcome>> {
        match self {
            Self::Nothing => Ok(None),
            // What more there is to find is found only by asking a place to begin again.
            Self::File(_) if target.found.is_some() => Ok(None),
            Self::File(records) => Ok(records.get(&target.identity()).copied()),
            Self::Crawl(frontier) => frontier.end(runtime, &target.url),
        }
    }

    /// The line of a kept robots.txt that forbids an address.
    fn forbids(&self, runtime: &Runtime, url: &Url) -> anyhow::Result<Option<(usize, String)>> {
        match self {
            Self::Crawl(frontier) => frontier.forbids(runtime, url),
            _ => Ok(None),
        }
    }
}

struct Plan {
    fetcher: Fetcher,
    earlier: Earlier,
    runtime: Runtime,
    revisit: bool,
    /// Where each address stood first, by its identity.
    lines: HashMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Plan {
    /// What would be done with an address: under which name it counts, and the line that says so.
    fn verdict(&mut self, place: &str, target: &Target) -> anyhow::Result<(&'static str, String)> {
        let url = &target.url;
        let identity = target.identity();
        if let Some(first) = self.lines.get(&identity) {
            return Ok(("duplicates", format!("skip   {url}: the same as {first}")));
        }
        self.lines.insert(identity, place.to_owned());
        if let Some(outcome) = self.earlier.end(&self.runtime, target)?
            && !self.revisit
        {
            return Ok((
                "already there",
                format!("skip   {url}: already there, {outcome}"),
            ));
        }
        if let Err(refused) = self.fetcher.check_literal(url) {
            return Ok(("address-refused", format!("skip   {url}: {refused}")));
        }
        if self.fetcher.options().robots == RobotsPolicy::Obey
            && let Some((line, rule)) = self.earlier.forbids(&self.runtime, url)?
        {
            let told = format!("skip   {url}: line {line} of the robots.txt that is kept: {rule}");
            return Ok(("robots-disallowed", told));
        }
        Ok(("to fetch", format!("fetch  {url}")))
    }
}
