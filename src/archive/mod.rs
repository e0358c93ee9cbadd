//! Pages at rest: `RawPage`s written to disk and read back, byte for byte.
//!
//! Nothing here looks inside a body; what was sent is what is kept.

pub mod folder;

#[cfg(feature = "warc")]
pub mod warc;
