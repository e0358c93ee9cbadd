//! What stands where a crawl in a folder has its files, and is somebody else's: it is refused before
//! anything is written.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::{FRONTIER, FolderError, MANIFEST, records_file};
use crate::frontier::Sqlite;
use crate::sink::{ResumeError, briefs};

/// A manifest of ours is smaller.
const MAX_MANIFEST: u64 = 64 * 1024 * 1024;

/// What every manifest of ours says.
#[derive(Deserialize)]
struct Written {
    program: String,
}

/// Refuses a folder in which somebody else's file would have to make room.
pub(super) fn check(folder: &Path) -> Result<(), FolderError> {
    check_published(folder, 1)?;
    let frontier = folder.join(FRONTIER);
    if frontier.exists() {
        Sqlite::open_existing(&frontier)?;
    }
    Ok(())
}

/// Refuses a folder in which records of this visit or a manifest would take the place of somebody
/// else's.
pub(in crate::crawl) fn check_published(folder: &Path, visit: u32) -> Result<(), FolderError> {
    check_records(&records_file(folder, visit))?;
    check_manifest(&folder.join(MANIFEST))
}

/// Refuses a file that does not begin with a record.
pub(super) fn check_records(path: &Path) -> Result<(), FolderError> {
    let Some(file) = open(path)? else {
        return Ok(());
    };
    // One record is enough; what is behind it shows when it is read.
    let mut first = false;
    let found = briefs(file, |_| {
        first = true;
        Err(io::Error::other("one is enough"))
    });
    match found {
        Err(ResumeError::Io(_)) if first => Ok(()),
        found => found.map_err(|source| FolderError::NotRecords {
            path: path.to_owned(),
            source,
        }),
    }
}

fn check_manifest(path: &Path) -> Result<(), FolderError> {
    let Some(file) = open(path)? else {
        return Ok(());
    };
    let read = io::read_to_string(io::Read::take(file, MAX_MANIFEST));
    let ours = read.ok().is_some_and(|text| {
        let written = serde_json::from_str::<Written>(&text);
        written.is_ok_and(|written| written.program.starts_with("cleancopy "))
    });
    if ours {
        Ok(())
    } else {
        Err(FolderError::Foreign(path.to_owned()))
    }
}

/// Opens a file that may be missing; what is no file at all could be read without end.
fn open(path: &Path) -> Result<Option<File>, FolderError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FolderError::io(path)(error)),
        Ok(data) if !data.is_file() => Err(FolderError::Foreign(path.to_owned())),
        Ok(_) => File::open(path).map(Some).map_err(FolderError::io(path)),
    }
}
