//! Host names to addresses: what the caller fixed, else the system's resolver behind the guard.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::Guard;

/// The host name has no address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
pub(super) struct NoAddress {
    name: String,
    #[source]
    source: Option<std::io::Error>,
}

/// Where one host name is to be found, instead of asking the system.
///
/// # Examples
/// ```
/// use cleancopy::fetch::Fixed;
/// let fixed: Fixed = "news.example=127.0.0.1:8080".parse()?;
/// assert_eq!(fixed.to.port(), 8080);
/// assert!("news.example".parse::<Fixed>().is_err());
/// # Ok::<(), cleancopy::fetch::NotFixed>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// The host name; `*` stands for every name that has no entry of its own.
    pub host: String,
    /// Its address. The port holds for URLs that name none; 0 leaves the scheme's.
    pub to: SocketAddr,
}

/// The text is not of the form `HOST=ADDRESS` or `HOST=ADDRESS:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not of the form HOST=ADDRESS or HOST=ADDRESS:PORT")]
pub struct NotFixed;

impl Fixed {
    /// This host is found there.
    pub fn new(host: &str, to: SocketAddr) -> Self {
        Self {
            host: host.to_ascii_lowercase(),
            to,
        }
    }
}

impl std::str::FromStr for Fixed {
    type Err = NotFixed;

    fn from_str(text: &str) -> Result<Self, NotFixed> {
        let (host, to) = text.split_once('=').ok_or(NotFixed)?;
        let address = to
            .parse()
            .or_else(|_| to.parse().map(|ip| SocketAddr::new(ip, 0)))
            .map_err(|_| NotFixed)?;
        Ok(Self::new(host.trim(), address))
    }
}

/// The resolver handed to the HTTP client.
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    pub(super) fixed: Arc<[Fixed]>,
    pub(super) guard: Arc<Guard>,
}

impl Resolver {
    fn fixed(&self, name: &str) -> Option<SocketAddr> {
        let entry = |wanted: &str| self.fixed.iter().find(|f| f.host == wanted);
        entry(name).or_else(|| entry("*")).map(|f| f.to)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        // Whoever fixed an address vouches for it: the guard is for names that others answer.
        if let Some(to) = self.fixed(name.as_str()) {
            return Box::pin(async move { Ok(Box::new([to].into_iter()) as Addrs) });
        }
        let guard = Arc::clone(&self.guard);
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0))
                .await
                .map_err(|source| NoAddress {
                    name: name.to_owned(),
                    source: Some(source),
                })?
                .collect();
            let mut refused = None;
            let open: Vec<SocketAddr> = found
                .into_iter()
                .filter(|to| guard.check(to.ip()).map_err(|e| refused = Some(e)).is_ok())
                .collect();
            if !open.is_empty() {
                return Ok(Box::new(open.into_iter()) as Addrs);
            }
            match refused {
                Some(refused) => Err(refused.into()),
                None => Err(NoAddress {
                    name: name.to_owned(),
                    source: None,
                }
                .into()),
            }
        })
    }
}
