//! The body of an answer, taken under limits of size and time.
//!
//! 1. A length that the head states is compared with the limit before a byte is read.
//! 2. Each piece of the wire has its time; all of them together have a least rate.
//! 3. Pieces are counted as they come and again as they unpack ([decoder](super::decoder)).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use tokio::time::{Instant, timeout};
use url::Url;

use super::decoder::{Decoder, Fault, Limits};
use super::error::{Error, Stage};
use super::kind::{SNIFFED, Wanted, kind};
use super::options::Options;
use super::traffic::Counters;
use crate::discover;
use crate::outcome::Outcome;
use crate::page::{Cut, Exchange};

/// A body under way.
pub(super) struct Body<'a> {
    pub(super) response: Response,
    pub(super) options: &'a Options,
    pub(super) traffic: &'a Counters,
    pub(super) url: &'a Url,
    pub(super) at: Timestamp,
    /// Where the bytes of the wire are kept, if somebody wants them.
    pub(super) exchange: Option<&'a mut Exchange>,
}

/// So much of a sitemap or feed is taken, whatever the limit of a page: one byte more than is read
/// of it, so that its reader sees that there was more.
const MAX_LIST: usize = discover::MAX_BYTES + 1;

/// Bytes taken from the wire, since when, and how many there may be.
struct Wire {
    bytes: usize,
    max: usize,
    since: Instant,
}

impl Body<'_> {
    /// Takes a whole body of the wanted kind.
    pub(super) async fn wanted(mut self, wanted: Wanted) -> Result<Vec<u8>, Error> {
        let stated = self.header("content-type");
        let by_type = wanted.takes(kind(stated.as_deref()));
        if by_type == Some(false) {
            self.cut(Cut::Unspecified);
            let reason = format!("content type {}", stated.unwrap_or_default());
            return Err(self.error(Outcome::NotHtml, reason));
        }
        let list = wanted == Wanted::Feed;
        let limits = Limits {
            max: if list {
                MAX_LIST
            } else {
                self.options.max_body
            },
            ratio: self.options.max_ratio,
            ratio_from: self.options.max_ratio_from,
        };
        let mut decoder = self.decoder(limits)?;
        if !list {
            self.check_stated_length()?;
        }
        let mut wire = Wire::new(self.options);
        wire.max = if list {
            2 * MAX_LIST
        } else {
            self.options.max_wire
        };
        let mut sniffed = by_type.is_some();
        while let Some(piece) = self.piece(&mut wire).await? {
            match decoder.push(&piece) {
                Ok(()) => {}
                // Of a list too long the beginning is as good as that of a shorter one.
                Err(Fault::TooLarge) if list => {
                    self.cut(Cut::Length);
                    return Ok(decoder.into_bytes());
                }
                Err(fault) => return Err(self.fault(&fault)),
            }
            if !sniffed && decoder.bytes().len() >= SNIFFED {
                self.sniff(wanted, decoder.bytes())?;
                sniffed = true;
            }
        }
        decoder.finish().map_err(|fault| self.fault(&fault))?;
        if decoder.bytes().is_empty() {
            let reason = "a success with nothing in it".to_owned();
            return Err(self.error(Outcome::NoContent, reason));
        }
        if !sniffed {
            self.sniff(wanted, decoder.bytes())?;
        }
        Ok(decoder.into_bytes())
    }

    /// Takes the first `max` decoded bytes of a body and drops the rest.
    pub(super) async fn first_bytes(mut self, max: usize) -> Result<Vec<u8>, Error> {
        let limits = Limits {
            max,
            ratio: u32::MAX,
            ratio_from: max,
        };
        let mut decoder = self.decoder(limits)?;
        let mut wire = Wire::new(self.options);
        while let Some(piece) = self.piece(&mut wire).await? {
            match decoder.push(&piece) {
                Ok(()) => {}
                Err(Fault::TooLarge) => {
                    self.cut(Cut::Length);
                    return Ok(decoder.into_bytes());
                }
                Err(fault) => return Err(self.fault(&fault)),
            }
        }
        decoder.finish().map_err(|fault| self.fault(&fault))?;
        Ok(decoder.into_bytes())
    }

    /// Takes the body of an answer that is no page, for the archive alone: as it comes, up to
    /// `max` bytes of the wire. What goes wrong here changes nothing about the outcome.
    pub(super) async fn for_the_archive(mut self, max: usize) {
        let mut wire = Wire::new(self.options);
        while let Ok(Some(_)) = self.piece(&mut wire).await {
            if wire.bytes > max {
                self.cut(Cut::Length);
                return;
            }
        }
    }

    fn header(&self, name: &str) -> Option<String> {
        let value = self.response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn decoder(&mut self, limits: Limits) -> Result<Decoder, Error> {
        let values = self.response.headers().get_all("content-encoding").iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        Decoder::new(&values.join(","), limits).map_err(|name| {
            self.cut(Cut::Unspecified);
            self.error(Outcome::UnknownEncoding, format!("content encoding {name}"))
        })
    }

    fn check_stated_length(&mut self) -> Result<(), Error> {
        let max = self.options.max_wire;
        let stated = self.response.content_length().unwrap_or(0);
        if stated <= max as u64 {
            return Ok(());
        }
        self.cut(Cut::Length);
        let reason = format!("{stated} bytes are announced, {max} is the limit");
        Err(self.error(Outcome::WireTooLarge, reason))
    }

    fn sniff(&mut self, wanted: Wanted, body: &[u8]) -> Result<(), Error> {
        if wanted.takes_what_begins(body) {
            return Ok(());
        }
        self.cut(Cut::Unspecified);
        let reason = "no content type, and it does not begin like what is wanted".to_owned();
        Err(self.error(Outcome::NotHtml, reason))
    }

    /// The next piece from the wire; `None` at the end of the body.
    async fn piece(&mut self, wire: &mut Wire) -> Result<Option<Vec<u8>>, Error> {
        let idle = self.options.idle_timeout;
        let Ok(piece) = timeout(idle, self.response.chunk()).await else {
            self.cut(Cut::Time);
            let reason = format!("nothing came for {} s", idle.as_secs_f32());
            return Err(self.error(Outcome::IdleTimeout, reason));
        };
        let piece = match piece {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.cut(Cut::Disconnect);
                let error = Error::of_client(error, self.url, self.at, Stage::Body);
                return Err(self.with_status(error));
            }
        };
        wire.bytes += piece.len();
        self.traffic.came(piece.len());
        if let Some(exchange) = &mut self.exchange {
            exchange.body.extend_from_slice(&piece);
        }
        let max = wire.max;
        if wire.bytes > max {
            self.cut(Cut::Length);
            let reason = format!("the body is larger than {max} bytes on the wire");
            return Err(self.error(Outcome::WireTooLarge, reason));
        }
        if wire.is_slow(self.options) {
            self.cut(Cut::Time);
            let rate = self.options.min_rate;
            let reason = format!("less than {rate} bytes a second");
            return Err(self.error(Outcome::TooSlow, reason));
        }
        Ok(Some(piece.to_vec()))
    }

    fn fault(&mut self, fault: &Fault) -> Error {
        let options = self.options;
        let (outcome, cut, reason) = match fault {
            Fault::TooLarge => {
                let reason = format!("the body is larger than {} bytes", options.max_body);
                (Outcome::TooLarge, Cut::Length, reason)
            }
            Fault::Ratio => {
                let reason = format!("the body unpacks to over {} times", options.max_ratio);
                (Outcome::RatioTooHigh, Cut::Length, reason)
            }
            Fault::Corrupt(error) => {
                let reason = format!("the body does not decode: {error}");
                (Outcome::BadEncoding, Cut::Unspecified, reason)
            }
            Fault::Short => {
                let reason = "the body ends before its content encoding does".to_owned();
                (Outcome::Truncated, Cut::Disconnect, reason)
            }
        };
        self.cut(cut);
        self.error(outcome, reason)
    }

    fn cut(&mut self, cut: Cut) {
        if let Some(exchange) = &mut self.exchange {
            exchange.cut = Some(cut);
        }
    }

    fn error(&self, outcome: Outcome, reason: String) -> Error {
        self.with_status(Error::new(outcome, self.url, self.at, reason))
    }

    fn with_status(&self, error: Error) -> Error {
        error.with_status(self.response.status().as_u16())
    }
}

impl Wire {
    fn new(options: &Options) -> Self {
        Self {
            bytes: 0,
            max: options.max_wire,
            since: Instant::now(),
        }
    }

    /// Whether less came than the least rate, once that counts.
    fn is_slow(&self, options: &Options) -> bool {
        let took: Duration = self.since.elapsed();
        let least = took.as_secs_f64() * options.min_rate as f64;
        took > options.min_rate_after && (self.bytes as f64) < least
    }
}
