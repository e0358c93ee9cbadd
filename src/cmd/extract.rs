//! `cleancopy extract`.

use std::process::ExitCode;

/// Flags of `cleancopy extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExtractArgs {}

pub(crate) fn run(args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{args:?} is not built yet")
}
