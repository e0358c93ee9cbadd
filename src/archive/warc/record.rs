//! A record to be written: its fields, its block, and both as one gzip member.

use std::io::Write as _;

use data_encoding::BASE32;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use uuid::Uuid;

/// How hard a record is compressed. What came compressed is stored, so this is for the others, and
/// half the time of the usual level is worth the one to six hundredths by which they are larger.
const LEVEL: Compression = Compression::new(3);

/// A SHA-1 sum: what the tools of the field name content by. It is no defence against forgery.
pub(super) type Sum = [u8; 20];

pub(super) fn sum(parts: &[&[u8]]) -> Sum {
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part);
    }
    sha1.finalize().into()
}

/// A sum as it stands in records and indexes.
pub(super) fn told(sum: &Sum) -> String {
    format!("sha1:{}", BASE32.encode(sum))
}

/// Reads what [`told`] wrote.
pub(super) fn sum_of(told: &str) -> Option<Sum> {
    let text = told.strip_prefix("sha1:")?;
    BASE32.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// A new `WARC-Record-ID`.
pub(super) fn new_id() -> String {
    format!("<urn:uuid:{}>", Uuid::new_v4())
}

/// A time as `WARC-Date` has it. Whole seconds: an index knows no smaller unit, and a revisit
/// names the date of what it repeats from the index.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// One record of WARC 1.1 (section 4).
#[derive(Debug, Clone)]
pub(super) struct Record<'a> {
    lines: String,
    block: Vec<&'a [u8]>,
    level: Compression,
}

impl<'a> Record<'a> {
    /// A record of this type with the fields that every record has.
    pub(super) fn new(kind: &str, id: &str, at: Timestamp) -> Self {
        let record = Self {
            lines: "WARC/1.1\r\n".to_owned(),
            block: Vec::new(),
            level: LEVEL,
        };
        record
            .field("WARC-Type", kind)
            .field("WARC-Record-ID", id)
            .field("WARC-Date", &date(at))
    }

    /// The same record with one more field. A line break in the value becomes a space: the head
    /// of a record is no place where a server may write lines.
    pub(super) fn field(mut self, name: &str, value: &str) -> Self {
        let value = value.replace(['\r', '\n'], " ");
        self.lines.push_str(name);
        self.lines.push_str(": ");
        self.lines.push_str(&value);
        self.lines.push_str("\r\n");
        self
    }

    /// The same record with its block, which is these parts one after another.
    pub(super) fn block(mut self, media_type: &str, parts: Vec<&'a [u8]>) -> Self {
        self = self.field("Content-Type", media_type);
        self = self.field("WARC-Block-Digest", &told(&sum(&parts)));
        self.block = parts;
        self
    }

    /// The same record, stored in its member as it is: a body that came compressed takes the time
    /// of compressing again and gets no smaller by it.
    pub(super) fn stored(mut self) -> Self {
        self.level = Compression::none();
        self
    }

    /// The record as one gzip member (WARC 1.1, annex D), so that it can be read by itself.
    pub(super) fn member(&self) -> std::io::Result<Vec<u8>> {
        let length: usize = self.block.iter().map(|part| part.len()).sum();
        let mut gzip = GzEncoder::new(Vec::new(), self.level);
        gzip.write_all(self.lines.as_bytes())?;
        gzip.write_all(format!("Content-Length: {length}\r\n\r\n").as_bytes())?;
        for part in &self.block {
            gzip.write_all(part)?;
        }
        gzip.write_all(b"\r\n\r\n")?;
        gzip.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_a_line_of_its_own() {
        let record = Record::new("metadata", "<urn:x>", Timestamp::UNIX_EPOCH).field(
            "WARC-Target-URI",
            "http://a.example/\r\nWARC-Type: response",
        );
        assert_eq!(record.lines.matches("\r\n").count(), 5);
    }

    #[test]
    fn a_sum_is_read_as_it_was_told() {
        let empty = sum(&[]);
        assert_eq!(told(&empty), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        assert_eq!(sum_of(&told(&empty)), Some(empty));
        assert_eq!(sum_of("md5:abc"), None);
        assert_eq!(sum_of("sha1:nothing"), None);
    }
}
