//! Content encodings off a body, piece by piece, under limits (RFC 9110, section 8.4).
//!
//! 1. Each coding the head names is a stage; the last one named was put on last and comes off
//!    first.
//! 2. Bytes from the wire are pushed in; what comes out of a stage goes on in pieces of 16 KiB, so
//!    however far a body unpacks, only one piece of it a stage is in memory.
//! 3. What comes out of the last stage is counted: its size, and its size against that of the
//!    wire. The first byte over a limit ends it all.

use std::io;

use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::zstd::params::DParameter;
use compression_codecs::{
    BrotliDecoder, DecodeV2, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};

/// So many bytes leave a stage at a time.
const PIECE: usize = 16 * 1024;
/// More codings than this on one body are an attack or an accident.
const MAX_STAGES: usize = 3;
/// The largest window a zstd body may ask for, as a power of two: 8 MiB (RFC 9659, section 3).
const ZSTD_WINDOW: u32 = 23;

/// Why a body was not decoded to its end.
#[derive(Debug)]
pub(super) enum Fault {
    /// More decoded bytes than the limit.
    TooLarge,
    /// More decoded bytes for a byte of the wire than the limit.
    Ratio,
    /// Not what the head says it is.
    Corrupt(io::Error),
    /// It ends before its coding does.
    Short,
}

/// How far a body may unpack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Decoded bytes.
    pub(super) max: usize,
    /// Decoded bytes for each byte of the wire …
    pub(super) ratio: u32,
    /// … once there are more decoded bytes than this.
    pub(super) ratio_from: usize,
}

/// Decodes a body as it comes.
pub(super) struct Decoder {
    stages: Vec<Stage>,
    out: Out,
}

impl Decoder {
    /// A decoder for what `Content-Encoding` states.
    ///
    /// # Errors
    /// The name of a coding that is not known.
    pub(super) fn new(content_encoding: &str, limits: Limits) -> Result<Self, String> {
        let mut stages = Vec::new();
        for name in content_encoding.split(',').rev() {
            let name = name.trim().to_ascii_lowercase();
            let coding = match name.as_str() {
                // Not codings, but servers state them and mean that there is none.
                "" | "identity" | "none" | "utf-8" | "utf8" | "binary" => continue,
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                "zstd" => Coding::Zstd,
                _ => return Err(name),
            };
            stages.push(Stage::new(coding));
        }
        if stages.len() > MAX_STAGES {
            return Err(content_encoding.to_owned());
        }
        let out = Out {
            bytes: Vec::new(),
            wire: 0,
            limits,
        };
        Ok(Self { stages, out })
    }

    /// Takes a piece from the wire.
    pub(super) fn push(&mut self, wire: &[u8]) -> Result<(), Fault> {
        self.out.wire += wire.len();
        push(&mut self.stages, wire, &mut self.out)
    }

    /// Says that the wire has ended: every coding must have, too. A body without a byte is whole,
    /// whatever coding its head states.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        let mut stages = &mut self.stages[..];
        let mut piece = vec![0; PIECE];
        while let Some((stage, rest)) = stages.split_first_mut() {
            if stage.begun && !stage.ended {
                let mut buffer = WriteBuffer::new_initialized(&mut piece);
                let whole = stage.codec(0).finish(&mut buffer);
                let given = buffer.written_len();
                hand_on(stage, rest, &piece[..given], &mut self.out)?;
                if !matches!(whole, Ok(true)) {
                    return Err(Fault::Short);
                }
            }
            stages = rest;
        }
        Ok(())
    }

    /// What was decoded so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.out.bytes
    }

    /// What was decoded.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out.bytes
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// One coding that comes off.
struct Stage {
    coding: Coding,
    /// Made when its first byte is there: only that tells the two kinds of deflate apart.
    codec: Option<Box<dyn DecodeV2 + Send>>,
    begun: bool,
    ended: bool,
    /// So many bytes of another member's beginning have come since the end.
    again: usize,
    given: usize,
}

impl Stage {
    fn new(coding: Coding) -> Self {
        Self {
            coding,
            codec: None,
            begun: false,
            ended: false,
            again: 0,
            given: 0,
        }
    }

    fn codec(&mut self, first: u8) -> &mut (dyn DecodeV2 + Send) {
        let coding = self.coding;
        let codec = self.codec.get_or_insert_with(|| match coding {
            Coding::Gzip => Box::new(GzipDecoder::new()),
            // The RFC means zlib, and some servers send the bare stream; browsers take both. A
            // zlib header has 8 in its low half byte, which a bare stream never begins with.
            Coding::Deflate if first & 0x0f == 8 => Box::new(ZlibDecoder::new()),
            Coding::Deflate => Box::new(DeflateDecoder::new()),
            Coding::Brotli => Box::new(BrotliDecoder::new()),
            Coding::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW);
                Box::new(ZstdDecoder::new_with_params(&[window]))
            }
        });
        &mut **codec
    }

    /// What another member (gzip) or frame (zstd) after the end begins with.
    fn magic(&self) -> &'static [u8] {
        match self.coding {
            Coding::Gzip => &[0x1f, 0x8b],
            Coding::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
            Coding::Deflate | Coding::Brotli => &[],
        }
    }

    /// Takes bytes after the end; what begins another member, once that is certain.
    ///
    /// Anything else after the end is passed over: servers pad, and browsers do not mind.
    fn after_the_end(&mut self, bytes: &mut PartialBuffer<&[u8]>) -> Option<&'static [u8]> {
        let magic = self.magic();
        while let [next, ..] = *bytes.unwritten() {
            if magic.get(self.again) != Some(&next) {
                self.again = usize::MAX;
                bytes.advance(bytes.unwritten().len());
                return None;
            }
            self.again += 1;
            bytes.advance(1);
            if self.again == magic.len() {
                self.again = 0;
                return Some(magic);
            }
        }
        None
    }
}

/// The decoded body, counted.
struct Out {
    bytes: Vec<u8>,
    wire: usize,
    limits: Limits,
}

impl Out {
    fn take(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let room = self.limits.max - self.bytes.len();
        self.bytes
            .extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            return Err(Fault::TooLarge);
        }
        self.check_ratio(self.bytes.len())
    }

    fn check_ratio(&self, decoded: usize) -> Result<(), Fault> {
        let allowed = self.wire.saturating_mul(self.limits.ratio as usize);
        if decoded > self.limits.ratio_from && decoded > allowed {
            return Err(Fault::Ratio);
        }
        Ok(())
    }
}

/// Pushes bytes through the stages.
fn push(stages: &mut [Stage], bytes: &[u8], out: &mut Out) -> Result<(), Fault> {
    let Some((stage, rest)) = stages.split_first_mut() else {
        return out.take(bytes);
    };
    let mut bytes = PartialBuffer::new(bytes);
    let mut piece = vec![0; PIECE];
    while !bytes.unwritten().is_empty() {
        if stage.ended {
            let Some(magic) = stage.after_the_end(&mut bytes) else {
                return Ok(());
            };
            stage.codec(0).reinit().map_err(Fault::Corrupt)?;
            stage.ended = false;
            decode(stage, rest, &mut PartialBuffer::new(magic), &mut piece, out)?;
        }
        decode(stage, rest, &mut bytes, &mut piece, out)?;
    }
    Ok(())
}

/// Takes bytes through one stage until they are used up or its coding has ended.
fn decode(
    stage: &mut Stage,
    rest: &mut [Stage],
    bytes: &mut PartialBuffer<&[u8]>,
    piece: &mut [u8],
    out: &mut Out,
) -> Result<(), Fault> {
    while let [first, ..] = *bytes.unwritten() {
        stage.begun = true;
        let before = bytes.written_len();
        let mut buffer = WriteBuffer::new_initialized(piece);
        let ended = stage.codec(first).decode(bytes, &mut buffer);
        let given = buffer.written_len();
        stage.ended = ended.map_err(Fault::Corrupt)?;
        hand_on(stage, rest, &piece[..given], out)?;
        if stage.ended {
            return Ok(());
        }
        if given == 0 && bytes.written_len() == before {
            return Err(Fault::Corrupt(io::Error::other("the decoder is stuck")));
        }
        if given == PIECE && bytes.unwritten().is_empty() {
            drain(stage, rest, piece, out)?;
        }
    }
    Ok(())
}

/// Fetches what a codec still holds when its input was used up while its output was full.
fn drain(
    stage: &mut Stage,
    rest: &mut [Stage],
    piece: &mut [u8],
    out: &mut Out,
) -> Result<(), Fault> {
    loop {
        let mut buffer = WriteBuffer::new_initialized(piece);
        let mut nothing = PartialBuffer::new(&[][..]);
        // A flush of zlib with nothing to do is no error; its decode is. It does not tell the end.
        let ended = match stage.coding {
            Coding::Gzip | Coding::Deflate => stage.codec(0).flush(&mut buffer).map(|_| false),
            _ => stage.codec(0).decode(&mut nothing, &mut buffer),
        };
        let given = buffer.written_len();
        stage.ended = ended.map_err(Fault::Corrupt)?;
        hand_on(stage, rest, &piece[..given], out)?;
        if stage.ended || given < PIECE {
            return Ok(());
        }
    }
}

fn hand_on(
    stage: &mut Stage,
    rest: &mut [Stage],
    piece: &[u8],
    out: &mut Out,
) -> Result<(), Fault> {
    stage.given += piece.len();
    // What one stage gives the next is never kept, and unpacking it takes time all the same.
    if stage.given > out.limits.max && !rest.is_empty() {
        return Err(Fault::TooLarge);
    }
    push(rest, piece, out)
}

#[cfg(test)]
mod tests;
