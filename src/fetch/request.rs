//! One request: what goes out, what of the answer's head decides, and what becomes of the body.
//!
//! 1. The address is checked as far as it can be before connecting; the resolver checks the rest.
//! 2. The head of the answer has to be there in time, and to be of a bearable size.
//! 3. A redirect, an error and an answer without content end here; a page's body is taken by
//!    [`Body`].

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::time::timeout;
use url::{Host, Url};

use super::body::Body;
use super::cookies::Jars;
use super::error::{Error, Stage};
use super::kind::Wanted;
use super::options::{Options, Proxy};
use super::resolve::Resolver;
use super::{BuildError, Fetcher, Hop, pace, tls, to_millisecond};
use crate::frontier::Validators;
use crate::outcome::Outcome;
use crate::page::{Exchange, RawPage, names_user};

/// So much is kept of the body of an answer that is no page, where the wire is kept.
const MAX_ODD_BODY: usize = 64 * 1024;

impl Fetcher {
    /// Sends one request and takes its answer, however long it takes.
    pub(super) async fn take(
        &self,
        url: &Url,
        wanted: Wanted,
        known: &Validators,
        exchange: &mut Option<Exchange>,
    ) -> Result<Hop, Error> {
        let response = self.send(url, wanted, known, exchange).await?;
        let now = self.clock().now();
        let status = response.status().as_u16();
        let end = still_the_same(&response, known, now)
            .map(Ok)
            .or_else(|| end_of_head(&response, url, now));
        let headers = texts(response.headers());
        let body = self.body(response, url, now, exchange.as_mut());
        if let Some(end) = end {
            if body.exchange.is_some() {
                body.for_the_archive(MAX_ODD_BODY).await;
            }
            return end;
        }
        let body = body.wanted(wanted).await?;
        self.inner.traffic.had(body.len());
        Ok(Hop::Page(RawPage {
            url: Some(url.clone()),
            fetched_at: Some(to_millisecond(now)),
            status,
            headers,
            body,
        }))
    }

    /// The body of an answer, none of it taken yet.
    pub(super) fn body<'a>(
        &'a self,
        response: Response,
        url: &'a Url,
        at: Timestamp,
        exchange: Option<&'a mut Exchange>,
    ) -> Body<'a> {
        Body {
            response,
            options: self.options(),
            traffic: &self.inner.traffic,
            url,
            at,
            exchange,
        }
    }

    /// Sends one request; the answer's body is still to come.
    pub(super) async fn send(
        &self,
        url: &Url,
        wanted: Wanted,
        known: &Validators,
        exchange: &mut Option<Exchange>,
    ) -> Result<Response, Error> {
        let by_proxy = self.inner.proxies.stand_before(url);
        let begun = self.clock().now();
        self.check_address(url, by_proxy).await?;
        let mut request = self
            .inner
            .client
            .get(url.clone())
            .header("accept", wanted.accept())
            .header("accept-encoding", "gzip, deflate, br, zstd")
            .header("user-agent", self.options().user_agent());
        for (name, value) in [
            ("if-none-match", &known.etag),
            ("if-modified-since", &known.last_modified),
        ] {
            // One that came garbled cannot go back as it came.
            let value = value.as_deref().map(HeaderValue::from_str);
            if let Some(Ok(value)) = value {
                request = request.header(name, value);
            }
        }
        let request = request.build();
        let failed = |error| {
            let now = self.clock().now();
            Error::of_client(error, url, now, Stage::Head { by_proxy })
        };
        let request = request.map_err(failed)?;
        let request_headers = request.headers().clone();
        self.inner.traffic.requested();
        let limit = self.options().head_timeout;
        let sent = timeout(limit, self.inner.client.execute(request)).await;
        let Ok(sent) = sent else {
            let reason = format!("no answer after {} s", limit.as_secs_f32());
            let now = self.clock().now();
            return Err(Error::new(Outcome::HeadTimeout, url, now, reason));
        };
        let response = sent.map_err(failed)?;
        self.inner.traffic.answered();
        if self.options().keep_wire {
            *exchange = Some(Exchange {
                remote: response.remote_addr(),
                version: format!("{:?}", response.version()),
                answered_at: self.clock().now(),
                request_headers: pairs(&request_headers),
                headers: pairs(response.headers()),
                ..Exchange::new(url.clone(), begun, response.status().as_u16())
            });
        }
        self.check_head(&response, url, by_proxy)?;
        Ok(response)
    }

    /// Refuses what must not be asked, as far as it can be told before connecting.
    async fn check_address(&self, url: &Url, by_proxy: bool) -> Result<(), Error> {
        let mut refused = self.inner.guard.check_literal(url).err();
        if let (None, Some(Host::Domain(name))) = (&refused, url.host()) {
            let resolver = &self.inner.resolver;
            // Elsewhere the client asks the guard itself, about the very address it connects to.
            if by_proxy || resolver.vouched(name) {
                refused = resolver.is_refused(name).await;
            }
        }
        match refused {
            None => Ok(()),
            Some(refused) => {
                let now = self.clock().now();
                let reason = refused.to_string();
                Err(Error::new(Outcome::AddressRefused, url, now, reason))
            }
        }
    }

    /// Checks the head of an answer against what its headers may be.
    fn check_head(&self, response: &Response, url: &Url, by_proxy: bool) -> Result<(), Error> {
        let (status, headers) = (response.status(), response.headers());
        let bytes: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        let Options {
            max_headers,
            max_head,
            ..
        } = *self.options();
        let (outcome, reason) = if headers.len() > max_headers || bytes > max_head {
            let count = headers.len();
            let reason = format!("{count} headers of {bytes} bytes");
            (Outcome::HeadTooLarge, reason)
        } else if by_proxy && status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            (Outcome::ProxyFailed, told(status))
        } else {
            return Ok(());
        };
        let now = self.clock().now();
        Err(Error::new(outcome, url, now, reason).with_status(status.as_u16()))
    }
}

/// The HTTP client of a fetcher.
pub(super) fn client(options: &Options, resolver: Resolver) -> Result<Client, BuildError> {
    let max_head = u32::try_from(options.max_head).unwrap_or(u32::MAX);
    let mut client = Client::builder()
        .tls_backend_preconfigured(tls::config().map_err(BuildError::Tls)?)
        .redirect(redirect::Policy::none())
        .dns_resolver(resolver)
        .connect_timeout(options.connect_timeout)
        .http1_max_headers(options.max_headers)
        .http2_max_header_list_size(max_head)
        // One request a host at a time needs one connection, and only for the next pause.
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(options.idle_timeout)
        .referer(false);
    if options.proxy == Proxy::None {
        client = client.no_proxy();
    }
    if options.cookies {
        client = client.cookie_provider(Arc::new(Jars::default()));
    }
    client.build().map_err(BuildError::Client)
}

/// Whether the answer says that what is known is still good, and by what to ask next time.
fn still_the_same(response: &Response, known: &Validators, now: Timestamp) -> Option<Hop> {
    if known.is_empty() || response.status() != StatusCode::NOT_MODIFIED {
        return None;
    }
    let said = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let mut validators = known.clone();
    validators.etag = said("etag").or(validators.etag);
    validators.last_modified = said("last-modified").or(validators.last_modified);
    Some(Hop::Unchanged {
        at: to_millisecond(now),
        validators,
    })
}

/// What the head of an answer alone decides: a redirect or a failure; `None` for a page.
fn end_of_head(response: &Response, url: &Url, now: Timestamp) -> Option<Result<Hop, Error>> {
    match redirect_of(response, url, now) {
        Ok(None) => {}
        Ok(Some(to)) => return Some(Ok(Hop::Redirect { to })),
        Err(error) => return Some(Err(error)),
    }
    let status = response.status();
    let outcome = match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => Outcome::NoContent,
        _ if status.is_success() => return None,
        _ => Outcome::HttpError,
    };
    let error = Error::new(outcome, url, now, told(status)).with_status(status.as_u16());
    Some(Err(error.with_retry_after(retry_after_of(response, now))))
}

fn told(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("status {} {reason}", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    }
}

/// Headers as text, for a page.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let headers = pairs(headers).into_iter();
    headers.map(|(name, value)| (name, text(value))).collect()
}

/// Headers as they came.
fn pairs(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

pub(super) fn retry_after_of(response: &Response, now: Timestamp) -> Option<Timestamp> {
    let value = response.headers().get("retry-after")?;
    pace::retry_after(value.to_str().ok()?, now)
}

/// Where an answer redirects to, if it does (RFC 9110, section 15.4).
pub(super) fn redirect_of(
    response: &Response,
    url: &Url,
    now: Timestamp,
) -> Result<Option<Url>, Error> {
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
    if names_user(&to) {
        // Nor is it told here: records are no place for it.
        return Err(bad("a redirect to an address with a user name".to_owned()));
    }
    to.set_fragment(None);
    Ok(Some(to))
}
