//! Any bytes as a robots.txt: no panic, a verdict for every address, and the same from a file that
//! was kept.
#![no_main]

use cleancopy::fetch::Rules;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use url::Url;

const PATHS: [&str; 4] = ["/", "/news/2026/ferry.html?page=2", "/a%2Fb*$", "/ö/./x//y"];

fuzz_target!(|bytes: &[u8]| {
    let now = Timestamp::UNIX_EPOCH;
    let rules = Rules::of_answer(200, bytes, now).expect("200 is an answer");
    let again = Rules::of_answer(200, bytes, now).expect("200 is an answer");
    assert_eq!(rules.crawl_delay(), again.crawl_delay());
    let base = Url::parse("https://news.example").expect("a URL");
    for path in PATHS {
        let url = base.join(path).expect("a path");
        assert_eq!(rules.verdict(&url), again.verdict(&url));
    }
    // Part of the input as an address: patterns meet what they were made of.
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines().take(20) {
        let path = line.split_once(':').map_or(line, |(_, value)| value.trim());
        if let Ok(url) = base.join(path) {
            let _ = rules.verdict(&url);
        }
    }
});
