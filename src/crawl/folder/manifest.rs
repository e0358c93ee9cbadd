//! The manifest of a crawl in a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::frontier::Counts;
use crate::outcome::Outcome;

/// Under this prefix the frontier notes the lists that were taken.
const LIST: &str = "list:";

/// A list that was taken into a crawl.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TakenList {
    /// Its name.
    pub name: String,
    /// Lines that were meant to be addresses: `new`, `known`, `duplicates` and `not_urls` together.
    pub lines: usize,
    /// Addresses that were new.
    pub new: usize,
    /// Lines whose address was there already, from another list or an earlier run.
    pub known: usize,
    /// Lines whose address an earlier line of this list names.
    #[serde(default)]
    pub duplicates: usize,
    /// Lines that are no http(s) URL.
    pub not_urls: usize,
}

impl TakenList {
    /// The name of the note that a frontier keeps of the list with this digest.
    pub fn note_name(digest: &str) -> String {
        format!("{LIST}{digest}")
    }

    /// What such a note says.
    pub fn of_note(note: &str) -> Option<Self> {
        serde_json::from_str(note).ok()
    }

    /// The note of a list that was taken whole.
    pub fn to_note(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// What a folder holds, in numbers that add up: `addresses` is `pending` and all `outcomes`
/// together, and each address that ended in this visit has one record in `records`, but for
/// [guesses that missed](Outcome::MissedGuess), which have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The program that wrote it, with its version.
    pub program: String,
    /// How it introduced itself to servers.
    pub user_agent: String,
    /// When this was written; numbers may have grown since, which `cleancopy status` tells.
    pub written_at: Timestamp,
    /// Which visit of the addresses this is, from 1.
    pub visit: u32,
    /// The file with the records of this visit.
    pub records: String,
    /// The lists that were taken.
    pub lists: Vec<TakenList>,
    /// All addresses.
    pub addresses: usize,
    /// Those that have not ended.
    pub pending: usize,
    /// Those that have, by outcome.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Whether nothing is pending.
    pub complete: bool,
}

impl Manifest {
    /// What the names of notes about lists begin with.
    pub(in crate::crawl) const LISTS: &str = LIST;

    /// What a frontier says now: its counts, and its notes about lists.
    pub(in crate::crawl) fn new(
        now: Timestamp,
        user_agent: &str,
        counts: Counts,
        lists: &[(String, String)],
    ) -> Self {
        let lists = lists.iter();
        Self {
            program: concat!("cleancopy ", env!("CARGO_PKG_VERSION")).to_owned(),
            user_agent: user_agent.to_owned(),
            written_at: now,
            visit: counts.visit,
            records: super::records_name(counts.visit),
            lists: lists
                .filter_map(|(_, note)| TakenList::of_note(note))
                .collect(),
            addresses: counts.total(),
            pending: counts.pending,
            complete: counts.pending == 0,
            outcomes: counts.outcomes,
        }
    }

    /// Writes it whole or not at all.
    pub(in crate::crawl) fn write(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("json.new");
        let mut file = File::create(&new)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_data()?;
        fs::rename(new, path)
    }
}
