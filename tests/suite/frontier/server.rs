//! A scratch frontier on the PostgreSQL server that `CLEANCOPY_TEST_POSTGRES` names; without it the
//! tests that need one are passed over, and a line says so.
//!
//! `tools/postgres run cargo test --features postgres --test suite` starts one for the time of the run.

use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use cleancopy::frontier::{Error, Place, Postgres};

use super::reopened;

/// The variable that names the server.
const VARIABLE: &str = "CLEANCOPY_TEST_POSTGRES";

/// The address of the server, if there is one.
pub(crate) fn address() -> Option<String> {
    static TOLD: Once = Once::new();
    let address = std::env::var(VARIABLE).ok();
    if address.is_none() {
        TOLD.call_once(|| {
            // Past what the test runner keeps back of tests that pass.
            let line = format!(
                "SKIPPED: tests of the PostgreSQL frontier, as {VARIABLE} names no server; \
                 `tools/postgres run COMMAND` starts one\n"
            );
            std::io::stderr().write_all(line.as_bytes()).unwrap();
        });
    }
    address
}

/// A schema of its own, for one test.
pub(crate) struct Scratch {
    pub(crate) url: String,
    schema: String,
}

impl Scratch {
    /// `None` where there is no server.
    pub(crate) fn make() -> Option<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let server = address()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("test_{}_{number}", std::process::id());
        let url = format!("{server}?schema={schema}");
        Some(Self { url, schema })
    }

    pub(crate) fn place(&self) -> Place {
        Place::parse(&self.url).unwrap()
    }

    pub(crate) async fn open(&self) -> Postgres {
        Postgres::open(self.place()).await.unwrap()
    }

    /// Does something to the schema as somebody with a prompt would.
    pub(crate) async fn execute(&self, statements: &str) {
        let server = address().unwrap();
        let connected = tokio_postgres::connect(&server, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap();
        let driven = tokio::spawn(connection);
        let statements = format!("SET search_path = {}; {statements}", self.schema);
        client.batch_execute(&statements).await.unwrap();
        drop(client);
        driven.await.unwrap().unwrap();
    }

    pub(crate) async fn delete(&self) {
        let schema = &self.schema;
        self.execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
            .await;
    }
}

impl reopened::Place for Scratch {
    type Store = Postgres;

    async fn open(&self) -> Result<Postgres, Error> {
        Postgres::open(self.place()).await
    }
}
