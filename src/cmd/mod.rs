//! The commands, one file each; they use nothing but the public library.

pub(crate) mod args;
pub(crate) mod config;
pub(crate) mod crawl;
mod discover;
pub(crate) mod explain;
pub(crate) mod extract;
pub(crate) mod features;
mod list;
pub(crate) mod log;
mod metrics;
mod network;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "without_parquet.rs"]
mod parquet;
mod progress;
pub(crate) mod save;
mod shade;
mod summary;
