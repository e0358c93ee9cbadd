//! The flags of every command that asks a server for something, and what they mean.

use std::time::Duration;

use anyhow::Context as _;
use cleancopy::fetch::{Fetcher, Fixed, Options, Proxy, RobotsPolicy};
use ipnet::IpNet;

/// Flags of fetching.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct NetworkArgs {
    /// Who runs this, as a mail address or URL: stands in the User-Agent header
    #[arg(long, env = "CLEANCOPY_CONTACT")]
    contact: Option<String>,
    /// Do not look at robots.txt (for sites of your own; every record says so)
    #[arg(long)]
    pub(crate) ignore_robots: bool,
    /// Seconds within which a connection must stand
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    connect_timeout: Duration,
    /// Seconds within which a request must be over
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,
    /// MiB a body may have, counted after decompression
    #[arg(long, value_name = "MIB", default_value = "20")]
    max_body: usize,
    /// Redirects followed for one address
    #[arg(long, value_name = "N", default_value = "10")]
    max_redirects: usize,
    /// Where a host is to be found, instead of asking the system; `*` stands for all others
    #[arg(long, value_name = "HOST=ADDRESS[:PORT]")]
    resolve: Vec<Fixed>,
    /// A network that may be asked although it is not public
    #[arg(long, value_name = "CIDR")]
    allow_private: Vec<IpNet>,
    /// Use no proxy, whatever the environment says
    #[arg(long)]
    no_proxy: bool,
}

impl NetworkArgs {
    pub(crate) fn fetcher(&self) -> anyhow::Result<Fetcher> {
        let mut options = Options::default();
        options.contact.clone_from(&self.contact);
        if self.ignore_robots {
            options.robots = RobotsPolicy::Ignore;
        }
        if self.no_proxy {
            options.proxy = Proxy::None;
        }
        options.connect_timeout = self.connect_timeout;
        options.total_timeout = self.timeout;
        options.max_body = self.max_body.saturating_mul(1024 * 1024);
        options.max_redirects = self.max_redirects;
        options.resolve.clone_from(&self.resolve);
        options.allow_private.clone_from(&self.allow_private);
        Fetcher::new(options).context("cannot start fetching")
    }
}

/// Reads a length of time in seconds, such as `1` or `0.25`.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
