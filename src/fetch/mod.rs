//! One address in, one page out.
//!
//! [`Fetcher::get`] does all of it, for whoever wants one page:
//!
//! 1. The address is checked: no private network, unless allowed.
//! 2. robots.txt of its origin is asked for, if it is not known, and obeyed.
//! 3. The request goes out, under limits of time.
//! 4. A redirect starts again at 1, up to a limit, never in a circle.
//! 5. An answer that is an error, is not HTML, or is too large ends as an [`Error`]; any other is
//!    a [`RawPage`].
//!
//! A crawl takes the steps one by one ([`Fetcher::permission`], [`Fetcher::hop`]), because each
//! request of a host has to wait for its turn.
//!
//! A fetcher deliberately knows nothing of HTML, keeps no cookies, tries nothing twice, and never
//! waits for a host's turn.

mod clock;
mod error;
mod guard;
mod limit;
mod options;
mod pace;
mod resolve;
mod robots;
mod rulebook;
mod tls;

pub use clock::Clock;
pub use error::Error;
pub use guard::{Guard, Refused};
pub use options::{Options, Proxy, RobotsPolicy};
pub use pace::{Pace, later, retry_after};
pub use resolve::{Fixed, NotFixed};
pub use robots::{Rules, TOKEN, Verdict};
pub use rulebook::Permission;

use std::sync::Arc;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use reqwest::{Client, Response, StatusCode, redirect};
use url::Url;

use crate::outcome::Outcome;
use crate::page::RawPage;

use resolve::Resolver;
use rulebook::Rulebook;

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The contact does not fit into a header.
    #[error("the contact must be printable ASCII without parentheses")]
    Contact,
    /// TLS could not be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// Asks servers for pages. Cheap to clone: clones share connections and rules.
#[derive(Debug, Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: Client,
    options: Options,
    guard: Arc<Guard>,
    rulebook: Rulebook,
}

/// What one request led to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Hop {
    /// A page.
    Page(RawPage),
    /// A redirect to this address.
    Redirect {
        /// Where it leads: absolute, http or https, without a fragment.
        to: Url,
    },
}

impl Fetcher {
    /// A fetcher with these options.
    ///
    /// # Errors
    /// [`BuildError`] when the options do not make a client.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::fetch::{Fetcher, Options};
    /// let mut options = Options::default();
    /// options.contact = Some("desk@news.example".to_owned());
    /// let fetcher = Fetcher::new(options)?;
    /// assert!(fetcher.options().user_agent().ends_with("(+desk@news.example)"));
    /// # Ok::<(), cleancopy::fetch::BuildError>(())
    /// ```
    pub fn new(options: Options) -> Result<Self, BuildError> {
        if !options.contact_is_sound() {
            return Err(BuildError::Contact);
        }
        let guard = Arc::new(Guard::allowing(options.allow_private.clone()));
        let resolver = Resolver {
            fixed: options.resolve.clone().into(),
            guard: Arc::clone(&guard),
        };
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls::config().map_err(BuildError::Tls)?)
            .user_agent(options.user_agent())
            .redirect(redirect::Policy::none())
            .dns_resolver(resolver)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.idle_timeout)
            // One request a host at a time needs one connection, and only for the next pause.
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(options.idle_timeout)
            .referer(false);
        if options.proxy == Proxy::None {
            client = client.no_proxy();
        }
        let inner = Inner {
            client: client.build().map_err(BuildError::Client)?,
            options,
            guard,
            rulebook: Rulebook::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What the fetcher was built with.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The clock the fetcher goes by.
    pub fn clock(&self) -> &Clock {
        &self.inner.options.clock
    }

    /// Gets the page at an address: robots.txt obeyed, redirects followed.
    ///
    /// # Errors
    /// [`Error`], whose `outcome` names what happened.
    pub async fn get(&self, url: &Url) -> Result<RawPage, Error> {
        let mut trail: Vec<Url> = Vec::new();
        loop {
            let at = trail.last().unwrap_or(url).clone();
            let permission = self.permission(&at).await?;
            if let Verdict::Disallowed { rule } = permission.verdict {
                return Err(self.disallowed(&at, &rule));
            }
            match self.hop(&at).await? {
                Hop::Page(page) => return Ok(page),
                Hop::Redirect { to } => {
                    self.check_trail(url, &trail, &to)?;
                    trail.push(to);
                }
            }
        }
    }

    /// Whether robots.txt lets us ask for an address; asks for the file if it is not known.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be had for now, which forbids the whole host.
    pub async fn permission(&self, url: &Url) -> Result<Permission, Error> {
        if self.options().robots == RobotsPolicy::Ignore {
            return Ok(Permission {
                verdict: Verdict::Allowed,
                crawl_delay: None,
                answered_at: None,
            });
        }
        self.inner.rulebook.permission(self, url).await
    }

    /// Sends one request and takes what comes, without a look at robots.txt.
    ///
    /// # Errors
    /// [`Error`], whose `outcome` names what happened.
    pub async fn hop(&self, url: &Url) -> Result<Hop, Error> {
        let limit = self.options().total_timeout;
        match tokio::time::timeout(limit, self.hop_unlimited(url)).await {
            Ok(result) => result,
            Err(_) => Err(too_slow(url, self)),
        }
    }

    /// Whether a redirect may be followed after those in `trail`, which began at `url`.
    ///
    /// # Errors
    /// [`Error`] with [`Outcome::TooManyRedirects`] for a circle or one too many.
    pub fn check_trail(&self, url: &Url, trail: &[Url], to: &Url) -> Result<(), Error> {
        let max = self.options().max_redirects;
        let reason = if to == url || trail.contains(to) {
            format!("the redirects lead in a circle to {to}")
        } else if trail.len() >= max {
            format!("more than {max} redirects")
        } else {
            return Ok(());
        };
        let now = self.clock().now();
        Err(Error::new(Outcome::TooManyRedirects, to, now, reason))
    }

    /// The failure of an address that a rule of robots.txt forbids.
    pub fn disallowed(&self, url: &Url, rule: &str) -> Error {
        let reason = format!("robots.txt disallows {rule}");
        Error::new(Outcome::RobotsDisallowed, url, self.clock().now(), reason)
    }

    async fn hop_unlimited(&self, url: &Url) -> Result<Hop, Error> {
        let response = self.send(url).await?;
        let now = self.clock().now();
        if let Some(redirect) = redirect_of(&response, url, now)? {
            return Ok(redirect);
        }
        let status = response.status();
        if !status.is_success() {
            let mut error = Error::new(Outcome::HttpError, url, now, told(status));
            error.status = Some(status.as_u16());
            error.retry_after = retry_after_of(&response, now);
            return Err(error);
        }
        let headers = headers_of(&response);
        let body = limit::html_body(response, self.options().max_body, url, now)
            .await
            .map_err(|error| error.with_status(status.as_u16()))?;
        Ok(Hop::Page(RawPage {
            url: Some(url.clone()),
            fetched_at: Some(to_millisecond(now)),
            status: status.as_u16(),
            headers,
            body,
        }))
    }

    /// Sends one request; the answer's body is still to come.
    async fn send(&self, url: &Url) -> Result<Response, Error> {
        let now = self.clock().now();
        if let Err(refused) = self.inner.guard.check_literal(url) {
            let reason = refused.to_string();
            return Err(Error::new(Outcome::AddressRefused, url, now, reason));
        }
        let request = self
            .inner
            .client
            .get(url.clone())
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1");
        let sent = request.send().await;
        sent.map_err(|error| Error::of_client(error, url, self.clock().now()))
    }
}

fn too_slow(url: &Url, fetcher: &Fetcher) -> Error {
    let seconds = fetcher.options().total_timeout.as_secs_f32();
    let reason = format!("not done after {seconds} s");
    Error::new(Outcome::Timeout, url, fetcher.clock().now(), reason)
}

/// Records say when to the millisecond: more would be noise. Never before the event itself, so
/// that a pause counted from it is not cut short.
fn to_millisecond(at: Timestamp) -> Timestamp {
    let up = TimestampRound::new()
        .smallest(Unit::Millisecond)
        .mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at)
}

fn told(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("status {} {reason}", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    }
}

fn headers_of(response: &Response) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
        .collect()
}

fn retry_after_of(response: &Response, now: Timestamp) -> Option<Timestamp> {
    let value = response.headers().get("retry-after")?;
    retry_after(value.to_str().ok()?, now)
}

/// Where an answer redirects to, if it does (RFC 9110, section 15.4).
fn redirect_of(response: &Response, url: &Url, now: Timestamp) -> Result<Option<Hop>, Error> {
    let status = response.status().as_u16();
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let bad =
        |reason: String| Error::new(Outcome::BadRedirect, url, now, reason).with_status(status);
    let Some(location) = response.headers().get("location") else {
        return Err(bad(format!("status {status} without a location")));
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let mut to = url
        .join(location.trim())
        .map_err(|error| bad(format!("location {location}: {error}")))?;
    if !matches!(to.scheme(), "http" | "https") {
        return Err(bad(format!("a redirect to scheme `{}`", to.scheme())));
    }
    to.set_fragment(None);
    Ok(Some(Hop::Redirect { to }))
}
