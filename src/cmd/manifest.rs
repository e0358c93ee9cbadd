//! What became of an archive, beside its output: numbers that add up, and how to tell that an
//! output is whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cleancopy::Record;
use cleancopy::archive::warc::Tally;
use cleancopy::outcome::Outcome;
use serde::{Deserialize, Serialize};

/// So many damaged places are told one by one.
const TOLD: usize = 100;

/// The manifest of one archive.
///
/// `records` is the sum of `filtered`, `damaged` and `pages`; `pages` is the sum of `articles`,
/// `no_article` and `failed`, and the number of records in the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// What made it.
    pub(crate) program: String,
    /// The archive as it was named.
    pub(crate) archive: String,
    /// Its size in bytes.
    pub(crate) archive_bytes: u64,
    /// The output beside this file.
    pub(crate) output: String,
    /// Its size in bytes.
    pub(crate) output_bytes: u64,
    /// What was asked for: filters and format.
    pub(crate) options: BTreeMap<String, String>,
    /// Records of the archive, damaged ones included.
    pub(crate) records: u64,
    /// Records passed over, by reason.
    pub(crate) filtered: BTreeMap<String, u64>,
    /// Damaged records.
    pub(crate) damaged: u64,
    /// Pages that passed the filters: each has a record in the output.
    pub(crate) pages: u64,
    /// Pages that hold an article.
    pub(crate) articles: u64,
    /// Pages that hold none, by reason.
    pub(crate) no_article: BTreeMap<String, u64>,
    /// Pages that could not be had or read, by outcome.
    pub(crate) failed: BTreeMap<String, u64>,
    /// Where the archive is damaged, and how; the first hundred places.
    pub(crate) damage: Vec<String>,
}

impl Manifest {
    /// Counts a page by the record it gave.
    pub(crate) fn count(&mut self, record: &Record) {
        self.pages += 1;
        match record.outcome {
            Outcome::Article => self.articles += 1,
            Outcome::NoArticle => {
                let reason = record.reason.clone().unwrap_or_default();
                *self.no_article.entry(reason).or_default() += 1;
            }
            outcome => *self.failed.entry(outcome.to_string()).or_default() += 1,
        }
    }

    /// Notes a damaged place.
    pub(crate) fn damage(&mut self, told: String) {
        if self.damage.len() < TOLD {
            self.damage.push(told);
        }
    }

    /// Takes over what the reader of the archive counted.
    pub(crate) fn close(&mut self, tally: &Tally) {
        self.records = tally.records;
        self.damaged = tally.damaged;
        let skipped = tally.skipped.iter();
        self.filtered = skipped
            .map(|(why, n)| (why.as_str().to_owned(), *n))
            .collect();
    }

    /// Whether the numbers add up.
    pub(crate) fn adds_up(&self) -> bool {
        let sum = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        self.records == sum(&self.filtered) + self.damaged + self.pages
            && self.pages == self.articles + sum(&self.no_article) + sum(&self.failed)
    }

    /// The manifest at `path`, if it tells of a whole output beside it that was made from this
    /// very archive by the same program in the same way.
    pub(crate) fn of_whole(path: &Path, wanted: &Self) -> Option<Self> {
        let found: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let output = path.with_file_name(&found.output);
        let is_whole = fs::metadata(output).ok()?.len() == found.output_bytes;
        let is_same = found.program == wanted.program
            && found.archive_bytes == wanted.archive_bytes
            && found.output == wanted.output
            && found.options == wanted.options;
        (is_whole && is_same).then_some(found)
    }
}
