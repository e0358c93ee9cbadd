//! Host names to addresses: what the caller fixed, else a lookup behind the guard.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::Cause;
use super::guard::{Guard, Refused};

/// The host name has no address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
pub(super) struct NoAddress {
    name: String,
    #[source]
    source: Option<io::Error>,
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

/// Looks host names up: the system's resolver, or one that is handed in.
///
/// What it answers goes through the guard before anything is connected.
#[derive(Clone)]
pub struct Lookup(Arc<dyn Fn(String) -> Looking + Send + Sync>);

type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

impl Lookup {
    /// Asks `lookup` for the addresses of a name, in the order in which they are tried.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::fetch::Lookup;
    /// let fixed = Lookup::new(|_name| async { Ok(vec!["192.0.2.7".parse().unwrap()]) });
    /// # let _ = fixed;
    /// ```
    pub fn new<F, L>(lookup: F) -> Self
    where
        F: Fn(String) -> L + Send + Sync + 'static,
        L: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        Self(Arc::new(move |name| Box::pin(lookup(name))))
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self::new(|name| async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|to| to.ip()).collect())
        })
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
    }
}

/// The resolver handed to the HTTP client.
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    pub(super) fixed: Arc<[Fixed]>,
    pub(super) guard: Arc<Guard>,
    pub(super) lookup: Lookup,
    /// Names of proxies, which may stand anywhere.
    pub(super) vouched: Arc<[String]>,
}

impl Resolver {
    fn fixed(&self, name: &str) -> Option<SocketAddr> {
        let entry = |wanted: &str| self.fixed.iter().find(|f| f.host == wanted);
        entry(name).or_else(|| entry("*")).map(|f| f.to)
    }

    /// The addresses of a name that may be asked.
    pub(super) async fn open(&self, name: &str) -> Result<Vec<SocketAddr>, Cause> {
        // Whoever fixed an address vouches for it: the guard is for names that others answer.
        if let Some(to) = self.fixed(name) {
            return Ok(vec![to]);
        }
        let found = (self.lookup.0)(name.to_owned())
            .await
            .map_err(|source| NoAddress {
                name: name.to_owned(),
                source: Some(source),
            })?;
        let mut refused = None;
        let open: Vec<SocketAddr> = found
            .into_iter()
            .filter(|&to| self.vouched(name) || self.passes(to, &mut refused))
            .map(|to| SocketAddr::new(to, 0))
            .collect();
        match refused {
            _ if !open.is_empty() => Ok(open),
            Some(refused) => Err(refused.into()),
            None => Err(NoAddress {
                name: name.to_owned(),
                source: None,
            }
            .into()),
        }
    }

    /// Whether a name has none but addresses that must not be asked, as far as one can see here.
    pub(super) async fn is_refused(&self, name: &str) -> Option<Refused> {
        if self.fixed(name).is_some() {
            return None;
        }
        let found = (self.lookup.0)(name.to_owned()).await.ok()?;
        let mut refused = None;
        let open = found.into_iter().any(|to| self.passes(to, &mut refused));
        if open { None } else { refused }
    }

    /// Whether a URL's host is the name of a proxy.
    pub(super) fn vouched(&self, name: &str) -> bool {
        self.vouched.iter().any(|known| known == name)
    }

    fn passes(&self, to: IpAddr, refused: &mut Option<Refused>) -> bool {
        self.guard.check(to).map_err(|e| *refused = Some(e)).is_ok()
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let own = self.clone();
        Box::pin(async move {
            let open = own.open(name.as_str()).await?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}
