//! HTTPS with a certificate that holds, HTTP/2 over it, and certificates that do not hold.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use cleancopy::Record;
use cleancopy::outcome::Outcome;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

use crate::site::story_page;

/// An authority whose word counts for nobody but the program under test.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    dir: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("roots.pem"), issuer.pem()).unwrap();
        Self { issuer, dir }
    }

    fn roots(&self) -> std::path::PathBuf {
        self.dir.path().join("roots.pem")
    }

    /// A server's side of TLS for a host, offering these protocols.
    fn server(&self, host: &str, protocols: &[&str]) -> rustls::ServerConfig {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let named = protocols.iter().map(|name| name.as_bytes().to_vec());
        config.alpn_protocols = named.collect();
        config
    }
}

/// Serves a story to whoever comes; the versions and paths of the requests are kept.
async fn serve(config: rustls::ServerConfig) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&log);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            let asked = Arc::clone(&asked);
            let service = service_fn(move |request: Request<Incoming>| {
                let line = format!("{:?} {}", request.version(), request.uri().path());
                asked.lock().unwrap().push(line);
                let missing = request.uri().path() == "/robots.txt";
                let answer = Response::builder()
                    .status(if missing { 404 } else { 200 })
                    .header("content-type", "text/html")
                    .body(story_page())
                    .unwrap();
                async move { Ok::<_, Infallible>(answer) }
            });
            let second = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let stream = TokioIo::new(stream);
            tokio::spawn(async move {
                if second {
                    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(stream, service).await;
                } else {
                    let server = hyper::server::conn::http1::Builder::new();
                    let _ = server.serve_connection(stream, service).await;
                }
            });
        }
    });
    (address, log)
}

/// Crawls one address, with these roots for all the program knows.
fn crawl(to: SocketAddr, roots: &Path) -> Record {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("urls.txt"), "https://news.example/1").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cleancopy"))
        .args([
            "crawl",
            "urls.txt",
            "--no-proxy",
            "--delay=0",
            "--retries=0",
        ])
        .arg(format!("--resolve=*={to}"))
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR")
        .current_dir(dir.path())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(target_os = "linux")]
async fn a_certificate_that_holds_is_talked_to_over_http_2_where_it_is_offered() {
    let authority = Authority::new();
    for (protocols, version) in [
        (&["h2", "http/1.1"][..], "HTTP/2.0"),
        (&["http/1.1"], "HTTP/1.1"),
    ] {
        let (address, asked) = serve(authority.server("news.example", protocols)).await;
        let roots = authority.roots();
        let record = tokio::task::spawn_blocking(move || crawl(address, &roots))
            .await
            .unwrap();
        assert_eq!(record.outcome, Outcome::Article, "{:?}", record.reason);
        let asked = asked.lock().unwrap();
        assert_eq!(
            *asked,
            [format!("{version} /robots.txt"), format!("{version} /1")]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(target_os = "linux")]
async fn a_certificate_for_another_host_or_of_another_authority_does_not_hold() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (authority, host) in [(&ours, "other.example"), (&theirs, "news.example")] {
        let (address, asked) = serve(authority.server(host, &["http/1.1"])).await;
        let roots = ours.roots();
        let record = tokio::task::spawn_blocking(move || crawl(address, &roots))
            .await
            .unwrap();
        assert_eq!(record.outcome, Outcome::TlsFailed, "{:?}", record.reason);
        assert!(asked.lock().unwrap().is_empty());
    }
}
