//! Records as rows of a table (RFC 4180), for spreadsheets and databases.
//!
//! One [row] a record under one row of names; what the page does not state is empty. Text stands
//! as it is: line breaks inside quotes, and a cell that begins with `=` is not defused, so import
//! the columns as text.
//!
//! [row]: super::row

use std::io::{self, Write};

use super::row::Row;
use super::{Record, Sink};

/// Writes records as CSV.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Csv};
/// let mut out = Vec::new();
/// let mut sink = Csv::new(&mut out);
/// sink.put(&Record::of_failure("https://news.example/", Outcome::Timeout, "after 60 s"))?;
/// sink.finish()?;
/// let text = String::from_utf8(out).expect("CSV of ours is UTF-8");
/// let mut rows = text.lines();
/// assert!(rows.next().is_some_and(|names| names.starts_with("url,final_url,status,")));
/// assert!(rows.next().is_some_and(|row| row.contains(",timeout,after 60 s,")));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Csv<W> {
    out: W,
    named: bool,
}

impl<W: Write + Send> Csv<W> {
    /// Writes to `out`, a whole row at a time; it needs no buffer of its own.
    pub fn new(out: W) -> Self {
        Self { out, named: false }
    }

    /// Writes a row, and before the first one the names.
    fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new()
            .has_headers(!self.named)
            .from_writer(Vec::new());
        writer.serialize(row).map_err(io::Error::other)?;
        let bytes = writer.into_inner().map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        self.named = true;
        self.out.flush()
    }
}

impl<W: Write + Send> Sink for Csv<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.write(&Row::of(record))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
