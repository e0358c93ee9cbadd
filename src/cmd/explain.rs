//! `cleancopy explain`.

use std::process::ExitCode;

/// Flags of `cleancopy explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{args:?} is not built yet")
}
