//! Reading a URL list: one address a line, blank lines and `#` comments passed over.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;
use cleancopy::page::Target;

use super::log::say;

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
    let name = path.display();
    if path.as_os_str() == "-" {
        return parse(io::stdin().lock(), "standard input").context("cannot read standard input");
    }
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    parse(BufReader::new(file), &name.to_string()).with_context(|| format!("cannot read {name}"))
}

fn parse(mut lines: impl BufRead, name: &str) -> io::Result<List> {
    let mut list = List::default();
    let mut line = Vec::new();
    for number in 1usize.. {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match Target::parse(text) {
            Ok(target) => list.targets.push(target),
            Err(error) => {
                list.not_urls += 1;
                say(format_args!("{name}:{number}: {error}: {text}"));
            }
        }
    }
    Ok(list)
}
