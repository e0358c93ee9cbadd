//! The commands, one file each; they use nothing but the public library.

pub(crate) mod args;
pub(crate) mod crawl;
mod discover;
pub(crate) mod explain;
pub(crate) mod extract;
pub(crate) mod features;
mod list;
mod network;
mod output;
mod progress;
pub(crate) mod save;
mod shade;
mod summary;
