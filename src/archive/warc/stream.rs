//! The content of an archive, unpacked: gzip members, zstd frames or plain bytes, one after
//! another.
//!
//! Which of them begins is seen from its first bytes each time, so an archive may even mix them. A
//! compressed archive has one member (RFC 1952) or frame (RFC 8878) for each record, and a reader
//! that lost its way begins anew at the next of them.

use std::io::{self, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use super::source::Source;

/// So much is unpacked at a time.
const WINDOW: usize = 128 * 1024;
/// A dictionary of a zstd archive may not be larger, unpacked.
const MAX_DICTIONARY: usize = 16 * 1024 * 1024;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How a plain record begins that is not the first.
const PLAIN: &[u8] = b"\nWARC/";
/// How every record begins, whatever the version.
pub(super) const RECORD: &[u8] = b"WARC/";

/// Why the content could not be had.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file could not be read.
    Read(io::Error),
    /// What was read is not what it should be.
    Damage(&'static str),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// How the part of the archive is packed that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

pub(super) struct Stream<R> {
    source: Source<R>,
    /// Where what was begun last begins in the file.
    began: u64,
    packing: Packing,
    /// Whether anything was met yet that tells how the archive is packed.
    known: bool,
    /// Whether a member or frame is open: more of it may come.
    open: bool,
    inflate: Decompress,
    crc: Crc,
    unzstd: Option<Decoder<'static>>,
    dictionary: Vec<u8>,
    window: Vec<u8>,
    from: usize,
    to: usize,
}

impl<R> std::fmt::Debug for Stream<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let packing = self.packing;
        f.debug_struct("Stream")
            .field("packing", &packing)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Stream<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            source: Source::new(file),
            began: 0,
            packing: Packing::Plain,
            known: false,
            open: false,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            unzstd: None,
            dictionary: Vec::new(),
            window: vec![0; WINDOW],
            from: 0,
            to: 0,
        }
    }

    /// Place in the file of the next byte that was not read.
    pub(super) fn offset(&self) -> u64 {
        self.source.offset()
    }

    /// Place in the file of the record begun last, or of the member it lies in.
    pub(super) fn began(&self) -> u64 {
        self.began
    }

    fn mark(&mut self) {
        self.source.mark();
        self.began = self.source.offset();
    }

    /// Begins the next record if none of the content is left; `false` at the end of the file.
    ///
    /// In a plain archive that is where the content goes on. In a packed one it is the next
    /// member, unless there is more in the one that is open.
    pub(super) fn begin(&mut self) -> Result<bool, Fault> {
        if self.open && self.packing == Packing::Plain {
            self.mark();
        }
        while self.fill()?.is_empty() {
            if !self.open_next()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Content ahead: at least one byte, or none at the end of the member or file.
    pub(super) fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.open && self.packing == Packing::Plain {
            let ahead = self.source.fill()?;
            self.open = !ahead.is_empty();
            return Ok(ahead);
        }
        while self.open && self.from == self.to {
            match self.packing {
                Packing::Zstd => self.unpack_zstd()?,
                _ => self.unpack_gzip()?,
            }
        }
        Ok(&self.window[self.from..self.to])
    }

    /// Takes bytes that `fill` showed.
    pub(super) fn consume(&mut self, count: usize) {
        if self.packing == Packing::Plain {
            self.source.consume(count);
        } else {
            self.from = (self.from + count).min(self.to);
        }
    }

    /// Goes to where the next record begins after the one begun last, which is given up.
    pub(super) fn recover(&mut self) -> Result<bool, Fault> {
        loop {
            self.close();
            self.source.back_to_mark();
            let signs: &[&[u8]] = match self.packing {
                _ if !self.known => &[PLAIN, &GZIP, &ZSTD],
                Packing::Plain => &[PLAIN],
                Packing::Gzip => &[&GZIP],
                Packing::Zstd => &[&ZSTD],
            };
            if !self.source.find(signs)? {
                return Ok(false);
            }
            if self.source.fill()?.first() == Some(&b'\n') {
                self.source.consume(1);
            }
            match self.begin_of_record() {
                Ok(true) => return Ok(true),
                Ok(false) | Err(Fault::Damage(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether what begins here unpacks to the beginning of a record.
    fn begin_of_record(&mut self) -> Result<bool, Fault> {
        if !self.open_next()? {
            return Ok(false);
        }
        let begin = self.fill()?;
        let known = begin.len().min(RECORD.len());
        Ok(known > 0 && begin[..known] == RECORD[..known])
    }

    fn close(&mut self) {
        self.open = false;
        (self.from, self.to) = (0, 0);
    }

    /// Opens what comes next in the file; `false` at its end.
    fn open_next(&mut self) -> Result<bool, Fault> {
        self.close();
        self.mark();
        let ahead = self.source.ahead(RECORD.len())?;
        if ahead.is_empty() {
            return Ok(false);
        }
        let is_plain = ahead.starts_with(RECORD);
        let skippable =
            ahead.len() >= 4 && ahead[0] & 0xf0 == 0x50 && ahead[1..4] == [0x2a, 0x4d, 0x18];
        if ahead.starts_with(&GZIP) {
            self.packing = Packing::Gzip;
            self.gzip_head()?;
            self.inflate.reset(false);
            self.crc.reset();
        } else if ahead.starts_with(&ZSTD) {
            self.packing = Packing::Zstd;
            self.begin_zstd()?;
        } else if skippable {
            self.packing = Packing::Zstd;
            self.skippable_frame()?;
            return self.open_next();
        } else if self.packing == Packing::Plain || is_plain {
            self.packing = Packing::Plain;
        } else {
            return Err(Fault::Damage("what follows is no compressed record"));
        }
        self.open = true;
        self.known |= self.packing != Packing::Plain || is_plain;
        Ok(true)
    }

    /// Takes the head of a gzip member (RFC 1952, section 2.3).
    fn gzip_head(&mut self) -> Result<(), Fault> {
        let flags = self.taken(10)?[3];
        if flags & 0x04 != 0 {
            let length = self.taken(2)?;
            let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
            self.taken(length)?;
        }
        for flag in [0x08, 0x10] {
            if flags & flag != 0 {
                while self.taken(1)?[0] != 0 {}
            }
        }
        if flags & 0x02 != 0 {
            self.taken(2)?;
        }
        Ok(())
    }

    /// So many bytes of the file.
    fn taken(&mut self, count: usize) -> Result<&[u8], Fault> {
        self.source.take(count)?.ok_or(CUT_OFF)
    }

    fn unpack_gzip(&mut self) -> Result<(), Fault> {
        let packed = self.source.fill()?;
        if packed.is_empty() {
            return Err(CUT_OFF);
        }
        let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(packed, &mut self.window, FlushDecompress::None)
            .map_err(|_| Fault::Damage("the compressed data is not sound"))?;
        let taken = (self.inflate.total_in() - taken) as usize;
        let given = (self.inflate.total_out() - given) as usize;
        self.source.consume(taken);
        self.crc.update(&self.window[..given]);
        (self.from, self.to) = (0, given);
        if status == Status::StreamEnd {
            self.open = false;
            let (sum, length) = (self.crc.sum(), self.inflate.total_out() as u32);
            let tail = self.taken(8)?;
            let stated =
                |i: usize| u32::from_le_bytes([tail[i], tail[i + 1], tail[i + 2], tail[i + 3]]);
            if (stated(0), stated(4)) != (sum, length) {
                return Err(Fault::Damage("the checksum does not match"));
            }
        } else if taken == 0 && given == 0 {
            return Err(Fault::Damage("the compressed data is not sound"));
        }
        Ok(())
    }

    fn begin_zstd(&mut self) -> Result<(), Fault> {
        if let Some(decoder) = &mut self.unzstd {
            decoder.reinit()?;
            return Ok(());
        }
        self.unzstd = Some(Decoder::with_dictionary(&self.dictionary)?);
        Ok(())
    }

    fn unpack_zstd(&mut self) -> Result<(), Fault> {
        let packed = self.source.fill()?;
        let Some(decoder) = self.unzstd.as_mut().filter(|_| !packed.is_empty()) else {
            return Err(CUT_OFF);
        };
        let mut from = InBuffer::around(packed);
        let mut to = OutBuffer::around(self.window.as_mut_slice());
        let left = decoder
            .run(&mut from, &mut to)
            .map_err(|_| Fault::Damage("the compressed data is not sound"))?;
        let (taken, given) = (from.pos(), to.pos());
        self.source.consume(taken);
        (self.from, self.to) = (0, given);
        self.open = left != 0;
        Ok(())
    }

    /// Takes a skippable frame. One of a kind of its own at the head of the file holds the
    /// dictionary for all that follow (WARC compression with Zstandard, section 3).
    fn skippable_frame(&mut self) -> Result<(), Fault> {
        let first = self.source.offset() == 0;
        let head = self.taken(8)?;
        let is_dictionary = first && head[0] == 0x5d;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if length > MAX_DICTIONARY {
            return Err(Fault::Damage("a dictionary larger than 16 MiB"));
        }
        let content = self.taken(length)?;
        if is_dictionary {
            let dictionary = if content.starts_with(&ZSTD) {
                unpacked(content)?
            } else {
                content.to_vec()
            };
            self.dictionary = dictionary;
            self.unzstd = None;
        }
        Ok(())
    }
}

const CUT_OFF: Fault = Fault::Damage("the file ends inside it");

/// A dictionary that is itself compressed.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut dictionary = Vec::new();
    let limit = MAX_DICTIONARY as u64 + 1;
    let read = zstd::stream::read::Decoder::new(packed)
        .and_then(|decoder| decoder.take(limit).read_to_end(&mut dictionary));
    match read {
        Ok(_) if dictionary.len() <= MAX_DICTIONARY => Ok(dictionary),
        _ => Err(Fault::Damage("its dictionary cannot be unpacked")),
    }
}
