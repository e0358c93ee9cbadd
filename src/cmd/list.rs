//! Reading a URL list: one address a line, blank lines and `#` comments passed over.

use std::fs::File;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use cleancopy::page::{Target, TargetError};
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use super::log::say;

/// One line that was meant to be an address.
pub(crate) struct Line<'a> {
    /// Its number in the list, from 1.
    pub(crate) number: usize,
    /// What stands there.
    pub(crate) text: &'a str,
    /// The address, or why it is none.
    pub(crate) target: Result<Target, TargetError>,
}

/// What a list holds.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// Its addresses in order, duplicates included.
    pub(crate) targets: Vec<Target>,
    /// Lines that are no http(s) URL; each was reported with its number.
    pub(crate) not_urls: usize,
}

impl List {
    /// Lines that were meant to be addresses.
    pub(crate) fn lines(&self) -> usize {
        self.targets.len() + self.not_urls
    }
}

/// Reads a list from a file, or from standard input for `-`.
pub(crate) fn read(path: &Path) -> anyhow::Result<List> {
    let mut list = List::default();
    each(path, |line| {
        match line.target {
            Ok(target) => list.targets.push(target),
            Err(ref error) => {
                list.not_urls += 1;
                complain(path, &line, error);
            }
        }
        Ok(())
    })?;
    Ok(list)
}

/// Says of a line that it is no address.
pub(crate) fn complain(path: &Path, line: &Line<'_>, error: &TargetError) {
    let (number, text) = (line.number, line.text);
    say(format_args!("{}:{number}: {error}: {text}", name(path)));
}

/// What a list is called.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "standard input".to_owned();
    }
    path.display().to_string()
}

/// Hands each line of a list to `work`, however long the list is; returns its digest.
pub(crate) fn each(
    path: &Path,
    work: impl FnMut(Line<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        return lines(io::stdin().lock(), path, work);
    }
    lines(open(path)?, path, work)
}

/// Whether there is a list to be read.
///
/// # Errors
/// Says why there is none.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    // A pipe is opened once: who writes to it may end when it is closed.
    if path.as_os_str() != "-" && path.metadata().map_or(true, |data| data.is_file()) {
        open(path)?;
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("cannot open {}", path.display()))
}

fn lines(
    input: impl Read,
    path: &Path,
    mut work: impl FnMut(Line<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let mut input = BufReader::new(Digesting::new(input));
    let mut line = Vec::new();
    for number in 1usize.. {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read {}", name(path)))? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let target = Target::parse(text);
        work(Line {
            number,
            text,
            target,
        })?;
    }
    Ok(input.into_inner().digest())
}

/// The digest of a list, by which it is known again; `None` for standard input, which can be read
/// only once.
pub(crate) fn digest(path: &Path) -> anyhow::Result<Option<String>> {
    if path.as_os_str() == "-" {
        return Ok(None);
    }
    let mut input = Digesting::new(open(path)?);
    io::copy(&mut input, &mut io::sink()).with_context(|| format!("cannot read {}", name(path)))?;
    Ok(Some(input.digest()))
}

/// Reads on, and works out the digest of what was read.
struct Digesting<R> {
    input: R,
    hasher: SipHasher13,
}

impl<R> Digesting<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            hasher: SipHasher13::new(),
        }
    }

    fn digest(&self) -> String {
        format!("{:032x}", self.hasher.finish128().as_u128())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hasher.write(&buffer[..read]);
        Ok(read)
    }
}
