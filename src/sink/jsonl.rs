//! One JSON object a line. The format of choice: a run that was stopped goes on from its output.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};

use serde::Deserialize;

use super::{Record, Sink};
use crate::outcome::Outcome;

/// Writes records as JSON lines.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Jsonl};
/// let mut lines = Vec::new();
/// let mut sink = Jsonl::new(&mut lines);
/// sink.put(&Record::of_failure("https://news.example/", Outcome::Timeout, "after 60 s"))?;
/// sink.finish()?;
/// let text = String::from_utf8(lines).expect("JSON is UTF-8");
/// assert!(text.starts_with(r#"{"url":"https://news.example/","#) && text.ends_with("}\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Jsonl<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write + Send> Jsonl<W> {
    /// Writes to `out`, a whole line at a time; it needs no buffer of its own.
    pub fn new(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }
}

impl<W: Write + Send> Sink for Jsonl<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, record)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What an earlier run left in its output.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resumed {
    /// The addresses that have a record, as they were asked for, each with its outcome.
    pub records: BTreeMap<String, Outcome>,
    /// Bytes of a torn last line that were cut off.
    pub torn: u64,
}

/// Why an output cannot be gone on with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The file could not be read or cut.
    #[error("cannot read what is there")]
    Io(#[from] io::Error),
    /// A whole line is no record: the file is something else.
    #[error("line {line} is not a record")]
    NotARecord {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The part of a record that going on needs.
#[derive(Deserialize)]
struct Brief {
    url: String,
    outcome: Outcome,
}

/// Reads what an earlier run left, cuts off a last line that it did not finish, and leaves the
/// file ready to be added to.
///
/// # Errors
/// [`ResumeError`] when the file cannot be read, or is not made of records; then nothing of it
/// was changed.
pub fn resume(file: &mut File) -> Result<Resumed, ResumeError> {
    let mut found = Resumed::default();
    let mut whole = 0;
    file.seek(SeekFrom::Start(0))?;
    let mut lines = BufReader::new(&mut *file);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = lines.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            found.torn = length;
            break;
        }
        whole += length;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let brief: Brief =
            serde_json::from_slice(&line).map_err(|source| ResumeError::NotARecord {
                line: number,
                source,
            })?;
        found.records.insert(brief.url, brief.outcome);
    }
    drop(lines);
    if found.torn > 0 {
        file.set_len(whole)?;
    }
    file.seek(SeekFrom::Start(whole))?;
    Ok(found)
}
