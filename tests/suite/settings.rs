//! Where a flag's value comes from, and what goes to standard error.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::site::{Reply, Site, story};

fn dir(config: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("urls.txt"), "http://a.example/story\n").unwrap();
    fs::write(dir.path().join("cleancopy.toml"), config).unwrap();
    dir
}

/// A crawl with the file, these variables and these flags.
fn crawl(dir: &Path, site: &Site, variables: &[(&str, &str)], flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
    command.args(["--config", "cleancopy.toml", "crawl", "urls.txt"]);
    command.arg(format!("--resolve=*={}", site.address));
    command.args(["--delay=0", "--no-proxy"]).args(flags);
    for (name, _) in std::env::vars() {
        if name.starts_with("CLEANCOPY_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.envs(variables.iter().copied());
    command.current_dir(dir).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Who asked, by the last request.
fn asker(site: &Site) -> String {
    let agent = site.log().last().unwrap().agent.clone();
    let (_, contact) = agent.split_once("(+").unwrap();
    contact.trim_end_matches(')').to_owned()
}

#[test]
fn a_flag_beats_its_variable_which_beats_the_file_which_beats_the_default() {
    let site = Site::open(|_| story());
    let dir = dir("[crawl]\ncontact = \"file\"\nformat = \"text\"\n");
    let variable = ("CLEANCOPY_CONTACT", "variable");
    let output = crawl(dir.path(), &site, &[], &[]);
    assert_eq!(asker(&site), "file", "{}", told(&output));
    assert!(
        output
            .stdout
            .starts_with(b"http://a.example/story\nFerry returns")
    );
    crawl(dir.path(), &site, &[variable], &[]);
    assert_eq!(asker(&site), "variable");
    let output = crawl(
        dir.path(),
        &site,
        &[variable],
        &["--contact", "flag", "-f", "jsonl"],
    );
    assert_eq!(asker(&site), "flag");
    assert!(
        output.stdout.starts_with(b"{"),
        "the flag beats the file, too"
    );
    let format = ("CLEANCOPY_FORMAT", "csv");
    let output = crawl(dir.path(), &site, &[format], &[]);
    assert!(
        output.stdout.starts_with(b"url,"),
        "any flag has its variable"
    );
}

#[test]
fn switches_lists_and_numbers_come_from_the_file_as_well() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "User-agent: *\nDisallow: /"),
        _ => story(),
    });
    let list = "allow-private = [\"127.0.0.0/8\", \"10.0.0.0/8\"]";
    let dir = dir(&format!(
        "quiet = true\n[crawl]\nignore-robots = true\nretries = 0\n{list}\n"
    ));
    let output = crawl(dir.path(), &site, &[], &[]);
    assert!(
        output.status.success() && told(&output).is_empty(),
        "{}",
        told(&output)
    );
    assert_eq!(site.paths("a.example"), ["/story"]);
    fs::write(
        dir.path().join("cleancopy.toml"),
        "[crawl]\nignore-robots = false\n",
    )
    .unwrap();
    let output = crawl(dir.path(), &site, &[], &[]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let on = ("CLEANCOPY_IGNORE_ROBOTS", "1");
    assert!(crawl(dir.path(), &site, &[on], &[]).status.success());
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_its_line() {
    let site = Site::open(|_| story());
    for (config, wanted) in [
        (
            "\n[crawl]\nretries = 1\nretrys = 2\n",
            "cleancopy.toml:4: `crawl` has no flag --retrys",
        ),
        (
            "# all\ncontact = \"x\"\n",
            "cleancopy.toml:2: `cleancopy` has no flag --contact",
        ),
        (
            "[crawl]\n\n[craw]\n",
            "cleancopy.toml:3: there is no command `craw`",
        ),
        (
            "[extract]\nretries = 1\n",
            "cleancopy.toml:2: `extract` has no flag --retries",
        ),
        (
            "[crawl]\nconfig = \"x\"\n",
            "cleancopy.toml:2: `crawl` has no flag --config",
        ),
        (
            "[crawl]\nretries = \"two\"\n",
            "cleancopy.toml:2: invalid value 'two' for '--retries",
        ),
        (
            "[crawl]\nmax-body = -1\n",
            "cleancopy.toml:2: invalid value '-1' for '--max-body",
        ),
        (
            "[crawl]\nhosts = [1, 2]\n",
            "cleancopy.toml:2: `hosts` has one value",
        ),
        (
            "[crawl]\nfresh = \"yes\"\n",
            "cleancopy.toml:2: `fresh` is true or false",
        ),
        (
            "[crawl]\nresolve = [true]\n",
            "cleancopy.toml:2: `resolve` has odd values",
        ),
        ("[crawl]\nhosts 3\n", "cleancopy.toml:2: "),
        (
            "[crawl]\nretries = 1\ndepth = 3\n",
            "cleancopy.toml:3: the following required arguments were not provided: <--site <SITE>|--follow>",
        ),
        ("[crawl]\nhosts = 1\nhosts = 2\n", "cleancopy.toml:3: "),
    ] {
        let dir = dir(config);
        let output = crawl(dir.path(), &site, &[], &[]);
        assert_eq!(output.status.code(), Some(2), "{config}");
        let told = told(&output);
        assert!(told.contains(wanted), "{config}\n{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    let gone = dir("");
    fs::remove_file(gone.path().join("cleancopy.toml")).unwrap();
    let output = crawl(gone.path(), &site, &[], &[]);
    assert!(told(&output).contains("cannot read cleancopy.toml"));
    assert!(site.log().is_empty());
}

#[test]
fn quiet_says_nothing_and_json_says_it_to_machines() {
    let site = Site::open(|_| story());
    let dir = dir("");
    let output = crawl(dir.path(), &site, &[], &["--quiet"]);
    assert!(
        output.status.success() && told(&output).is_empty(),
        "{}",
        told(&output)
    );
    assert!(!output.stdout.is_empty(), "records are no talk");

    let output = crawl(dir.path(), &site, &[], &["--log-format", "json"]);
    let lines: Vec<serde_json::Value> = told(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let summary = lines.iter().find(|line| {
        let message = line["fields"]["message"].as_str().unwrap_or_default();
        message.starts_with("1 line, 2 requests (1 for robots.txt)") && line["level"] == "INFO"
    });
    let numbers = &summary.expect("there is a summary")["fields"]["numbers"];
    assert_eq!(numbers["lines"], 1);
    assert_eq!(numbers["ended"]["article"], 1);
    assert_eq!(numbers["cost"]["requests"], 2);
    assert_eq!(numbers["cost"]["requests_for_robots"], 1);

    let output = crawl(
        dir.path(),
        &site,
        &[],
        &["-o", "out/", "--log-format", "json"],
    );
    let told_all = told(&output);
    let numbers: Vec<serde_json::Value> = told_all
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|line| line["fields"]["numbers"].clone())
        .collect();
    assert_eq!(numbers[0]["new"], 1, "{told_all}");
    assert_eq!(numbers[1]["ended"]["article"], 1, "{told_all}");
    assert_eq!(numbers[1]["addresses"], 1, "{told_all}");

    fs::remove_file(dir.path().join("urls.txt")).unwrap();
    for flags in [&["-q"][..], &["--log-format", "json"]] {
        let output = crawl(dir.path(), &site, &[], flags);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            told(&output).contains("urls.txt"),
            "what ends a run is always said"
        );
    }
}

#[test]
fn a_flag_finds_what_it_needs_further_down_in_the_file() {
    let site = Site::open(|_| story());
    let dir = dir("[crawl]\ndepth = 0\nno-guess = true\nfollow = true\n");
    let output = crawl(dir.path(), &site, &[], &[]);
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn a_variable_of_no_flag_is_told_of() {
    let site = Site::open(|_| story());
    let dir = dir("");
    let set = [("CLEANCOPY_DEALY", "1"), ("CLEANCOPY_DELAY", "0")];
    let output = crawl(dir.path(), &site, &set, &[]);
    assert!(output.status.success(), "{}", told(&output));
    let told = told(&output);
    assert!(told.contains("CLEANCOPY_DEALY is set"), "{told}");
    assert!(!told.contains("CLEANCOPY_DELAY is"), "{told}");
}

#[test]
fn a_value_that_means_nothing_is_refused_in_words() {
    let site = Site::open(|_| story());
    let dir = dir("");
    for (flags, wanted) in [
        (
            &["--since", "yesterday"][..],
            "not a day such as 2026-01-31",
        ),
        (&["--hosts", "0"], "not a number from 1"),
        (&["--retry-wait", "-1"], "not a number of seconds"),
        (&["--retry-wait", "NaN"], "not a number of seconds"),
        (&["--timeout", "0"], "nothing can be done in no time"),
        (&["--max-body", "0"], "not a number from 1"),
        (&["--follow", "--max-pages", "0"], "not a number from 1"),
        (&["--contact", ""], "names nobody"),
        (&["--allow-private", "home"], "neither a network"),
        (&["--depth", "3"], "--site <SITE>|--follow"),
        (&["--scope", "domain"], "--site <SITE>|--follow"),
        (&["--max-listings", "3"], "--site <SITE>|--follow"),
        (&["--no-guess"], "--site <SITE>|--follow"),
    ] {
        let output = crawl(dir.path(), &site, &[], flags);
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(told(&output).contains(wanted), "{}", told(&output));
    }
    assert!(site.log().is_empty());
    let output = crawl(dir.path(), &site, &[], &["--allow-private", "127.0.0.1"]);
    assert!(output.status.success(), "{}", told(&output));
}
