//! Any bytes as an archive: no panic, and reading comes to an end.
#![no_main]

use std::io::Cursor;

use cleancopy::archive::warc::{Filter, Pages};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let pages = Pages::new("fuzz.warc", Cursor::new(bytes.to_vec()), Filter::default());
    for found in pages.take(10_000) {
        let _ = found;
    }
});
