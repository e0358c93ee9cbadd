//! One JSON object a line. The format of choice: a run that was stopped goes on from its output.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use serde::Deserialize;

use super::{Ahead, Ready, Record, Sink};
use crate::outcome::Outcome;

/// A line longer than this is no record: a page of the largest size gives a tenth of it.
const MAX_LINE: u64 = 256 * 1024 * 1024;
/// So much of a line shows whether it can be one.
const HEAD: u64 = 4096;
/// What a record begins with, in order: these, and one value without parts behind each.
const BEGINNING: [&str; 6] = [
    "{\"url\":",
    ",\"final_url\":",
    ",\"status\":",
    ",\"fetched_at\":",
    ",\"charset\":",
    ",\"outcome\":",
];

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
    /// The last line is not finished, and does not begin as a record does: it is something else,
    /// which nobody cuts off.
    #[error("line {line}{} is not finished and is not the beginning of a record", behind(*from))]
    NotBegun {
        /// The line, from 1.
        line: usize,
        /// The byte from which lines were counted.
        from: u64,
    },
    /// A line is longer than any record.
    #[error("line {line}{} is longer than any record", behind(*from))]
    TooLong {
        /// The line, from 1.
        line: usize,
        /// The byte from which lines were counted.
        from: u64,
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
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        // Something else may be one line of any length: it shows early.
        read_line(&mut lines, HEAD, &mut text)?;
        if text.len() as u64 == HEAD && text.trim_ascii_start().first() != Some(&b'{') {
            return Err(ResumeError::NotBegun { line, from });
        }
        read_line(&mut lines, MAX_LINE, &mut text)?;
        let length = text.len() as u64;
        if text.last() != Some(&b'\n') {
            return match begins_record(&text) {
                _ if length == MAX_LINE => Err(ResumeError::TooLong { line, from }),
                true => Ok((whole, length)),
                false => Err(ResumeError::NotBegun { line, from }),
            };
        }
        whole += length;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let brief = serde_json::from_slice(&text).map_err(|source| ResumeError::NotARecord {
            line,
            from,
            source,
        })?;
        each(brief)?;
    }
    Ok((whole, 0))
}

/// Reads on to the end of the line that `text` begins, or until it has so many bytes.
fn read_line(lines: &mut impl BufRead, most: u64, text: &mut Vec<u8>) -> io::Result<()> {
    if text.last() != Some(&b'\n') {
        let more = most.saturating_sub(text.len() as u64);
        lines.take(more).read_until(b'\n', text)?;
    }
    Ok(())
}

/// Whether a line that was not finished can be the beginning of a record, as far as it goes.
fn begins_record(line: &[u8]) -> bool {
    // After a power cut, a file may have its length already and its last bytes not yet.
    let end = line.iter().rposition(|&byte| byte != 0);
    let mut rest = &line[..end.map_or(0, |end| end + 1)];
    for name in BEGINNING {
        let name = name.as_bytes();
        if rest.len() <= name.len() {
            return name.starts_with(rest);
        }
        let Some(behind) = rest.strip_prefix(name) else {
            return false;
        };
        let Some(length) = value_length(behind) else {
            return behind.first() == Some(&b'"') || is_plain(behind);
        };
        rest = &behind[length..];
    }
    true
}

/// The length of the value that a text begins with; `None` if it does not end there.
fn value_length(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        let end = text.iter().position(|&byte| byte == b',');
        return end.filter(|&end| is_plain(&text[..end]));
    }
    let mut escaped = false;
    let end = text[1..].iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map(|end| end + 2)
}

/// Whether a text is a number or `null`, as far as it goes.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit) || b"null".starts_with(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_cut_off_anywhere_begins_one_and_other_texts_do_not() {
        let mut record = Record::of_failure("https://a.example/\"1\\", Outcome::HttpError, "404");
        record.status = Some(404);
        let line = serde_json::to_vec(&record).expect("a record is JSON");
        for end in 0..=line.len() {
            let torn = [&line[..end], &[0, 0]].concat();
            assert!(begins_record(&line[..end]) && begins_record(&torn), "{end}");
        }
        for other in [
            r#"{"a":1,"b":[1,2,3]}"#,
            r#"{"url":"https://a.example/","title":"Ferry"}"#,
            r#"{"url":["https://a.example/"]"#,
            "my notes",
            "<!doctype html>",
            "[]",
        ] {
            assert!(!begins_record(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_read_to_its_end() {
        let endless = io::repeat(0);
        assert!(matches!(
            briefs(endless, |_| Ok(())),
            Err(ResumeError::NotBegun { line: 1, .. })
        ));
    }
}
