//! `cleancopy features`.

use std::process::ExitCode;

/// Flags of `cleancopy features`.
#[derive(Debug, clap::Args)]
pub(crate) struct FeaturesArgs {}

pub(crate) fn run(args: &FeaturesArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{args:?} is not built yet")
}
