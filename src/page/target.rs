//! What to ask for: an address, what is expected there, and how the crawl came to it.

use serde::{Deserialize, Serialize};
use url::Url;

use super::canonical;

/// One address that somebody asked for, or that was found on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Target {
    /// The address as it was written in the list or found on a page.
    pub asked: String,
    /// The address to ask: in the form `url` gives it, without its fragment.
    pub url: Url,
    /// What is expected there.
    #[serde(default)]
    pub kind: Kind,
    /// How the crawl came to it; `None` for an address of a list, from which nothing further is
    /// looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// What is expected at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A page, to be read.
    #[default]
    Page,
    /// A sitemap or sitemap index (sitemaps.org), whose addresses are taken.
    Sitemap,
    /// A feed (RSS, Atom, JSON Feed), whose addresses are taken.
    Feed,
}

/// How a crawl came to an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// The address the search began at; scope is judged by it.
    pub root: Url,
    /// What led here.
    pub via: Via,
    /// The sitemap, feed or page that names the address.
    pub on: String,
    /// So many steps lie between the root and this: a page is one step from the page that links to
    /// it and from the sitemap or feed that names it. The sitemaps and feeds of a page are as deep
    /// as the page.
    pub depth: u16,
}

impl Found {
    /// How a search that began at `root` came to an address.
    pub fn new(root: Url, via: Via, on: &Url, depth: u16) -> Self {
        Self {
            root,
            via,
            on: on.as_str().to_owned(),
            depth,
        }
    }
}

/// What led to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Via {
    /// It was given as a place to begin.
    Root,
    /// A `Sitemap:` line of robots.txt.
    Robots,
    /// A sitemap or sitemap index.
    Sitemap,
    /// A feed.
    Feed,
    /// `<link rel="alternate">` to a feed (feed autodiscovery).
    Alternate,
    /// A link of a page.
    Link,
    /// Nothing: it is where sites usually have it.
    Guess,
}

/// Why a line of a list is not a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The text is not an absolute URL (WHATWG URL).
    #[error("not an absolute URL")]
    NotAbsolute(#[source] url::ParseError),
    /// It names a user, perhaps with a password, before the host.
    #[error("a user name or password stands before the host")]
    UserInfo,
    /// The URL has another scheme than `http` or `https`; the scheme is given.
    #[error("scheme `{0}` is neither http nor https")]
    Scheme(String),
}

/// Whether a user name or password stands before the host.
pub(crate) fn names_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

impl Target {
    /// Reads an address as a person writes it in a list.
    ///
    /// # Errors
    /// [`TargetError`] when the text is not an absolute `http` or `https` URL, or names a user: what
    /// is asked for goes to records and logs, where no password may stand (RFC 3986, section 3.2.1).
    ///
    /// # Examples
    /// ```
    /// use cleancopy::page::Target;
    /// let target = Target::parse("HTTPS://News.Example:443/a/../b#top")?;
    /// assert_eq!(target.url.as_str(), "https://news.example/b");
    /// assert!(Target::parse("mailto:desk@news.example").is_err());
    /// assert!(Target::parse("https://desk:secret@news.example/").is_err());
    /// # Ok::<(), cleancopy::page::TargetError>(())
    /// ```
    pub fn parse(asked: &str) -> Result<Self, TargetError> {
        let mut url = Url::parse(asked.trim()).map_err(TargetError::NotAbsolute)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(TargetError::Scheme(url.scheme().to_owned()));
        }
        if names_user(&url) {
            return Err(TargetError::UserInfo);
        }
        url.set_fragment(None);
        Ok(Self {
            asked: asked.trim().to_owned(),
            url,
            kind: Kind::Page,
            found: None,
        })
    }

    /// The same target as a place to begin: what is found there is looked at too.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::page::{Target, Via};
    /// let root = Target::parse("https://news.example/")?.as_root();
    /// assert_eq!(root.found.map(|found| (found.via, found.depth)), Some((Via::Root, 0)));
    /// # Ok::<(), cleancopy::page::TargetError>(())
    /// ```
    #[must_use]
    pub fn as_root(mut self) -> Self {
        self.found = Some(Found {
            root: self.url.clone(),
            via: Via::Root,
            on: self.asked.clone(),
            depth: 0,
        });
        self
    }

    /// A target that was found on the way.
    pub fn found(url: Url, kind: Kind, found: Found) -> Self {
        Self {
            asked: url.as_str().to_owned(),
            url,
            kind,
            found: Some(found),
        }
    }

    /// What makes two targets the same, the [canonical](super::canonical) form of the address: a
    /// frontier takes each identity once. What is asked for stays `url`, as it was written.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::page::Target;
    /// let one = Target::parse("https://news.example/a?utm_source=feed#top")?;
    /// let other = Target::parse("https://news.example/a")?;
    /// assert_eq!(one.identity(), other.identity());
    /// # Ok::<(), cleancopy::page::TargetError>(())
    /// ```
    pub fn identity(&self) -> String {
        canonical(&self.url).into()
    }
}
