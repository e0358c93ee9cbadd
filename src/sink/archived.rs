//! Records as some other sink writes them, and beside them the exchanges they came from.

use std::any::Any;
use std::io;
use std::sync::Arc;

use super::{Ahead, Kept, Pack, Ready, Record, Sink};
use crate::archive::warc::{Packed, Packer, Writer};
use crate::page::Exchange;

/// Hands records on to another sink, and keeps the exchanges of the crawl in web archives.
///
/// A crawl hands over an exchange before the record that came of it, so whatever has a record is
/// in the archive.
pub struct Archived<'a> {
    records: Box<dyn Sink + 'a>,
    writer: Writer,
}

impl<'a> Archived<'a> {
    /// Records go to `records`, exchanges to `writer`.
    pub fn new(records: Box<dyn Sink + 'a>, writer: Writer) -> Self {
        Self { records, writer }
    }
}

impl std::fmt::Debug for Archived<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let writer = &self.writer;
        f.debug_struct("Archived")
            .field("writer", writer)
            .finish_non_exhaustive()
    }
}

impl Pack for Packer {
    fn pack(&self, exchange: &Exchange) -> Option<Box<dyn Any + Send>> {
        // What cannot be packed fails where it is kept.
        let packed = Self::pack(self, exchange).ok()?;
        Some(Box::new(packed))
    }
}

impl Sink for Archived<'_> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.records.put(record)
    }

    fn begin(&mut self, fence: u64) -> io::Result<()> {
        self.records.begin(fence)
    }

    fn ahead(&self) -> Ahead {
        self.records
            .ahead()
            .with_packer(Arc::new(self.writer.packer()))
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        self.records.put_ready(ready)
    }

    fn keep(&mut self, kept: &Kept) -> io::Result<()> {
        let packed = kept.packed.as_ref();
        match packed.and_then(|packed| packed.downcast_ref::<Packed>()) {
            Some(packed) => self.writer.keep_packed(&kept.exchange, packed),
            None => self.writer.keep(&kept.exchange),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.writer.sync()?;
        self.records.sync()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.close()?;
        self.records.finish()
    }
}
