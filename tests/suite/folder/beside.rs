//! What lies in the folder of a crawl and is somebody else's, and the files of articles.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::{list, manifest};
use crate::cli::{cleancopy, code, crawl, dir, told};
use crate::site::{Site, story};

/// All files below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

fn go(site: &Site, dir: &Path, more: &[&str]) -> Output {
    crawl(site, dir, &[&["-o", "out/"], more].concat())
        .output()
        .unwrap()
}

#[test]
fn somebody_elses_files_stay_whole_and_get_no_lock_beside_them() {
    let site = Site::open(|_| story());
    for (name, text) in [
        ("records.jsonl", "my notes"),
        ("records.jsonl", r#"{"no":1}"#),
        ("records.jsonl", "{\"no\":1}\n"),
        ("manifest.json", r#"{"mine":1}"#),
        ("frontier.sqlite", "my notes, which are no crawl"),
    ] {
        for more in [&[][..], &["--fresh"][..]] {
            let dir = dir();
            list(dir.path(), 1, 1);
            let out = dir.path().join("out");
            fs::create_dir(&out).unwrap();
            fs::write(out.join(name), text).unwrap();
            let output = go(&site, dir.path(), more);
            assert_eq!(code(&output), 2, "{name}: {}", told(&output));
            assert!(told(&output).contains(name), "{}", told(&output));
            assert!(
                told(&output).contains("another folder"),
                "it says what to do: {}",
                told(&output)
            );
            assert_eq!(files(&out), BTreeSet::from([out.join(name)]));
            assert_eq!(fs::read_to_string(out.join(name)).unwrap(), text);
        }
    }
    assert!(site.log().is_empty());
}

#[test]
fn a_fresh_crawl_helps_where_records_of_ours_are_broken() {
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 3, 3);
    go(&site, dir.path(), &[]);
    let out = dir.path().join("out");
    let records = out.join("records.jsonl");
    let broken = fs::read_to_string(&records).unwrap() + "no record\n";
    fs::write(&records, &broken).unwrap();
    let output = go(&site, dir.path(), &[]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("--fresh"), "{}", told(&output));
    let output = go(&site, dir.path(), &["--fresh"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    // Without a frontier, too: what has records is asked for again.
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(out.join(format!("frontier.sqlite{end}")));
    }
    let before = site.requests();
    let output = go(&site, dir.path(), &["--fresh"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!(site.requests() - before, 6);
    assert_eq!(manifest(dir.path())["outcomes"]["article"], 3);
}

#[test]
fn a_fresh_crawl_takes_away_the_articles_of_the_one_before_and_nothing_else() {
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 4, 2);
    let articles = dir.path().join("out/articles");
    fs::create_dir_all(articles.join("h0.example")).unwrap();
    let own = [
        articles.join("precious.md"),
        articles.join("h0.example/notes-0123456789abcdef.md"),
    ];
    for file in &own {
        fs::write(file, "mine").unwrap();
    }
    let markdown = &["-f", "markdown", "--fresh"][..];
    assert_eq!(code(&go(&site, dir.path(), markdown)), 0);
    assert_eq!(files(&articles).len(), 6);
    // Fewer addresses now: the files of the others go, whether files are wanted or not.
    list(dir.path(), 2, 2);
    assert_eq!(code(&go(&site, dir.path(), markdown)), 0);
    assert_eq!(files(&articles).len(), 4);
    assert_eq!(code(&go(&site, dir.path(), &["--fresh"])), 0);
    assert_eq!(files(&articles), BTreeSet::from(own.clone()));
    for file in &own {
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
    // Where nobody put anything, the folder goes, too.
    for file in &own {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(code(&go(&site, dir.path(), markdown)), 0);
    assert_eq!(code(&go(&site, dir.path(), &["--fresh"])), 0);
    assert!(!articles.exists());
}

#[test]
fn articles_that_were_crawled_without_files_get_theirs_from_the_records() {
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 3, 2);
    let articles = dir.path().join("out/articles");
    assert_eq!(code(&go(&site, dir.path(), &[])), 0);
    let before = site.requests();
    let output = go(&site, dir.path(), &["-f", "markdown"]);
    assert!(told(&output).contains("3 files made"), "{}", told(&output));
    assert_eq!((files(&articles).len(), site.requests()), (3, before));
    for file in files(&articles) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# Ferry returns\n"), "{text}");
    }
    // In turn with runs that make none.
    list(dir.path(), 5, 2);
    assert_eq!(code(&go(&site, dir.path(), &[])), 0);
    list(dir.path(), 6, 2);
    let output = go(&site, dir.path(), &["-f", "markdown"]);
    assert!(told(&output).contains("2 files made"), "{}", told(&output));
    assert_eq!(files(&articles).len(), 6);
    let output = go(&site, dir.path(), &["-f", "markdown"]);
    assert!(!told(&output).contains("made"), "{}", told(&output));
}

/// Runs the program as somebody who may only read, if that can be done here.
#[cfg(unix)]
fn as_reader(dir: &Path, args: &[&str]) -> Option<Output> {
    use std::os::unix::fs::MetadataExt as _;
    use std::process::Command;
    let mut command = cleancopy(args);
    // Permissions do not hold for the superuser.
    if fs::metadata(dir).unwrap().uid() == 0 {
        let program = command.get_program().to_owned();
        command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
        command.arg(program).args(args);
    }
    let output = command.current_dir(dir).output().ok()?;
    let ran = !output.stderr.starts_with(b"setpriv:");
    ran.then_some(output)
}

#[cfg(unix)]
#[test]
fn who_may_only_read_can_look_at_a_crawl() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 2, 2);
    go(&site, dir.path(), &[]);
    let out = dir.path().join("out");
    let permit = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(dir.path(), 0o755);
    let look = || {
        for file in files(&out) {
            permit(&file, 0o444);
        }
        permit(&out, 0o555);
        for args in [
            &["status", "out"][..],
            &["explain", "http://h0.example/story/0", "--crawl", "out"],
        ] {
            // Passed over where the superuser has no setpriv.
            let Some(output) = as_reader(dir.path(), args) else {
                break;
            };
            assert!(output.status.success(), "{}", told(&output));
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(said.contains("article"), "{said}");
        }
        permit(&out, 0o755);
        for file in files(&out) {
            permit(&file, 0o644);
        }
    };
    look();
    // While somebody has it open, too.
    let frontier = cleancopy::crawl::Folder::look(&out).unwrap();
    frontier.set_note("note", "in the log").unwrap();
    look();
}

#[cfg(feature = "postgres")]
#[test]
fn a_worker_does_not_begin_where_it_could_not_publish() {
    use cleancopy::crawl::Segment;
    for (name, text) in [("records.jsonl", "my notes\n"), ("manifest.json", "{}")] {
        let dir = dir();
        fs::write(dir.path().join(name), text).unwrap();
        let begun = Segment::create(dir.path(), jiff::Timestamp::now());
        let error = begun.unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert_eq!(files(dir.path()).len(), 1);
    }
}
