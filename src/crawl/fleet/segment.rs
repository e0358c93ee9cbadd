//! What one run of one worker writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::crawl::FolderError;
use crate::crawl::folder::{FRONTIER, SEGMENTS, check_published};
use crate::sink::{Ahead, Ready, Record, Sink};

/// A line of a segment.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line<R> {
    /// The fence of the lease under which the record came about.
    pub(super) fence: u64,
    pub(super) record: R,
}

/// The records of one run of one worker.
///
/// # Examples
/// ```
/// use cleancopy::crawl::Segment;
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink};
///
/// # let scratch = tempfile::tempdir().unwrap();
/// # let folder = scratch.path();
/// let mut segment = Segment::create(folder, jiff::Timestamp::UNIX_EPOCH)?;
/// segment.begin(7).unwrap();
/// segment.put(&Record::of_failure("https://a.example/1", Outcome::Timeout, "after 60 s")).unwrap();
/// segment.sync().unwrap();
/// let text = std::fs::read_to_string(segment.path()).unwrap();
/// assert!(text.starts_with(r#"{"fence":7,"record":{"url":"https://a.example/1""#));
/// # Ok::<(), cleancopy::crawl::FolderError>(())
/// ```
#[derive(Debug)]
pub struct Segment {
    path: PathBuf,
    file: File,
    fence: u64,
    line: Vec<u8>,
}

impl Segment {
    /// Begins a segment in a worker's folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`FolderError::OwnCrawl`] where the folder has a crawl with a frontier of its own,
    /// [`FolderError::Foreign`] and [`FolderError::NotRecords`] where somebody else's files are in the
    /// way, and errors of the file.
    pub fn create(folder: &Path, now: Timestamp) -> Result<Self, FolderError> {
        if folder.join(FRONTIER).exists() {
            return Err(FolderError::OwnCrawl(folder.to_owned()));
        }
        // What is somebody else's is seen now and not when there are records to be published.
        check_published(folder, 1)?;
        let all = folder.join(SEGMENTS);
        fs::create_dir_all(&all).map_err(FolderError::io(&all))?;
        let name = format!(
            "{}-{}.jsonl",
            now.strftime("%Y%m%dT%H%M%SZ"),
            Uuid::new_v4().simple()
        );
        let path = all.join(name);
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(FolderError::io(&path))?;
        Ok(Self {
            path,
            file,
            fence: 0,
            line: Vec::new(),
        })
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Sink for Segment {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let fence = self.fence;
        self.line.clear();
        serde_json::to_writer(&mut self.line, &Line { fence, record })?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)
    }

    fn ahead(&self) -> Ahead {
        Ahead::default().with_lines()
    }

    fn put_ready(&mut self, ready: &Ready) -> io::Result<()> {
        let Some(record) = ready.line() else {
            return self.put(ready.record());
        };
        self.line.clear();
        write!(self.line, r#"{{"fence":{},"record":"#, self.fence)?;
        self.line.extend_from_slice(record);
        self.line.extend_from_slice(b"}\n");
        self.file.write_all(&self.line)
    }

    fn begin(&mut self, fence: u64) -> io::Result<()> {
        self.fence = fence;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sync()
    }
}

/// The segments of some folders, in the order of their names; one that lies in several counts once.
pub(super) fn segments(folders: &[PathBuf]) -> Result<Vec<PathBuf>, FolderError> {
    let mut found = Vec::new();
    for folder in folders {
        let all = folder.join(SEGMENTS);
        let entries = match fs::read_dir(&all) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.is_dir() => continue,
            entries => entries.map_err(FolderError::io(&all))?,
        };
        for entry in entries {
            let path = entry.map_err(FolderError::io(&all))?.path();
            if path.extension().is_some_and(|end| end == "jsonl") {
                found.push(path);
            }
        }
    }
    found.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    found.dedup_by(|one, other| one.file_name() == other.file_name());
    Ok(found)
}
