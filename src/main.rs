//! The `cleancopy` program: parse the command line, run one command, say how it ended.

mod cmd;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

use cmd::args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    log();
    match run(&args) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// What the library logs goes to standard error, as `RUST_LOG` asks; nothing below warnings else.
fn log() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Extract(args) => cmd::extract::run(args),
        Command::Explain(args) => cmd::explain::run(args),
        Command::Crawl(args) => cmd::crawl::run(args),
        Command::Save(args) => cmd::save::run(args),
        Command::Features(args) => cmd::features::run(args),
    }
}

/// A reader that closed early (`| head`) is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// The one place where a fatal error is told.
fn complain(error: &anyhow::Error) {
    let _ = writeln!(std::io::stderr().lock(), "cleancopy: {error:#}");
}
