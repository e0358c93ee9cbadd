//! `cleancopy save`: one page, fetched as a crawl would, kept as a folder.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use cleancopy::archive::folder;
use cleancopy::page::Target;

use super::list;
use super::log::say;
use super::network::NetworkArgs;

/// Flags of `cleancopy save`.
#[derive(Debug, clap::Args)]
pub(crate) struct SaveArgs {
    /// The page's address
    url: String,
    /// The folder to keep it in; made if need be
    folder: PathBuf,
    /// Why the page is kept: goes into page.toml
    #[arg(long)]
    note: Option<String>,
    /// Replace a page that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

pub(crate) fn run(args: &SaveArgs) -> anyhow::Result<ExitCode> {
    let target = Target::parse(&args.url).with_context(|| list::shown(&args.url))?;
    let name = args.folder.display();
    let taken = [folder::BODY, folder::META].map(|file| args.folder.join(file).exists());
    if taken.contains(&true) && !args.force {
        bail!("{name} holds a page already; --force replaces it");
    }
    let fetcher = args.network.fetcher()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start fetching")?;
    let page = match runtime.block_on(fetcher.get(&target.url)) {
        Ok(page) => page,
        Err(error) => {
            say(format_args!(
                "{}: {}: {}",
                error.url,
                error.outcome,
                error.told()
            ));
            return Ok(ExitCode::FAILURE);
        }
    };
    runtime.shutdown_background();
    folder::store(&args.folder, &page, args.note.as_deref())?;
    let bytes = page.body.len();
    say(format_args!("kept {bytes} bytes in {name}"));
    Ok(ExitCode::SUCCESS)
}
