//! Content codings of a kept body undone, within a limit.
//!
//! Writers differ in what they keep: some keep the body as it came and its headers with it, some
//! keep it decoded and leave the headers as they were. So a header is believed only as far as the
//! bytes agree: a body that is not what its `Content-Encoding` says is taken as it is.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// So many codings of one body are undone.
const MAX_CODINGS: usize = 4;

/// Why a body could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undone {
    /// It decodes to more bytes than the limit.
    TooLarge,
    /// It begins as its coding does and breaks further on: what it is not, in words.
    Broken(&'static str),
}

/// Undoes codings, the last first (RFC 9110, section 8.4). A body that was `cut` gives what there
/// is of it.
pub(super) fn undo(codings: &str, body: Vec<u8>, max: usize, cut: bool) -> Result<Vec<u8>, Undone> {
    if codings.matches(',').count() >= MAX_CODINGS {
        return Err(Undone::Broken("coded more often than any server does"));
    }
    let mut body = body;
    for coding in codings.rsplit(',') {
        body = match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => {
                read("no sound gzip", MultiGzDecoder::new(&*body), max, cut)?
            }
            "deflate" => deflate(&body, max, cut)?,
            "br" => brotli(&body, max, cut)?,
            "zstd" if body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
                let decoder = zstd::stream::read::Decoder::new(&*body);
                read(
                    "no sound zstd",
                    decoder.map_err(|_| Undone::Broken("no sound zstd"))?,
                    max,
                    cut,
                )?
            }
            _ => body,
        };
    }
    if body.len() > max {
        return Err(Undone::TooLarge);
    }
    Ok(body)
}

/// What is called deflate is zlib (RFC 1950) by the standard and often raw (RFC 1951).
fn deflate(body: &[u8], max: usize, cut: bool) -> Result<Vec<u8>, Undone> {
    let is_zlib = matches!(body[..], [head, check, ..]
        if head & 0x0f == 8 && (u16::from(head) << 8 | u16::from(check)).is_multiple_of(31));
    if is_zlib {
        return read("no sound deflate", ZlibDecoder::new(body), max, cut);
    }
    unsigned(
        "no sound deflate",
        DeflateDecoder::new(body),
        body,
        (max, cut),
    )
}

fn brotli(body: &[u8], max: usize, cut: bool) -> Result<Vec<u8>, Undone> {
    unsigned(
        "no sound br",
        brotli::Decompressor::new(body, 4096),
        body,
        (max, cut),
    )
}

/// Undoes a coding that has no sign at its beginning: a body that begins like markup and does not
/// decode was kept decoded.
fn unsigned(
    name: &'static str,
    decoder: impl Read,
    body: &[u8],
    (max, cut): (usize, bool),
) -> Result<Vec<u8>, Undone> {
    match read(name, decoder, max, cut) {
        Err(Undone::Broken(_)) if begins_like_text(body) => Ok(body.to_vec()),
        Ok(none) if none.is_empty() && begins_like_text(body) => Ok(body.to_vec()),
        other => other,
    }
}

fn begins_like_text(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    body.trim_ascii_start().first() == Some(&b'<')
}

fn read(name: &'static str, decoder: impl Read, max: usize, cut: bool) -> Result<Vec<u8>, Undone> {
    let mut out = Vec::new();
    let result = decoder.take(max as u64 + 1).read_to_end(&mut out);
    match result {
        _ if out.len() > max => Err(Undone::TooLarge),
        Ok(_) => Ok(out),
        Err(_) if cut => Ok(out),
        // Bytes behind a whole gzip member are no reason to lose it.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput && !out.is_empty() => Ok(out),
        Err(_) => Err(Undone::Broken(name)),
    }
}
