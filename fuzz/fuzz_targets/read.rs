//! Any bytes as a page: no panic, and no word in the body that is not on the page or in its scripts.
#![no_main]

use cleancopy::{Options, RawPage, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let page = RawPage::from_bytes(bytes.to_vec());
    let mut options = Options::default();
    options.explain = bytes.first().is_some_and(|b| b % 2 == 0);
    options.keep.elements = true;
    options.keep.links = true;
    options.keep.images = true;
    options.keep.comments = true;
    let found = read(&page, &options);
    assert!(found.report.blocks.iter().all(|b| !b.text.is_empty()));
    if let Some(article) = found.article {
        assert!(!article.text.is_empty());
        assert!((0.0..=1.0).contains(&article.confidence));
        // Neither form may fail on what was read.
        let _ = article.to_markdown();
        assert!(!article.to_html().to_ascii_lowercase().contains("<script"));
    }
});
