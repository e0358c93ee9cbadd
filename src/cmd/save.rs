//! `cleancopy save`: one page, fetched as a crawl would or read from a file, kept as a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use cleancopy::RawPage;
use cleancopy::archive::folder;
use cleancopy::page::Target;
use url::Url;

use super::list;
use super::log::say;
use super::network::NetworkArgs;
use super::pages::{Input, load};

/// What a case promises.
const PROMISE: &str = "promise.toml";

/// A promise to be written by whoever saved the page.
const TEMPLATE: &str = r#"# What a reader would say of the page, before looking at what the program says. Each key is a promise;
# what is not named is not promised. `contains` or `story` is needed, or another `verdict` than
# article: listing, no-story, empty, error-page, wall.
# CONTRIBUTING.md has all keys.

# headline = "The headline as printed"
# contains = ["The first words of the story", "words of a paragraph", "the last words"]
# lacks = ["words that are not the story's"]
# blocks = 5
# verdict = "listing"
"#;

/// Flags of `cleancopy save`.
#[derive(Debug, clap::Args)]
pub(crate) struct SaveArgs {
    /// The page: its address, an HTML file (also .gz, also as `file://…`), or `-` for standard input
    #[arg(value_name = "URL|FILE|-")]
    page: String,
    /// The folder to keep it in; made if need be
    folder: PathBuf,
    /// The address that a file's page came from: links are resolved against it
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// Why the page is kept: goes into page.toml
    #[arg(long)]
    note: Option<String>,
    /// Begin a case of cleancopy's own tests: needs --note, its one reason, and writes a
    /// promise.toml to be filled in
    #[arg(long)]
    case: bool,
    /// Replace a page that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

pub(crate) fn run(args: &SaveArgs) -> anyhow::Result<ExitCode> {
    let name = args.folder.display();
    if args.case && args.note.is_none() {
        bail!("a case needs its one reason: --note 'what this page is to show'");
    }
    let taken = [folder::BODY, folder::META].map(|file| args.folder.join(file).exists());
    if taken.contains(&true) && !args.force {
        bail!("{name} holds a page already; --force replaces it");
    }
    let page = match Target::parse(&args.page) {
        Ok(_) if args.url.is_some() => bail!("--url is for a file: {} is an address", args.page),
        Ok(target) => fetched(args, &target)?,
        Err(error) => Some(of_file(args).with_context(|| {
            format!(
                "{}: neither a file that can be read nor an address ({error})",
                list::shown(&args.page)
            )
        })?),
    };
    let Some(page) = page else {
        return Ok(ExitCode::FAILURE);
    };
    folder::store(&args.folder, &page, args.note.as_deref())?;
    let bytes = page.body.len();
    say(format_args!("kept {bytes} bytes in {name}"));
    if page.url.is_none() {
        say(format_args!(
            "{name}: the page's address is not known; --url names it, and a case needs one"
        ));
    }
    if args.case {
        begin_case(&args.folder)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The page as a server sends it; nothing where it does not, which is told.
fn fetched(args: &SaveArgs, target: &Target) -> anyhow::Result<Option<RawPage>> {
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
            return Ok(None);
        }
    };
    runtime.shutdown_background();
    Ok(Some(page))
}

/// The page in a file, or on standard input.
fn of_file(args: &SaveArgs) -> anyhow::Result<RawPage> {
    let of_url = Url::parse(&args.page)
        .ok()
        .filter(|url| url.scheme() == "file");
    let path = of_url.and_then(|url| url.to_file_path().ok());
    let path = path.unwrap_or_else(|| PathBuf::from(&args.page));
    load(&Input::of_one(&path), args.url.as_ref()).1
}

/// Writes a promise to be filled in, unless there is one.
fn begin_case(case: &Path) -> anyhow::Result<()> {
    let promise = case.join(PROMISE);
    if !promise.exists() {
        fs::write(&promise, TEMPLATE)
            .with_context(|| format!("cannot write {}", promise.display()))?;
    }
    say(format_args!(
        "{}: write there what a reader would say of the page; then UPDATE=1 cargo test --test cases \
         writes the rest of the case",
        promise.display()
    ));
    Ok(())
}
