//! From a home page to its site's articles: what a visit finds besides its record.
//!
//! 1. A root is a page that somebody named as a place to begin. The sitemaps of its robots.txt are
//!    taken, the feeds it names and its links; where it has no sitemaps or no feeds, the usual
//!    places are guessed.
//! 2. Sitemaps and feeds are asked for like pages. What they name is taken if it is in scope and not
//!    too old.
//! 3. The links of a page are followed if it is a root or holds no article: reading decides what is
//!    a section front. They go no deeper than the limit and past no trap.
//! 4. The [`Ledger`] counts what each site gave, and ends it at a limit.
//!
//! Addresses of a list are no roots: nothing is looked for beyond them, and of their pages only the
//! age counts. AMP twins and other
//! languages are not followed for what they are; a link may still lead there.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use jiff::civil::Date;
use url::Url;

use crate::date::Moment;
use crate::discover::{self, Entry, Flaw, Listing, Scope, Trap, Traps};
use crate::outcome::Outcome;
use crate::page::{Found, Kind, RawPage, Target, Via, bare_host};
use crate::sink::Record;

use super::stats::Stats;

/// How deep sitemaps may lie in sitemaps.
const MAX_NESTING: u16 = 3;
/// So many addresses are kept in mind; then the frontier alone knows what is known.
const MAX_SEEN: usize = 4_000_000;
/// Where sitemaps are when nobody says.
const USUAL_SITEMAPS: [&str; 4] = [
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
];
/// Where feeds are when nobody says.
const USUAL_FEEDS: [&str; 5] = ["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml"];

/// How far to look beyond the pages somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Discovery {
    /// What belongs to the site of a root.
    pub scope: Scope,
    /// So many links may lie between a root and a page: with 2, those of the root and of its
    /// section fronts are followed.
    pub depth: u16,
    /// Pages known to be older are left out, by what sitemaps and feeds say of them; the record of
    /// one that turns out to be older, found or listed, says so instead of its article.
    pub since: Option<Date>,
    /// So many pages of a root's site are asked for in one run.
    pub max_pages: usize,
    /// So many sitemaps and feeds of a root's site are asked for in one run.
    pub max_listings: usize,
    /// Whether sitemaps and feeds are looked for in the usual places where a site names none.
    pub guess: bool,
    /// Identities ([`Target::identity`]) that an earlier run had: found again, they are not asked
    /// for.
    pub known: Arc<HashSet<String>>,
}

impl Default for Discovery {
    fn default() -> Self {
        Self {
            scope: Scope::default(),
            depth: 2,
            since: None,
            max_pages: 1_000,
            max_listings: 100,
            guess: true,
            known: Arc::default(),
        }
    }
}

/// Why an address that was found is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LeftOut {
    /// It does not belong to the root's site.
    OutOfScope,
    /// Too many links lie between it and the root.
    TooDeep,
    /// It is older than what is looked for.
    TooOld,
    /// The page asks that it not be followed.
    NoFollow,
    /// It looks like a trap.
    Trap(Trap),
    /// The site gave as many pages as it may.
    PageLimit,
    /// The site gave as many sitemaps and feeds as it may.
    ListingLimit,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfScope => "out of scope",
            Self::TooDeep => "too deep",
            Self::TooOld => "too old",
            Self::NoFollow => "nofollow",
            Self::Trap(trap) => trap.as_str(),
            Self::PageLimit => "over the limit of pages",
            Self::ListingLimit => "over the limit of sitemaps and feeds",
        })
    }
}

/// What a visit found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    targets: Vec<Target>,
    left_out: BTreeMap<LeftOut, usize>,
}

impl Findings {
    pub(super) fn append(&mut self, mut other: Self) {
        self.targets.append(&mut other.targets);
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
    }

    fn leave(&mut self, reason: LeftOut) {
        *self.left_out.entry(reason).or_default() += 1;
    }
}

/// Whether a search begins at this target.
pub(super) fn is_root(target: &Target) -> bool {
    target.found.as_ref().is_some_and(|f| f.via == Via::Root)
}

/// Whether a record is that of a guess that led nowhere: nobody named the address.
pub(super) fn is_missed_guess(record: &Record) -> bool {
    let guessed = record.found.as_ref().is_some_and(|f| f.via == Via::Guess);
    guessed && !record.outcome.was_read()
}

impl Discovery {
    /// What a page leads to; its record is changed where the article is too old.
    pub(super) fn page(
        &self,
        target: &Target,
        page: &RawPage,
        record: &mut Record,
        sitemaps: &[Url],
    ) -> Findings {
        let mut findings = Findings::default();
        self.check_age(record);
        let Some(found) = &target.found else {
            return findings;
        };
        let root = is_root(target);
        let front = root || record.outcome == Outcome::NoArticle;
        let Some(own) = page.url.as_ref().filter(|_| front) else {
            return findings;
        };
        let mut search = Search {
            options: self,
            // A site that moved is searched where it is now.
            root: if root && !self.scope.holds(&found.root, own) {
                own.clone()
            } else {
                found.root.clone()
            },
            own,
            depth: found.depth,
            findings: &mut findings,
        };
        if !self.scope.holds(&search.root, own) {
            findings.leave(LeftOut::OutOfScope);
            return findings;
        }
        if root {
            search.sitemaps(sitemaps);
        }
        search.links(page, root);
        findings
    }

    /// The record of a sitemap or feed, and what it names.
    pub(super) fn listing(&self, target: &Target, page: &RawPage) -> (Record, Findings) {
        let mut findings = Findings::default();
        let own = page.url.as_ref().unwrap_or(&target.url);
        let mut listing = match target.kind {
            Kind::Feed => discover::feed(&page.body, own),
            _ => discover::sitemap(&page.body, own),
        };
        let none = listing.flaws.contains(&Flaw::NotAList);
        let outcome = if none {
            Outcome::NotAListing
        } else {
            Outcome::Listing
        };
        let mut record = Record::of_failure(&target.asked, outcome, &told(&listing));
        record.final_url = Some(own.to_string());
        record.status = Some(page.status);
        record.fetched_at = page.fetched_at;
        if let Some(found) = &target.found {
            let mut search = Search {
                options: self,
                root: found.root.clone(),
                own,
                depth: found.depth,
                findings: &mut findings,
            };
            // What changed last is asked for first, should there be a limit.
            listing
                .sitemaps
                .sort_by_key(|entry| std::cmp::Reverse(entry.modified.map(Moment::day)));
            search.named(&listing, target.kind);
        }
        (record, findings)
    }

    /// Takes the article out of the record if it is older than what is looked for.
    fn check_age(&self, record: &mut Record) {
        let article = record.article.as_ref();
        let Some(published) = article.and_then(|a| a.published) else {
            return;
        };
        if self.is_too_old(Some(published)) {
            record.article = None;
            record.simhash = None;
            record.outcome = Outcome::TooOld;
            record.reason = Some(format!("published {published}"));
        }
    }

    fn is_too_old(&self, at: Option<Moment>) -> bool {
        let day = at.map(Moment::day);
        matches!((self.since, day), (Some(since), Some(day)) if day < since)
    }
}

/// What a listing holds, in words.
fn told(listing: &Listing) -> String {
    let counted = |count: usize, one: &str, many: &str| {
        let what = if count == 1 { one } else { many };
        format!("{count} {what}")
    };
    let mut parts = vec![counted(listing.entries.len(), "address", "addresses")];
    if !listing.sitemaps.is_empty() {
        parts.push(counted(listing.sitemaps.len(), "sitemap", "sitemaps"));
    }
    parts.extend(listing.flaws.iter().map(ToString::to_string));
    parts.join(", ")
}

/// One visit's search.
struct Search<'a> {
    options: &'a Discovery,
    root: Url,
    /// The address that answered.
    own: &'a Url,
    depth: u16,
    findings: &'a mut Findings,
}

impl Search<'_> {
    fn push(&mut self, url: Url, kind: Kind, via: Via, depth: u16) {
        let found = Found::new(self.root.clone(), via, self.own, depth);
        self.findings.targets.push(Target::found(url, kind, found));
    }

    /// The sitemaps of a root, or where they may be.
    fn sitemaps(&mut self, named: &[Url]) {
        for url in named {
            self.push(url.clone(), Kind::Sitemap, Via::Robots, self.depth);
        }
        if named.is_empty() {
            self.guess(&USUAL_SITEMAPS, Kind::Sitemap);
        }
    }

    fn guess(&mut self, paths: &[&str], kind: Kind) {
        if !self.options.guess {
            return;
        }
        for path in paths {
            if let Ok(url) = self.own.join(path) {
                self.push(url, kind, Via::Guess, self.depth);
            }
        }
    }

    /// The feeds and links of a page.
    fn links(&mut self, page: &RawPage, root: bool) {
        let found = discover::links(page);
        for feed in &found.feeds {
            self.push(feed.url.clone(), Kind::Feed, Via::Alternate, self.depth);
        }
        if root && found.feeds.is_empty() {
            self.guess(&USUAL_FEEDS, Kind::Feed);
        }
        let next = self.depth.saturating_add(1);
        for link in found.links {
            if !self.options.scope.holds(&self.root, &link.url) {
                self.findings.leave(LeftOut::OutOfScope);
            } else if found.nofollow || link.nofollow {
                self.findings.leave(LeftOut::NoFollow);
            } else if next > self.options.depth {
                self.findings.leave(LeftOut::TooDeep);
            } else {
                self.push(link.url, Kind::Page, Via::Link, next);
            }
        }
    }

    /// What a sitemap or feed names.
    fn named(&mut self, listing: &Listing, kind: Kind) {
        let via = match kind {
            Kind::Feed => Via::Feed,
            _ => Via::Sitemap,
        };
        let next = self.depth.saturating_add(1);
        for entry in &listing.sitemaps {
            if self.options.is_too_old(entry.modified) {
                self.findings.leave(LeftOut::TooOld);
            } else if next > MAX_NESTING {
                self.findings.leave(LeftOut::TooDeep);
            } else {
                self.push(entry.url.clone(), Kind::Sitemap, via, next);
            }
        }
        for entry in &listing.entries {
            if !self.options.scope.holds(&self.root, &entry.url) {
                self.findings.leave(LeftOut::OutOfScope);
            } else if self.options.is_too_old(Entry::at_latest(entry)) {
                self.findings.leave(LeftOut::TooOld);
            } else {
                self.push(entry.url.clone(), Kind::Page, via, next);
            }
        }
    }
}

/// What each site gave so far. It lives as long as a run: one that goes on has its limits anew.
#[derive(Debug)]
pub(super) struct Ledger {
    max_pages: usize,
    max_listings: usize,
    known: Arc<HashSet<String>>,
    /// Pages and listings of each root's host.
    sites: HashMap<String, (usize, usize)>,
    traps: Traps,
    /// Hashes of the identities seen.
    seen: HashSet<u64>,
}

impl Ledger {
    pub(super) fn new(options: &Discovery) -> Self {
        Self {
            max_pages: options.max_pages,
            max_listings: options.max_listings,
            known: Arc::clone(&options.known),
            sites: HashMap::new(),
            traps: Traps::new(),
            seen: HashSet::new(),
        }
    }

    /// What of the findings is to be asked for; the rest is counted by its reason.
    pub(super) fn admit(&mut self, mut findings: Findings, stats: &mut Stats) -> Vec<Target> {
        let mut admitted = Vec::new();
        for target in std::mem::take(&mut findings.targets) {
            match self.check(&target) {
                Ok(true) => admitted.push(target),
                Ok(false) => {}
                Err(reason) => findings.leave(reason),
            }
        }
        for (reason, count) in findings.left_out {
            *stats.left_out.entry(reason).or_default() += count;
        }
        admitted
    }

    /// Whether a target is new; the reason why it is left out if it is.
    fn check(&mut self, target: &Target) -> Result<bool, LeftOut> {
        let Some(found) = &target.found else {
            return Ok(true);
        };
        if !self.is_new(target) {
            return Ok(false);
        }
        let host = bare_host(&found.root);
        let (pages, listings) = self.sites.get(host).copied().unwrap_or_default();
        if target.kind == Kind::Page && pages >= self.max_pages {
            return Err(LeftOut::PageLimit);
        }
        // When no more pages may come, nobody needs to know where they are.
        if target.kind != Kind::Page && (listings >= self.max_listings || pages >= self.max_pages) {
            return Err(LeftOut::ListingLimit);
        }
        if found.via == Via::Link {
            self.traps.check(&target.url).map_err(LeftOut::Trap)?;
        }
        let site = self.sites.entry(host.to_owned()).or_default();
        match target.kind {
            Kind::Page => site.0 += 1,
            _ => site.1 += 1,
        }
        Ok(true)
    }

    fn is_new(&mut self, target: &Target) -> bool {
        let identity = target.identity();
        if self.known.contains(&identity) {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        identity.hash(&mut hasher);
        if self.seen.len() >= MAX_SEEN {
            self.seen.clear();
        }
        self.seen.insert(hasher.finish())
    }
}
