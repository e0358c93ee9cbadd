//! What a fetcher is built with.

use std::time::Duration;

use ipnet::IpNet;

use super::clock::Clock;
use super::resolve::Fixed;

/// How to fetch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Who runs the crawler, as a mail address or URL; stands in the `User-Agent` header.
    pub contact: Option<String>,
    /// Whether robots.txt is obeyed.
    pub robots: RobotsPolicy,
    /// A connection, TLS included, must stand within this.
    pub connect_timeout: Duration,
    /// So long nothing may arrive.
    pub idle_timeout: Duration,
    /// A request must be over within this, body included.
    pub total_timeout: Duration,
    /// So many bytes a body may have, counted after decompression.
    pub max_body: usize,
    /// So many redirects are followed for one address.
    pub max_redirects: usize,
    /// Addresses of hosts that are not asked of the system.
    pub resolve: Vec<Fixed>,
    /// Networks that may be asked although they are not part of the public internet.
    pub allow_private: Vec<IpNet>,
    /// Whether a proxy is used.
    pub proxy: Proxy,
    /// What time it is.
    pub clock: Clock,
}

/// Whether robots.txt is obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RobotsPolicy {
    /// What robots.txt disallows is not asked for.
    #[default]
    Obey,
    /// robots.txt is not looked at. For sites of one's own; each record says so.
    Ignore,
}

/// Whether a proxy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// As `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say. A proxy resolves names
    /// itself, so only literal addresses are guarded behind one; and one that stands in a private
    /// network needs that network in `allow_private`.
    #[default]
    Environment,
    /// None, whatever the environment says.
    None,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            contact: None,
            robots: RobotsPolicy::Obey,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(60),
            max_body: 20 * 1024 * 1024,
            max_redirects: 10,
            resolve: Vec::new(),
            allow_private: Vec::new(),
            proxy: Proxy::Environment,
            clock: Clock::default(),
        }
    }
}

impl Options {
    /// The `User-Agent` header: product, version, and the contact if there is one.
    pub fn user_agent(&self) -> String {
        let product = concat!("cleancopy/", env!("CARGO_PKG_VERSION"));
        match &self.contact {
            Some(contact) => format!("{product} (+{contact})"),
            None => product.to_owned(),
        }
    }

    pub(super) fn contact_is_sound(&self) -> bool {
        let sound = |b: u8| (b' '..=b'~').contains(&b) && !matches!(b, b'(' | b')' | b'\\');
        self.contact.as_deref().is_none_or(|c| c.bytes().all(sound))
    }
}
