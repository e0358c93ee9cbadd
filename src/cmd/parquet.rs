//! Parquet, in a build that has it.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use cleancopy::Sink;
use cleancopy::sink::Parquet;

/// Whether this build has it.
#[expect(clippy::unnecessary_wraps, reason = "not every build has it")]
pub(crate) fn check(_: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// A sink that makes a Parquet file of its journal in the end.
pub(crate) fn sink(journal: File, to: &Path) -> anyhow::Result<Box<dyn Sink>> {
    let sink = Parquet::new(journal, to);
    let sink = sink.with_context(|| format!("cannot write {}", to.display()))?;
    Ok(Box::new(sink))
}
