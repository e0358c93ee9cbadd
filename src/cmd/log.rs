//! What goes to standard error, and in which form: lines for people, or JSON for machines.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use jiff::Timestamp;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

/// Flags of what is said, the same for every command.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct LogArgs {
    /// Say nothing on standard error but what ends the run
    #[arg(short, long, global = true)]
    quiet: bool,
    /// How standard error is written
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How standard error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// Lines for people, a progress bar on a terminal
    Text,
    /// One JSON object a line
    Json,
}

/// Set once, before anything is said.
static CHOSEN: OnceLock<LogArgs> = OnceLock::new();

fn chosen() -> Option<LogArgs> {
    CHOSEN.get().copied()
}

fn is_json() -> bool {
    chosen().is_some_and(|args| args.log_format == LogFormat::Json)
}

fn is_quiet() -> bool {
    chosen().is_some_and(|args| args.quiet)
}

/// What the library logs goes to standard error, as `RUST_LOG` asks; nothing below warnings else.
pub(crate) fn start(args: LogArgs) {
    let _ = CHOSEN.set(args);
    let least = if args.quiet {
        LevelFilter::ERROR
    } else {
        LevelFilter::WARN
    };
    let filter = EnvFilter::builder().with_default_directive(least.into());
    // What the frontier says of its server is enough; `RUST_LOG` can ask for more.
    let quiet = |filter: EnvFilter| match "deadpool.postgres=off".parse() {
        Ok(directive) if env::var_os("RUST_LOG").is_none() => filter.add_directive(directive),
        _ => filter,
    };
    let lines = tracing_subscriber::fmt().with_writer(io::stderr);
    if is_json() {
        let filter = quiet(filter.from_env_lossy());
        // What the program itself says is at level INFO there.
        let own = if args.quiet {
            "cleancopy::said=error"
        } else {
            "cleancopy::said=info"
        };
        let filter = match own.parse() {
            Ok(directive) => filter.add_directive(directive),
            Err(_) => filter,
        };
        lines.json().with_env_filter(filter).init();
    } else {
        lines.with_env_filter(quiet(filter.from_env_lossy())).init();
    }
}

/// So many of something, in words that fit their number.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Says one line on standard error.
pub(crate) fn say(line: impl fmt::Display) {
    if is_json() {
        tracing::info!(target: "cleancopy::said", "{line}");
    } else if !is_quiet() {
        // A reader that closed standard error does not stop a crawl.
        let _ = writeln!(io::stderr().lock(), "cleancopy: {line}");
    }
}

/// Says how something ended: to people as it reads, to machines in one line with its numbers.
pub(crate) fn say_numbers(told: &str, numbers: &serde_json::Value) {
    if !is_json() {
        return say(told);
    }
    if is_quiet() {
        return;
    }
    // As the other lines are written, which can hold no numbers under names of the moment.
    let line = serde_json::json!({
        "timestamp": Timestamp::now(),
        "level": "INFO",
        "fields": { "message": told.lines().next(), "numbers": numbers },
        "target": "cleancopy::said",
    });
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// The one place where a fatal error is told.
pub(crate) fn complain(error: &anyhow::Error) {
    if is_json() {
        tracing::error!(target: "cleancopy::said", "{error:#}");
    } else {
        let _ = writeln!(io::stderr().lock(), "cleancopy: {error:#}");
    }
}

/// Whether a bar may be drawn.
pub(crate) fn has_terminal() -> bool {
    !is_json() && !is_quiet() && io::stderr().is_terminal()
}
