//! What a fetcher has sent and taken so far, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a fetcher has sent and taken since it was built, clones counted together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Requests sent, those for robots.txt and after redirects among them.
    pub requests: u64,
    /// Answers whose head came.
    pub answers: u64,
    /// Bytes of bodies as they came over the wire.
    pub wire_bytes: u64,
    /// Bytes of pages after their content encoding was taken off.
    pub page_bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    answers: AtomicU64,
    wire_bytes: AtomicU64,
    page_bytes: AtomicU64,
}

impl Counters {
    pub(super) fn requested(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn came(&self, bytes: usize) {
        self.wire_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn had(&self, bytes: usize) {
        self.page_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            answers: self.answers.load(Ordering::Relaxed),
            wire_bytes: self.wire_bytes.load(Ordering::Relaxed),
            page_bytes: self.page_bytes.load(Ordering::Relaxed),
        }
    }
}
