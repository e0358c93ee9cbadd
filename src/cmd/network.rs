//! The flags of every command that asks a server for something, and what they mean.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context as _;
use cleancopy::fetch::{Fetcher, Fixed, Options, Proxy, RobotsPolicy};
use ipnet::IpNet;

/// Flags of fetching.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct NetworkArgs {
    /// Who runs this, as a mail address or URL: stands in the User-Agent header
    #[arg(long, env = "CLEANCOPY_CONTACT", value_parser = contact)]
    contact: Option<String>,
    /// Do not look at robots.txt (for sites of your own; every record says so)
    #[arg(long)]
    pub(crate) ignore_robots: bool,
    #[command(flatten)]
    limits: LimitArgs,
    /// Keep the cookies of each host while the program runs, and send them back to it alone
    #[arg(long)]
    cookies: bool,
    /// Where a host is to be found, instead of asking the system; `*` stands for all others
    #[arg(long, value_name = "HOST=ADDRESS[:PORT]")]
    resolve: Vec<Fixed>,
    /// A network (127.0.0.0/8) or address (127.0.0.1) that may be asked although it is not public
    #[arg(long, value_name = "CIDR", value_parser = net)]
    allow_private: Vec<IpNet>,
    /// Use no proxy, whatever the environment says
    #[arg(long)]
    no_proxy: bool,
}

/// Limits of one request. Each ends in an outcome of its own.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Limits of a request")]
struct LimitArgs {
    /// Seconds within which a connection must stand, TLS included
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = some_seconds)]
    connect_timeout: Duration,
    /// Seconds within which the head of the answer must be there, connecting included
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = some_seconds)]
    head_timeout: Duration,
    /// Seconds for which nothing of a body may arrive
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = some_seconds)]
    idle_timeout: Duration,
    /// Seconds within which a request must be over
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = some_seconds)]
    timeout: Duration,
    /// Bytes a second at which a body must arrive on the whole; 0 for any
    #[arg(long, value_name = "BYTES", default_value = "1024")]
    min_rate: u32,
    /// Seconds before that counts
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    min_rate_after: Duration,
    /// Headers an answer may have
    #[arg(long, value_name = "N", default_value = "200", value_parser = from_one)]
    max_headers: usize,
    /// KiB the headers of an answer may have together
    #[arg(long, value_name = "KIB", default_value = "128", value_parser = from_one)]
    max_head: usize,
    /// MiB a body may have as it comes over the wire
    #[arg(long, value_name = "MIB", default_value = "10", value_parser = from_one)]
    max_wire: usize,
    /// MiB a body may have, counted after decompression
    #[arg(long, value_name = "MIB", default_value = "20", value_parser = from_one)]
    max_body: usize,
    /// Times its size that a body may unpack to
    #[arg(long, value_name = "N", default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    max_ratio: u32,
    /// MiB a body must have unpacked to before that counts
    #[arg(long, value_name = "MIB", default_value = "1")]
    max_ratio_from: usize,
    /// Redirects followed for one address
    #[arg(long, value_name = "N", default_value = "10")]
    max_redirects: usize,
}

impl LimitArgs {
    fn set(&self, options: &mut Options) {
        const KIB: usize = 1024;
        const MIB: usize = 1024 * KIB;
        options.connect_timeout = self.connect_timeout;
        options.head_timeout = self.head_timeout;
        options.idle_timeout = self.idle_timeout;
        options.total_timeout = self.timeout;
        options.min_rate = self.min_rate;
        options.min_rate_after = self.min_rate_after;
        options.max_headers = self.max_headers;
        options.max_head = self.max_head.saturating_mul(KIB);
        options.max_wire = self.max_wire.saturating_mul(MIB);
        options.max_body = self.max_body.saturating_mul(MIB);
        options.max_ratio = self.max_ratio;
        options.max_ratio_from = self.max_ratio_from.saturating_mul(MIB);
        options.max_redirects = self.max_redirects;
    }
}

impl NetworkArgs {
    pub(crate) fn fetcher(&self) -> anyhow::Result<Fetcher> {
        self.fetcher_keeping(false)
    }

    /// A fetcher that also hands on what was on the wire, if that is wanted.
    pub(crate) fn fetcher_keeping(&self, wire: bool) -> anyhow::Result<Fetcher> {
        let mut options = Options::default();
        options.contact.clone_from(&self.contact);
        if self.ignore_robots {
            options.robots = RobotsPolicy::Ignore;
        }
        if self.no_proxy {
            options.proxy = Proxy::None;
        }
        self.limits.set(&mut options);
        options.cookies = self.cookies;
        options.keep_wire = wire;
        options.resolve.clone_from(&self.resolve);
        options.allow_private.clone_from(&self.allow_private);
        Fetcher::new(options).context("cannot start fetching")
    }
}

/// Reads a length of time in seconds, such as `1` or `0.25`.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.trim().parse().ok();
    let length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    length.ok_or_else(|| "not a number of seconds, such as 0, 0.25 or 90".to_owned())
}

/// As [`seconds`], of which there must be some.
pub(crate) fn some_seconds(text: &str) -> Result<Duration, String> {
    match seconds(text) {
        Ok(Duration::ZERO) => Err("nothing can be done in no time".to_owned()),
        length => length,
    }
}

/// Reads a number of which nought would mean nothing.
pub(crate) fn from_one(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "not a number from 1".to_owned())
}

/// Reads a network, or an address as a network of its own.
fn net(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
    let net = text.parse().ok().or_else(address);
    net.ok_or_else(|| "neither a network such as 10.0.0.0/8 nor an address".to_owned())
}

fn contact(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("names nobody: a mail address or URL is wanted".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        network: NetworkArgs,
    }

    #[test]
    fn the_flags_defaults_are_the_librarys() {
        let line = Line::parse_from(["test"]);
        let mut set = Options::default();
        // What is not set by the flags stays apart from the defaults and is found out.
        set.connect_timeout = Duration::MAX;
        (set.head_timeout, set.idle_timeout, set.total_timeout) = Default::default();
        (set.min_rate, set.min_rate_after, set.max_headers) = Default::default();
        (set.max_head, set.max_wire, set.max_body) = Default::default();
        (set.max_ratio, set.max_ratio_from, set.max_redirects) = Default::default();
        line.network.limits.set(&mut set);
        assert_eq!(format!("{set:?}"), format!("{:?}", Options::default()));
    }
}
