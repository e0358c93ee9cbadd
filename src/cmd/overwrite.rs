//! What an output must not be: a file that holds something already, unless it is to be made anew,
//! and never one that is read for it.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

/// Refuses a file to write that holds something, unless `fresh` says that it goes; and one of the
/// files that are read, in any case and under any name. Devices and pipes hold nothing.
pub(crate) fn check<'a>(
    output: &Path,
    read: impl IntoIterator<Item = &'a Path>,
    fresh: bool,
) -> anyhow::Result<()> {
    let holds = fs::metadata(output).is_ok_and(|data| data.is_file() && data.len() > 0);
    if !holds {
        return Ok(());
    }
    let name = output.display();
    let taken = place(output).with_context(|| format!("cannot look at {name}"))?;
    let is_output = |input: &&Path| place(input).is_ok_and(|place| place == taken);
    if let Some(input) = read.into_iter().find(is_output) {
        if input == output {
            bail!("{name} is an input; name another file to write to");
        }
        bail!(
            "{name} is an input under another name, {}; name another file to write to",
            input.display()
        );
    }
    if !fresh {
        bail!("{name} is not empty; --fresh overwrites it");
    }
    Ok(())
}

/// Whether two names are of one file that is there.
pub(crate) fn is_same(a: &Path, b: &Path) -> bool {
    matches!((place(a), place(b)), (Ok(a), Ok(b)) if a == b)
}

/// By what a file is known under any name: links of either kind lead to it.
#[cfg(unix)]
fn place(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|data| (data.dev(), data.ino()))
}

/// By what a file is known under any name; of hard links the system does not tell.
#[cfg(not(unix))]
fn place(path: &Path) -> io::Result<std::path::PathBuf> {
    path.canonicalize()
}
