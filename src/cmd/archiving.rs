//! The flags of keeping what was on the wire in web archives.

use std::path::PathBuf;

use anyhow::Context as _;
use cleancopy::Sink;
use cleancopy::archive::warc::{Writer, WriterOptions};
use cleancopy::fetch::{self, RobotsPolicy};
use cleancopy::sink::Archived;

use super::log::say;

/// Flags of web archives.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Web archive")]
pub(crate) struct ArchivingArgs {
    /// Keep requests and answers as they were on the wire, in web archives (WARC 1.1, with CDXJ
    /// indexes) in this folder
    #[arg(long = "warc", value_name = "DIR")]
    folder: Option<PathBuf>,
    /// MiB a web archive may have before the next one is begun
    #[arg(long, value_name = "MIB", default_value = "1024", requires = "folder")]
    warc_size: u64,
}

impl ArchivingArgs {
    /// Whether the fetcher has to keep the wire.
    pub(crate) fn wanted(&self) -> bool {
        self.folder.is_some()
    }

    /// The same sink, with archives beside it if they are wanted. Archives that a killed run left
    /// unfinished are finished now.
    pub(crate) fn beside<'a>(
        &self,
        sink: Box<dyn Sink + 'a>,
        fetching: &fetch::Options,
    ) -> anyhow::Result<Box<dyn Sink + 'a>> {
        let Some(folder) = &self.folder else {
            return Ok(sink);
        };
        let mut options = WriterOptions::default();
        options.max_size = self.warc_size.saturating_mul(1024 * 1024);
        let robots = match fetching.robots {
            RobotsPolicy::Ignore => "ignore",
            _ => "obey",
        };
        let mut line =
            |name: &str, value: &str| options.info.push((name.to_owned(), value.to_owned()));
        line("http-header-user-agent", &fetching.user_agent());
        line("robots", robots);
        if let Some(contact) = &fetching.contact {
            line("operator", contact);
        }
        let writer = Writer::open(folder, options)
            .with_context(|| format!("cannot keep web archives in {}", folder.display()))?;
        for repaired in writer.repaired() {
            say(format_args!(
                "{}: finished what a stopped run left: {} records, {} bytes cut off",
                repaired.path.display(),
                repaired.records,
                repaired.torn
            ));
        }
        Ok(Box::new(Archived::new(sink, writer)))
    }
}
