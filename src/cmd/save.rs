//! `cleancopy save`.

use std::process::ExitCode;

/// Flags of `cleancopy save`.
#[derive(Debug, clap::Args)]
pub(crate) struct SaveArgs {}

pub(crate) fn run(args: &SaveArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{args:?} is not built yet")
}
