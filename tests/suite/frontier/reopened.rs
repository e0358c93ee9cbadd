//! A frontier that is opened anew for each call: nothing can hide in the process.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use cleancopy::frontier::{
    Added, Counts, Entry, Error, Finding, Frontier, HostState, Lease, RobotsFile, Settlement,
    Sqlite, Want,
};
use cleancopy::page::Target;
use jiff::Timestamp;
use url::Url;

/// Where a frontier lies that can be opened again and again.
pub(crate) trait Place: Send + Sync {
    type Store: Frontier;

    fn open(&self) -> impl Future<Output = Result<Self::Store, Error>> + Send;
}

impl Place for PathBuf {
    type Store = Sqlite;

    async fn open(&self) -> Result<Sqlite, Error> {
        Sqlite::open(self)
    }
}

pub(super) struct Reopened<P>(pub(super) P);

impl<P: Place> Reopened<P> {
    async fn open(&self) -> Result<P::Store, Error> {
        self.0.open().await
    }
}

impl<P: Place> Frontier for Reopened<P> {
    async fn add(&self, now: Timestamp, targets: Vec<Target>) -> Result<Added, Error> {
        self.open().await?.add(now, targets).await
    }

    async fn lease(&self, now: Timestamp, want: Want) -> Result<Vec<Lease>, Error> {
        self.open().await?.lease(now, want).await
    }

    async fn renew(&self, now: Timestamp, lease: &Lease, ttl: Duration) -> Result<bool, Error> {
        self.open().await?.renew(now, lease, ttl).await
    }

    async fn settle(&self, now: Timestamp, lease: Lease, done: Settlement) -> Result<bool, Error> {
        self.open().await?.settle(now, lease, done).await
    }

    async fn wake(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        self.open().await?.wake(now).await
    }

    async fn pending(&self) -> Result<usize, Error> {
        self.open().await?.pending().await
    }

    async fn counts(&self) -> Result<Counts, Error> {
        self.open().await?.counts().await
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostState>, Error> {
        self.open().await?.hosts(now).await
    }

    async fn find(&self, now: Timestamp, url: &Url) -> Result<Option<Entry>, Error> {
        self.open().await?.find(now, url).await
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, Error> {
        self.open().await?.robots(origin).await
    }

    async fn close(&self, now: Timestamp, ends: Vec<(Target, Finding)>) -> Result<usize, Error> {
        self.open().await?.close(now, ends).await
    }

    async fn revisit(&self, now: Timestamp) -> Result<usize, Error> {
        self.open().await?.revisit(now).await
    }
}
