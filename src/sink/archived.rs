//! Records as some other sink writes them, and beside them the exchanges they came from.

use std::io;

use super::{Record, Sink};
use crate::archive::warc::Writer;
use crate::page::Exchange;

/// Hands records on to another sink, and keeps the exchanges of the crawl in web archives.
///
/// A crawl hands over an exchange before the record that came of it, so whatever has a record is
/// in the archive.
pub struct Archived {
    records: Box<dyn Sink>,
    writer: Writer,
}

impl Archived {
    /// Records go to `records`, exchanges to `writer`.
    pub fn new(records: Box<dyn Sink>, writer: Writer) -> Self {
        Self { records, writer }
    }
}

impl std::fmt::Debug for Archived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let writer = &self.writer;
        f.debug_struct("Archived")
            .field("writer", writer)
            .finish_non_exhaustive()
    }
}

impl Sink for Archived {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.records.put(record)
    }

    fn keep(&mut self, exchange: &Exchange) -> io::Result<()> {
        self.writer.keep(exchange)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.close()?;
        self.records.finish()
    }
}
