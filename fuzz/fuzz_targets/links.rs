//! Any bytes as a page: no panic, only http(s) links, each canonical address once.
#![no_main]

use std::collections::HashSet;

use cleancopy::RawPage;
use cleancopy::discover::links;
use cleancopy::page::canonical;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let base = Url::parse("https://news.example/").expect("a URL");
    let page = RawPage::from_bytes(bytes.to_vec()).with_url(base);
    let found = links(&page);
    let mut seen = HashSet::new();
    for link in &found.links {
        assert!(matches!(link.url.scheme(), "http" | "https"));
        assert!(seen.insert(canonical(&link.url).to_string()));
    }
});
