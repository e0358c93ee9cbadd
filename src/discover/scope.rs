//! How far from its root a search may go.

use url::{Host, Url};

use crate::page::bare_host;

/// Which addresses belong to the site of a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scope {
    /// The same host and port, with or without `www.`, by http or https.
    #[default]
    Host,
    /// The same registrable domain, by the public suffix list (publicsuffix.org):
    /// `sport.news.co.uk` belongs to `news.co.uk`, `other.co.uk` does not.
    Domain,
    /// The same host, and a path that begins as the root's does, up to its last slash.
    Prefix,
}

impl Scope {
    /// Whether an address belongs to the site of a root.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::discover::Scope;
    /// let root = "https://www.news.co.uk/sport/".parse()?;
    /// let holds = |scope: Scope, url: &str| Ok::<_, url::ParseError>(scope.holds(&root, &url.parse()?));
    /// assert!(holds(Scope::Host, "http://news.co.uk/world")?);
    /// assert!(!holds(Scope::Host, "https://blog.news.co.uk/")?);
    /// assert!(holds(Scope::Domain, "https://blog.news.co.uk/")?);
    /// assert!(!holds(Scope::Domain, "https://other.co.uk/")?);
    /// assert!(!holds(Scope::Prefix, "https://www.news.co.uk/world")?);
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn holds(self, root: &Url, url: &Url) -> bool {
        let same_host = || bare_host(root) == bare_host(url) && root.port() == url.port();
        match self {
            Self::Host => same_host(),
            Self::Domain => match (domain(root), domain(url)) {
                (Some(one), Some(other)) => one == other,
                _ => same_host(),
            },
            Self::Prefix => {
                let path = root.path();
                let folder = &path[..=path.rfind('/').unwrap_or(0)];
                same_host() && url.path().starts_with(folder)
            }
        }
    }
}

/// The registrable domain of a host that has one; an IP address has none.
fn domain(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => psl::domain_str(name),
        _ => None,
    }
}
