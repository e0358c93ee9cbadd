//! The test suite: one binary, one module a subject.

/// `cleancopy explain`: text, JSON, the shaded page, exit codes.
#[cfg(feature = "cli")]
mod explain;
/// The architecture: import order, file sizes, house rules of the source.
mod floors;
/// Properties of reading: no panic on anything, no word that the page does not have.
mod read;
