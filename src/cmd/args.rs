//! The command line as it is typed. Each command's own flags stand in its file.

use clap::{Parser, Subcommand};

use super::log::LogArgs;

const EXIT: &str = "Exit status: 0 all pages were read, 1 some were not, 2 the run could not \
                    start or go on.";

/// Clean copy from news pages.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch the pages of a URL list and write one record a URL
    Crawl(Box<super::crawl::CrawlArgs>),
    /// Say how a crawl in a folder or on a server stands: outcomes, and which hosts wait for what
    Status(super::status::StatusArgs),
    /// Publish the records of a crawl of many workers: one file, each address once
    Seal(super::shared::SealArgs),
    /// Read saved pages (files, folders, standard input) without any network
    Extract(super::extract::ExtractArgs),
    /// Show why every block of a page was kept or dropped, or what became of an address of a crawl
    Explain(super::explain::ExplainArgs),
    /// Keep one page, fetched or from a file, as a folder, for fixtures
    Save(super::save::SaveArgs),
    /// Print the model's input rows for labelled pages (for tools/train)
    #[command(hide = true)]
    Features(super::features::FeaturesArgs),
}
