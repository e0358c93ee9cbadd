//! Any bytes as a server's answer on the wire, to a page, a feed or a robots.txt: no panic, an end
//! in time, and limits kept. So everything that reads heads is met: status, `Location`,
//! `Retry-After`, `Content-Type`, chains of `Content-Encoding`, lengths, chunks, cookies, validators.
//!
//! A first byte below 32 says what is asked for and is no part of the answer.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use cleancopy::fetch::{Fetcher, Fixed, Hop, Options, Proxy, Wanted};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use url::Url;

const MAX_BODY: usize = 64 * 1024;

/// What the server says to whoever comes next.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A server that reads a request, gives the answer, and hangs up.
static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let answer = ANSWER.lock().expect("nobody panics with it").clone();
            let _ = stream.write_all(&answer);
        }
    });
    address
});

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
});

static FETCHER: LazyLock<Fetcher> = LazyLock::new(|| {
    let mut options = Options::default();
    options.resolve = vec![Fixed::new("*", *SERVER)];
    options.proxy = Proxy::None;
    options.cookies = true;
    options.keep_wire = true;
    options.total_timeout = Duration::from_millis(500);
    options.max_body = MAX_BODY;
    options.max_ratio_from = 16 * 1024;
    Fetcher::new(options).expect("sound options")
});

fuzz_target!(|bytes: &[u8]| {
    let (kind, answer) = match bytes {
        [kind @ 0..32, rest @ ..] => (kind % 3, rest),
        _ => (0, bytes),
    };
    answer.clone_into(&mut ANSWER.lock().expect("nobody panics with it"));
    // A host each: what one answer taught the fetcher does not change what the next one means.
    static HOSTS: AtomicU64 = AtomicU64::new(0);
    let host = HOSTS.fetch_add(1, Ordering::Relaxed);
    let url = Url::parse(&format!("http://h{host}.example/2026/ferry")).expect("a URL");
    let fetcher = &*FETCHER;
    RUNTIME.block_on(async {
        let wanted = match kind {
            0 => Wanted::Page,
            1 => Wanted::Feed,
            _ => {
                let _ = fetcher.permission(&url).await;
                return;
            }
        };
        let asked = fetcher.ask(&url, wanted).await;
        match asked.hop {
            Ok(Hop::Page(page)) => {
                assert!((200..300).contains(&page.status) && !page.body.is_empty());
                assert!(wanted == Wanted::Feed || page.body.len() <= MAX_BODY);
            }
            Ok(Hop::Redirect { to }) => {
                assert!(matches!(to.scheme(), "http" | "https") && to.fragment().is_none());
            }
            Ok(other) => panic!("nothing was asked about, and the answer is {other:?}"),
            Err(error) => assert!(!error.told().is_empty()),
        }
    });
});
