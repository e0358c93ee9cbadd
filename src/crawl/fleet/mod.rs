//! A crawl of many workers: what each writes, and how one file is made of it.
//!
//! | in a worker's folder | what it is |
//! | --- | --- |
//! | `segments/*.jsonl` | the records of one run of one worker, each with the fence of its lease |
//! | `records.jsonl` | what counts of all segments, one record an address; `records-2.jsonl` … for later visits |
//! | `manifest.json` | what was published, in numbers that add up |
//!
//! The addresses are in a frontier on a server ([`Postgres`](crate::frontier::Postgres)). Workers
//! may share a folder or have one each; a segment belongs to one run, so nobody waits for a lock, and
//! nothing has to be put right after a kill: a last line that was not finished is passed over, and
//! what it would have said another worker says.
//!
//! 1. A worker writes a record into its [`Segment`] and syncs it before it settles the lease.
//! 2. A lease that was lost settles nothing; what was written under it is void.
//! 3. [`seal`] asks the frontier which records count and publishes those: each address that ended
//!    has exactly one.

mod seal;
mod segment;

pub use seal::{SealError, Sealed, seal};
pub use segment::Segment;
