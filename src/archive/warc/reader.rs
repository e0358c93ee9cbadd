//! Records of an archive, one after another.
//!
//! A record is read in the order in which its file holds it: its head, as much of its block as
//! the caller wants, its end. Where that goes wrong, the record is reported with its file and
//! place, and reading goes on at the next one.

use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;

use super::Error;
use super::fields::{Fields, essence};
use super::stream::{Fault, RECORD, Stream};

/// The head of a record may not be longer.
const MAX_HEAD: usize = 64 * 1024;

/// The head of one record (WARC 1.1, section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// Place in the file, in bytes, of the record, or of the compressed member that holds it.
    pub offset: u64,
    /// Its named fields.
    pub fields: Fields,
    /// Bytes of its block.
    pub length: u64,
}

impl Head {
    /// `WARC-Type`: `response`, `request`, `revisit` … ; empty where there is none.
    pub fn kind(&self) -> &str {
        self.fields.get("WARC-Type").unwrap_or_default()
    }

    /// `WARC-Target-URI`, without the angle brackets that some writers put around it.
    pub fn target(&self) -> Option<&str> {
        let uri = self.fields.get("WARC-Target-URI")?;
        let bare = uri.strip_prefix('<').and_then(|u| u.strip_suffix('>'));
        Some(bare.unwrap_or(uri))
    }

    /// `WARC-Date`: when the content was captured.
    pub fn date(&self) -> Option<Timestamp> {
        self.fields.get("WARC-Date")?.parse().ok()
    }

    /// Whether the block is an HTTP message of this kind (`response`, `request`).
    pub(super) fn is_http(&self, message: &str) -> bool {
        let stated = self.fields.get("Content-Type").unwrap_or_default();
        let told = || stated.split(';').filter_map(|p| p.trim().split_once('='));
        let kind = told().find(|(name, _)| name.eq_ignore_ascii_case("msgtype"));
        essence(stated) == "application/http" && kind.is_none_or(|(_, value)| value == message)
    }
}

/// Reads the records of an archive: plain, gzip or zstd, which is seen from its bytes.
///
/// # Examples
/// ```
/// use cleancopy::archive::warc::Reader;
/// let archive = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n";
/// let mut reader = Reader::new("memory.warc", &archive[..]);
/// let head = reader.next().expect("a record")?;
/// assert_eq!((head.kind(), head.length), ("resource", 5));
/// assert_eq!(reader.block(100)?.as_deref(), Some(&b"hello"[..]));
/// assert!(reader.next().is_none());
/// # Ok::<(), cleancopy::archive::warc::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    file: Arc<str>,
    stream: Stream<R>,
    /// Where the record under way begins.
    offset: u64,
    /// Bytes of its block that were not read.
    left: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first record, or behind the end of one.
    Between,
    /// The head was read.
    Inside,
    /// Damage was met: the next record has to be looked for.
    Lost,
    /// Nothing more can be had.
    Over,
}

impl<R: Read> Reader<R> {
    /// Reads from `from`; `file` is its name in errors.
    pub fn new(file: &str, from: R) -> Self {
        Self {
            file: file.into(),
            stream: Stream::new(from),
            offset: 0,
            left: 0,
            state: State::Between,
        }
    }

    /// The head of the next record; what is left of the one before is passed over.
    ///
    /// After [`Error::Damaged`] the call after goes on behind the damage. After [`Error::Read`]
    /// nothing comes any more.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record's block is read from the reader"
    )]
    pub fn next(&mut self) -> Option<Result<Head, Error>> {
        if self.state == State::Inside
            && let Err(error) = self.finish()
        {
            return Some(Err(error));
        }
        let begun = match self.state {
            State::Over => return None,
            State::Lost => self.stream.recover(),
            State::Between | State::Inside => {
                self.offset = self.stream.offset();
                self.stream.begin()
            }
        };
        match begun {
            Ok(true) => {}
            Ok(false) => {
                self.state = State::Over;
                return None;
            }
            Err(fault) => return Some(Err(self.error(fault))),
        }
        self.offset = self.stream.began();
        Some(self.head().map_err(|fault| self.error(fault)))
    }

    /// What is left of the record's block; `None`, with the rest passed over, when it is longer
    /// than `max` bytes.
    ///
    /// # Errors
    /// [`Error`] when the record is damaged, its end included, or the file cannot be read.
    pub fn block(&mut self, max: usize) -> Result<Option<Vec<u8>>, Error> {
        if self.left > max as u64 {
            self.finish()?;
            return Ok(None);
        }
        let mut block = Vec::with_capacity(self.left as usize);
        while self.left > 0 {
            let piece = match self.piece() {
                Ok(piece) => piece,
                Err(fault) => return Err(self.error(fault)),
            };
            block.extend_from_slice(piece);
            let count = piece.len();
            self.take(count);
        }
        self.finish()?;
        Ok(Some(block))
    }

    /// Passes over the rest of the record, to see whether it is whole.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub fn finish(&mut self) -> Result<(), Error> {
        if self.state != State::Inside {
            return Ok(());
        }
        match self.pass_rest() {
            Ok(()) => {
                self.state = State::Between;
                Ok(())
            }
            Err(fault) => Err(self.error(fault)),
        }
    }

    /// The lines of a head that opens the block, up to the empty line, or as many bytes of it as a
    /// head may have.
    pub(super) fn inner_head(&mut self) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        while self.left > 0 && head.len() < MAX_HEAD {
            let piece = match self.piece() {
                Ok(piece) => piece,
                Err(fault) => return Err(self.error(fault)),
            };
            let (count, ended) = head_part(&mut head, piece);
            self.take(count);
            if ended {
                break;
            }
        }
        Ok(head)
    }

    /// The bytes of the file read so far.
    pub fn offset(&self) -> u64 {
        self.stream.offset()
    }

    pub(super) fn file(&self) -> &Arc<str> {
        &self.file
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let mut lines = Vec::new();
        loop {
            let piece = self.stream.fill()?;
            if piece.is_empty() {
                return Err(Fault::Damage("it ends inside its head"));
            }
            let (count, ended) = head_part(&mut lines, piece);
            self.stream.consume(count);
            let known = lines.len().min(RECORD.len());
            if lines[..known] != RECORD[..known] {
                return Err(Fault::Damage("it does not begin with WARC/"));
            }
            if ended {
                break;
            }
            if lines.len() > MAX_HEAD {
                return Err(Fault::Damage("its head is longer than 64 KiB"));
            }
        }
        let first = lines.iter().position(|&b| b == b'\n').unwrap_or(0);
        let fields = Fields::parse(&lines[first..]);
        let length = fields.get("Content-Length").and_then(|l| l.parse().ok());
        let length = length.ok_or(Fault::Damage("it states no Content-Length"))?;
        self.left = length;
        self.state = State::Inside;
        Ok(Head {
            offset: self.offset,
            fields,
            length,
        })
    }

    /// More of the block; never empty while something of it is left.
    fn piece(&mut self) -> Result<&[u8], Fault> {
        let piece = self.stream.fill()?;
        if piece.is_empty() {
            return Err(Fault::Damage("it is shorter than its Content-Length"));
        }
        let count = (piece.len() as u64).min(self.left) as usize;
        Ok(&piece[..count])
    }

    fn take(&mut self, count: usize) {
        self.stream.consume(count);
        self.left -= count as u64;
    }

    /// Passes over what is left of the block and the two line breaks behind it. What follows must
    /// be the end of the member or file, or another record: else the length was wrong.
    fn pass_rest(&mut self) -> Result<(), Fault> {
        while self.left > 0 {
            let count = self.piece()?.len();
            self.take(count);
        }
        loop {
            let ahead = self.stream.fill()?;
            match ahead.first() {
                None => return Ok(()),
                Some(b'\r' | b'\n') => self.stream.consume(1),
                Some(_) => {
                    let known = ahead.len().min(RECORD.len());
                    let is_record = ahead[..known] == RECORD[..known];
                    return if is_record { Ok(()) } else { Err(WRONG_LENGTH) };
                }
            }
        }
    }

    fn error(&mut self, fault: Fault) -> Error {
        let (file, offset) = (Arc::clone(&self.file), self.offset);
        match fault {
            Fault::Damage(what) => {
                self.state = State::Lost;
                Error::Damaged { file, offset, what }
            }
            Fault::Read(source) => {
                self.state = State::Over;
                let offset = self.stream.offset();
                Error::Read {
                    file,
                    offset,
                    source,
                }
            }
        }
    }
}

const WRONG_LENGTH: Fault = Fault::Damage("its Content-Length is wrong: no record follows it");

/// Adds a piece to a head as far as the head goes; returns how much that was, and whether the
/// empty line that ends it was reached.
fn head_part(head: &mut Vec<u8>, piece: &[u8]) -> (usize, bool) {
    for (i, &byte) in piece.iter().enumerate() {
        head.push(byte);
        if byte == b'\n' && (head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")) {
            return (i + 1, true);
        }
        if head.len() > MAX_HEAD {
            return (i + 1, false);
        }
    }
    (piece.len(), false)
}
