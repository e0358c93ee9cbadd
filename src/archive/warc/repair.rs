//! What a writer that was killed left behind: cut to its last whole record, and its index made.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::Error;
use super::fields::essence;
use super::http;
use super::index::{Capture, Entry, REVISIT};
use super::reader::{Head, Reader};

/// What an archive holds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Where its last whole record ends.
    pub(super) end: u64,
    /// Whole records, `warcinfo` not counted.
    pub(super) records: u64,
    /// The lines of its index.
    pub(super) entries: Vec<Entry>,
}

/// Reads an archive through; `filename` is what its index calls it.
pub(super) fn survey(filename: &str, file: impl Read) -> io::Result<Survey> {
    let mut reader = Reader::new(filename, file);
    let mut survey = Survey::default();
    while let Some(head) = reader.next() {
        let result = head.and_then(|head| {
            let lines = if is_capture(&head) {
                reader.inner_head()?
            } else {
                Vec::new()
            };
            reader.finish()?;
            Ok((head, lines))
        });
        match result {
            Ok((head, lines)) => {
                survey.end = reader.offset();
                survey.records += u64::from(head.kind() != "warcinfo");
                let length = survey.end - head.offset;
                survey
                    .entries
                    .extend(entry(filename, &head, &lines, length));
            }
            Err(Error::Read { source, .. }) => return Err(source),
            Err(_) => {}
        }
    }
    Ok(survey)
}

/// Cuts off what stands behind the last whole record; returns what is left. Damage further up
/// stays as it is: whole records follow it.
pub(super) fn repair(filename: &str, path: &Path) -> io::Result<Survey> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let found = survey(filename, &file)?;
    if file.seek(SeekFrom::End(0))? > found.end {
        file.set_len(found.end)?;
        file.sync_all()?;
    }
    Ok(found)
}

fn is_capture(head: &Head) -> bool {
    matches!(head.kind(), "response" | "revisit") && head.is_http("response")
}

fn entry(filename: &str, head: &Head, lines: &[u8], length: u64) -> Option<Entry> {
    let answer = http::head(lines).filter(|_| is_capture(head))?;
    let stated = answer.fields.get("content-type").map(essence);
    let capture = Capture {
        url: head.target()?.to_owned(),
        at: head.date()?,
        mime: match head.kind() {
            "revisit" => Some(REVISIT.to_owned()),
            _ => stated,
        },
        status: Some(answer.status),
        digest: head.fields.get("WARC-Payload-Digest").map(str::to_owned),
    };
    Some(Entry::new(capture, filename, head.offset, length))
}
