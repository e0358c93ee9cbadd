//! A sink of one's own: headlines by site, kept in memory until the end.
//!
//! A crawl and a reader of files hand their records to the same trait; here the pages are text.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cleancopy::{Options, RawPage, Record, Sink, read};
use url::Url;

#[derive(Default)]
struct Headlines(BTreeMap<String, Vec<String>>);

impl Sink for Headlines {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let Some(article) = &record.article else {
            return Ok(());
        };
        let site = Url::parse(&record.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        let headlines = self.0.entry(site).or_default();
        headlines.extend(article.headline.clone());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for (site, headlines) in &self.0 {
            writeln!(out, "{site}: {}", headlines.join("; "))?;
        }
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let mut sink = Headlines::default();
    for (url, headline) in [
        ("https://harbour.example/1", "Ferry returns to the harbour"),
        (
            "https://harbour.example/2",
            "Crane lifts its last container",
        ),
        ("https://valley.example/1", "Orchard opens its gates"),
    ] {
        let sentence = "It happened on Monday, in front of a small crowd, after eleven weeks of \
                        waiting, and nobody who had come went home before the lamps were lit.";
        let html = format!(
            "<article><h1>{headline}</h1><p>{sentence}</p><p>{sentence} More is to come.</p>\
             <p>{sentence} The town will remember it for a long time.</p></article>"
        );
        let page = RawPage::from_text(&html);
        let found = read(&page, &Options::default());
        sink.put(&Record::of_page(url, &page, found))?;
    }
    sink.finish()
}
