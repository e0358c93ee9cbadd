//! Which requests go through a proxy. The client reads the same variables by the same rules; this
//! is for what has to be known before and after it: whom to vouch for, and who failed.

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::options::Proxy;

/// The proxies of a fetcher.
#[derive(Debug)]
pub(super) struct Proxies {
    matcher: Option<Matcher>,
}

impl Proxies {
    pub(super) fn new(proxy: Proxy) -> Self {
        let matcher = match proxy {
            Proxy::Environment => Some(Matcher::from_system()),
            Proxy::None => None,
        };
        Self { matcher }
    }

    /// Whether a request for this address goes through a proxy.
    pub(super) fn stand_before(&self, url: &Url) -> bool {
        url.as_str()
            .parse()
            .is_ok_and(|uri| self.host(&uri).is_some())
    }

    /// The host names of the proxies.
    pub(super) fn names(&self) -> Vec<String> {
        // No list of exceptions names these two, and each scheme has one proxy.
        ["http://cleancopy.invalid/", "https://cleancopy.invalid/"]
            .into_iter()
            .filter_map(|url| self.host(&Uri::from_static(url)))
            .collect()
    }

    fn host(&self, uri: &Uri) -> Option<String> {
        let proxy = self.matcher.as_ref()?.intercept(uri)?;
        Some(proxy.uri().host()?.to_ascii_lowercase())
    }
}
