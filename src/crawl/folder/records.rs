//! The records of a crawl in a folder: JSON lines that are on disk before they are settled.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::frontier::{self, Sqlite};
use crate::sink::{Ahead, Jsonl, Ready, Record, Sink};

/// How far records have been settled is noted whenever this many bytes came on top: more is never
/// read again when the folder is opened.
const NOTED_EVERY: u64 = 1024 * 1024;

fn note(visit: u32) -> String {
    format!("settled:{visit}")
}

/// How many bytes of the records of a visit are known to be settled.
pub(super) fn settled(frontier: &Sqlite, visit: u32) -> Result<u64, frontier::Error> {
    let noted = frontier.note(&note(visit))?;
    Ok(noted.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Writes the records of a crawl in a folder.
#[derive(Debug)]
pub struct Records {
    lines: Jsonl<File>,
    /// The same file, to sync it.
    file: File,
    frontier: Arc<Sqlite>,
    note: String,
    /// The length at the last sync.
    synced: u64,
    noted: u64,
}

impl Records {
    /// Goes on writing at the end of a file of whole records, all of them settled.
    pub(super) fn new(file: File, frontier: Arc<Sqlite>, visit: u32) -> io::Result<Self> {
        let synced = file.metadata()?.len();
        Ok(Self {
            lines: Jsonl::new(file.try_clone()?),
            file,
            frontier,
            note: note(visit),
            synced,
            noted: 0,
        })
    }
}

impl Sink for Records {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.lines.put(record)
    }

    fn ahead(&self) -> Ahead {
        self.lines.ahead()
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        self.lines.put_ready(ready)
    }

    /// Syncs the file. What had been synced before this has been settled, and is noted as such.
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        if self.synced >= self.noted + NOTED_EVERY {
            let noted = self.frontier.set_note(&self.note, &self.synced.to_string());
            noted.map_err(io::Error::other)?;
            self.noted = self.synced;
        }
        self.synced = self.file.metadata()?.len();
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.lines.finish()?;
        self.sync()
    }
}
