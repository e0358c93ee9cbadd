//! Reading a URL list: one address a line, blank lines and `#` comments passed over.

use std::fs::File;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, bail};
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
    pub(crate) target: Result<Target, BadLine>,
}

/// Why a line is no address, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLine {
    #[error("not an absolute URL{}", .0.map_or_else(String::new, |hint| format!(": {hint}")))]
    NotAbsolute(Option<&'static str>),
    #[error("{0}; passwords go into no record and no log, so take it out of the address")]
    UserInfo(TargetError),
    #[error("{0}")]
    Other(TargetError),
    #[error("two addresses on a line: each needs a line of its own")]
    Two,
    #[error("a comment behind an address: it needs a line of its own, which begins with #")]
    Comment,
    #[error("white space inside an address: one address a line and nothing else, spaces as %20")]
    Space,
    #[error("more columns than one (CSV): a list has an address a line and nothing else")]
    Columns,
    #[error("longer than any address")]
    TooLong,
}

impl From<TargetError> for BadLine {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::NotAbsolute(_) => Self::NotAbsolute(None),
            TargetError::UserInfo => Self::UserInfo(error),
            _ => Self::Other(error),
        }
    }
}

/// A line longer than this is no address.
const MAX_LINE: u64 = 64 * 1024;
/// So many characters of a bad line are shown.
const SHOWN: usize = 120;

/// Reads one line of a list.
fn parse(text: &str) -> Result<Target, BadLine> {
    let is_address = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    if let Some((first, rest)) = text.split_once(char::is_whitespace)
        && is_address(first)
    {
        let rest = rest.trim_start();
        return Err(match rest {
            _ if rest.starts_with('#') => BadLine::Comment,
            _ if is_address(rest) => BadLine::Two,
            _ if first.ends_with([',', ';']) || has_columns(text) => BadLine::Columns,
            _ => BadLine::Space,
        });
    }
    if is_address(text) && has_columns(text) {
        return Err(BadLine::Columns);
    }
    Target::parse(text).map_err(|error| {
        let bare = text.trim_matches(['<', '>', '"', '\'']);
        let hint = match error {
            TargetError::NotAbsolute(_) if bare != text && is_address(bare) => {
                Some("leave out what stands around it")
            }
            TargetError::NotAbsolute(_) if looks_like_host(text) => {
                Some("it begins with https:// or http://")
            }
            _ => return error.into(),
        };
        BadLine::NotAbsolute(hint)
    })
}

/// Whether an address is the first column of several. A comma may stand in an address, so only what
/// cannot well be meant for one counts.
fn has_columns(text: &str) -> bool {
    text.ends_with(',')
        || [",\"", ",http://", ",https://"]
            .iter()
            .any(|next| text.contains(next))
        || [".html,", ".htm,"].iter().any(|end| {
            let title = text
                .split_once(end)
                .and_then(|(_, rest)| rest.chars().next());
            title.is_some_and(char::is_uppercase)
        })
}

/// Whether a text begins as the name of a host does.
fn looks_like_host(text: &str) -> bool {
    let host = text.split(['/', '?', ':']).next().unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    host.contains('.') && host.chars().all(is_name) && !host.starts_with('.')
}

/// A line as it may be shown: without what stands before the host, where a password may be, and not
/// longer than a line.
pub(crate) fn shown(text: &str) -> String {
    let mut safe = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        let end = behind
            .find(['/', '?', '#', ' ', '\t'])
            .unwrap_or(behind.len());
        let (authority, after) = behind.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map(|(_, host)| format!("…@{host}"));
        safe.extend([before, "://", host.as_deref().unwrap_or(authority)]);
        rest = after;
    }
    safe.push_str(rest);
    let length = safe.chars().count();
    if length > SHOWN {
        let head: String = safe.chars().take(SHOWN).collect();
        return format!("{head}… ({length} characters)");
    }
    safe
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
pub(crate) fn complain(path: &Path, line: &Line<'_>, error: &BadLine) {
    let (number, text) = (line.number, shown(line.text));
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
        let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read {}", name(path)))? == 0 {
            break;
        }
        if number == 1 {
            check_kind(path, &line)?;
        }
        let too_long = line.len() as u64 == MAX_LINE && line.last() != Some(&b'\n');
        if too_long {
            input.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let target = if too_long {
            Err(BadLine::TooLong)
        } else {
            parse(text)
        };
        work(Line {
            number,
            text,
            target,
        })?;
    }
    Ok(input.into_inner().digest())
}

/// Refuses what is no list of text, by how it begins: it would be as many bad lines as it has.
fn check_kind(path: &Path, first: &[u8]) -> anyhow::Result<()> {
    let what = match first {
        [0x1f, 0x8b, ..] => "gzip: unpack it first, as with `gzip -dc LIST | cleancopy crawl -`",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive or an office document: save it as plain text",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16: save it as UTF-8",
        _ if first.contains(&0) => "no text, or UTF-16: save it as UTF-8",
        _ => return Ok(()),
    };
    bail!("{} is {what}", name(path));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_told_with_what_to_do() {
        let a = "https://a.example/x";
        for (line, bad) in [
            (format!("{a} http://b.example/y"), BadLine::Two),
            (format!("{a}   # about ferries"), BadLine::Comment),
            (format!("{a} Ferry returns"), BadLine::Space),
            (format!("{a}\tFerry"), BadLine::Space),
            (format!("{a}, Ferry returns"), BadLine::Columns),
            (format!("{a},\"Ferry\""), BadLine::Columns),
            (format!("{a},https://b.example/"), BadLine::Columns),
            (format!("{a}.html,Ferry"), BadLine::Columns),
            (format!("{a},"), BadLine::Columns),
        ] {
            assert_eq!(parse(&line), Err(bad), "{line}");
        }
        for line in [
            "<https://a.example/>",
            "\"https://a.example/\"",
            "a.example/x.html",
        ] {
            let told = parse(line).map_err(|bad| bad.to_string());
            assert!(told.is_err_and(|told| told.contains("URL: ")), "{line}");
        }
        for good in [
            "https://a.example/story,1234,title.html",
            "https://a.example/1234.html,page",
            "https://a.example/a,b;c?d=e,f",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_bad_line_is_shown_short_and_without_a_password() {
        assert_eq!(
            shown("https://desk:hunter2@a.example/x http://b:hunter2@b.example"),
            "https://…@a.example/x http://…@b.example"
        );
        assert_eq!(shown("mail@a.example"), "mail@a.example");
        let long = shown(&"ö".repeat(3000));
        assert!(long.ends_with("… (3000 characters)") && long.chars().count() < 150);
    }
}
