//! Address tricks. Something inside listens; nobody may connect to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use cleancopy::fetch::{self, Fixed, Lookup, Proxy};
use cleancopy::outcome::Outcome;
use cleancopy::page::Target;
use url::Url;

use super::fetcher;
use super::server::{Script, Server, answer, says};
use crate::site::story_page;

/// Spellings of addresses that are not part of the public internet. `PORT` is where something
/// listens on 127.0.0.1.
const LITERALS: [&str; 52] = [
    // Loopback, in every base and length that browsers read.
    "127.0.0.1:PORT",
    "127.1:PORT",
    "127.0.1:PORT",
    "2130706433:PORT",
    "0x7f000001:PORT",
    "0x7f.1:PORT",
    "0x7f.0x0.0x0.0x1:PORT",
    "017700000001:PORT",
    "0177.0.0.1:PORT",
    "0177.0.0.01:PORT",
    "0x7F.0.0.0x1:PORT",
    "127.0.0.1.:PORT",
    "127.127.127.127:PORT",
    "%31%32%37.0.0.1:PORT",
    "１２７.０.０.１:PORT",
    "127。0。0。1:PORT",
    "⑫⑦.0.0.1:PORT",
    "user:secret@127.0.0.1:PORT",
    "news.example@127.0.0.1:PORT",
    "0:PORT",
    "0.0.0.0:PORT",
    // The same inside IPv6.
    "[::1]:PORT",
    "[0:0:0:0:0:0:0:1]:PORT",
    "[::]:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "[::ffff:7f00:1]:PORT",
    "[0:0:0:0:0:ffff:127.0.0.1]:PORT",
    "[::127.0.0.1]:PORT",
    "[64:ff9b::127.0.0.1]:PORT",
    "[64:ff9b:1::127.0.0.1]:PORT",
    "[2002:7f00:1::]:PORT",
    "[2001:0:7f00:1::]:PORT",
    "[::ffff:0:127.0.0.1]:PORT",
    "[2606:4700::5efe:127.0.0.1]:PORT",
    "127.0.0.0x:PORT",
    // Private, link-local, shared, and where clouds tell their secrets.
    "10.0.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "[fe80::a9fe:a9fe]",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[fec0::1]",
    "255.255.255.255",
];

/// Hosts that no URL can have: they do not even become a target.
const NO_HOSTS: [&str; 5] = [
    "[fe80::1%25eth0]",
    "[::1%1]",
    "256.0.0.1",
    "0x100000000",
    "1.2.3.4.5",
];

/// Something on 127.0.0.1 that nobody may connect to.
struct Inside {
    port: u16,
    connects: Arc<AtomicUsize>,
}

impl Inside {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connects = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connects);
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { port, connects }
    }

    fn spelled(&self, host: &str) -> String {
        format!("http://{}/", host.replace("PORT", &self.port.to_string()))
    }

    fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

/// Nothing is fixed: names go to `lookup`, and the guard is as it ships.
fn options(lookup: Lookup) -> fetch::Options {
    let mut options = fetch::Options::default();
    options.proxy = Proxy::None;
    options.lookup = lookup;
    options.connect_timeout = Duration::from_millis(500);
    options.total_timeout = Duration::from_millis(900);
    options
}

fn nobody() -> Lookup {
    Lookup::new(|_| async { Ok(Vec::new()) })
}

#[tokio::test]
async fn no_spelling_of_an_inner_address_is_connected_to() {
    let inside = Inside::open();
    let fetcher = fetcher(options(nobody()));
    for host in LITERALS {
        let url = inside.spelled(host);
        // A list and a page give no address that names a user; the guard does not rely on that.
        let Ok(address) = url::Url::parse(&url) else {
            panic!("{url} is no URL, so it proves nothing");
        };
        let error = fetcher.get(&address).await.unwrap_err();
        assert_eq!(
            error.outcome,
            Outcome::AddressRefused,
            "{url}: {}",
            error.told()
        );
    }
    for host in NO_HOSTS {
        assert!(Target::parse(&inside.spelled(host)).is_err(), "{host}");
    }
    assert_eq!(inside.connects(), 0);
}

#[tokio::test]
async fn no_name_that_leads_inside_is_connected_to() {
    let inside = Inside::open();
    let inner: [&[&str]; 8] = [
        &["127.0.0.1"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["10.0.0.1", "192.168.0.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["fd00::1", "0.0.0.0"],
    ];
    for addresses in inner {
        let found: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
        let lookup = Lookup::new(move |_| {
            let found = found.clone();
            async move { Ok(found) }
        });
        let url = Url::parse(&inside.spelled("inner.example:PORT")).unwrap();
        let error = fetcher(options(lookup)).get(&url).await.unwrap_err();
        assert_eq!(error.outcome, Outcome::AddressRefused, "{addresses:?}");
    }
    let url = Url::parse(&inside.spelled("localhost:PORT")).unwrap();
    let error = fetcher(options(Lookup::default()))
        .get(&url)
        .await
        .unwrap_err();
    assert_eq!(
        error.outcome,
        Outcome::AddressRefused,
        "by the system's own resolver"
    );
    assert_eq!(inside.connects(), 0);
}

fn moved(to: &str) -> Script {
    says(format!(
        "HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ))
}

#[tokio::test]
async fn no_redirect_leads_inside_neither_of_a_page_nor_of_robots_txt() {
    let inside = Inside::open();
    let refused = [
        "127.0.0.1:PORT",
        "2130706433:PORT",
        "[::ffff:7f00:1]:PORT",
        "0x7f.1:PORT",
        "169.254.169.254",
        "inner.example:PORT",
    ];
    for host in refused {
        let to = inside.spelled(host);
        // The page itself, a sitemap (which is asked for like a page), then robots.txt.
        for path in ["/page", "/sitemap.xml", "/robots.txt"] {
            let server = Server::start([(path.to_owned(), moved(&to))].into());
            let mut options = options(Lookup::new(|_| async {
                Ok(vec![IpAddr::from(Ipv4Addr::LOCALHOST)])
            }));
            options.resolve = vec![Fixed::new("news.example", server.address)];
            let url = Url::parse("http://news.example")
                .unwrap()
                .join(path)
                .unwrap();
            let error = fetcher(options).get(&url).await.unwrap_err();
            assert_eq!(
                error.outcome,
                Outcome::AddressRefused,
                "{path} to {to}: {}",
                error.told()
            );
            assert!(server.connections() > 0);
        }
    }
    assert_eq!(inside.connects(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    // Here 127.0.0.2 plays the public address and 127.0.0.1 the inner one.
    let inside = Inside::open();
    let outer = SocketAddr::from(([127, 0, 0, 2], inside.port));
    let Ok(listener) = TcpListener::bind(outer) else {
        // Not every system has more than one loopback address.
        return;
    };
    let answers = answer(&[], story_page().as_bytes());
    thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 2048]);
            let _ = stream.write_all(&answers);
        }
    });
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup = Lookup::new(move |_| {
        // Once the open address, from then on the inner one.
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        async move { Ok(vec![IpAddr::from([127, 0, 0, if first { 2 } else { 1 }])]) }
    });
    let mut options = options(lookup);
    options.allow_private = vec!["127.0.0.2/32".parse().unwrap()];
    options.robots = fetch::RobotsPolicy::Ignore;
    let fetcher = fetcher(options);
    let url = Url::parse(&inside.spelled("rebinding.example:PORT")).unwrap();
    let first = fetcher.get(&url).await;
    assert!(
        first.is_ok(),
        "what was checked is what is connected to: {first:?}"
    );
    for _ in 0..3 {
        let error = fetcher.get(&url).await.unwrap_err();
        assert_eq!(error.outcome, Outcome::AddressRefused);
    }
    assert!(asked.load(Ordering::SeqCst) >= 4);
    assert_eq!(inside.connects(), 0);
}

#[tokio::test]
async fn of_several_addresses_only_the_open_ones_are_tried() {
    let inside = Inside::open();
    let server = Server::start([("/".to_owned(), says(answer(&[], b"<p>x")))].into());
    let port = server.address.port();
    // The inner address comes first, and is allowed on no port at all.
    let lookup = Lookup::new(|_| async {
        Ok(vec![
            IpAddr::from([10, 0, 0, 1]),
            IpAddr::from([127, 0, 0, 1]),
        ])
    });
    let mut options = options(lookup);
    options.allow_private = vec!["127.0.0.1/32".parse().unwrap()];
    let url = Url::parse(&format!("http://two.example:{port}/")).unwrap();
    assert!(fetcher(options).get(&url).await.is_ok());
    assert_eq!(inside.connects(), 0);
}
