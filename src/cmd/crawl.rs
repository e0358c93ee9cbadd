//! `cleancopy crawl`.

use std::process::ExitCode;

/// Flags of `cleancopy crawl`.
#[derive(Debug, clap::Args)]
pub(crate) struct CrawlArgs {}

pub(crate) fn run(args: &CrawlArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{args:?} is not built yet")
}
