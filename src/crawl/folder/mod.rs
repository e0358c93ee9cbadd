//! A crawl in a folder: everything that is needed to go on after any end, also `kill -9`.
//!
//! | file | what it is |
//! | --- | --- |
//! | `frontier.sqlite` (with `-wal`, `-shm`) | the addresses and what is known of them and of their hosts |
//! | `records.jsonl` | one record an address; from a second visit on `records-2.jsonl` … |
//! | `manifest.json` | what the folder holds, in numbers that add up |
//! | `articles/` | each article as a file of its own, where that is wanted |
//! | `lock` | held by the process that writes here |
//!
//! A record is written and synced before the frontier forgets its address. So the records may be
//! ahead of the frontier by what was under way when a process died, and never behind it:
//!
//! 1. A last line that was not finished is cut off; its address is still pending.
//! 2. Each address that has a record and is still pending ends as its record says, with the version
//!    of the page that it names.
//! 3. The leases of the dead process are taken over, each host left alone for its pause first.
//!
//! The frontier remembers how far records have been settled, so only what lies behind is read.

mod articles;
mod foreign;
mod manifest;
mod records;

#[cfg(feature = "postgres")]
pub(super) use foreign::check_published;
pub use manifest::{Manifest, TakenList};
pub use records::Records;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::frontier::{self, Finding, Frontier as _, Sqlite, Validators};
use crate::page::Target;
use crate::sink::{Brief, ResumeError, resume_from};

pub(super) const FRONTIER: &str = "frontier.sqlite";
const LOCK: &str = "lock";
/// The folder of [`Segment`](crate::crawl)s, where a crawl has its frontier on a server.
pub(super) const SEGMENTS: &str = "segments";
pub(super) const MANIFEST: &str = "manifest.json";
const ARTICLES: &str = "articles";

/// So many times a lock is tried for.
const PATIENCE: u32 = 10;

/// So many records are settled at a time.
const BATCH: usize = 1_000;

/// A folder of a crawl cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// Another process writes there.
    #[error("another run is writing to {}", .0.display())]
    InUse(PathBuf),
    /// The crawl in this folder has a frontier of its own.
    #[error(
        "{} has a crawl with a frontier of its own: name another folder, or go on without --frontier",
        .0.display()
    )]
    OwnCrawl(PathBuf),
    /// The crawl in this folder has its frontier on a server.
    #[error(
        "{} has a crawl with its frontier on a server: name it with --frontier, or another folder",
        .0.display()
    )]
    SharedCrawl(PathBuf),
    /// There is no crawl in this folder.
    #[error("{} holds no crawl: there is no {FRONTIER} in it", .0.display())]
    NoCrawl(PathBuf),
    /// A file could not be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// What is there instead of records was written by somebody else.
    #[error(
        "cannot go on with {}: take it away, or crawl into another folder",
        path.display()
    )]
    NotRecords {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ResumeError,
    },
    /// The records cannot be gone on with.
    #[error(
        "cannot go on with {}: put it right, crawl into another folder, or start anew (--fresh)",
        path.display()
    )]
    Records {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ResumeError,
    },
    /// What is there instead of a file of a crawl was written by somebody else.
    #[error(
        "{} was written by no crawl: take it away, or crawl into another folder",
        .0.display()
    )]
    Foreign(PathBuf),
    /// The records are shorter than they were.
    #[error(
        "{} has {length} bytes, and {settled} of it were settled: records were taken away; put \
         the file back, or crawl into another folder",
        path.display()
    )]
    Shortened {
        /// The file.
        path: PathBuf,
        /// Its length.
        length: u64,
        /// What the frontier remembers.
        settled: u64,
    },
    /// The frontier failed.
    #[error("the frontier failed")]
    Frontier(#[from] frontier::Error),
}

impl FolderError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }
}

/// What opening a folder found and put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Recovered {
    /// Bytes of an unfinished record that were cut off.
    pub torn: u64,
    /// Addresses that had a record and were still pending.
    pub settled: usize,
    /// Leases of a run that ended without settling them.
    pub leases: usize,
}

/// A crawl in a folder, open for writing by this process alone.
///
/// # Examples
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use std::time::Duration;
/// use cleancopy::crawl::Folder;
/// use cleancopy::frontier::Frontier;
/// use cleancopy::outcome::Outcome;
/// use cleancopy::page::Target;
/// use cleancopy::{Record, Sink};
///
/// # let scratch = tempfile::tempdir().unwrap();
/// # let path = scratch.path().join("out");
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let mut folder = Folder::open(&path, now, Duration::from_secs(1))?;
/// folder.frontier.add(now, vec![Target::parse("https://a.example/1").unwrap()]).await?;
/// let record = Record::of_failure("https://a.example/1", Outcome::Timeout, "after 60 s");
/// folder.records.put(&record).unwrap();
/// drop(folder); // killed before the frontier knew
///
/// let folder = Folder::open(&path, now, Duration::from_secs(1))?;
/// assert_eq!(folder.recovered.settled, 1);
/// assert_eq!(folder.frontier.pending().await?, 0);
/// # Ok::<(), cleancopy::crawl::FolderError>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct Folder {
    /// The addresses.
    pub frontier: Arc<Sqlite>,
    /// Where the records go.
    pub records: Records,
    /// What opening it found.
    pub recovered: Recovered,
    path: PathBuf,
    /// Held until the folder is closed, and let go by the system if the process dies.
    _lock: File,
}

impl Folder {
    /// Opens a folder for writing and puts right what an earlier end left; makes it where there is
    /// none. A host that was being asked then is left alone for at least `pause`.
    ///
    /// # Errors
    /// [`FolderError`] when another process has it, or it holds something else; then nothing that
    /// was there is changed.
    pub fn open(path: &Path, now: Timestamp, pause: Duration) -> Result<Self, FolderError> {
        let lock = begin(path)?;
        Self::open_locked(path, lock, now, pause)
    }

    /// As [`open`](Self::open), for a crawl that starts anew: what an earlier one wrote is deleted,
    /// the files of its articles with it, and nothing else.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn create(path: &Path, now: Timestamp, pause: Duration) -> Result<Self, FolderError> {
        let lock = begin(path)?;
        let file = path.join(FRONTIER);
        let frontier = if file.exists() {
            Some(Sqlite::open_existing(&file)?)
        } else {
            None
        };
        // Whose they are shows before anything is deleted.
        let visit = frontier.as_ref().map_or(Ok(1), visit_of)?;
        let mut old: Vec<PathBuf> = (1..=visit).map(|n| records_file(path, n)).collect();
        for file in &old {
            foreign::check_records(file)?;
        }
        articles::remove(path, frontier, &old)?;
        // The frontier goes last: without the records it would miss them.
        old.push(path.join(MANIFEST));
        old.extend(["", "-wal", "-shm"].map(|end| path.join(format!("{FRONTIER}{end}"))));
        for file in old {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FolderError::io(&file)(error));
                }
                _ => {}
            }
        }
        Self::open_locked(path, lock, now, pause)
    }

    fn open_locked(
        path: &Path,
        lock: File,
        now: Timestamp,
        pause: Duration,
    ) -> Result<Self, FolderError> {
        let frontier = Arc::new(Sqlite::open(&path.join(FRONTIER))?);
        let visit = visit_of(&frontier)?;
        let file = records_file(path, visit);
        let (records, mut recovered) = recover(&file, &frontier, visit, now)?;
        recovered.leases = frontier.take_over(now, pause)?;
        sync_names(path);
        Ok(Self {
            frontier,
            records,
            recovered,
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Opens the frontier of a folder to look at it, also while another process writes there, and
    /// where this one may not write.
    ///
    /// # Errors
    /// [`FolderError::NoCrawl`] where there is none, and errors of the file.
    pub fn look(path: &Path) -> Result<Sqlite, FolderError> {
        let file = path.join(FRONTIER);
        if !file.is_file() {
            return Err(FolderError::NoCrawl(path.to_owned()));
        }
        Ok(Sqlite::look(&file)?)
    }

    /// Whether a process writes to this folder now.
    pub fn is_in_use(path: &Path) -> bool {
        let file = File::open(path.join(LOCK));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The file with the records of this visit.
    ///
    /// # Errors
    /// [`FolderError`] when the frontier cannot say which visit it is.
    pub fn records_path(&self) -> Result<PathBuf, FolderError> {
        Ok(records_file(&self.path, visit_of(&self.frontier)?))
    }

    /// The files with the records of all visits, the first first.
    ///
    /// # Errors
    /// [`FolderError`] when the frontier cannot say which visit it is.
    pub fn all_records(&self) -> Result<Vec<PathBuf>, FolderError> {
        let visits = 1..=visit_of(&self.frontier)?;
        Ok(visits
            .map(|visit| records_file(&self.path, visit))
            .collect())
    }

    /// Where the articles lie as files, if they are wanted.
    pub fn articles_path(&self) -> PathBuf {
        self.path.join(ARTICLES)
    }

    /// Starts another visit of all addresses that ended, with records in a file of its own;
    /// returns how many they are.
    ///
    /// # Errors
    /// [`FolderError`] when a file fails.
    pub async fn revisit(&mut self, now: Timestamp) -> Result<usize, FolderError> {
        let count = self.frontier.revisit(now).await?;
        let visit = visit_of(&self.frontier)?;
        let file = records_file(&self.path, visit);
        self.records = recover(&file, &self.frontier, visit, now)?.0;
        sync_names(&self.path);
        Ok(count)
    }

    /// Writes the manifest: what the folder holds now.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be written.
    pub async fn write_manifest(
        &self,
        now: Timestamp,
        user_agent: &str,
    ) -> Result<Manifest, FolderError> {
        let lists = self.frontier.notes(Manifest::LISTS)?;
        let manifest = Manifest::new(now, user_agent, self.frontier.counts().await?, &lists);
        let file = self.path.join(MANIFEST);
        manifest.write(&file).map_err(FolderError::io(&file))?;
        Ok(manifest)
    }
}

/// Makes the folder, and keeps other processes off it.
fn begin(path: &Path) -> Result<File, FolderError> {
    // What is refused gets no lock of ours beside it.
    foreign::check(path)?;
    fs::create_dir_all(path).map_err(FolderError::io(path))?;
    let lock = lock(path)?;
    foreign::check(path)?;
    Ok(lock)
}

fn lock(path: &Path) -> Result<File, FolderError> {
    if path.join(SEGMENTS).is_dir() {
        return Err(FolderError::SharedCrawl(path.to_owned()));
    }
    let file = path.join(LOCK);
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&file)
        .map_err(FolderError::io(&file))?;
    for _ in 0..PATIENCE {
        match lock.try_lock() {
            // It may be one who only looks whether it is taken, and lets go at once.
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
            // Where the system knows no locks, there is none to break.
            _ => return Ok(lock),
        }
    }
    Err(FolderError::InUse(path.to_owned()))
}

/// Makes sure that new files of a folder are still there after a power cut, where folders can be
/// synced.
pub(super) fn sync_names(path: &Path) {
    if let Ok(folder) = File::open(path) {
        // A system that cannot do it does not need it.
        drop(folder.sync_all());
    }
}

pub(super) fn records_name(visit: u32) -> String {
    match visit {
        1 => "records.jsonl".to_owned(),
        visit => format!("records-{visit}.jsonl"),
    }
}

fn records_file(folder: &Path, visit: u32) -> PathBuf {
    folder.join(records_name(visit))
}

/// Which visit a frontier is at.
fn visit_of(frontier: &Sqlite) -> Result<u32, FolderError> {
    let note = frontier.note("visit")?;
    Ok(note.and_then(|text| text.parse().ok()).unwrap_or(1))
}

/// Opens the records of a visit; what they say goes into the frontier where it does not know yet.
fn recover(
    path: &Path,
    frontier: &Arc<Sqlite>,
    visit: u32,
    now: Timestamp,
) -> Result<(Records, Recovered), FolderError> {
    let io = |error| FolderError::io(path)(error);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let settled = records::settled(frontier, visit)?;
    if settled > length {
        return Err(FolderError::Shortened {
            path: path.to_owned(),
            length,
            settled,
        });
    }
    let mut recovered = Recovered::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut close = |batch: &mut Vec<(Target, Finding)>| {
        let closed = frontier.close_now(now, batch).map_err(io::Error::other)?;
        recovered.settled += closed;
        batch.clear();
        Ok::<(), io::Error>(())
    };
    let torn = resume_from(&mut file, settled, |brief| {
        batch.extend(ended(brief));
        if batch.len() < BATCH {
            return Ok(());
        }
        close(&mut batch)
    });
    let torn = torn.map_err(|source| FolderError::Records {
        path: path.to_owned(),
        source,
    })?;
    close(&mut batch).map_err(io)?;
    recovered.torn = torn;
    let records = Records::new(file, Arc::clone(frontier), visit).map_err(io)?;
    Ok((records, recovered))
}

/// What a record says of its address.
fn ended(brief: Brief) -> Option<(Target, Finding)> {
    let target = Target::parse(&brief.url).ok()?;
    let mut finding = Finding::from(brief.outcome);
    finding.status = brief.status;
    finding.reason = brief.reason;
    let last = brief.final_url.and_then(|url| Url::parse(&url).ok());
    let last = last.as_ref().unwrap_or(&target.url);
    finding.validators = Validators::new(&target.url, last, brief.etag, brief.last_modified);
    Some((target, finding))
}
