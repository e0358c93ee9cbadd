//! The fetcher against servers that break every rule: each case ends in its named outcome, in
//! time, and costs the others nothing.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

/// Bodies that unpack to gigabytes.
mod bombs;
/// Address tricks: spellings, redirects, rebinding. None may lead to a connection.
mod guard;
/// More rows: lies about types, charsets and encodings.
mod lies;
/// Every row ends as it should, and costs the others nothing.
mod matrix;
/// Heads, bodies, lengths, resets, garbage: one row a case.
mod rows;
/// The server.
mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use cleancopy::fetch::{self, Fetcher, Fixed, Proxy};

pub(crate) use lies::gzip;
use server::{Script, Server};

/// Every host name leads to the server; limits are short and small.
fn options(server: &Server) -> fetch::Options {
    let mut options = fetch::Options::default();
    options.resolve = vec![Fixed::new("*", server.address)];
    options.proxy = Proxy::None;
    options.connect_timeout = Duration::from_millis(600);
    options.head_timeout = Duration::from_millis(700);
    options.idle_timeout = Duration::from_millis(500);
    options.total_timeout = Duration::from_millis(1500);
    options.min_rate = 2000;
    options.min_rate_after = Duration::from_millis(300);
    options.max_headers = 60;
    options.max_head = 16 * 1024;
    options.max_wire = 256 * 1024;
    options.max_body = 1024 * 1024;
    options.max_ratio = 50;
    options.max_ratio_from = 64 * 1024;
    options
}

fn fetcher(options: fetch::Options) -> Fetcher {
    Fetcher::new(options).unwrap()
}

fn scripts(named: impl IntoIterator<Item = (&'static str, Script)>) -> BTreeMap<String, Script> {
    let path = |(name, script)| (format!("/{name}"), script);
    named.into_iter().map(path).collect()
}

/// The outcomes that the matrix ends in.
pub(crate) fn outcomes() -> Vec<cleancopy::outcome::Outcome> {
    rows::rows()
        .into_iter()
        .map(|(_, outcome, _)| outcome)
        .collect()
}
