//! Pinned figures: a run fails when one is not reached.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::score::Summary;

/// Figure by figure for every set; names that start with `max_` are ceilings.
type Floors = BTreeMap<String, BTreeMap<String, f64>>;

pub(crate) fn check(path: &Path, summaries: &[Summary]) -> Result<ExitCode> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let floors: Floors =
        toml::from_str(&text).with_context(|| format!("{} is no floors file", path.display()))?;
    let (mut held, mut broken) = (0, 0);
    let mut out = std::io::stdout().lock();
    for summary in summaries {
        for (name, pinned) in floors.get(&summary.set).into_iter().flatten() {
            let figure = name.strip_prefix("max_").unwrap_or(name);
            let reached = summary
                .figures
                .iter()
                .find(|(n, _)| *n == figure)
                .map(|f| f.1)
                .with_context(|| format!("no figure `{figure}` for {}", summary.set))?;
            let good = if figure == name {
                reached >= *pinned
            } else {
                reached <= *pinned
            };
            if good {
                held += 1;
            } else {
                broken += 1;
                writeln!(out, "{} {name}: {reached:.4}, pinned {pinned}", summary.set)?;
            }
        }
    }
    writeln!(out, "floors: {held} held, {broken} broken")?;
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
