//! The flags of finding pages: places to begin, and how far to go from them.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::ArgGroup;
use cleancopy::crawl::Discovery;
use cleancopy::discover::Scope;
use cleancopy::page::Target;
use jiff::civil::Date;

use super::network::from_one;

/// What looks for more than a list names; without it, how far to look means nothing.
const SEARCH: &str = "search";

/// Flags of discovery.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Discovery")]
#[group(skip)]
#[command(group = ArgGroup::new(SEARCH).args(["site", "follow"]).multiple(true))]
pub(crate) struct DiscoverArgs {
    /// A site whose articles are looked for, by its home page's URL or its host name: through the
    /// sitemaps of its robots.txt, its feeds, and the links of its home page and section fronts.
    /// Can be given more than once
    #[arg(long, value_name = "SITE", value_parser = site)]
    pub(crate) site: Vec<Target>,
    /// Look for more from every address of the list too, as from a site
    #[arg(long)]
    pub(crate) follow: bool,
    /// What belongs to the site of an address looked for more from
    #[arg(long, value_enum, default_value_t = ScopeArg::Host, requires = SEARCH)]
    scope: ScopeArg,
    /// Links followed one after another: with 2, those of the home page and of its section fronts
    #[arg(long, value_name = "N", default_value = "2", requires = SEARCH)]
    depth: u16,
    /// Leave out what was published before this day (2026-01-31): what is found, by sitemap, feed
    /// or page; what the list names, by its page
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Date>,
    /// Pages asked for of one site, the listed ones not counted
    #[arg(long, value_name = "N", default_value = "1000", value_parser = from_one, requires = SEARCH)]
    max_pages: usize,
    /// Sitemaps and feeds asked for of one site
    #[arg(long, value_name = "N", default_value = "100", requires = SEARCH)]
    max_listings: usize,
    /// Do not try the usual places for sitemaps and feeds where a site names none
    #[arg(long, requires = SEARCH)]
    no_guess: bool,
}

/// What belongs to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ScopeArg {
    /// The same host, with or without www.
    Host,
    /// Every host of the same registrable domain
    Domain,
    /// The same host, and paths below the address's last slash
    Prefix,
}

impl DiscoverArgs {
    /// How far to look; `known` is not asked for again.
    pub(crate) fn options(&self, known: HashSet<String>) -> Discovery {
        let mut options = Discovery::default();
        options.scope = match self.scope {
            ScopeArg::Host => Scope::Host,
            ScopeArg::Domain => Scope::Domain,
            ScopeArg::Prefix => Scope::Prefix,
        };
        options.depth = self.depth;
        options.since = self.since;
        options.max_pages = self.max_pages;
        options.max_listings = self.max_listings;
        options.guess = !self.no_guess;
        options.known = Arc::new(known);
        options
    }
}

/// Reads a day.
fn day(text: &str) -> Result<Date, String> {
    let day = text.trim().parse();
    day.map_err(|_| "not a day such as 2026-01-31".to_owned())
}

/// Reads a site as a person names it: `news.example` or `https://news.example/sport/`.
fn site(text: &str) -> anyhow::Result<Target> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(Target::parse(text)?.as_root());
    }
    let is_name = text.contains('.') && !text.contains(['@', ' ', '\\']);
    if !is_name {
        bail!("neither a URL nor a host name");
    }
    let target = Target::parse(&format!("https://{text}")).context("not a host name")?;
    Ok(target.as_root())
}
