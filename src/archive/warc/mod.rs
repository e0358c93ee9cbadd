//! Web archives: WARC 1.0 and 1.1 (ISO 28500:2017, <https://iipc.github.io/warc-specifications/>).
//!
//! Reading takes a file from front to back, once:
//!
//! 1. `source`: its bytes, and the way back to where a record began;
//! 2. `stream`: gzip members, zstd frames or plain bytes unpacked;
//! 3. [`Reader`]: records, each with its head and block; damage is reported and passed;
//! 4. [`Pages`]: those that hold an answer which passes a [`Filter`], as `RawPage`s.
//!
//! Writing ([`Writer`]) goes the other way: exchanges of a crawl become records of WARC 1.1, each a
//! gzip member of its own ([`Packer`], on any thread), with an index beside each file.
//!
//! A record that is not wanted still has to be unpacked, for neither gzip nor zstd says where it
//! ends; what it is spared is everything after that. Jumping to the next thing that looks like a
//! record instead would be faster and wrong: a page may contain an archive, and whoever writes a
//! page could then put words into the mouth of another site.

mod coding;
mod fields;
mod filter;
mod http;
mod index;
mod packing;
mod pages;
mod reader;
mod record;
mod repair;
mod source;
mod stream;
mod writer;

pub use fields::Fields;
pub use filter::{Filter, Skipped};
pub use packing::{Packed, Packer};
pub use pages::{ArchivedPage, Limits, Pages, Tally};
pub use reader::{Head, Reader};
pub use writer::{Repaired, Writer, WriterOptions};

use std::io;
use std::sync::Arc;

use url::Url;

use crate::outcome::Outcome;

/// Why something of an archive could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read; nothing comes after it.
    #[error("{file}: cannot be read at byte {offset}")]
    Read {
        /// The file.
        file: Arc<str>,
        /// Where in it, in bytes.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// A record is not whole or not sound; reading goes on at the next one.
    #[error("{file}: the record at byte {offset} is damaged: {what}")]
    Damaged {
        /// The file.
        file: Arc<str>,
        /// Where the record begins, in bytes.
        offset: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A record is sound, and its page cannot be had; reading goes on.
    #[error("{file}: the page at byte {offset}, {url}: {reason}")]
    Page {
        /// The file.
        file: Arc<str>,
        /// Where the record begins, in bytes.
        offset: u64,
        /// The address of the page.
        url: Box<Url>,
        /// The end of the address that this is.
        outcome: Outcome,
        /// What is wrong, in words.
        reason: String,
    },
}
