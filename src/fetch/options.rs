//! What a fetcher is built with. Each limit ends in an outcome of its own (`docs/outcomes.md`).

use std::time::Duration;

use ipnet::IpNet;

use super::clock::Clock;
use super::resolve::{Fixed, Lookup};

/// How to fetch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Who runs the crawler, as a mail address or URL; stands in the `User-Agent` header.
    pub contact: Option<String>,
    /// Whether robots.txt is obeyed.
    pub robots: RobotsPolicy,
    /// A connection must stand within this, name lookup and TLS included; 10 s.
    pub connect_timeout: Duration,
    /// The head of an answer must be there, whole, within this from when the request was begun,
    /// connecting included; 30 s. It also ends floods of interim answers (1xx).
    pub head_timeout: Duration,
    /// So long nothing of a body may arrive; 15 s.
    pub idle_timeout: Duration,
    /// A request must be over within this, body included; 60 s.
    pub total_timeout: Duration,
    /// A body must arrive at this many bytes a second on the whole …; 1024. 0 turns it off.
    pub min_rate: u32,
    /// … once it has been arriving for so long; 10 s.
    pub min_rate_after: Duration,
    /// So many headers an answer may have; 200.
    pub max_headers: usize,
    /// So many bytes the headers of an answer may have together; 128 KiB.
    pub max_head: usize,
    /// So many bytes of a body may come over the wire, as compressed as they are; 10 MiB.
    pub max_wire: usize,
    /// So many bytes a body may have, counted after decompression; 20 MiB.
    pub max_body: usize,
    /// So many bytes a body may unpack to for each byte of the wire …; 200.
    pub max_ratio: u32,
    /// … once it has unpacked to more bytes than this; 1 MiB. Small pages of white space do.
    pub max_ratio_from: usize,
    /// So many redirects are followed for one address; 10.
    pub max_redirects: usize,
    /// Whether the cookies of a host are kept for as long as the fetcher lives, and sent back to
    /// that host alone; no.
    pub cookies: bool,
    /// Whether [`Fetcher::ask`](super::Fetcher::ask) hands out what was on the wire; no, as it
    /// holds each body twice.
    pub keep_wire: bool,
    /// Addresses of hosts that are not asked of the system.
    pub resolve: Vec<Fixed>,
    /// Who is asked for the addresses of all other hosts; the system.
    pub lookup: Lookup,
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
    /// As `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in small letters too; all
    /// but the last may name an `http` or `https` proxy. Whoever set them vouches for the proxy's
    /// own address. Behind it the guard is weaker: literal addresses are refused as ever, and a
    /// name is refused if it resolves to none but private addresses here; but the proxy looks it
    /// up again, and what it finds nobody here can check. Where that matters, the proxy must
    /// refuse private addresses itself.
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
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(60),
            min_rate: 1024,
            min_rate_after: Duration::from_secs(10),
            max_headers: 200,
            max_head: 128 * 1024,
            max_wire: 10 * 1024 * 1024,
            max_body: 20 * 1024 * 1024,
            max_ratio: 200,
            max_ratio_from: 1024 * 1024,
            max_redirects: 10,
            cookies: false,
            keep_wire: false,
            resolve: Vec::new(),
            lookup: Lookup::default(),
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
