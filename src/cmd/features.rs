//! `cleancopy features`: the model's input rows for labelled pages, for `tools/train`.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use cleancopy::RawPage;
use cleancopy::decode::decode;
use cleancopy::document::Document;
use cleancopy::extract::{self, FEATURES};
use cleancopy::rules::Rules;
use serde::Deserialize;

/// Flags of `cleancopy features`.
#[derive(Debug, clap::Args)]
pub(crate) struct FeaturesArgs {
    /// A set of labelled pages: a folder with gold.jsonl and html/ID.html.gz
    set: PathBuf,
    /// The folder to write features.txt, rows.f32 (little endian) and blocks.jsonl to
    #[arg(short, long)]
    output: PathBuf,
    /// Leave in what the rules of these passes mark (`widgets,phrases`), so that a model learns of it
    #[arg(long, value_name = "PASS", value_delimiter = ',')]
    unmarked: Vec<String>,
}

impl FeaturesArgs {
    /// The rules of the passes that mark nothing.
    fn without_rules(&self) -> anyhow::Result<Vec<String>> {
        let mut out = Vec::new();
        for pass in &self.unmarked {
            let ids = Rules::embedded().entries().iter().map(|e| e.id.as_str());
            let before = out.len();
            out.extend(
                ids.filter(|id| id.split('.').next() == Some(pass.as_str()))
                    .map(str::to_owned),
            );
            anyhow::ensure!(
                out.len() > before,
                "no rule belongs to a pass `{pass}`; docs/rules.md lists them"
            );
        }
        Ok(out)
    }
}

#[derive(Deserialize)]
struct Gold {
    id: String,
    url: Option<String>,
}

pub(crate) fn run(args: &FeaturesArgs) -> anyhow::Result<ExitCode> {
    let create = |name: &str| {
        let path = args.output.join(name);
        File::create(&path)
            .map(BufWriter::new)
            .with_context(|| format!("cannot write {}", path.display()))
    };
    fs::create_dir_all(&args.output)
        .with_context(|| format!("cannot make {}", args.output.display()))?;
    writeln!(create("features.txt")?, "{}", FEATURES.join("\n"))?;
    let (mut rows, mut blocks) = (create("rows.f32")?, create("blocks.jsonl")?);
    let without = args.without_rules()?;
    let gold = args.set.join("gold.jsonl");
    let list = File::open(&gold).with_context(|| format!("cannot read {}", gold.display()))?;
    for (number, line) in BufReader::new(list).lines().enumerate() {
        let page: Gold = serde_json::from_str(&line?)
            .with_context(|| format!("{} line {}", gold.display(), number + 1))?;
        let path = args.set.join("html").join(format!("{}.html.gz", page.id));
        let inputs = inputs_of(&path, page.url.as_deref(), &without)?;
        for value in inputs.iter().flat_map(|i| &i.values) {
            rows.write_all(&value.to_le_bytes())?;
        }
        let texts: Vec<&str> = inputs.iter().map(|i| i.text.as_str()).collect();
        let line = serde_json::json!({"id": page.id, "blocks": texts});
        serde_json::to_writer(&mut blocks, &line)?;
        blocks.write_all(b"\n")?;
    }
    rows.flush()?;
    blocks.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn inputs_of(
    path: &Path,
    url: Option<&str>,
    without_rules: &[String],
) -> anyhow::Result<Vec<extract::Input>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut body = Vec::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_end(&mut body)
        .with_context(|| format!("cannot unpack {}", path.display()))?;
    let doc = Document::parse(&decode(&RawPage::from_bytes(body)).text);
    let url = url.and_then(|u| u.parse().ok());
    Ok(extract::inputs(
        &doc,
        &extract::Context {
            url: url.as_ref(),
            without_rules,
            ..Default::default()
        },
    ))
}
