//! Cookies, for whoever asks for them: one jar a host, and what a host sets goes back to it alone.
//!
//! A `Domain` attribute widens nothing here: a crawler has no reason to be known on a second host
//! by what a first one said. Jars live as long as the fetcher.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cookie_store::{CookieStore as Jar, RawCookie};
use reqwest::cookie::CookieStore;
use reqwest::header::HeaderValue;
use url::Url;

/// A cookie longer than this is not kept (RFC 6265, section 6.1 asks for as much).
const MAX_BYTES: usize = 4096;
/// A host keeps no more cookies than this (RFC 6265, section 6.1).
const MAX_COOKIES: usize = 50;
/// More hosts than this, and all jars are emptied.
const MAX_HOSTS: usize = 10_000;

/// The jars of a fetcher.
#[derive(Debug, Default)]
pub(super) struct Jars {
    hosts: Mutex<HashMap<String, Jar>>,
}

impl CookieStore for Jars {
    fn set_cookies(&self, values: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        let Some(host) = url.host_str() else {
            return;
        };
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MAX_HOSTS && !hosts.contains_key(host) {
            hosts.clear();
        }
        let jar = hosts.entry(host.to_owned()).or_default();
        for value in values.filter(|value| value.len() <= MAX_BYTES) {
            let Some(mut cookie) = value.to_str().ok().and_then(|v| RawCookie::parse(v).ok())
            else {
                continue;
            };
            cookie.unset_domain();
            let known = jar.iter_any().any(|kept| kept.name() == cookie.name());
            if known || jar.iter_unexpired().count() < MAX_COOKIES {
                // A cookie that may not be set from here is none.
                let _ = jar.insert_raw(&cookie.into_owned(), url);
            }
        }
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = hosts
            .get(url.host_str()?)?
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if pairs.is_empty() {
            return None;
        }
        HeaderValue::from_str(&pairs.join("; ")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(jars: &Jars, url: &str, cookie: &str) {
        let value = HeaderValue::from_str(cookie).unwrap();
        jars.set_cookies(&mut [&value].into_iter(), &Url::parse(url).unwrap());
    }

    fn sent(jars: &Jars, url: &str) -> Option<String> {
        let value = jars.cookies(&Url::parse(url).unwrap())?;
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_cookie_goes_back_to_its_own_host_only() {
        let jars = Jars::default();
        set(
            &jars,
            "https://a.news.example/",
            "seen=1; Domain=news.example; Path=/",
        );
        assert_eq!(
            sent(&jars, "https://a.news.example/x").as_deref(),
            Some("seen=1")
        );
        assert_eq!(sent(&jars, "https://b.news.example/"), None);
        assert_eq!(sent(&jars, "https://news.example/"), None);
        set(&jars, "https://a.news.example/", "seen=2; Secure; Path=/");
        assert_eq!(
            sent(&jars, "http://a.news.example/"),
            None,
            "it has become a secure one"
        );
    }

    #[test]
    fn jars_are_bounded() {
        let jars = Jars::default();
        let url = "https://a.example/";
        set(&jars, url, &format!("big={}", "x".repeat(MAX_BYTES)));
        assert_eq!(sent(&jars, url), None);
        for n in 0..2 * MAX_COOKIES {
            set(&jars, url, &format!("c{n}=1"));
        }
        assert_eq!(sent(&jars, url).unwrap().split("; ").count(), MAX_COOKIES);
    }
}
