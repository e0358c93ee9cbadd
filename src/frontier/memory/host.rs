//! One host in memory: its line of jobs and its gate.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::frontier::host::Times;
use crate::frontier::{Failing, HostState, Job, Wait};

#[derive(Debug, Default)]
pub(super) struct Host {
    /// Jobs that may be asked at once, in order.
    pub(super) ready: VecDeque<Job>,
    /// Jobs put off, with their times.
    pub(super) later: Vec<(Timestamp, Job)>,
    /// Jobs out on a lease; they go back in front if it runs out.
    pub(super) leased: Vec<Job>,
    pub(super) next_at: Timestamp,
    /// The key under which the host stands in the list of hosts that are due.
    pub(super) listed: Option<Timestamp>,
    pub(super) fence: u64,
    pub(super) held: bool,
    /// Why the gate is closed.
    pub(super) wait: Wait,
    pub(super) latency: Option<Duration>,
    pub(super) failing: Option<Failing>,
}

impl Host {
    /// When the host may next be leased.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        if !self.ready.is_empty() || !self.leased.is_empty() {
            return Some(self.next_at);
        }
        let first = self.later.iter().map(|(at, _)| *at).min()?;
        Some(first.max(self.next_at))
    }

    /// Takes back what a lease that ran out still held, and readies what is due.
    pub(super) fn prepare(&mut self, now: Timestamp) {
        for job in self.leased.drain(..).rev() {
            self.ready.push_front(job);
        }
        self.held = false;
        self.later.sort_by_key(|(at, _)| *at);
        let due = self.later.partition_point(|(at, _)| *at <= now);
        // Behind the others: a page that keeps failing does not hold up the rest of its host.
        self.ready
            .extend(self.later.drain(..due).map(|(_, job)| job));
    }

    pub(super) fn pending(&self) -> usize {
        self.ready.len() + self.later.len() + self.leased.len()
    }

    /// What a listing says of the host; `None` when nothing of it is pending.
    pub(super) fn state(&self, name: &str, now: Timestamp) -> Option<HostState> {
        let until = self.due_at()?;
        let times = Times {
            next_at: self.next_at,
            due_at: until,
            held: self.held,
            wait: self.wait,
        };
        Some(HostState {
            host: name.to_owned(),
            wait: times.wait(now),
            until,
            pending: self.pending(),
            failing: self.failing,
        })
    }

    /// The job of this address, and until when it was put off.
    pub(super) fn find(&self, url: &Url) -> Option<(&Job, Option<Timestamp>)> {
        let is = |job: &&Job| job.target.url == *url;
        let at_once = self.leased.iter().chain(&self.ready).find(is);
        let put_off = || self.later.iter().find(|(_, job)| is(&job));
        at_once
            .map(|job| (job, None))
            .or_else(|| put_off().map(|(at, job)| (job, Some(*at))))
    }

    /// Takes the job of this address out, wherever it stands.
    pub(super) fn take(&mut self, url: &Url) -> Option<Job> {
        let is = |job: &Job| job.target.url == *url;
        if let Some(place) = self.leased.iter().position(is) {
            return Some(self.leased.remove(place));
        }
        if let Some(place) = self.ready.iter().position(is) {
            return self.ready.remove(place);
        }
        let place = self.later.iter().position(|(_, job)| is(job))?;
        Some(self.later.remove(place).1)
    }
}
