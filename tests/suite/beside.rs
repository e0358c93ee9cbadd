//! The pages that lie in the folder `beside/` of a case: what reading remembers of the case's host.

use std::fs;
use std::path::{Path, PathBuf};

use cleancopy::RawPage;
use cleancopy::archive::folder;
use cleancopy::clean::Memory;

/// What the pages in `beside/` teach: other pages of the case's host, as HTML files.
pub(crate) fn memory(folder: &Path) -> Result<Option<Memory>, String> {
    let beside = folder.join("beside");
    if !beside.is_dir() {
        return Ok(None);
    }
    let url = folder::load(folder).map_err(|e| e.to_string())?.page.url;
    let mut files: Vec<PathBuf> = fs::read_dir(&beside)
        .and_then(|entries| entries.map(|e| Ok(e?.path())).collect())
        .map_err(|e| format!("{}: {e}", beside.display()))?;
    files.sort();
    let mut memory = Memory::default();
    for file in files {
        let html = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut page = RawPage::from_bytes(html);
        page.url.clone_from(&url);
        memory.learn(&page);
    }
    Ok(Some(memory))
}
