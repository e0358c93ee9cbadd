//! Bodies of a few kilobytes that unpack to gigabytes.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cleancopy::Record;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use super::scripts;
use super::server::{Server, answer, says, script};
use crate::site::story_page;

const MIB: usize = 1024 * 1024;
/// What each bomb would be if it were let go off.
const FULL: usize = 4096 * MIB;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A gzip file of many members, each of them 4 MiB of nothing.
fn gzip_members() -> Vec<u8> {
    packed(&vec![0; 4 * MIB]).repeat(FULL / (4 * MIB))
}

/// A bare deflate stream of many blocks that refer to nothing before them.
fn deflate_blocks() -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![0; 4 * MIB]).unwrap();
    packer.flush().unwrap();
    packer.get_ref().repeat(FULL / (4 * MIB))
}

/// A zstd frame of run-length blocks, 128 KiB each (RFC 8878, section 3.1.1.2).
fn zstd_runs() -> Vec<u8> {
    let block = 128 * 1024;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    let run = (block << 3) | (1 << 1);
    for _ in 0..FULL / block {
        frame.extend_from_slice(&u32::to_le_bytes(run as u32)[..3]);
        frame.push(0);
    }
    frame
}

/// A brotli stream of one block that copies one byte over and over, again and again.
fn brotli_copies() -> Vec<u8> {
    use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
    use compression_codecs::{BrotliEncoder, EncodeV2};
    let params = compression_codecs::brotli::params::EncoderParams::default()
        .quality(compression_codecs::core::Level::Precise(1));
    let mut encoder = BrotliEncoder::new(params);
    let mut out = vec![0; MIB];
    let mut buffer = WriteBuffer::new_initialized(&mut out);
    let nothing = vec![0; 4 * MIB];
    let mut ends = Vec::new();
    for _ in 0..3 {
        encoder
            .encode(&mut PartialBuffer::new(&nothing[..]), &mut buffer)
            .unwrap();
        while !encoder.flush(&mut buffer).unwrap() {}
        ends.push(buffer.written_len());
    }
    // Between two flushes the stream stands at a byte, and the second piece leans on nothing but
    // zeros: it can follow itself.
    let (first, again) = (&out[..ends[1]], &out[ends[1]..ends[2]]);
    [first, &again.repeat(FULL / (4 * MIB))].concat()
}

fn bomb(coding: &str, body: &[u8]) -> Vec<u8> {
    // What repeats itself packs once more.
    let wire = packed(body);
    assert!(wire.len() < 64 * 1024, "{coding}: {} bytes", wire.len());
    answer(&[&format!("content-encoding: {coding}, gzip")], &wire)
}

/// Crawls these paths with the program; its most memory in KiB, and the records.
fn crawled(server: &Server, paths: &[&str]) -> (usize, Vec<Record>) {
    let dir = tempfile::tempdir().unwrap();
    // One after another, and last of all a page that takes its time, so that the most memory can
    // still be read when all is over.
    let all = [paths, &["last"]].concat();
    let urls: Vec<String> = all
        .iter()
        .map(|path| format!("http://news.example/{path}"))
        .collect();
    fs::write(dir.path().join("urls.txt"), urls.join("\n")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .args([
            "crawl",
            "urls.txt",
            "--no-proxy",
            "--delay",
            "0",
            "--retries",
            "0",
        ])
        .arg(format!("--resolve=*={}", server.address))
        .args(["-o", "out.jsonl"])
        .current_dir(dir.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the crawl hangs");
        most = most.max(memory(child.id()));
        thread::sleep(Duration::from_millis(20));
    }
    let records = fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
    let records = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (most, records.collect())
}

/// The most memory a process has had so far, in KiB.
fn memory(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.trim().parse().ok())
        .unwrap_or(0)
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "figures for docs/crawling.md")]
fn a_bomb_is_dropped_before_it_goes_off() {
    let slow = script(|wire| {
        thread::sleep(Duration::from_millis(300));
        wire.put(answer(&[], story_page().as_bytes()))
    });
    let server = Server::start(scripts([
        ("gzip", says(bomb("gzip", &gzip_members()))),
        ("deflate", says(bomb("deflate", &deflate_blocks()))),
        ("br", says(bomb("br", &brotli_copies()))),
        ("zstd", says(bomb("zstd", &zstd_runs()))),
        ("story", says(answer(&[], story_page().as_bytes()))),
        ("last", slow),
    ]));
    let (usual, _) = crawled(&server, &["story"; 4]);
    let (most, records) = crawled(&server, &["gzip", "deflate", "br", "zstd"]);
    assert_eq!(records.len(), 5);
    for record in &records[..4] {
        let ended = record.outcome.as_str();
        assert!(
            matches!(ended, "too-large" | "ratio-too-high"),
            "{}: {ended}: {:?}",
            record.url,
            record.reason
        );
    }
    let growth = most.saturating_sub(usual) / 1024;
    println!("{most} KiB at most with bombs, {usual} KiB without");
    assert!(
        usual > 0 && growth <= 64,
        "{growth} MiB more than the usual {usual} KiB"
    );
}
