//! The `cleancopy` program: parse the command line, run one command, say how it ended.

mod cmd;

use std::process::ExitCode;

use cmd::args::{Args, Command};
use cmd::{config, log};

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    let ended = config::arguments(&typed).and_then(|mut args| {
        log::start(args.log);
        for name in config::strange_variables() {
            log::say(format_args!("{name} is set, and no flag has that variable"));
        }
        match &mut args.command {
            Command::Extract(args) => args.output.dash_is_standard(),
            Command::Crawl(args) => {
                args.output.dash_is_standard();
                args.output.check_ending()?;
            }
            _ => {}
        }
        run(&args)
    });
    match ended {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            log::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Extract(args) => cmd::extract::run(args),
        Command::Explain(args) => cmd::explain::run(args),
        Command::Crawl(args) => cmd::crawl::run(args),
        Command::Status(args) => cmd::status::run(args),
        Command::Seal(args) => cmd::fleet::seal(args),
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
