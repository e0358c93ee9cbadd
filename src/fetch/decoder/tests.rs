//! However the wire cuts a body into pieces, the same bytes come out; a body that is cut short is
//! never taken for a whole one.

use compression_codecs::brotli::params::EncoderParams;
use compression_codecs::core::Level;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::{
    BrotliEncoder, DeflateEncoder, EncodeV2, GzipEncoder, ZlibEncoder, ZstdEncoder,
};

use super::{Decoder, Fault, Limits};

const LIMITS: Limits = Limits {
    max: 1 << 20,
    ratio: u32::MAX,
    ratio_from: 0,
};

/// A body that packs well in places and badly in others, longer than many pieces.
fn body(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut body = Vec::with_capacity(length);
    while body.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let byte = (state >> 24) as u8;
        let run = if byte < 16 { 3000 } else { 3 };
        body.extend(std::iter::repeat_n(byte, run));
    }
    body.truncate(length);
    body
}

fn packed(mut encoder: impl EncodeV2, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 2 * body.len() + 4096];
    let mut buffer = WriteBuffer::new_initialized(&mut out);
    let mut input = PartialBuffer::new(body);
    while !input.unwritten().is_empty() {
        encoder.encode(&mut input, &mut buffer).unwrap();
    }
    while !encoder.finish(&mut buffer).unwrap() {}
    let length = buffer.written_len();
    out.truncate(length);
    out
}

/// The body under every coding, by the name a head gives it.
fn wires(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let level = || Level::Precise(4);
    let gzip = |body: &[u8]| packed(GzipEncoder::new(level().into()), body);
    let zlib = packed(ZlibEncoder::new(level().into()), body);
    let half = body.len() / 2;
    vec![
        ("identity", body.to_vec()),
        ("gzip", gzip(body)),
        (
            "x-gzip",
            [gzip(&body[..half]), gzip(&body[half..])].concat(),
        ),
        ("deflate", packed(DeflateEncoder::new(level().into()), body)),
        ("Deflate", zlib.clone()),
        (
            "br",
            packed(
                BrotliEncoder::new(EncoderParams::default().quality(level())),
                body,
            ),
        ),
        ("zstd", packed(ZstdEncoder::new(3), body)),
        ("deflate, gzip", gzip(&zlib)),
        ("zstd, br", {
            let inner = packed(ZstdEncoder::new(3), body);
            packed(
                BrotliEncoder::new(EncoderParams::default().quality(level())),
                &inner,
            )
        }),
    ]
}

fn decoded(coding: &str, wire: &[u8], piece: usize, limits: Limits) -> Result<Vec<u8>, Fault> {
    let mut decoder = Decoder::new(coding, limits).expect("a coding we know");
    for piece in wire.chunks(piece) {
        decoder.push(piece)?;
    }
    decoder.finish()?;
    Ok(decoder.into_bytes())
}

#[test]
fn pieces_of_any_size_give_the_same_body() {
    for length in [1, 2, 500, 16 * 1024, 16 * 1024 + 1, 100_000] {
        let body = body(length);
        for (coding, wire) in wires(&body) {
            for piece in [1, 2, 7, 1000, wire.len().max(1)] {
                let found = decoded(coding, &wire, piece, LIMITS);
                assert!(
                    found.as_ref().is_ok_and(|found| *found == body),
                    "{coding}, {length} bytes in pieces of {piece}: {:?}",
                    found.map(|found| found.len())
                );
            }
        }
    }
}

#[test]
fn what_is_cut_short_is_never_whole() {
    let body = body(20_000);
    for (coding, wire) in wires(&body).into_iter().skip(1) {
        let half = wire.len() / 2;
        for cut in (1..wire.len()).filter(|cut| cut % 97 == 0 || *cut + 12 > wire.len()) {
            // Between the two members of a file of two, the first is a whole file.
            if coding == "x-gzip" && cut.abs_diff(half) < 2000 {
                continue;
            }
            let found = decoded(coding, &wire[..cut], 4096, LIMITS);
            assert!(found.is_err(), "{coding} cut at {cut} of {}", wire.len());
        }
    }
}

#[test]
fn noise_ends_in_a_fault_or_a_body_and_never_in_a_panic() {
    let body = body(5_000);
    for (coding, wire) in wires(&body) {
        for at in 0..wire.len().min(600) {
            let mut wire = wire.clone();
            wire[at] = wire[at].wrapping_add((at % 255) as u8 + 1);
            let _ = decoded(coding, &wire, 1000, LIMITS);
        }
    }
}

#[test]
fn the_limits_hold_to_the_byte_and_leave_nothing_over() {
    let body = body(50_000);
    for (coding, wire) in wires(&body) {
        let of = |max, ratio| Limits {
            max,
            ratio,
            ratio_from: 1000,
        };
        assert!(
            decoded(coding, &wire, 1000, of(50_000, u32::MAX)).is_ok(),
            "{coding}"
        );
        let mut decoder = Decoder::new(coding, of(49_999, u32::MAX)).expect("known");
        let ended = wire
            .chunks(1000)
            .find_map(|piece| decoder.push(piece).err());
        assert!(
            matches!(ended, Some(Fault::TooLarge)),
            "{coding}: {ended:?}"
        );
        assert_eq!(decoder.into_bytes(), body[..49_999], "{coding}");
        let ratio = (50_000 / wire.len()) as u32;
        let tight = decoded(
            coding,
            &wire,
            wire.len(),
            of(50_000, ratio.saturating_sub(1)),
        );
        assert!(matches!(tight, Err(Fault::Ratio)), "{coding}");
    }
}
