//! The test suite: one binary, one module a subject.

/// What lies beside a case: other pages of its host; no tests of its own.
mod beside;
/// The program as a person runs it: exit codes, the summary's sum, going on, saved pages.
#[cfg(feature = "cli")]
mod cli;
/// Parquet: what was put is found again, never half a file.
#[cfg(all(feature = "cli", feature = "parquet"))]
mod columns;
/// Crawls of loopback sites: pauses, robots.txt, redirects, retries, limits, stopping.
#[cfg(feature = "cli")]
mod crawl;
/// Discovery: sitemaps, feeds, links, however broken; no panic on anything.
#[cfg(feature = "cli")]
mod discover;
/// `cleancopy explain`: text, JSON, the shaded page, exit codes.
#[cfg(feature = "cli")]
mod explain;
/// Crawls of many workers whose frontier is on a PostgreSQL server.
#[cfg(all(unix, feature = "cli", feature = "postgres"))]
mod fleet;
/// The architecture: import order, file sizes, house rules of the source.
mod floors;
/// Crawls in a folder: killed, gone on with, visited again, looked at.
#[cfg(feature = "cli")]
mod folder;
/// Output formats: chosen by flag or ending, whole at every moment.
#[cfg(feature = "cli")]
mod formats;
/// The laws of the frontier, each run over every store.
#[cfg(feature = "crawl")]
mod frontier;
/// The fetcher against servers that break every rule, one named outcome a misdeed.
#[cfg(feature = "cli")]
mod hostile;
/// What stands in a list and is no address, and what is told of addresses that failed.
#[cfg(feature = "cli")]
mod lists;
/// Numbers for Prometheus while a crawl lasts.
#[cfg(feature = "cli")]
mod metrics;
/// The named outcomes: each is told in `docs/outcomes.md`, each has a test that ends in it.
mod outcomes;
/// What a crawl finds where its output is to be: files of somebody else, pipes, devices.
#[cfg(feature = "cli")]
mod outputs;
/// Proxies from the environment, and what is still checked behind one.
#[cfg(feature = "cli")]
mod proxy;
/// Properties of reading: no panic on anything, no word that the page does not have.
mod read;
/// robots.txt: every way in which it can be answered, keeping it, outages.
#[cfg(feature = "cli")]
mod robots;
/// The rule tables: sorted, told in `docs/rules.md`, each rule needed by the cases it names.
mod rules;
/// Commands that read files: what they do not overwrite, what they say of what is no page.
#[cfg(feature = "cli")]
mod saved;
/// HTTPS with certificates that hold and do not, HTTP/2 over it.
#[cfg(feature = "cli")]
mod secure;
/// Where a flag's value comes from, and what goes to standard error.
#[cfg(feature = "cli")]
mod settings;
/// A server on loopback that behaves as badly as a test wants; no tests of its own.
#[cfg(feature = "cli")]
mod site;
/// Sites given by name instead of a list, into a file.
#[cfg(feature = "cli")]
mod sites;
/// The document is the tree that scraper makes of the same page.
mod tree;
/// Web archives: what is written is read again, damage costs one record, filters and limits hold.
#[cfg(feature = "warc")]
mod warc;
