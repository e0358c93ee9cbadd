//! Flags from the command line, the environment and a file, in this order of precedence:
//!
//! 1. the flag itself: `--max-body 5`;
//! 2. its variable: `CLEANCOPY_MAX_BODY=5`;
//! 3. the file that `--config` names: `max-body = 5` under the command's name, such as `[crawl]`,
//!    or before the first table for flags that every command has;
//! 4. the default that `--help` shows.
//!
//! A flag that may be given several times comes whole from one of these; in a variable its values
//! are parted by commas, in the file they are an array. What the file names and no flag is called
//! is an error, in the tables of other commands too.

use std::collections::HashSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::builder::FalseyValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{
    Arg, ArgAction, ArgMatches, Command, CommandFactory as _, FromArgMatches as _, value_parser,
};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::args::Args;

/// What stands before the names of all variables.
const PREFIX: &str = "CLEANCOPY_";
/// The flag that names the file; it cannot stand in the file itself.
const CONFIG: &str = "config";

/// Reads the arguments of the program with all that stands behind them. Leaves the program where
/// clap does: for `--help`, `--version` and flags that are wrong.
pub(crate) fn arguments(typed: &[OsString]) -> anyhow::Result<Args> {
    let command = command();
    let mut matches = or_leave(command.clone().try_get_matches_from(typed));
    if let Some(path) = matches.get_one::<PathBuf>(CONFIG).cloned() {
        let file = File::read(&path)?;
        let more = file.flags(&command, typed, &matches)?;
        let typed = with(typed, &command, &matches, more);
        matches = or_leave(command.clone().try_get_matches_from(typed));
    }
    Ok(or_leave(Args::from_arg_matches(&matches)))
}

/// Variables that look like one of ours and are the variable of no flag.
pub(crate) fn strange_variables() -> Vec<String> {
    let command = command();
    let mut known = HashSet::new();
    for command in command.get_subcommands().chain([&command]) {
        known.extend(command.get_arguments().filter_map(|arg| arg.get_env()));
    }
    let set = env::vars_os().map(|(name, _)| name);
    let strange = set.filter(|name| !known.contains(name.as_os_str()));
    let names = strange.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(PREFIX)).collect()
}

fn or_leave<T>(parsed: Result<T, clap::Error>) -> T {
    parsed.unwrap_or_else(|error| error.exit())
}

/// The command line, with a variable for every flag.
fn command() -> Command {
    fn variable(arg: Arg) -> Arg {
        let Some(long) = arg.get_long() else {
            return arg;
        };
        let name = format!("{PREFIX}{}", long.to_uppercase().replace('-', "_"));
        let arg = arg.env(name).hide_env(true);
        // A number below nought is not taken for a flag: so it is told what is wrong with it.
        let arg = if arg.get_action().takes_values() {
            arg.allow_negative_numbers(true)
        } else {
            arg
        };
        match arg.get_action() {
            ArgAction::SetTrue => arg.value_parser(FalseyValueParser::new()),
            ArgAction::Append => arg.value_delimiter(','),
            _ => arg,
        }
    }
    let config = Arg::new(CONFIG)
        .long(CONFIG)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help("A file of flags (TOML), for what is neither typed nor set as CLEANCOPY_…");
    let command = Args::command().arg(config).mut_args(variable);
    command.mut_subcommands(|command| command.mut_args(variable))
}

/// The arguments with more flags behind the name of the command.
fn with(
    typed: &[OsString],
    command: &Command,
    matches: &ArgMatches,
    more: Vec<String>,
) -> Vec<OsString> {
    let name = matches.subcommand_name().unwrap_or_default();
    // A flag of the program itself may stand before, and its value may be called like a command.
    let takes_next = |arg: &OsString| {
        let long = arg.to_str().and_then(|arg| arg.strip_prefix("--"));
        long.and_then(|long| flag(command, long))
            .is_some_and(|arg| arg.get_action().takes_values())
            || long == Some(CONFIG)
    };
    let at = (1..typed.len()).find(|&i| typed[i] == name && !takes_next(&typed[i - 1]));
    let (before, after) = typed.split_at(at.map_or(typed.len(), |at| at + 1));
    let more = more.into_iter().map(OsString::from);
    before
        .iter()
        .cloned()
        .chain(more)
        .chain(after.iter().cloned())
        .collect()
}

/// The flag of a command that is called so.
fn flag<'a>(command: &'a Command, long: &str) -> Option<&'a Arg> {
    let mut flags = command.get_arguments();
    flags.find(|arg| arg.get_long() == Some(long) && long != CONFIG)
}

/// A file of flags.
struct File<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> File<'a> {
    fn read(path: &'a Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path, text })
    }

    /// The place of a byte, for a person.
    fn place(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = 1 + before.matches('\n').count();
        format!("{}:{line}", self.path.display())
    }

    /// The flags of the file that were neither typed nor set in the environment.
    fn flags(
        &self,
        command: &Command,
        typed: &[OsString],
        matches: &ArgMatches,
    ) -> anyhow::Result<Vec<String>> {
        let table = DeTable::parse(&self.text).map_err(|error| {
            let place = self.place(error.span().map_or(0, |span| span.start));
            anyhow!("{place}: {}", error.message())
        })?;
        let mut flags = Vec::new();
        for (key, value) in table.get_ref() {
            if let DeValue::Table(settings) = value.get_ref() {
                let Some(of) = command.find_subcommand(key.get_ref().as_ref()) else {
                    let place = self.place(key.span().start);
                    bail!("{place}: there is no command `{}`", key.get_ref());
                };
                for (key, value) in settings {
                    let found = self.setting(of, key.get_ref(), key.span().start, value)?;
                    if matches.subcommand_name() == Some(of.get_name()) {
                        flags.push((found, key.span().start));
                    }
                }
            } else {
                let at = key.span().start;
                flags.push((self.setting(command, key.get_ref(), at, value)?, at));
            }
        }
        flags.retain(|(setting, _)| !is_given(matches, &setting.id));
        let mut more = Vec::new();
        let mut lacking = None;
        for (setting, at) in flags {
            more.extend(setting.flags);
            let tried = with(typed, command, matches, more.clone());
            match command.clone().try_get_matches_from(tried) {
                Ok(_) => lacking = None,
                // What it needs may stand further down.
                Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
                    lacking.get_or_insert((error, at));
                }
                Err(error) => bail!("{}: {}", self.place(at), first_line(&error)),
            }
        }
        match lacking {
            Some((error, at)) => bail!("{}: {}", self.place(at), first_line(&error)),
            None => Ok(more),
        }
    }

    /// One line of the file as flags.
    fn setting(
        &self,
        command: &Command,
        key: &str,
        at: usize,
        value: &Spanned<DeValue<'_>>,
    ) -> anyhow::Result<Setting> {
        let place = self.place(at);
        let name = command.get_name();
        let Some(arg) = flag(command, key) else {
            bail!("{place}: `{name}` has no flag --{key}");
        };
        let takes_values = arg.get_action().takes_values();
        let flags = match value.get_ref() {
            DeValue::Boolean(on) if !takes_values => {
                on.then(|| format!("--{key}")).into_iter().collect()
            }
            _ if !takes_values => bail!("{place}: `{key}` is true or false"),
            DeValue::Array(values) if matches!(arg.get_action(), ArgAction::Append) => {
                let texts: Option<Vec<String>> = values.iter().map(text).collect();
                let texts = texts.with_context(|| format!("{place}: `{key}` has odd values"))?;
                texts.iter().map(|text| format!("--{key}={text}")).collect()
            }
            _ => {
                let text = text(value);
                let text = text.with_context(|| format!("{place}: `{key}` has one value"))?;
                vec![format!("--{key}={text}")]
            }
        };
        let id = arg.get_id().to_string();
        Ok(Setting { id, flags })
    }
}

/// What is wrong, in the first of the lines in which clap tells it.
fn first_line(error: &clap::Error) -> String {
    let told = error.to_string();
    let told = told.split("\n\n").next().unwrap_or_default();
    let told = told.trim_start_matches("error: ").trim_end();
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a line of the file sets.
struct Setting {
    id: String,
    flags: Vec<String>,
}

/// Whether a flag was typed or set in the environment.
fn is_given(matches: &ArgMatches, id: &str) -> bool {
    let of_command = matches.subcommand().map(|(_, matches)| matches);
    [Some(matches), of_command]
        .into_iter()
        .flatten()
        .any(|matches| {
            let known = matches.try_contains_id(id).unwrap_or(false);
            let source = known.then(|| matches.value_source(id)).flatten();
            matches!(
                source,
                Some(ValueSource::CommandLine | ValueSource::EnvVariable)
            )
        })
}

/// A single value as it would be typed.
fn text(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
