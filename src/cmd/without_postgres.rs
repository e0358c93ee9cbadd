//! A frontier on a server, in a build that has none.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use tokio::runtime::Runtime;

use super::crawl::CrawlArgs;
use super::dry_run::Known;
use super::shared::{Address, SealArgs};
use super::status::StatusArgs;

/// Says how to come by a build that has it.
fn refuse(address: Option<&Address>) -> anyhow::Result<ExitCode> {
    if address.is_some_and(|address| !address.0.starts_with("postgres")) {
        bail!("--frontier: its address begins with neither postgres:// nor postgresql://");
    }
    bail!(
        "this build knows no frontier on a server; cargo install with --features postgres gives one \
         that does"
    )
}

pub(crate) fn run(_: &CrawlArgs, address: &Address) -> anyhow::Result<ExitCode> {
    refuse(Some(address))
}

pub(crate) fn known(
    _: &CrawlArgs,
    address: &Address,
    _: &Runtime,
) -> anyhow::Result<Option<Box<dyn Known>>> {
    refuse(Some(address)).map(|_| None)
}

pub(crate) fn status(_: &StatusArgs, address: &Address) -> anyhow::Result<ExitCode> {
    refuse(Some(address))
}

pub(crate) fn explain(_: &Path, address: &Address, _: bool) -> anyhow::Result<ExitCode> {
    refuse(Some(address))
}

pub(crate) fn seal(args: &SealArgs) -> anyhow::Result<ExitCode> {
    refuse(args.frontier.as_ref())
}
