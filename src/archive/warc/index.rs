//! The index beside an archive: CDXJ, one line a capture, sorted by key and time
//! (<https://specs.webrecorder.net/cdxj/0.1.0/>).
//!
//! The key is the address turned round (SURT), as the tools of the field build it: host labels
//! from the right, without `www`, in lower case, the parameters sorted. A record is found by
//! `offset` and `length` in the file named.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// One line of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(skip)]
    key: String,
    #[serde(skip)]
    stamp: String,
    pub(super) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
    length: String,
    offset: String,
    filename: String,
}

/// What a line of an index tells about a capture.
#[derive(Debug, Clone)]
pub(super) struct Capture {
    pub(super) url: String,
    pub(super) at: Timestamp,
    /// Media type, or `warc/revisit`.
    pub(super) mime: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) digest: Option<String>,
}

impl Entry {
    /// The line of a capture whose record lies at this place.
    pub(super) fn new(capture: Capture, filename: &str, offset: u64, length: u64) -> Self {
        let key = Url::parse(&capture.url).map_or_else(|_| capture.url.clone(), |url| key(&url));
        Self {
            key,
            stamp: capture.at.strftime("%Y%m%d%H%M%S").to_string(),
            url: capture.url,
            mime: capture.mime,
            status: capture.status.map(|status| status.to_string()),
            digest: capture.digest,
            length: length.to_string(),
            offset: offset.to_string(),
            filename: filename.to_owned(),
        }
    }

    /// Whether the record repeats an earlier one.
    pub(super) fn is_revisit(&self) -> bool {
        self.mime.as_deref() == Some(REVISIT)
    }

    /// When it was captured.
    pub(super) fn at(&self) -> Option<Timestamp> {
        let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &self.stamp).ok()?;
        TimeZone::UTC.to_timestamp(time).ok()
    }

    fn line(&self) -> io::Result<String> {
        let fields = serde_json::to_string(self)?;
        Ok(format!("{} {} {fields}", self.key, self.stamp))
    }

    fn of_line(line: &str) -> Option<Self> {
        let (key, rest) = line.split_once(' ')?;
        let (stamp, fields) = rest.split_once(' ')?;
        let mut entry: Self = serde_json::from_str(fields).ok()?;
        (entry.key, entry.stamp) = (key.to_owned(), stamp.to_owned());
        Some(entry)
    }
}

/// The `mime` of a record that repeats an earlier one.
pub(super) const REVISIT: &str = "warc/revisit";

/// Writes an index, sorted; it stands under its name when it is whole.
pub(super) fn write(path: &Path, entries: &[Entry]) -> io::Result<()> {
    let mut lines = entries
        .iter()
        .map(Entry::line)
        .collect::<Result<Vec<_>, _>>()?;
    lines.sort_unstable();
    let unfinished = path.with_extension("cdxj.open");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    for line in lines {
        writeln!(out, "{line}")?;
    }
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

/// The lines of an index; what is no line of one is passed over.
pub(super) fn read(path: &Path) -> io::Result<impl Iterator<Item = Entry> + use<>> {
    let lines = BufReader::new(File::open(path)?).lines();
    Ok(lines
        .map_while(Result::ok)
        .filter_map(|line| Entry::of_line(&line)))
}

/// The address turned round: `http://www.news.example/A?y=2&x=1` is `example,news)/a?x=1&y=2`.
fn key(url: &Url) -> String {
    let mut key = match url.host() {
        Some(Host::Domain(name)) => {
            let name = without_www(name.trim_end_matches('.'));
            let mut labels: Vec<&str> = name.split('.').collect();
            labels.reverse();
            labels.join(",")
        }
        Some(host) => host.to_string(),
        None => return url.as_str().to_lowercase(),
    };
    if let Some(port) = url.port() {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push(')');
    let path = url.path();
    key.push_str(if path == "/" {
        path
    } else {
        path.trim_end_matches('/')
    });
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        let mut parameters: Vec<&str> = query.split('&').collect();
        parameters.sort_unstable();
        key.push('?');
        key.push_str(&parameters.join("&"));
    }
    key.to_lowercase().replace(' ', "%20")
}

/// The name without a first label such as `www` or `www2`.
fn without_www(name: &str) -> &str {
    let rest = name
        .strip_prefix("www")
        .and_then(|rest| rest.split_once('.'));
    match rest {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty() => {
            rest
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_built_as_the_tools_of_the_field_do() {
        for (url, wanted) in [
            ("http://www.news.example/", "example,news)/"),
            (
                "https://www2.News.example:8443/A/B/?y=2&x=1#top",
                "example,news:8443)/a/b?x=1&y=2",
            ),
            ("http://127.0.0.1:80/a?", "127.0.0.1)/a"),
            ("http://wwwhat.example/", "example,wwwhat)/"),
            ("http://www.example/", "example)/"),
        ] {
            let url = Url::parse(url).expect("a URL");
            assert_eq!(key(&url), wanted, "{url}");
        }
    }
}
