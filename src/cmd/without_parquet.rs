//! Parquet, in a build that does not have it.

use std::fs::File;
use std::path::Path;

use anyhow::bail;
use cleancopy::Sink;

pub(crate) fn sink(_journal: File, to: &Path) -> anyhow::Result<Box<dyn Sink>> {
    refuse(to)
}

/// Says how to come by a build that has it, before anything is written.
pub(crate) fn check(to: &Path) -> anyhow::Result<()> {
    refuse(to)
}

fn refuse<T>(to: &Path) -> anyhow::Result<T> {
    bail!(
        "{}: this build writes no Parquet; cargo install with --features parquet gives one that does",
        to.display()
    )
}
