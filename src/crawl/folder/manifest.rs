//! The manifest of a crawl in a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::frontier::{self, Frontier as _, Sqlite};
use crate::outcome::Outcome;

/// Under this prefix the frontier notes the lists that were taken.
const LIST: &str = "list:";

/// A list that was taken into a crawl.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TakenList {
    /// Its name.
    pub name: String,
    /// Lines that were meant to be addresses: `new`, `known` and `not_urls` together.
    pub lines: usize,
    /// Addresses that were new.
    pub new: usize,
    /// Lines whose address was there already, from this list or another.
    pub known: usize,
    /// Lines that are no http(s) URL.
    pub not_urls: usize,
}

impl TakenList {
    /// The list with this digest, if it was taken whole before.
    ///
    /// # Errors
    /// As the frontier's.
    pub fn find(frontier: &Sqlite, digest: &str) -> Result<Option<Self>, frontier::Error> {
        let note = frontier.note(&format!("{LIST}{digest}"))?;
        Ok(note.and_then(|note| serde_json::from_str(&note).ok()))
    }

    /// Notes that the list with this digest was taken whole.
    ///
    /// # Errors
    /// As the frontier's.
    pub fn note(&self, frontier: &Sqlite, digest: &str) -> Result<(), frontier::Error> {
        let note = serde_json::json!(self).to_string();
        frontier.set_note(&format!("{LIST}{digest}"), &note)
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
    /// What the frontier of a folder says now.
    pub(super) async fn of(
        frontier: &Sqlite,
        now: Timestamp,
        user_agent: &str,
    ) -> Result<Self, frontier::Error> {
        let counts = frontier.counts().await?;
        let lists = frontier.notes(LIST)?.into_iter();
        Ok(Self {
            program: concat!("cleancopy ", env!("CARGO_PKG_VERSION")).to_owned(),
            user_agent: user_agent.to_owned(),
            written_at: now,
            visit: counts.visit,
            records: super::records_name(counts.visit),
            lists: lists
                .filter_map(|(_, note)| serde_json::from_str(&note).ok())
                .collect(),
            addresses: counts.total(),
            pending: counts.pending,
            complete: counts.pending == 0,
            outcomes: counts.outcomes,
        })
    }

    /// Writes it whole or not at all.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("json.new");
        let mut file = File::create(&new)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_data()?;
        fs::rename(new, path)
    }
}
