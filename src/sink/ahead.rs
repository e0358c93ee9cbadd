//! What can be made of records and exchanges before their turn comes.
//!
//! A sink takes one after another, so whatever it does itself nobody does beside it. Most of that
//! needs nothing but the record or the exchange: writing a line, sketching a text, compressing a
//! body. A sink says which of it it will want ([`Sink::ahead`](super::Sink::ahead)), and whoever
//! makes records has it done where there is room, such as on the threads that read pages.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::Record;
use super::files::Articles;
use super::simhash::Sketch;
use crate::page::Exchange;

/// Makes of an exchange what its archive will be given.
pub trait Pack: Send + Sync {
    /// What the sink that named this will find in [`Kept::packed`]; `None` leaves it to the sink.
    fn pack(&self, exchange: &Exchange) -> Option<Box<dyn Any + Send>>;
}

/// What a sink wants to be made ahead; by default nothing.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::sink::Jsonl;
/// use cleancopy::{Record, Sink};
/// let mut lines = Vec::new();
/// let mut sink = Jsonl::new(&mut lines);
/// let record = Record::of_failure("https://news.example/", Outcome::Timeout, "after 60 s");
/// let ready = sink.ahead().record(record); // on any thread
/// sink.put_ready(&ready)?;
/// assert!(lines.starts_with(br#"{"url":"https://news.example/","#));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Ahead {
    lines: bool,
    sketches: bool,
    packer: Option<Arc<dyn Pack>>,
    files: Option<Arc<Articles>>,
}

impl Ahead {
    /// Records as lines of JSON.
    #[must_use]
    pub fn with_lines(mut self) -> Self {
        self.lines = true;
        self
    }

    /// What texts are compared by.
    #[must_use]
    pub(super) fn with_sketches(mut self) -> Self {
        self.sketches = true;
        self
    }

    /// Exchanges as this packs them.
    #[must_use]
    pub fn with_packer(mut self, packer: Arc<dyn Pack>) -> Self {
        self.packer = Some(packer);
        self
    }

    /// Articles as files of their own.
    #[must_use]
    pub(super) fn with_files(mut self, files: Arc<Articles>) -> Self {
        self.files = Some(files);
        self
    }

    /// A record with what is wanted of it.
    pub fn record(&self, record: Record) -> Ready {
        // What cannot be written as JSON fails where it is put.
        let line = self.lines.then(|| serde_json::to_vec(&record).ok());
        let text = record.article.as_ref().map(|article| &article.text);
        let text = text.filter(|_| self.sketches && record.simhash.is_some());
        let sketch = text.map(|text| Sketch::of(text));
        Ready {
            line: line.flatten(),
            sketch,
            is_written: false,
            record,
        }
    }

    /// Writes what goes to a file of its own, which takes the disk's time and not the processor's.
    pub fn write(&self, ready: &mut Ready) {
        let written = self.files.as_ref().map(|f| f.write_through(&ready.record));
        // What cannot be written fails where it is put.
        ready.is_written = written.is_some_and(|written| written.is_ok());
    }

    /// An exchange with what is wanted of it.
    pub fn exchange(&self, exchange: Exchange) -> Kept {
        let packed = self.packer.as_ref();
        let packed = packed.and_then(|packer| packer.pack(&exchange));
        Kept { exchange, packed }
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead")
            .field("lines", &self.lines)
            .field("sketches", &self.sketches)
            .field("packs", &self.packer.is_some())
            .field("files", &self.files)
            .finish()
    }
}

/// A record with what was made of it ahead.
#[derive(Debug)]
pub struct Ready {
    record: Record,
    line: Option<Vec<u8>>,
    sketch: Option<Sketch>,
    /// Whether the article has its file.
    is_written: bool,
}

impl Ready {
    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The record as JSON, without a line break; `None` where no sink had asked for it.
    pub fn line(&self) -> Option<&[u8]> {
        self.line.as_deref()
    }

    pub(super) fn is_written(&self) -> bool {
        self.is_written
    }

    pub(super) fn sketch(&self) -> Option<&Sketch> {
        self.sketch.as_ref()
    }
}

/// A record of which nothing was made ahead.
impl From<Record> for Ready {
    fn from(record: Record) -> Self {
        Ahead::default().record(record)
    }
}

/// An exchange with what was made of it ahead.
pub struct Kept {
    /// The exchange.
    pub exchange: Exchange,
    /// What [`Pack`] made of it; `None` where no sink had asked for it.
    pub packed: Option<Box<dyn Any + Send>>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("exchange", &self.exchange)
            .field("is_packed", &self.packed.is_some())
            .finish()
    }
}

/// An exchange of which nothing was made ahead.
impl From<Exchange> for Kept {
    fn from(exchange: Exchange) -> Self {
        Ahead::default().exchange(exchange)
    }
}
