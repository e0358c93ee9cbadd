//! A frontier in a file that is opened anew for each call: nothing can hide in the process.

use std::path::PathBuf;
use std::time::Duration;

use cleancopy::frontier::{
    Added, Counts, Entry, Error, Finding, Frontier, HostState, Lease, RobotsFile, Settlement,
    Sqlite, Want,
};
use cleancopy::page::Target;
use jiff::Timestamp;
use url::Url;

pub(super) struct Reopened(pub(super) PathBuf);

impl Reopened {
    fn open(&self) -> Result<Sqlite, Error> {
        Sqlite::open(&self.0)
    }
}

impl Frontier for Reopened {
    async fn add(&self, now: Timestamp, targets: Vec<Target>) -> Result<Added, Error> {
        self.open()?.add(now, targets).await
    }

    async fn lease(&self, now: Timestamp, want: Want) -> Result<Vec<Lease>, Error> {
        self.open()?.lease(now, want).await
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        self.open()?.renew(now, lease, ttl).await
    }

    async fn settle(&self, now: Timestamp, lease: Lease, done: Settlement) -> Result<bool, Error> {
        self.open()?.settle(now, lease, done).await
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        self.open()?.wake(now).await
    }

    async fn pending(&self) -> Result<usize, Error> {
        self.open()?.pending().await
    }

    async fn counts(&self) -> Result<Counts, Error> {
        self.open()?.counts().await
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostState>, Error> {
        self.open()?.hosts(now).await
    }

    async fn find(&self, now: Timestamp, url: &Url) -> Result<Option<Entry>, Error> {
        self.open()?.find(now, url).await
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, Error> {
        self.open()?.robots(origin).await
    }

    async fn close(&self, now: Timestamp, ends: Vec<(Target, Finding)>) -> Result<usize, Error> {
        self.open()?.close(now, ends).await
    }

    async fn revisit(&self, now: Timestamp) -> Result<usize, Error> {
        self.open()?.revisit(now).await
    }
}
