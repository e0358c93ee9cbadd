//! Labelled pages: the gold rows and the saved bytes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cleancopy::RawPage;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Folds that publishers are spread over, as in `tools/train`.
pub(crate) const FOLDS: usize = 5;

#[derive(Deserialize)]
pub(crate) struct Gold {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) h1: Option<String>,
    pub(crate) authors: Option<Vec<String>>,
    pub(crate) date: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) summary_on_page: Option<bool>,
    pub(crate) body: Option<String>,
    pub(crate) with: Option<Vec<String>>,
    pub(crate) without: Option<Vec<String>>,
    /// From the sibling set `datelines`: what stands at the head of the story, where labelled.
    #[serde(skip)]
    pub(crate) lead: Option<Lead>,
    /// From the sibling set `datelines`: the visible line that states the date, where labelled.
    #[serde(skip)]
    pub(crate) printed: Option<Printed>,
}

impl Gold {
    /// The host of the page's address without `www.`; empty where there is none.
    pub(crate) fn host(&self) -> String {
        let url = self.url.as_deref().and_then(|u| u.parse::<url::Url>().ok());
        let host = url
            .as_ref()
            .and_then(url::Url::host_str)
            .unwrap_or_default();
        host.trim_start_matches("www.").to_owned()
    }

    /// The fold of the page's publisher.
    pub(crate) fn fold(&self) -> usize {
        let digest = Sha256::digest(self.publisher.as_deref().unwrap_or_default().as_bytes());
        let head = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        head as usize % FOLDS
    }
}

pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) gold: Vec<Gold>,
    folder: PathBuf,
}

/// A labelled dateline.
#[derive(Deserialize)]
pub(crate) struct Lead {
    set: String,
    page_id: String,
    /// `None` where the label says that there is none.
    pub(crate) dateline: Option<String>,
    #[serde(rename = "main_lead")]
    is_main: Option<bool>,
}

/// A labelled line that states the date.
#[derive(Deserialize)]
pub(crate) struct Printed {
    set: String,
    page_id: String,
    /// `None` where the label says that the page shows none.
    #[serde(rename = "printed")]
    pub(crate) line: Option<String>,
    /// What it means: a day, or a day and a time.
    pub(crate) date: Option<String>,
}

impl Set {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned());
        let name = name.context("a set is a folder with a name")?;
        let mut gold: Vec<Gold> = lines(&folder.join("gold.jsonl"))?;
        let leads = folder.join("../datelines/gold.jsonl");
        if leads.is_file() {
            for lead in lines::<Lead>(&leads)? {
                let page = gold
                    .iter_mut()
                    .find(|g| lead.set == name && g.id == lead.page_id);
                if let Some(page) = page.filter(|_| lead.is_main == Some(true)) {
                    page.lead = Some(lead);
                }
            }
        }
        let printed = folder.join("../datelines/printed.jsonl");
        if printed.is_file() {
            for line in lines::<Printed>(&printed)? {
                let page = gold
                    .iter_mut()
                    .find(|g| line.set == name && g.id == line.page_id);
                if let Some(page) = page {
                    page.printed = Some(line);
                }
            }
        }
        Ok(Self {
            name,
            gold,
            folder: folder.to_owned(),
        })
    }

    /// How many pages the set has of each host.
    pub(crate) fn hosts(&self) -> HashMap<String, usize> {
        let mut hosts = HashMap::new();
        for row in &self.gold {
            *hosts.entry(row.host()).or_insert(0) += 1;
        }
        hosts
    }

    /// The page's bytes as sent.
    pub(crate) fn page(&self, row: &Gold) -> Result<RawPage> {
        let path = self.folder.join("html").join(format!("{}.html.gz", row.id));
        let file = File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut body = Vec::new();
        flate2::read::MultiGzDecoder::new(file)
            .read_to_end(&mut body)
            .with_context(|| format!("cannot unpack {}", path.display()))?;
        let page = RawPage::from_bytes(body);
        Ok(match row.url.as_deref().and_then(|u| u.parse().ok()) {
            Some(url) => page.with_url(url),
            None => page,
        })
    }
}

pub(crate) fn lines<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .enumerate()
        .map(|(i, line)| {
            serde_json::from_str(line).with_context(|| format!("{} line {}", path.display(), i + 1))
        })
        .collect()
}
