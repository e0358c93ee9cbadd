//! What servers answer, and the outcome each answer ends in.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cleancopy::Record;
use cleancopy::outcome::Outcome;

use super::{crawling, fetching, run};
use crate::site::{Reply, Site, story};

async fn outcome(site: &Site, path: &str) -> Record {
    let url = format!("http://news.example{path}");
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    let (mut records, _) = run(&[&url], fetching(site.address), &crawling).await;
    records.remove(&url).unwrap()
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    let site = Site::open(|request| match request.path.as_str() {
        "/story" => story(),
        "/empty" => Reply::html("<title>Nothing</title>"),
        "/pdf" => Reply::status(200, "%PDF").with("content-type", "application/pdf"),
        "/untyped" => Reply::status(200, "<!doctype html><p>Short."),
        "/untyped-pdf" => Reply::status(200, "%PDF"),
        "/gone" => Reply::status(410, "gone"),
        "/hang" => Reply::Hang,
        "/drip" => Reply::Drip,
        "/close" => Reply::Close,
        "/short" => Reply::Short,
        "/liar" => Reply::html("not gzip").with("content-encoding", "gzip"),
        "/nowhere" => Reply::status(302, ""),
        "/mail" => Reply::to("mailto:desk@news.example"),
        "/inside" => Reply::to("http://169.254.169.254/latest"),
        "/large" => Reply::html(&"x".repeat(2 * 1024 * 1024)),
        _ => Reply::status(500, ""),
    });
    for (path, wanted) in [
        ("/story", Outcome::Article),
        ("/empty", Outcome::NoArticle),
        ("/pdf", Outcome::NotHtml),
        ("/untyped", Outcome::NoArticle),
        ("/untyped-pdf", Outcome::NotHtml),
        ("/gone", Outcome::HttpError),
        ("/error", Outcome::HttpError),
        ("/hang", Outcome::HeadTimeout),
        ("/drip", Outcome::Timeout),
        ("/close", Outcome::ConnectionLost),
        ("/short", Outcome::Truncated),
        ("/liar", Outcome::BadEncoding),
        ("/nowhere", Outcome::BadRedirect),
        ("/mail", Outcome::BadRedirect),
        ("/inside", Outcome::AddressRefused),
        ("/large", Outcome::TooLarge),
    ] {
        let started = Instant::now();
        let record = outcome(&site, path).await;
        assert_eq!(record.outcome, wanted, "{path}: {:?}", record.reason);
        assert_eq!(
            record.reason.is_none(),
            wanted == Outcome::Article,
            "{path}"
        );
        assert!(started.elapsed() < Duration::from_secs(2), "{path}");
    }
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_huge_one_is_too_large() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..64 {
        packed.write_all(&zeros).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let site = Site::open(move |_| {
        Reply::html("")
            .bytes(bomb.clone())
            .with("content-encoding", "gzip")
    });
    let record = outcome(&site, "/").await;
    assert_eq!(record.outcome, Outcome::TooLarge);
}

#[tokio::test]
async fn redirects_are_followed_to_a_limit_and_never_in_a_circle() {
    let site = Site::start(
        |request| match (request.host.as_str(), request.path.as_str()) {
            ("no.example", "/robots.txt") => Reply::status(200, "User-agent: *\nDisallow: /"),
            (_, "/robots.txt") => Reply::status(404, ""),
            (_, "/a") => Reply::to("//other.example/b#part"),
            (_, "/b") => Reply::to("/c"),
            (_, "/loop") => Reply::to("/loop2"),
            (_, "/loop2") => Reply::to("/loop"),
            (_, "/no") => Reply::to("http://no.example/"),
            (_, path) if path.starts_with("/deep") => Reply::to(&format!("{path}x")),
            _ => story(),
        },
    );
    let list = [
        "http://a.example/a",
        "http://a.example/loop",
        "http://a.example/deep",
        "http://a.example/no",
    ];
    let (records, _) = run(&list, fetching(site.address), &crawling()).await;
    let found = list.map(|url| records[url].outcome);
    assert_eq!(
        found,
        [
            Outcome::Article,
            Outcome::RedirectLoop,
            Outcome::TooManyRedirects,
            Outcome::RobotsDisallowed
        ]
    );
    let landed = records[list[0]].final_url.as_deref();
    assert_eq!(landed, Some("http://other.example/c"));
    let deep = site.paths("a.example");
    let deep = deep.iter().filter(|path| path.starts_with("/deep")).count();
    assert_eq!(deep, 11, "the page and ten redirects");
    assert_eq!(site.paths("no.example"), ["/robots.txt"]);
}

#[tokio::test]
async fn private_addresses_are_refused_unless_allowed() {
    let site = Site::open(|_| story());
    let url = format!("http://{}/", site.address);
    let mut fetching = fetching(site.address);
    let (records, _) = run(&[&url], fetching.clone(), &crawling()).await;
    assert_eq!(records[&url].outcome, Outcome::AddressRefused);
    assert!(site.log().is_empty());
    fetching.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    let (records, _) = run(&[&url], fetching, &crawling()).await;
    assert_eq!(records[&url].outcome, Outcome::Article);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    let mut fetching = fetching(SocketAddr::from(([127, 0, 0, 1], 1)));
    fetching.resolve.clear();
    let (records, _) = run(&["http://localhost/"], fetching, &crawling()).await;
    let record = &records["http://localhost/"];
    assert_eq!(
        record.outcome,
        Outcome::AddressRefused,
        "{:?}",
        record.reason
    );
}

#[tokio::test]
async fn a_certificate_nobody_signed_is_not_accepted() {
    let address = tls_server().await;
    let mut crawling = crawling();
    crawling.pace.retries = 0;
    let url = "https://news.example/";
    let (records, _) = run(&[url], fetching(address), &crawling).await;
    assert_eq!(
        records[url].outcome,
        Outcome::TlsFailed,
        "{:?}",
        records[url].reason
    );
    let reason = records[url].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("certificate"), "{reason}");
}

/// A TLS server whose certificate is signed by itself.
async fn tls_server() -> SocketAddr {
    let own = rcgen::generate_simple_self_signed(["news.example".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = acceptor.accept(stream).await;
        }
    });
    address
}
