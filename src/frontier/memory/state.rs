//! All that a frontier in memory holds, and the steps of its calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use url::Url;

use super::host::Host;
use crate::frontier::{Counts, End, Entry, Failing, Finding, Job, Lease, RobotsFile, Settlement};
use crate::page::{Target, canonical};

#[derive(Debug, Default)]
pub(super) struct State {
    /// Every address ever added, by its identity.
    pub(super) known: HashMap<String, Known>,
    pub(super) hosts: HashMap<String, Host>,
    /// Hosts with jobs, by the time at which they may next be leased.
    pub(super) due: BTreeSet<(Timestamp, String)>,
    pub(super) robots: HashMap<String, RobotsFile>,
    pub(super) pending: usize,
    pub(super) revisits: u32,
}

/// What is known of an address besides its job, which stands in its host's line.
#[derive(Debug)]
pub(super) struct Known {
    /// The address as it is asked for, which names its job.
    url: Url,
    /// The host in whose line the job stands.
    host: String,
    /// The job, once it ended.
    ended: Option<Job>,
    found: Option<(Timestamp, Finding)>,
}

fn host_of(job: &Job) -> String {
    job.at().host_str().unwrap_or_default().to_owned()
}

impl State {
    pub(super) fn relist(&mut self, name: &str) {
        let Some(host) = self.hosts.get_mut(name) else {
            return;
        };
        if let Some(at) = host.listed.take() {
            self.due.remove(&(at, name.to_owned()));
        }
        host.listed = host.due_at();
        if let Some(at) = host.listed {
            self.due.insert((at, name.to_owned()));
        }
    }

    /// The host that holds this lease, if nobody took it since.
    pub(super) fn holder(&mut self, lease: &Lease) -> Option<&mut Host> {
        self.hosts
            .get_mut(&lease.host)
            .filter(|host| host.held && host.fence == lease.fence)
    }

    /// Puts a job into the line of the host to ask for it.
    fn enqueue(&mut self, now: Timestamp, job: Job, first: bool) {
        let name = host_of(&job);
        if let Some(known) = self.known.get_mut(&job.target.identity()) {
            known.host.clone_from(&name);
        }
        let host = self.hosts.entry(name.clone()).or_insert_with(|| Host {
            next_at: now,
            ..Host::default()
        });
        if first {
            host.ready.push_front(job);
        } else {
            host.ready.push_back(job);
        }
        self.relist(&name);
    }

    /// Takes an address; `false` if it was known.
    pub(super) fn add(&mut self, now: Timestamp, target: Target) -> bool {
        let identity = target.identity();
        if self.known.contains_key(&identity) {
            return false;
        }
        let known = Known {
            url: target.url.clone(),
            host: String::new(),
            ended: None,
            found: None,
        };
        self.known.insert(identity, known);
        let host = self
            .hosts
            .get_mut(target.url.host_str().unwrap_or_default());
        if let Some(host) = host.filter(|host| host.pending() == 0) {
            host.failing = None;
        }
        self.enqueue(now, Job::new(target), false);
        self.pending += 1;
        true
    }

    pub(super) fn settle(&mut self, now: Timestamp, lease: &Lease, settlement: Settlement) -> bool {
        let Some(host) = self.holder(lease) else {
            return false;
        };
        let asked = settlement.ends.iter().any(|(_, end)| *end != End::Again);
        host.failing = match (settlement.failed, host.failing) {
            (Some(outcome), before) => Some(Failing {
                times: before.map_or(0, |f| f.times) + 1,
                outcome,
            }),
            (None, _) if asked => None,
            (None, before) => before,
        };
        let mut jobs = std::mem::take(&mut host.leased);
        host.held = false;
        host.next_at = settlement.next_at;
        host.wait = settlement.wait;
        host.latency = settlement.latency.or(host.latency);
        for (url, end) in settlement.ends {
            let Some(place) = jobs.iter().position(|job| job.target.url == url) else {
                let closed = lease.jobs.iter().any(|job| job.target.url == url);
                debug_assert!(closed, "{url} is not in this lease");
                continue;
            };
            self.end(now, &lease.host, jobs.remove(place), end);
        }
        for job in jobs.into_iter().rev() {
            self.enqueue(now, job, true);
        }
        self.robots.extend(settlement.robots);
        self.relist(&lease.host);
        true
    }

    fn end(&mut self, now: Timestamp, host: &str, mut job: Job, end: End) {
        match end {
            End::Done(finding) => self.ended(now, job, finding),
            End::Again => self.enqueue(now, job, true),
            End::Moved(to) => {
                job.trail.push(to);
                self.enqueue(now, job, true);
            }
            End::Retry { at, why } => {
                job.attempts += 1;
                if let Some(known) = self.known.get_mut(&job.target.identity()) {
                    known.found = Some((now, why));
                }
                if let Some(host) = self.hosts.get_mut(host) {
                    host.later.push((at, job));
                }
            }
        }
    }

    fn ended(&mut self, now: Timestamp, mut job: Job, finding: Finding) {
        let Some(known) = self.known.get_mut(&job.target.identity()) else {
            return;
        };
        job.validators = finding.validators.clone();
        known.found = Some((now, finding));
        known.ended = Some(job);
        self.pending -= 1;
    }

    /// Ends an address whatever its host is doing; `false` if it had ended before.
    pub(super) fn close(&mut self, now: Timestamp, target: &Target, mut finding: Finding) -> bool {
        self.add(now, target.clone());
        let Some(known) = self.known.get(&target.identity()) else {
            return false;
        };
        let (name, url) = (known.host.clone(), known.url.clone());
        let host = self.hosts.get_mut(&name);
        let Some(job) = host.and_then(|host| host.take(&url)) else {
            return false;
        };
        if finding.validators.is_empty() {
            finding.validators = job.validators.clone();
        }
        self.ended(now, job, finding);
        self.relist(&name);
        true
    }

    pub(super) fn revisit(&mut self, now: Timestamp) -> usize {
        let mut again: Vec<Job> = Vec::new();
        for known in self.known.values_mut() {
            again.extend(known.ended.take());
        }
        let count = again.len();
        for host in self.hosts.values_mut() {
            host.failing = None;
        }
        // In the order in which they stand in no list any more: by address.
        again.sort_by(|a, b| a.target.url.cmp(&b.target.url));
        for mut job in again {
            job.attempts = 0;
            job.trail.clear();
            self.enqueue(now, job, false);
        }
        self.pending += count;
        self.revisits += 1;
        count
    }

    pub(super) fn counts(&self) -> Counts {
        let mut outcomes = BTreeMap::new();
        for known in self.known.values().filter(|known| known.ended.is_some()) {
            if let Some((_, found)) = &known.found {
                *outcomes.entry(found.outcome).or_default() += 1;
            }
        }
        Counts {
            pending: self.pending,
            outcomes,
            visit: self.revisits + 1,
        }
    }

    pub(super) fn find(&self, now: Timestamp, url: &Url) -> Option<Entry> {
        let known = self.known.get(canonical(url).as_str())?;
        let (job, pending, put_off) = if let Some(job) = &known.ended {
            (job.clone(), None, None)
        } else {
            let host = self.hosts.get(&known.host)?;
            let (job, put_off) = host.find(&known.url)?;
            (job.clone(), host.state(&known.host, now), put_off)
        };
        Some(Entry {
            job,
            pending,
            put_off,
            found: known.found.clone(),
        })
    }
}
