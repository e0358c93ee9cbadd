//! More rows: answers whose head says what is not so, and content encodings of every kind.

use std::io::Write as _;

use cleancopy::outcome::Outcome;
use compression_codecs::brotli::params::EncoderParams;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::{BrotliEncoder, EncodeV2, ZstdEncoder};

use super::rows::Row;
use super::server::{Script, answer, says};
use crate::site::story_page;

/// Answers whose head says what is not so.
pub(super) fn lies() -> Vec<Row> {
    let story = story_page();
    let story = story.as_bytes();
    let typed = |kind: &str, body: &[u8]| {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\n{kind}content-length: {length}\r\n\r\n");
        says([head.as_bytes(), body].concat())
    };
    vec![
        (
            "charset-unknown",
            Outcome::Article,
            typed("content-type: text/html; charset=klingon\r\n", story),
        ),
        (
            "charset-wrong",
            Outcome::Article,
            typed("content-type: text/html; charset=utf-16\r\n", story),
        ),
        (
            "typed-as-pdf",
            Outcome::NotHtml,
            typed("content-type: application/pdf\r\n", story),
        ),
        (
            "pdf-typed-as-html",
            Outcome::NotHtml,
            typed("content-type: text/html\r\n", b"%PDF-1.7 \x00\x01"),
        ),
        (
            "nothing-typed-as-html",
            Outcome::NoArticle,
            typed("content-type: text/html\r\n", b"<title>Nothing</title>"),
        ),
        ("untyped", Outcome::Article, typed("", story)),
        ("untyped-noise", Outcome::NotHtml, typed("", &[0xff; 900])),
    ]
}

/// Content encodings that are what they should be, however odd.
pub(super) fn codings() -> Vec<Row> {
    let story = story_page();
    let story = story.as_bytes();
    let packed = gzip(story);
    vec![
        ("zlib", Outcome::Article, coded("deflate", &zlib(story))),
        (
            "bare-deflate",
            Outcome::Article,
            coded("deflate", &zlib(story)[2..]),
        ),
        (
            "two-codings",
            Outcome::Article,
            coded("deflate, gzip", &gzip(&zlib(story))),
        ),
        (
            "two-members",
            Outcome::Article,
            coded("gzip", &[gzip(&story[..99]), gzip(&story[99..])].concat()),
        ),
        (
            "brotli",
            Outcome::Article,
            coded(
                "br",
                &by(BrotliEncoder::new(EncoderParams::default()), story),
            ),
        ),
        (
            "zstd",
            Outcome::Article,
            coded("zstd", &by(ZstdEncoder::new(3), story)),
        ),
        ("gzip", Outcome::Article, coded("gzip", &packed)),
        (
            "gzip-and-padding",
            Outcome::Article,
            coded("x-gzip", &[&packed[..], &[0; 9]].concat()),
        ),
    ]
}

/// Content encodings that are none, are rotten, end early or never.
pub(super) fn rotten_codings() -> Vec<Row> {
    let story = story_page();
    let story = story.as_bytes();
    let packed = gzip(story);
    let mut rotten = packed.clone();
    let end = rotten.len() - 5;
    rotten[end] ^= 0xff;
    vec![
        ("gzip-is-not", Outcome::BadEncoding, coded("gzip", story)),
        ("gzip-rotten", Outcome::BadEncoding, coded("gzip", &rotten)),
        (
            "gzip-broken-off",
            Outcome::Truncated,
            coded("gzip", &packed[..packed.len() - 20]),
        ),
        (
            "brotli-is-not",
            Outcome::BadEncoding,
            coded("br", &[0xff; 400]),
        ),
        ("zstd-is-not", Outcome::BadEncoding, coded("zstd", story)),
        (
            "deflate-is-not",
            Outcome::BadEncoding,
            coded("deflate", &[0xff; 400]),
        ),
        (
            "unpacks-to-many-times-its-size",
            Outcome::RatioTooHigh,
            coded("gzip", &gzip(&[0; 900_000])),
        ),
        (
            "unpacks-to-too-much",
            Outcome::TooLarge,
            coded("gzip", &gzip(&song(1_100_000))),
        ),
        (
            "zstd-huge-window",
            Outcome::BadEncoding,
            coded("zstd", &ZSTD_WITH_A_WINDOW_OF_2_GIB),
        ),
        (
            "encoding-unknown",
            Outcome::UnknownEncoding,
            coded("sdch", story),
        ),
        (
            "encodings-without-end",
            Outcome::UnknownEncoding,
            coded("gzip, gzip, gzip, gzip", &packed),
        ),
        (
            "encoding-that-is-none",
            Outcome::Article,
            coded("utf-8", story),
        ),
    ]
}

fn coded(coding: &str, body: &[u8]) -> Script {
    says(answer(&[&format!("content-encoding: {coding}")], body))
}

/// A frame whose header asks for a window of 2 GiB, and one block of one byte.
const ZSTD_WITH_A_WINDOW_OF_2_GIB: [u8; 10] =
    [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x09, 0x00, 0x00, b'x'];

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// So many bytes of a text that packs about as well as a page does.
fn song(length: usize) -> Vec<u8> {
    let mut song = Vec::with_capacity(length);
    let mut verse = 1_u32;
    while song.len() < length {
        verse = verse.wrapping_mul(2_654_435_761) + 1;
        writeln!(song, "<p>Verse {verse}: the ferry comes, the ferry goes").unwrap();
    }
    song
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn by(mut encoder: impl EncodeV2, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 2 * bytes.len() + 1024];
    let mut buffer = WriteBuffer::new_initialized(&mut out);
    encoder
        .encode(&mut PartialBuffer::new(bytes), &mut buffer)
        .unwrap();
    assert!(encoder.finish(&mut buffer).unwrap());
    let length = buffer.written_len();
    out.truncate(length);
    out
}
