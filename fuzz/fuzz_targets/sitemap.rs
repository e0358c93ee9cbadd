//! Any bytes as a sitemap and as a robots.txt: no panic, only http(s) addresses, limits kept.
#![no_main]

use cleancopy::discover::{MAX_ENTRIES, Scope, Traps, sitemap, sitemaps_of_robots};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let base = Url::parse("https://news.example/map.xml").expect("a URL");
    let found = sitemap(bytes, &base);
    assert!(found.entries.len() <= MAX_ENTRIES && found.sitemaps.len() <= MAX_ENTRIES);
    let mut traps = Traps::new();
    for entry in found.entries.iter().chain(&found.sitemaps) {
        assert!(matches!(entry.url.scheme(), "http" | "https"));
        Scope::Domain.holds(&base, &entry.url);
        let _ = traps.check(&entry.url);
        let form = cleancopy::page::canonical(&entry.url);
        assert_eq!(cleancopy::page::canonical(&form), form);
    }
    sitemaps_of_robots(bytes, &base);
});
