//! Reading: versions, packings, codings, filters, limits, damage.

use std::io::Read as _;

use cleancopy::archive::warc::{Error, Filter, Limits, Pages, Reader, Skipped};
use cleancopy::outcome::Outcome;

use super::{all, drain, gzip, html, names, record, response};

/// Three pages, as separate records.
fn three() -> [Vec<u8>; 3] {
    ["a", "b", "c"].map(|name| html(&format!("http://news.example/{name}"), &name.repeat(2000)))
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).expect("memory takes it")
}

#[test]
fn an_archive_may_be_plain_or_packed_record_by_record_or_as_a_whole() {
    let three = three();
    for archive in [
        three.concat(),
        three.each_ref().map(|r| gzip(r)).concat(),
        gzip(&three.concat()),
        three.each_ref().map(|r| zstd(r)).concat(),
        [gzip(&three[0]), zstd(&three[1]), three[2].clone()].concat(),
    ] {
        let (pages, errors, tally) = all(&archive, Filter::default());
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(names(&pages), ["/a", "/b", "/c"]);
        assert_eq!((tally.records, tally.pages), (3, 3));
    }
}

#[test]
fn a_zstd_archive_may_bring_its_dictionary() {
    let samples: Vec<Vec<u8>> = (0..200)
        .map(|i| {
            html(
                &format!("http://news.example/{i}"),
                &format!("<p>Story {i} of the ferry"),
            )
        })
        .collect();
    let dictionary = zstd::dict::from_samples(&samples, 4096).expect("enough samples");
    for kept in [dictionary.clone(), zstd(&dictionary)] {
        let mut archive = vec![0x5d, 0x2a, 0x4d, 0x18];
        archive.extend((kept.len() as u32).to_le_bytes());
        archive.extend(kept);
        for sample in &samples {
            let mut packer =
                zstd::bulk::Compressor::with_dictionary(3, &dictionary).expect("a dictionary");
            archive.extend(packer.compress(sample).expect("memory takes it"));
        }
        let (pages, errors, _) = all(&archive, Filter::default());
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(pages.len(), 200);
        assert_eq!(pages[7].body, b"<p>Story 7 of the ferry");
    }
}

#[test]
fn heads_are_read_whatever_their_line_ends_and_version() {
    let archive = b"WARC/1.1\nWARC-Type: resource\nwarc-target-uri: <http://news.example/a>\n\
        WARC-Date: 2026-03-02T06:00:00.123Z\nContent-Type:\n text/html\nContent-Length: 4\n\nabcd\n\n\
        WARC/0.18\r\nWARC-Type: resource\r\nWARC-Target-URI: http://news.example/b\r\n\
        Content-Length: 0\r\n\r\n\r\n\r\n";
    let (pages, errors, _) = all(archive, Filter::default());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(names(&pages), ["/a", "/b"]);
    assert_eq!(pages[0].fetched_at, "2026-03-02T06:00:00.123Z".parse().ok());
    assert_eq!(pages[0].header("content-type"), Some("text/html"));
    assert_eq!(pages[1].fetched_at, None);
}

#[test]
fn bodies_come_with_their_codings_and_chunks_undone() {
    let story = "<p>The night ferry came back on Monday.</p>".repeat(50);
    let story = story.as_bytes();
    let deflated = |bytes: &[u8], zlib| {
        let mut out = Vec::new();
        let level = flate2::Compression::default();
        let _ = if zlib {
            flate2::read::ZlibEncoder::new(bytes, level).read_to_end(&mut out)
        } else {
            flate2::read::DeflateEncoder::new(bytes, level).read_to_end(&mut out)
        };
        out
    };
    let mut br = Vec::new();
    let _ = brotli::CompressorReader::new(story, 4096, 5, 20).read_to_end(&mut br);
    for (coding, body) in [
        ("identity", story.to_vec()),
        ("gzip", gzip(story)),
        ("X-GZIP", gzip(story)),
        ("deflate", deflated(story, true)),
        ("deflate", deflated(story, false)),
        ("br", br),
        ("zstd", zstd(story)),
        ("deflate, gzip", gzip(&deflated(story, true))),
        // Kept decoded, with the headers left as they were.
        ("gzip", story.to_vec()),
        ("br", story.to_vec()),
        ("deflate", story.to_vec()),
        ("zstd", story.to_vec()),
    ] {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nContent-Encoding: {coding}\r\n");
        let chunked = [
            format!(
                "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
                body.len()
            )
            .as_bytes(),
            &body,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        let whole = [head.as_bytes(), b"\r\n", &body].concat();
        for message in [whole, chunked] {
            let (pages, errors, _) = all(
                &response("http://news.example/", &message),
                Filter::default(),
            );
            assert!(errors.is_empty(), "{coding}: {errors:?}");
            assert!(pages[0].body == story, "{coding}");
        }
    }
}

#[test]
fn records_are_passed_over_for_a_reason_that_is_counted() {
    let status = |status: &str| {
        let message = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n<p>");
        response("http://news.example/", message.as_bytes())
    };
    let picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG";
    let archive = [
        record("warcinfo", "", b"software: x"),
        record(
            "request",
            "WARC-Target-URI: http://news.example/\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
        ),
        record(
            "response",
            "WARC-Target-URI: dns:news.example\r\nContent-Type: text/dns\r\n",
            b"1",
        ),
        html("http://other.example/", "<p>"),
        html("http://notnews.example/", "<p>"),
        html("http://www.news.example/kept", "<p>"),
        status("404 Not Found"),
        status("301 Moved"),
        response("http://news.example/p.png", picture),
    ]
    .concat();
    let mut filter = Filter::default();
    filter.hosts = vec!["News.example".to_owned()];
    let (pages, errors, tally) = all(&archive, filter.clone());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(names(&pages), ["/kept"]);
    let wanted = [
        (Skipped::RecordType, 2),
        (Skipped::NotHttp, 1),
        (Skipped::Host, 2),
        (Skipped::Status, 2),
        (Skipped::ContentType, 1),
    ];
    assert_eq!(tally.skipped, wanted.into());
    assert_eq!(tally.records, 9);

    for (since, until, kept) in [
        ("2026-03-02T06:00:00Z", "2026-03-02T06:00:01Z", 1),
        ("2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z", 0),
        ("2026-03-02T06:00:01Z", "2027-01-01T00:00:00Z", 0),
    ] {
        filter.since = since.parse().ok();
        filter.until = until.parse().ok();
        assert_eq!(all(&archive, filter.clone()).0.len(), kept);
    }
}

#[test]
fn a_bomb_ends_as_too_large_and_costs_only_its_page() {
    let bomb = |coding: &str, body: Vec<u8>| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n");
        response(
            "http://news.example/bomb",
            &[head.as_bytes(), &body].concat(),
        )
    };
    let zeros = vec![0; 3 << 20];
    let mut br = Vec::new();
    let _ = brotli::CompressorReader::new(&zeros[..], 1 << 16, 3, 22).read_to_end(&mut br);
    let archive = [
        bomb("gzip", gzip(&zeros)),
        bomb("gzip, gzip", gzip(&gzip(&zeros))),
        bomb("br", br),
        bomb("zstd", zstd(&zeros)),
        html("http://news.example/after", "<p>"),
    ]
    .concat();
    let mut limits = Limits::default();
    limits.decoded = 1 << 20;
    let pages = Pages::new("test.warc", &archive[..], Filter::default()).with_limits(limits);
    let (pages, errors, tally) = drain(pages);
    assert_eq!(names(&pages), ["/after"]);
    assert_eq!((tally.unusable, tally.records), (4, 5));
    for error in errors {
        let told = error.to_string();
        assert!(told.starts_with("test.warc: the page at byte "), "{told}");
        assert!(
            matches!(
                error,
                Error::Page {
                    outcome: Outcome::TooLarge,
                    ..
                }
            ),
            "{told}"
        );
    }
    // A member that unpacks to a huge record is passed over without being held.
    let message = [b"HTTP/1.1 200 OK\r\n\r\n", &zeros[..]].concat();
    let huge = gzip(&response("http://news.example/", &message));
    limits.kept = 1 << 20;
    let pages = Pages::new("test.warc", &huge[..], Filter::default()).with_limits(limits);
    let (_, errors, tally) = drain(pages);
    assert!(
        matches!(
            errors[0],
            Error::Page {
                outcome: Outcome::WireTooLarge,
                ..
            }
        ),
        "{errors:?}"
    );
    assert_eq!(tally.records, 1);
}

#[test]
fn a_damaged_record_is_named_by_file_and_place_and_the_next_one_read() {
    let three = three();
    let packed = three.each_ref().map(|r| gzip(r));
    let framed = three.each_ref().map(|r| zstd(r));
    let changed = |mut archive: Vec<u8>, at: usize| {
        archive[at] ^= 0x55;
        archive
    };
    let cases = [
        // In the middle of the compressed data, in the checksum, in the magic bytes.
        (
            changed(packed.concat(), packed[0].len() + 40),
            packed[0].len(),
        ),
        (
            changed(packed.concat(), packed[0].len() + packed[1].len() - 6),
            packed[0].len(),
        ),
        (changed(packed.concat(), packed[0].len()), packed[0].len()),
        (
            changed(framed.concat(), framed[0].len() + 1),
            framed[0].len(),
        ),
        // A line of zeros, as a lost block of a disk.
        (
            {
                let mut archive = packed.concat();
                archive[packed[0].len()..packed[0].len() + packed[1].len() - 3].fill(0);
                archive
            },
            packed[0].len(),
        ),
        // A length that is too long or too short.
        (with_length(&three, "9999999"), three[0].len()),
        (with_length(&three, "3000"), three[0].len()),
        (with_length(&three, "100"), three[0].len()),
        (with_length(&three, "many"), three[0].len()),
    ];
    for (number, (archive, place)) in cases.into_iter().enumerate() {
        let (pages, errors, tally) = all(&archive, Filter::default());
        assert_eq!(names(&pages), ["/a", "/c"], "case {number}: {errors:?}");
        assert_eq!((tally.records, tally.damaged), (3, 1), "case {number}");
        let told = errors[0].to_string();
        let wanted = format!("test.warc: the record at byte {place} is damaged: ");
        assert!(told.starts_with(&wanted), "case {number}: {told}");
    }
}

/// The three records with another length stated in the second.
fn with_length(three: &[Vec<u8>; 3], length: &str) -> Vec<u8> {
    let second = String::from_utf8_lossy(&three[1]);
    let begin = second.find("Content-Length: ").expect("a length") + "Content-Length: ".len();
    let end = begin + second[begin..].find('\r').expect("a line");
    let second = format!("{}{length}{}", &second[..begin], &second[end..]);
    [&three[0], second.as_bytes(), &three[2]].concat()
}

#[test]
fn a_page_that_holds_an_archive_speaks_for_nobody_else() {
    let inner = gzip(&html("http://bank.example/", "<p>planted"));
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let outer = response(
        "http://evil.example/",
        &[head, &inner[..], &inner[..]].concat(),
    );
    for archive in [outer.clone(), gzip(&outer)] {
        let (pages, _, tally) = all(&archive, Filter::default());
        assert_eq!(names(&pages), ["/"]);
        assert_eq!(
            pages[0].url.as_ref().and_then(|u| u.host_str()),
            Some("evil.example")
        );
        assert_eq!(tally.records, 1);
    }
}

#[test]
fn what_was_cut_off_when_it_was_captured_gives_what_there_is() {
    let story = "<p>The night ferry came back on Monday, number 17 of 93.</p>".repeat(300);
    let body = gzip(story.as_bytes());
    let message = [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        &body[..body.len() - 20],
    ]
    .concat();
    let fields = "WARC-Target-URI: http://news.example/\r\nContent-Type: application/http\r\n";
    let (_, errors, _) = all(&record("response", fields, &message), Filter::default());
    assert!(
        matches!(
            errors[0],
            Error::Page {
                outcome: Outcome::BadEncoding,
                ..
            }
        ),
        "{errors:?}"
    );
    let fields = format!("{fields}WARC-Truncated: length\r\n");
    let (pages, _, _) = all(&record("response", &fields, &message), Filter::default());
    assert!(pages[0].body.len() > 1000 && story.as_bytes().starts_with(&pages[0].body));
}

#[test]
fn a_file_that_is_no_archive_is_one_damaged_record() {
    let (pages, errors, tally) = all(b"<!DOCTYPE html><p>not an archive", Filter::default());
    assert!(pages.is_empty());
    assert_eq!((errors.len(), tally.records, tally.damaged), (1, 1, 1));
    assert_eq!(all(b"", Filter::default()).2.records, 0);
    assert!(Reader::new("empty", &b""[..]).next().is_none());
}
