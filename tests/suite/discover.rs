//! Discovery: what sitemaps, feeds and pages name, however broken they are, and no panic on
//! anything.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fmt::Write as _;
use std::io::Write as _;

use cleancopy::RawPage;
use cleancopy::discover::{
    Entry, Flaw, Listing, MAX_ENTRIES, Place, Scope, Traps, feed, links, sitemap,
    sitemaps_of_robots,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::{prop_oneof, proptest};
use url::Url;

fn base() -> Url {
    Url::parse("https://news.example/maps/one.xml").unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn urls(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.url.as_str()).collect()
}

fn of_map(text: &str) -> Listing {
    sitemap(text.as_bytes(), &base())
}

#[test]
fn a_sitemap_gives_addresses_and_dates_and_none_of_its_images() {
    let found = of_map(
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\
         <s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='i'>\
         <s:url><s:loc> https://news.example/a&amp;b#top </s:loc><s:lastmod>2026-01-31T08:00:00Z\
         </s:lastmod><image:image><image:loc>https://news.example/a.jpg</image:loc></image:image>\
         </s:url><!-- <url><loc>https://news.example/no</loc></url> -->\
         <s:url><s:loc><![CDATA[https://news.example/c?x=1&y=2]]></s:loc></s:url></s:urlset>",
    );
    let want = ["https://news.example/a&b", "https://news.example/c?x=1&y=2"];
    assert_eq!(urls(&found.entries), want);
    let at = found.entries[0].at_latest().unwrap();
    assert_eq!(at.to_string(), "2026-01-31T08:00:00+00:00");
    assert!(found.flaws.is_empty(), "{:?}", found.flaws);
}

#[test]
fn a_news_sitemap_gives_titles_and_dates_of_publication() {
    let found = of_map(
        "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url>\
         <loc>https://news.example/ferry</loc><lastmod>2026-02-03</lastmod><news:news>\
         <news:publication><news:name>The Post</news:name><news:language>en</news:language>\
         </news:publication><news:publication_date>2026-01-31T09:00+01:00</news:publication_date>\
         <news:title>Ferry\n  returns &#8211; at last</news:title></news:news></url></urlset>",
    );
    let entry = &found.entries[0];
    assert_eq!(entry.title.as_deref(), Some("Ferry returns – at last"));
    assert_eq!(entry.at_latest().unwrap().day().to_string(), "2026-01-31");
    assert_eq!(entry.modified.unwrap().to_string(), "2026-02-03");
}

#[test]
fn an_index_gives_sitemaps_and_no_pages() {
    let found = of_map(
        "<sitemapindex><sitemap><loc>https://news.example/1.xml.gz</loc><lastmod>2026-01-01</lastmod>\
         </sitemap><sitemap><loc>2.xml</loc></sitemap></sitemapindex>",
    );
    assert!(found.entries.is_empty());
    let want = [
        "https://news.example/1.xml.gz",
        "https://news.example/maps/2.xml",
    ];
    assert_eq!(urls(&found.sitemaps), want);
    assert!(found.sitemaps[0].modified.is_some());
}

#[test]
fn a_broken_sitemap_gives_what_can_be_had() {
    let whole = "<urlset><url><loc>https://news.example/1</loc></url>";
    for (broken, want) in [
        ("", 1),
        ("<url><loc>https://news.example/2</loc>", 2),
        (
            "<url><loc>https://news.example/2<lastmod>x</lastmod></url>",
            2,
        ),
        ("<url><loc>https://news.example/2</lo", 1),
        (
            "<url><loc>https://news.example/2?a=1&b=2&amp;c=3</loc></url>",
            2,
        ),
        (
            "</x></url></urlset><url><loc>https://news.example/2</loc></url>",
            2,
        ),
        (
            "<! nonsense <url><loc>https://news.example/2</loc></url>",
            2,
        ),
        (
            "<url><loc a=\"x>https://news.example/2</loc></url><url><loc>/3</loc></url>",
            2,
        ),
        (
            "<url><loc>javascript:void(0)</loc></url><url><loc>/3</loc></url>",
            2,
        ),
        (
            "<url></url><url><lastmod>2026</lastmod></url><url><loc>/3</loc></url>",
            2,
        ),
        ("\0\u{1}<url><loc>/3</loc></url>", 2),
    ] {
        let found = of_map(&format!("{whole}{broken}"));
        assert_eq!(
            found.entries.len(),
            want,
            "{broken}: {:?}",
            urls(&found.entries)
        );
    }
    let long = format!("{whole}<url><loc>/{}</loc></url>", "x".repeat(5_000));
    let found = of_map(&long);
    assert_eq!((found.entries.len(), found.flaws.len()), (1, 1));
    assert!(found.flaws.contains(&Flaw::BadAddress));
}

#[test]
fn gzip_is_taken_off_and_a_torn_one_gives_what_came() {
    let mut text = "<urlset>".to_owned();
    for n in 0..2_000 {
        write!(
            text,
            "<url><loc>https://news.example/{}</loc></url>",
            n * 7919
        )
        .unwrap();
    }
    let packed = gzip(text.as_bytes());
    assert_eq!(sitemap(&packed, &base()).entries.len(), 2_000);
    assert_eq!(sitemap(&gzip(&packed), &base()).entries.len(), 2_000);
    let torn = sitemap(&packed[..packed.len() / 2], &base());
    assert!(
        (500..1_999).contains(&torn.entries.len()),
        "{}",
        torn.entries.len()
    );
    assert!(torn.flaws.contains(&Flaw::Broken));
}

#[test]
fn the_limits_of_the_protocol_hold_without_failing() {
    let entry = "<url><loc>https://news.example/story</loc></url>";
    let endless = format!("<urlset>{}", entry.repeat(MAX_ENTRIES + 10));
    let found = of_map(&endless);
    assert_eq!(found.entries.len(), MAX_ENTRIES);
    assert!(found.flaws.contains(&Flaw::TooMany));
    let mut bomb = format!("<urlset>{entry}<!--").into_bytes();
    bomb.resize(60 * 1024 * 1024, b' ');
    let packed = gzip(&bomb);
    assert!(packed.len() < 1024 * 1024, "{}", packed.len());
    let found = sitemap(&packed, &base());
    assert_eq!(found.entries.len(), 1);
    assert!(found.flaws.contains(&Flaw::CutOff));
}

#[test]
fn a_list_of_addresses_is_a_sitemap_and_a_page_or_prose_is_none() {
    let found = of_map("https://news.example/1\r\n\r\n  http://news.example/2\nnonsense\n");
    assert_eq!(
        urls(&found.entries),
        ["https://news.example/1", "http://news.example/2"]
    );
    assert!(found.flaws.contains(&Flaw::BadAddress));
    for text in [
        "<!DOCTYPE html><html><body><url><loc>/1</loc></url></body></html>",
        "<html lang=en><head>",
        "Not found.",
        "",
        "<error>no such map</error>",
    ] {
        let found = of_map(text);
        assert!(
            found.entries.is_empty() && found.flaws.contains(&Flaw::NotAList),
            "{text}"
        );
    }
}

#[test]
fn other_encodings_are_read_as_declared() {
    let utf16: Vec<u8> = "\u{feff}<urlset><url><loc>/ä</loc></url></urlset>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let want = ["https://news.example/%C3%A4"];
    assert_eq!(urls(&sitemap(&utf16, &base()).entries), want);
    let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>/\xe4</loc></url>";
    assert_eq!(urls(&sitemap(latin, &base()).entries), want);
}

#[test]
fn feeds_of_every_format_give_addresses_titles_and_dates() {
    let rss1 = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
        xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>\
        <channel><title>News</title><link>https://news.example/</link><description>d</description></channel>\
        <item rdf:about='https://news.example/ferry'><title>Ferry returns</title>\
        <link>https://news.example/ferry</link><dc:date>2026-01-31T08:30:00Z</dc:date></item></rdf:RDF>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><id>x</id>\
        <updated>2026-01-31T08:30:00Z</updated><entry><title>Ferry returns</title><id>tag:1</id>\
        <link rel='self' href='https://news.example/ferry.atom'/>\
        <link rel='enclosure' href='https://news.example/ferry.mp3'/>\
        <link rel='alternate' type='text/html' href='https://news.example/ferry'/>\
        <published>2026-01-31T09:30:00+01:00</published></entry></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"News","items":[
        {"id":"1","url":"https://news.example/ferry","title":"Ferry returns","content_text":"x",
         "date_published":"2026-01-31T08:30:00Z"}]}"#;
    let rss2 = "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>\
        <link>https://news.example/</link><item><title><![CDATA[Ferry returns]]></title>\
        <guid isPermaLink='true'>https://news.example/ferry</guid>\
        <pubDate>Sat, 31 Jan 2026 08:30:00 GMT</pubDate></item></channel></rss>";
    for text in [rss1, atom, json, rss2] {
        let found = feed(text.as_bytes(), &base());
        assert_eq!(
            urls(&found.entries),
            ["https://news.example/ferry"],
            "{text}"
        );
        let entry = &found.entries[0];
        assert_eq!(entry.title.as_deref(), Some("Ferry returns"), "{text}");
        let at = entry
            .published
            .and_then(cleancopy::date::Moment::instant)
            .unwrap();
        assert_eq!(at.to_string(), "2026-01-31T08:30:00Z", "{text}");
        assert_eq!(
            of_map(text).entries,
            found.entries,
            "a feed may stand for a sitemap"
        );
    }
}

#[test]
fn a_broken_feed_gives_what_can_be_had() {
    let broken = "<rss version='2.0'><channel><title>News & more</title>\
        <item><title>One</title><link>https://news.example/1?a=1&b=2</link>\
        <pubDate>Sat, 31 Jan 2026 08:30:00 GMT</pubDate></item>\
        <item><title>Two</title></x><link>https://news.example/2</link></item>\
        <item><title>Three</title><guid>https://news.example/3</guid></item>\
        <item><link>https://news.exam";
    let found = feed(broken.as_bytes(), &base());
    let want = [
        "https://news.example/1?a=1&b=2",
        "https://news.example/2",
        "https://news.example/3",
    ];
    assert_eq!(urls(&found.entries), want, "{:?}", found.flaws);
    assert!(found.flaws.contains(&Flaw::Broken));
    assert!(found.entries[0].published.is_some());
    let none = feed(b"<html><body>Not found", &base());
    assert!(none.entries.is_empty() && none.flaws.contains(&Flaw::NotAList));
}

#[test]
fn a_page_gives_its_links_in_order_with_words_and_place() {
    let html = "<html><head><link rel=canonical href=/own><link rel=amphtml href=/own/amp>\
        <link rel=alternate hreflang=de href=/de><link rel=next href='/?page=2'>\
        <link rel='alternate' type='application/rss+xml' title='All  news' href=/rss>\
        <link rel='alternate' type='application/feed+json' href=/feed.json>\
        <link rel='alternate stylesheet' type='text/css' href=/x.css></head><body>\
        <header><nav><a href='/sport?utm_source=nav'>Sport</a></nav></header>\
        <main><a href=/ferry><img alt='' src=x.jpg></a><h2><a href='/ferry#text'>Ferry returns</a></h2>\
        <a href='#top'>Up</a><a href='mailto:desk@news.example'>Mail</a><a>none</a>\
        <a href='/pic'><img alt='A ship' src=y.jpg></a>\
        <a href='/file' download>Load</a></main>\
        <div role=complementary><a rel=sponsored href=https://shop.example/>Buy</a></div>\
        <footer><a href=/imprint>Imprint</a></footer></body></html>";
    let page = RawPage::from_text(html)
        .with_url(Url::parse("https://news.example/").unwrap())
        .with_header(
            "Link",
            "</en>; rel=\"alternate\"; hreflang=\"en\", </f>; rel=x",
        );
    let found = links(&page);
    let told: Vec<_> = found
        .links
        .iter()
        .map(|l| (l.url.path(), l.text.as_str(), l.place, l.nofollow))
        .collect();
    let want = [
        ("/sport", "Sport", Place::Nav, false),
        ("/ferry", "Ferry returns", Place::Main, false),
        ("/pic", "A ship", Place::Main, false),
        ("/", "Buy", Place::Aside, true),
        ("/imprint", "Imprint", Place::Footer, false),
    ];
    assert_eq!(told, want);
    assert_eq!(found.canonical.unwrap().path(), "/own");
    assert_eq!(found.amphtml.unwrap().path(), "/own/amp");
    assert_eq!(found.next.unwrap().query(), Some("page=2"));
    let feeds: Vec<_> = found.feeds.iter().map(|f| f.url.path()).collect();
    assert_eq!(feeds, ["/rss", "/feed.json"]);
    assert_eq!(found.feeds[0].title.as_deref(), Some("All news"));
    let languages: Vec<_> = found
        .languages
        .iter()
        .map(|(l, u)| (l.as_str(), u.path()))
        .collect();
    assert_eq!(languages, [("de", "/de"), ("en", "/en")]);
    assert!(!found.nofollow);
}

#[test]
fn a_page_may_ask_that_nothing_be_followed() {
    let meta = RawPage::from_text(
        "<meta name=Robots content='index, NoFollow'><a href=https://a.example/>x</a>",
    );
    assert!(links(&meta).nofollow);
    let header = RawPage::from_text("<p>").with_header("X-Robots-Tag", "cleancopy: none");
    assert!(links(&header).nofollow);
    let other = RawPage::from_text("<meta name=otherbot content=nofollow>");
    assert!(!links(&other).nofollow);
}

/// Text made of the pieces that sitemaps, feeds and pages are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<urlset>"),
        Just("<url>"),
        Just("</url>"),
        Just("<loc>"),
        Just("</loc>"),
        Just("<sitemap>"),
        Just("https://news.example/a?b=1&c"),
        Just("<lastmod>"),
        Just("2026-01-31T25:99"),
        Just("<news:title>"),
        Just("<news:news>"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("<!--"),
        Just("-->"),
        Just("&#x0;"),
        Just("&#xD800;"),
        Just("&lt;"),
        Just("<?xml version='1.0' encoding='utf-16'?>"),
        Just("<!DOCTYPE x ["),
        Just("<rss>"),
        Just("<channel>"),
        Just("<item>"),
        Just("</item>"),
        Just("<link>"),
        Just("<feed xmlns='http://www.w3.org/2005/Atom'>"),
        Just("<entry>"),
        Just("<link rel='alternate' href='//x'/>"),
        Just("<pubDate>"),
        Just("{\"items\":["),
        Just("\"url\":"),
        Just("<a href='"),
        Just("'>"),
        Just("<base href=http://["),
        Just("é\u{202e}"),
        Just("\0"),
        Just("<"),
        Just(">"),
        Just("\""),
        Just("'"),
        Just("Sitemap: "),
        Just("\n"),
        Just("https://["),
        Just("://"),
        Just("%zz"),
        Just("<media:content url='x'/>"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|all| all.concat())
}

fn read_all(bytes: &[u8]) {
    let own = base();
    for listing in [sitemap(bytes, &own), feed(bytes, &own)] {
        let all = listing.entries.iter().chain(&listing.sitemaps);
        for entry in all {
            assert!(matches!(entry.url.scheme(), "http" | "https"));
            Scope::Domain.holds(&own, &entry.url);
            let _ = Traps::new().check(&entry.url);
        }
    }
    sitemaps_of_robots(bytes, &own);
    links(&RawPage::from_bytes(bytes.to_vec()).with_url(own));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
        read_all(&[&[0x1f, 0x8b, 8, 0][..], &bytes].concat());
    }

    #[test]
    fn nothing_panics_on_any_mixture_of_the_formats(text in pieces()) {
        read_all(text.as_bytes());
        read_all(&gzip(text.as_bytes()));
    }
}
