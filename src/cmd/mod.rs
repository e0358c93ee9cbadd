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
mod folder;
mod in_order;
mod list;
pub(crate) mod log;
mod manifest;
mod metrics;
mod network;
mod output;
mod owners;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
mod parquet;
mod progress;
mod robots_line;
pub(crate) mod save;
mod select;
mod shade;
pub(crate) mod status;
mod summary;

/// A runtime for what a store in a file says, which is there at once.
fn waiting() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?)
}
