//! Publishing: one record an address, of all that workers wrote.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use url::Url;

use super::segment::{Line, segments};
use crate::crawl::folder::{MANIFEST, check_published, records_name, sync_names};
use crate::crawl::{FolderError, Manifest};
use crate::frontier::{self, Frontier as _, Postgres, Publishing};
use crate::page::Target;
use crate::sink::{Jsonl, Record, Sink as _, Twins};

/// So many records are asked about at a time.
const BATCH: usize = 1_000;
/// Under this name the frontier notes the last visit whose records were published whole.
const SEALED: &str = "sealed";
/// Under this name the frontier notes how its workers introduce themselves.
const AGENT: &str = "user-agent";

/// Records could not be published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A file or folder could not be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A whole line of a segment is no record of a worker.
    #[error("{}, line {line}: not a record of a worker; take the file away if it is none of its", path.display())]
    NotARecord {
        /// The segment.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The frontier failed.
    #[error("the frontier failed")]
    Frontier(#[from] frontier::Error),
}

impl From<frontier::PostgresError> for SealError {
    fn from(error: frontier::PostgresError) -> Self {
        Self::Frontier(error.into())
    }
}

/// What sealing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sealed {
    /// Where the records are, or would be.
    pub file: PathBuf,
    /// Which visit they are of, from 1.
    pub visit: u32,
    /// Segments that were read.
    pub segments: usize,
    /// Records that count: one for each address.
    pub published: u64,
    /// Records that do not: of leases that were lost, of an earlier visit, or there twice.
    pub void: u64,
    /// Addresses that ended and whose record is in none of these segments.
    pub missing: u64,
    /// Addresses that have not ended; their records come later.
    pub pending: usize,
}

impl Sealed {
    /// Whether the file holds every record of the visit.
    pub fn is_whole(&self) -> bool {
        self.missing == 0 && self.pending == 0
    }
}

/// Publishes what counts of the segments of some folders, as `records.jsonl` in the first of them,
/// whole or not at all; also while workers write. Returns `None` while somebody else does so.
///
/// Where records are missing, as when another worker's folder was not named, a file that is there
/// stays as it was. Records are marked by [`Twins`] on the way.
///
/// # Errors
/// [`SealError`] when a file or the server fails; a file that is there stays as it was.
pub async fn seal(
    frontier: &Postgres,
    folders: &[PathBuf],
    now: Timestamp,
) -> Result<Option<Sealed>, SealError> {
    let Some(mut publishing) = frontier.publishing().await? else {
        return Ok(None);
    };
    let folder = folders.first().map_or(Path::new("."), PathBuf::as_path);
    check_published(folder, publishing.visit())?;
    let file = folder.join(records_name(publishing.visit()));
    let new = file.with_extension("jsonl.new");
    let segments = segments(folders)?;
    let (published, void) = write(&mut publishing, &segments, &new).await?;
    let visit = publishing.visit();
    let missing = publishing.owed().saturating_sub(published);
    drop(publishing);
    let counts = frontier.counts().await?;
    let sealed = Sealed {
        file,
        visit,
        segments: segments.len(),
        published,
        void,
        missing,
        pending: counts.pending,
    };
    if missing > 0 {
        fs::remove_file(&new).map_err(FolderError::io(&new))?;
        return Ok(Some(sealed));
    }
    fs::rename(&new, &sealed.file).map_err(FolderError::io(&sealed.file))?;
    if counts.visit == visit {
        let agent = frontier.note(AGENT).await?.unwrap_or_default();
        let lists = frontier.notes(Manifest::LISTS).await?;
        let manifest = Manifest::new(now, &agent, counts, &lists);
        let path = folder.join(MANIFEST);
        manifest.write(&path).map_err(FolderError::io(&path))?;
        if sealed.is_whole() {
            frontier.set_note(SEALED, &visit.to_string()).await?;
        }
    }
    sync_names(folder);
    Ok(Some(sealed))
}

impl Postgres {
    /// The last visit whose records were published whole by [`seal`], from 1; 0 for none.
    ///
    /// # Errors
    /// [`frontier::Error::Store`] when the server fails or is away for too long.
    pub async fn sealed_visit(&self) -> Result<u32, frontier::Error> {
        let note = self.note(SEALED).await?;
        Ok(note.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Notes how the workers introduce themselves to servers, for the manifest.
    ///
    /// # Errors
    /// [`frontier::Error::Store`] when the server fails or is away for too long.
    pub async fn note_agent(&self, agent: &str) -> Result<(), frontier::Error> {
        self.set_note(AGENT, agent).await
    }
}

/// Writes what counts of all segments to a file; returns how many records count, and how many do
/// not.
async fn write(
    publishing: &mut Publishing<'_>,
    segments: &[PathBuf],
    to: &Path,
) -> Result<(u64, u64), SealError> {
    let cannot = |error| FolderError::io(to)(error);
    let file = File::create(to).map_err(cannot)?;
    let out = BufWriter::new(file.try_clone().map_err(cannot)?);
    // Twins are told over the records of all workers, which none of them sees.
    let mut records = Twins::new(Jsonl::new(out));
    let (mut published, mut void) = (0, 0);
    for path in segments {
        let mut lines = Lines::open(path)?;
        loop {
            let batch = lines.batch()?;
            if batch.is_empty() {
                break;
            }
            let named = batch.iter().map(|line| {
                let target = Target::parse(&line.record.url).ok();
                (line.fence, target.map(|target| target.url))
            });
            let named: Vec<(u64, Option<Url>)> = named.collect();
            let counts = publishing.count(&named).await?;
            for (line, _) in batch.iter().zip(&counts).filter(|(_, counts)| **counts) {
                records.put(&line.record).map_err(cannot)?;
                published += 1;
            }
            void += counts.iter().filter(|counts| !**counts).count() as u64;
        }
    }
    records.finish().map_err(cannot)?;
    file.sync_all().map_err(cannot)?;
    Ok((published, void))
}

/// The lines of a segment.
struct Lines<'a> {
    path: &'a Path,
    input: BufReader<File>,
    number: usize,
    line: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn open(path: &'a Path) -> Result<Self, FolderError> {
        let file = File::open(path).map_err(FolderError::io(path))?;
        Ok(Self {
            path,
            input: BufReader::new(file),
            number: 0,
            line: Vec::new(),
        })
    }

    /// The next lines; none at the end. A last line that was not finished was never settled.
    fn batch(&mut self) -> Result<Vec<Line<Record>>, SealError> {
        let mut batch = Vec::new();
        while batch.len() < BATCH && self.next().map_err(FolderError::io(self.path))? {
            let line = serde_json::from_slice(&self.line);
            batch.push(line.map_err(|source| SealError::NotARecord {
                path: self.path.to_owned(),
                line: self.number,
                source,
            })?);
        }
        Ok(batch)
    }

    fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.number += 1;
        self.input.read_until(b'\n', &mut self.line)?;
        Ok(self.line.last() == Some(&b'\n'))
    }
}
