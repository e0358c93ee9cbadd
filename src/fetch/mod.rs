//! One address in, one page out.
//!
//! [`Fetcher::get`] does all of it, for whoever wants one page:
//!
//! 1. The address is checked: no private network, unless allowed.
//! 2. robots.txt of its origin is asked for, if it is not known, and obeyed.
//! 3. The request goes out; its answer is taken under limits of time, size and rate, and its
//!    content encoding comes off ([`Options`] has every limit).
//! 4. A redirect starts again at 1, up to a limit, never in a circle.
//! 5. An answer that is an error, is not HTML, or breaks a limit ends as an [`Error`]; any other
//!    is a [`RawPage`].
//!
//! A crawl takes the steps one by one ([`Fetcher::permission`], [`Fetcher::hop`]), because each
//! request of a host has to wait for its turn. [`Fetcher::ask`] also hands out what was on the
//! wire, for archives.
//!
//! A fetcher deliberately knows nothing of HTML, keeps no cookies unless told to, tries nothing
//! twice, never waits for a host's turn, and never talks to a server whose certificate is not
//! valid for its name.

mod body;
mod clock;
mod cookies;
mod decoder;
mod error;
mod guard;
mod kind;
mod options;
mod pace;
mod proxy;
mod request;
mod resolve;
mod robots;
mod rulebook;
mod tls;
mod traffic;

pub use clock::Clock;
pub use error::{Error, may_pass};
pub use guard::{Guard, Refused};
pub use kind::Wanted;
pub use options::{Options, Proxy, RobotsPolicy};
pub use pace::{Pace, later, retry_after};
pub use resolve::{Fixed, Lookup, NotFixed};
pub use robots::{RobotsFile, Rules, TOKEN, Verdict};
pub use rulebook::Permission;
pub use traffic::Traffic;

use std::sync::Arc;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use reqwest::Client;
use tokio::time::timeout;
use url::Url;

use crate::frontier::Validators;
use crate::outcome::Outcome;
use crate::page::{Cut, Exchange, RawPage};

use proxy::Proxies;
use resolve::Resolver;
use rulebook::Rulebook;
use traffic::Counters;

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
    proxies: Proxies,
    resolver: Resolver,
    rulebook: Rulebook,
    traffic: Counters,
}

/// What one request came to, and what was on the wire.
#[derive(Debug)]
#[non_exhaustive]
pub struct Asked {
    /// What it led to.
    pub hop: Result<Hop, Error>,
    /// The wire, if [`Options::keep_wire`] says so and a head came: pages, redirects and error
    /// pages alike, whole or cut.
    pub exchange: Option<Exchange>,
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
    /// The page is still the version that was asked about.
    Unchanged {
        /// When the server said so.
        at: Timestamp,
        /// What to ask by next time.
        validators: Validators,
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
        let proxies = Proxies::new(options.proxy);
        let resolver = Resolver {
            fixed: options.resolve.clone().into(),
            guard: Arc::clone(&guard),
            lookup: options.lookup.clone(),
            vouched: proxies.names().into(),
        };
        let inner = Inner {
            client: request::client(&options, resolver.clone())?,
            options,
            guard,
            proxies,
            resolver,
            rulebook: Rulebook::default(),
            traffic: Counters::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What the fetcher was built with.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// What was sent and taken so far.
    pub fn traffic(&self) -> Traffic {
        self.inner.traffic.read()
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
                // Nothing was asked about, so this is no answer.
                Hop::Unchanged { at: when, .. } => {
                    let reason = "status 304 to an unconditional request".to_owned();
                    return Err(Error::new(Outcome::HttpError, &at, when, reason).with_status(304));
                }
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
            return Ok(Permission::without_rules());
        }
        self.inner.rulebook.permission(self, url).await
    }

    /// Takes in a robots.txt that an earlier fetcher had ([`Permission::file`]), so that it need not
    /// be asked for again while it is good, and goes on ruling while its host is unreachable.
    pub fn remember(&self, file: &RobotsFile) {
        self.inner.rulebook.remember(file);
    }

    /// The sitemaps that the robots.txt of this address's origin names; none where it is not known.
    pub fn sitemaps(&self, url: &Url) -> Vec<Url> {
        self.inner.rulebook.sitemaps(url)
    }

    /// Refuses an address that is an IP address which must not be asked, before any request.
    ///
    /// # Errors
    /// [`Refused`], saying what the address is.
    pub fn check_literal(&self, url: &Url) -> Result<(), Refused> {
        self.inner.guard.check_literal(url)
    }

    /// Whether robots.txt would have to be asked for before this address: whoever has it from
    /// earlier may hand it [in](Self::remember) now.
    pub fn needs_robots(&self, url: &Url) -> bool {
        let origin = || url.origin().ascii_serialization();
        self.options().robots == RobotsPolicy::Obey && self.inner.rulebook.is_new(&origin())
    }

    /// Sends one request and takes what comes, without a look at robots.txt.
    ///
    /// # Errors
    /// [`Error`], whose `outcome` names what happened.
    pub async fn hop(&self, url: &Url) -> Result<Hop, Error> {
        self.ask(url, Wanted::Page).await.hop
    }

    /// As [`hop`](Self::hop), for what is wanted, and with what was on the wire.
    pub async fn ask(&self, url: &Url, wanted: Wanted) -> Asked {
        self.ask_if_changed(url, wanted, &Validators::default())
            .await
    }

    /// As [`ask`](Self::ask), for a page of which an earlier answer is known: a server that still
    /// has that version sends no body, and the hop is [`Hop::Unchanged`] (RFC 9110, section 13.1).
    pub async fn ask_if_changed(&self, url: &Url, wanted: Wanted, known: &Validators) -> Asked {
        let mut exchange = None;
        let limit = self.options().total_timeout;
        let asking = self.take(url, wanted, known, &mut exchange);
        let hop = timeout(limit, asking).await.unwrap_or_else(|_| {
            if let Some(exchange) = &mut exchange {
                exchange.cut = Some(Cut::Time);
            }
            Err(too_slow(url, self))
        });
        Asked { hop, exchange }
    }

    /// Whether a redirect may be followed after those in `trail`, which began at `url`.
    ///
    /// # Errors
    /// [`Error`] with [`Outcome::RedirectLoop`] for a circle, [`Outcome::TooManyRedirects`] for one
    /// too many.
    pub fn check_trail(&self, url: &Url, trail: &[Url], to: &Url) -> Result<(), Error> {
        let max = self.options().max_redirects;
        let been = trail.iter().chain([url]).filter(|at| *at == to).count();
        // Some sites set a cookie and send whoever brings none back to where it was.
        let allowed = usize::from(self.options().cookies);
        let (outcome, reason) = if been > allowed {
            let reason = format!("the redirects lead in a circle to {to}");
            (Outcome::RedirectLoop, reason)
        } else if trail.len() >= max {
            let reason = format!("more than {max} redirects");
            (Outcome::TooManyRedirects, reason)
        } else {
            return Ok(());
        };
        Err(Error::new(outcome, to, self.clock().now(), reason))
    }

    /// The failure of an address that a rule of robots.txt forbids.
    pub fn disallowed(&self, url: &Url, rule: &str) -> Error {
        let reason = format!("robots.txt disallows {rule}");
        Error::new(Outcome::RobotsDisallowed, url, self.clock().now(), reason)
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
