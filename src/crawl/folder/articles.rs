//! The files of articles beside the records of a crawl: which of them a crawl wrote.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{ARTICLES, FolderError};
use crate::frontier::Sqlite;
use crate::sink::{article_file, briefs};

/// Deletes the files of the articles of a crawl, and the folders that are empty then. A file is
/// called by its address, so each address says which one is its own; others stay.
pub(super) fn remove(
    folder: &Path,
    frontier: Option<Sqlite>,
    records: &[PathBuf],
) -> Result<(), FolderError> {
    let articles = folder.join(ARTICLES);
    if !articles.is_dir() {
        return Ok(());
    }
    let mut hosts = BTreeSet::new();
    let mut failed = None;
    let mut gone = |address: &str| {
        let file = articles.join(article_file(address));
        for file in [file.with_extension("md.new"), file] {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound && failed.is_none() => {
                    failed = Some(FolderError::io(&file)(error));
                }
                Ok(()) => hosts.extend(file.parent().map(Path::to_owned)),
                Err(_) => {}
            }
        }
    };
    if let Some(frontier) = frontier {
        frontier.each_asked(&mut gone)?;
    } else {
        for path in records.iter().filter(|path| path.exists()) {
            let file = File::open(path).map_err(FolderError::io(path))?;
            let read = briefs(file, |brief| {
                gone(&brief.url);
                Ok(())
            });
            read.map_err(|source| FolderError::Records {
                path: path.clone(),
                source,
            })?;
        }
    }
    for folder in hosts.iter().chain([&articles]) {
        // One that is not empty stays, with what others put there.
        let _ = fs::remove_dir(folder);
    }
    failed.map_or(Ok(()), Err)
}
