//! Any bytes as a feed: no panic, only http(s) addresses, limits kept.
#![no_main]

use cleancopy::discover::{MAX_ENTRIES, feed};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let base = Url::parse("https://news.example/rss").expect("a URL");
    let found = feed(bytes, &base);
    assert!(found.entries.len() <= MAX_ENTRIES && found.sitemaps.is_empty());
    for entry in &found.entries {
        assert!(matches!(entry.url.scheme(), "http" | "https"));
    }
});
