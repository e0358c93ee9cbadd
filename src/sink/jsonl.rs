//! One JSON object a line. The format of choice: a run that was stopped goes on from its output.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use serde::Deserialize;

use super::{Ahead, Ready, Record, Sink};
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

    fn ahead(&self) -> Ahead {
        Ahead::default().with_lines()
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        let Some(line) = ready.line() else {
            return self.put(ready.record());
        };
        self.line.clear();
        self.line.extend_from_slice(line);
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
    #[error("line {line}{} is not a record", behind(*from))]
    NotARecord {
        /// The line, from 1.
        line: usize,
        /// The byte from which lines were counted.
        from: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

fn behind(from: u64) -> String {
    if from == 0 {
        String::new()
    } else {
        format!(" after byte {from}")
    }
}

/// The part of a record that going on needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Brief {
    /// The address as it was asked for.
    pub url: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The address that answered, after redirects.
    #[serde(default)]
    pub final_url: Option<String>,
    /// The status code, if a server answered.
    #[serde(default)]
    pub status: Option<u16>,
    /// What the server calls this version of the page.
    #[serde(default)]
    pub etag: Option<String>,
    /// When the server says that the page was changed last.
    #[serde(default)]
    pub last_modified: Option<String>,
    /// Why there is no article.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Reads what an earlier run left, cuts off a last line that it did not finish, and leaves the
/// file ready to be added to.
///
/// # Errors
/// [`ResumeError`] when the file cannot be read, or is not made of records; then nothing of it
/// was changed.
pub fn resume(file: &mut File) -> Result<Resumed, ResumeError> {
    let mut found = Resumed::default();
    found.torn = resume_from(file, 0, |brief| {
        found.records.insert(brief.url, brief.outcome);
        Ok(())
    })?;
    Ok(found)
}

/// As [`resume`], for a file of which the first `from` bytes are known: each record behind them is
/// handed to `each`. Returns how many bytes of a torn last line were cut off.
///
/// # Errors
/// [`ResumeError`] when the file cannot be read, is not made of records, or `each` fails; then
/// nothing of it was changed.
pub fn resume_from(
    file: &mut File,
    from: u64,
    mut each: impl FnMut(Brief) -> io::Result<()>,
) -> Result<u64, ResumeError> {
    file.seek(SeekFrom::Start(from))?;
    let (whole, torn) = read_briefs(&*file, from, &mut each)?;
    let end = from + whole;
    if torn > 0 {
        file.set_len(end)?;
    }
    file.seek(SeekFrom::Start(end))?;
    Ok(torn)
}

/// Hands each record of an output to `each`, and changes nothing; an unfinished last line is
/// passed over.
///
/// # Errors
/// [`ResumeError`] when it cannot be read, is not made of records, or `each` fails.
pub fn briefs(
    input: impl Read,
    mut each: impl FnMut(Brief) -> io::Result<()>,
) -> Result<(), ResumeError> {
    read_briefs(input, 0, &mut each)?;
    Ok(())
}

/// Returns the bytes of whole lines, and those of an unfinished last one.
fn read_briefs(
    input: impl Read,
    from: u64,
    each: &mut dyn FnMut(Brief) -> io::Result<()>,
) -> Result<(u64, u64), ResumeError> {
    let mut whole = 0;
    let mut lines = BufReader::new(input);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = lines.read_until(b'\n', &mut line)? as u64;
        if line.last() != Some(&b'\n') {
            return Ok((whole, length));
        }
        whole += length;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let brief = serde_json::from_slice(&line).map_err(|source| ResumeError::NotARecord {
            line: number,
            from,
            source,
        })?;
        each(brief)?;
    }
    Ok((whole, 0))
}
