//! Parquet, in a build that does not have it.

use std::fs::File;
use std::path::Path;

use anyhow::bail;
use cleancopy::Sink;

/// Says how to come by a build that has it.
pub(crate) fn sink(_journal: File, to: &Path) -> anyhow::Result<Box<dyn Sink>> {
    bail!(
        "{}: this build writes no Parquet; cargo install with --features parquet gives one that does",
        to.display()
    )
}
