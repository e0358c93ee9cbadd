//! The test suite: one binary, one module a subject.

/// The program as a person runs it: exit codes, the summary's sum, going on, saved pages.
#[cfg(feature = "cli")]
mod cli;
/// Crawls of loopback sites: pauses, robots.txt, redirects, retries, limits, stopping.
#[cfg(feature = "cli")]
mod crawl;
/// Discovery: sitemaps, feeds, links, however broken; no panic on anything.
#[cfg(feature = "cli")]
mod discover;
/// `cleancopy explain`: text, JSON, the shaded page, exit codes.
#[cfg(feature = "cli")]
mod explain;
/// The architecture: import order, file sizes, house rules of the source.
mod floors;
/// The laws of the frontier, each run over every store.
#[cfg(feature = "crawl")]
mod frontier;
/// Properties of reading: no panic on anything, no word that the page does not have.
mod read;
/// The rule tables: sorted, told in `docs/rules.md`, each rule needed by the cases it names.
mod rules;
/// A server on loopback that behaves as badly as a test wants; no tests of its own.
#[cfg(feature = "cli")]
mod site;
