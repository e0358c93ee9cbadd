//! `sslmode`: who is trusted, against a server with a certificate of an authority of the test.

use cleancopy::frontier::{Error, Place, Postgres};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::Cluster;
use crate::cli::dir;

/// An authority, and a certificate of it for a name.
fn certificates(name: &str) -> (String, String, String) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, key);
    let server_key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let server = server.signed_by(&server_key, &issuer).unwrap();
    (root, server.pem(), server_key.serialize_pem())
}

/// Has the server write its own key, so that the file is its own, and use it.
async fn switch_on(url: &str, certificate: &str, key: &str) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap();
    tokio::spawn(connection);
    for (name, text) in [("server.crt", certificate), ("server.key", key)] {
        let program = format!("umask 077; cat > {name}");
        let rows = text.trim().lines().map(|line| format!("('{line}')"));
        let rows: Vec<String> = rows.collect();
        let write = format!("COPY (VALUES {}) TO PROGRAM '{program}'", rows.join(", "));
        client.batch_execute(&write).await.unwrap();
    }
    client
        .batch_execute("ALTER SYSTEM SET ssl = on")
        .await
        .unwrap();
    client
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();
    for _ in 0..200 {
        let on = client.query_one("SHOW ssl", &[]).await.unwrap();
        if on.get::<_, &str>(0) == "on" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the server does not switch TLS on");
}

#[tokio::test]
async fn sslmode_says_who_is_trusted() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let dir = dir();
    let (root, certificate, key) = certificates("localhost");
    let (other, _, _) = certificates("localhost");
    let roots = dir.path().join("root.pem");
    let others = dir.path().join("other.pem");
    std::fs::write(&roots, root).unwrap();
    std::fs::write(&others, other).unwrap();
    let open = |host: &str, query: String| {
        let url = cluster.url.replace("127.0.0.1", host);
        Postgres::open(Place::parse(&format!("{url}?{query}")).unwrap())
    };
    let require = || "sslmode=require".to_owned();
    let told = open("127.0.0.1", require()).await.unwrap_err();
    assert!(
        chain(&told).contains("server does not support TLS"),
        "{}",
        chain(&told)
    );
    open("127.0.0.1", "sslmode=prefer".to_owned())
        .await
        .unwrap();

    switch_on(&cluster.url, &certificate, &key).await;
    let (roots, others) = (roots.display(), others.display());
    for (host, query, good) in [
        ("127.0.0.1", "sslmode=disable".to_owned(), true),
        ("127.0.0.1", "sslmode=prefer".to_owned(), true),
        ("127.0.0.1", require(), true),
        (
            "127.0.0.1",
            format!("sslmode=require&sslrootcert={others}"),
            false,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={roots}"),
            true,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={others}"),
            false,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={roots}"),
            false,
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={roots}"),
            true,
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={others}"),
            false,
        ),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/no/such/file".to_owned(),
            false,
        ),
    ] {
        let opened = open(host, query.clone()).await;
        let told = opened.as_ref().err().map(chain);
        assert_eq!(told.is_none(), good, "{host} {query}: {told:?}");
        let names_the_flag =
            |told: &String| told.contains("sslmode") || told.contains("sslrootcert");
        assert!(told.as_ref().is_none_or(names_the_flag), "{told:?}");
    }
}

fn chain(error: &Error) -> String {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
