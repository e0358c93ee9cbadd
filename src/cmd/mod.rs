//! The commands, one file each; they use nothing but the public library.

mod address;
mod archives;
mod archiving;
pub(crate) mod args;
pub(crate) mod config;
pub(crate) mod crawl;
mod discover;
mod dry_run;
pub(crate) mod explain;
pub(crate) mod extract;
pub(crate) mod features;
#[cfg(feature = "postgres")]
pub(crate) mod fleet;
#[cfg(not(feature = "postgres"))]
#[path = "without_postgres.rs"]
pub(crate) mod fleet;
mod folder;
mod in_order;
mod intake;
mod list;
pub(crate) mod log;
mod manifest;
mod metrics;
mod network;
mod output;
mod overwrite;
mod owners;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
mod parquet;
mod progress;
mod reason;
mod robots_line;
pub(crate) mod save;
mod select;
mod shade;
pub(crate) mod shared;
pub(crate) mod status;
mod summary;

/// A runtime for what a store says, to one who waits for it.
fn waiting() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    Ok(runtime.enable_all().build()?)
}
