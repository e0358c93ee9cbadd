//! Addresses that lead nowhere new: guards against traps, which sites have without meaning to.
//!
//! 1. An address that is too long, too deep, or repeats its own path is not followed: relative
//!    links that are resolved against themselves make such.
//! 2. One whose path ends in the name of a file that is no page is not followed.
//! 3. Of addresses that differ in their query alone, or only in the numbers of a calendar, a limited
//!    number is followed: filters, sort orders and calendars have no end.
//!
//! The guards are for links. What a sitemap or feed names was put there on purpose.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::MAX_ADDRESS;

/// Segments a path may have.
const MAX_SEGMENTS: usize = 20;
/// How often a segment, or a row of up to three, may follow itself.
const MAX_REPEATS: usize = 2;
/// How often a segment may stand anywhere in a path.
const MAX_SAME: usize = 4;
/// So many addresses of one path with different queries are followed.
const MAX_QUERIES: usize = 150;
/// So many sets of parameter names of one path are followed.
const MAX_FORMS: usize = 12;
/// So many addresses of a calendar are followed.
const MAX_CALENDAR: usize = 60;
/// So many paths are kept in mind; when there are more, all of them are forgotten.
const MAX_PATHS: usize = 100_000;

/// Why an address is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Trap {
    /// It is longer than an address in a sitemap may be.
    Long,
    /// Its path has too many segments.
    Deep,
    /// Its path repeats itself.
    Repeating,
    /// It names a file that is no page: an image, a document, a script.
    File,
    /// Too many addresses differ from it in the query alone.
    Query,
    /// Too many addresses differ from it in the numbers of a calendar alone.
    Calendar,
}

impl Trap {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Long => "too long",
            Self::Deep => "too many path segments",
            Self::Repeating => "repeats its own path",
            Self::File => "no page by its name",
            Self::Query => "one of too many queries",
            Self::Calendar => "one of too many calendar pages",
        }
    }
}

/// Watches the addresses that are followed.
#[derive(Debug, Default)]
pub struct Traps {
    paths: HashMap<String, Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    forms: HashSet<String>,
}

impl Traps {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether an address may be followed; it counts as followed then.
    ///
    /// # Errors
    /// The [`Trap`] it looks like.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::discover::{Trap, Traps};
    /// let mut traps = Traps::new();
    /// assert_eq!(traps.check(&"https://news.example/a/b/a".parse()?), Ok(()));
    /// let folded = "https://news.example/a/b/a/b/a/b/story";
    /// assert_eq!(traps.check(&folded.parse()?), Err(Trap::Repeating));
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn check(&mut self, url: &Url) -> Result<(), Trap> {
        if url.as_str().len() > MAX_ADDRESS {
            return Err(Trap::Long);
        }
        let segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
        if segments.len() > MAX_SEGMENTS {
            return Err(Trap::Deep);
        }
        if repeats(&segments) {
            return Err(Trap::Repeating);
        }
        if segments.last().is_some_and(|last| is_file(last)) {
            return Err(Trap::File);
        }
        if let Some(shape) = calendar(url, &segments) {
            self.count(shape, "", MAX_CALENDAR, Trap::Calendar)?;
        }
        let Some(query) = url.query() else {
            return Ok(());
        };
        let mut names: Vec<&str> = query
            .split('&')
            .map(|pair| pair.split('=').next().unwrap_or_default())
            .collect();
        names.sort_unstable();
        names.dedup();
        let path = format!("{}{}?", url.host_str().unwrap_or_default(), url.path());
        self.count(path, &names.join("&"), MAX_QUERIES, Trap::Query)
    }

    /// Counts one address of a kind; refuses it when there were enough.
    fn count(&mut self, kind: String, form: &str, limit: usize, trap: Trap) -> Result<(), Trap> {
        if self.paths.len() >= MAX_PATHS && !self.paths.contains_key(&kind) {
            self.paths.clear();
        }
        let counts = self.paths.entry(kind).or_default();
        if counts.all >= limit {
            return Err(trap);
        }
        if !counts.forms.contains(form) {
            if counts.forms.len() >= MAX_FORMS {
                return Err(trap);
            }
            counts.forms.insert(form.to_owned());
        }
        counts.all += 1;
        Ok(())
    }
}

/// Whether a path repeats itself.
fn repeats(segments: &[&str]) -> bool {
    let anywhere = segments
        .iter()
        .any(|one| segments.iter().filter(|other| *other == one).count() > MAX_SAME);
    let in_a_row = (1..=3).any(|length| {
        let rows = segments.windows(length * (MAX_REPEATS + 1));
        rows.into_iter()
            .any(|window| window.chunks(length).all(|row| row == &window[..length]))
    });
    anywhere || in_a_row
}

/// The shape of a calendar's address: its host and path with every number as `#`. `None` for what
/// is no calendar: one needs a word that says so, and numbers.
fn calendar(url: &Url, segments: &[&str]) -> Option<String> {
    const WORDS: [&str; 15] = [
        "agenda",
        "calendar",
        "calendario",
        "calendrier",
        "events",
        "event",
        "eventdate",
        "eventdisplay",
        "kalender",
        "kalendarz",
        "termine",
        "tribe-bar-date",
        "veranstaltungen",
        "veranstaltungskalender",
        "whatson",
    ];
    let is_word = |word: &str| WORDS.iter().any(|w| word.eq_ignore_ascii_case(w));
    let parameters = url.query().unwrap_or_default().split('&');
    let mut names = parameters.map(|pair| pair.split('=').next().unwrap_or_default());
    let told = segments.iter().any(|s| is_word(s)) || names.any(is_word);
    let is_number = |s: &str| {
        s.bytes().any(|b| b.is_ascii_digit())
            && s.bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
    };
    let in_query = url
        .query()
        .is_some_and(|q| q.bytes().any(|b| b.is_ascii_digit()));
    let numbered = segments.iter().any(|s| is_number(s)) || in_query;
    if !told || !numbered {
        return None;
    }
    let shape: Vec<&str> = segments
        .iter()
        .map(|s| if is_number(s) { "#" } else { s })
        .collect();
    let host = url.host_str().unwrap_or_default();
    Some(format!("{host}/{}#", shape.join("/")))
}

/// Whether the last segment of a path names a file that is no page.
fn is_file(segment: &str) -> bool {
    const ENDINGS: [&str; 45] = [
        "7z", "apk", "atom", "avi", "avif", "bmp", "bz2", "css", "csv", "doc", "docx", "dmg",
        "eot", "epub", "exe", "gif", "gz", "ico", "ics", "iso", "jpeg", "jpg", "js", "json",
        "m3u8", "m4a", "mov", "mp3", "mp4", "mpg", "ogg", "pdf", "png", "ppt", "pptx", "rar",
        "rss", "svg", "tar", "wav", "webm", "webp", "woff2", "xlsx", "zip",
    ];
    segment.rsplit_once('.').is_some_and(|(name, ending)| {
        !name.is_empty() && ENDINGS.iter().any(|e| ending.eq_ignore_ascii_case(e))
    })
}

#[cfg(test)]
mod tests;
