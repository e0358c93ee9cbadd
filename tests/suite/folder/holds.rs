//! What a folder holds, who may write there, and what is refused.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{count, list, manifest, published, status};
use crate::cli::{code, crawl, dir, row, told};
use crate::site::{Reply, Site, story};

#[test]
fn a_folder_holds_records_and_a_manifest_that_add_up() {
    let site = Site::open(|request| match request.path.as_str() {
        "/story/4" => Reply::status(404, ""),
        _ => story(),
    });
    let dir = dir();
    list(dir.path(), 9, 3);
    let mut lines = fs::OpenOptions::new()
        .append(true)
        .open(dir.path().join("urls.txt"))
        .unwrap();
    lines
        .write_all(b"\nno url\nhttp://h0.example/story/0#top\n")
        .unwrap();
    let output = crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert_eq!(
        (row(&output, "article"), row(&output, "http-error")),
        (8, 1)
    );
    assert_eq!(row(&output, "total"), 9);
    assert!(told(&output).contains("urls.txt: 11 lines: 9 new, 1 more than once, 1 not a URL"));
    assert_eq!(published(&dir.path().join("out/records.jsonl")).len(), 9);
    let manifest = manifest(dir.path());
    assert_eq!(count(&manifest["addresses"]), 9);
    assert_eq!(count(&manifest["outcomes"]["article"]), 8);
    assert_eq!(count(&manifest["outcomes"]["http-error"]), 1);
    assert_eq!(
        (count(&manifest["pending"]), &manifest["complete"]),
        (0, &true.into())
    );
    assert_eq!(count(&manifest["lists"][0]["lines"]), 11);
    assert_eq!(status(dir.path())["running"], false);

    let asked = site.requests();
    let output = crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    assert_eq!(code(&output), 1, "what failed has failed");
    assert!(
        told(&output).contains("0 new, 9 known from before, 1 more than once, 1 not a URL"),
        "{}",
        told(&output)
    );
    assert_eq!(site.requests(), asked, "nothing is asked for again");

    let output = crawl(&site, dir.path(), &["-o", "out", "--fresh"])
        .output()
        .unwrap();
    assert_eq!(row(&output, "total"), 9);
    assert_eq!(
        site.requests(),
        asked * 2,
        "a fresh crawl asks for all, robots.txt too"
    );
    assert_eq!(published(&dir.path().join("out/records.jsonl")).len(), 9);
}

#[test]
fn rules_of_hosts_are_known_after_a_restart() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "User-agent: *\nDisallow: /in"),
        _ => story(),
    });
    let dir = dir();
    for urls in [
        "http://a.example/1",
        "http://a.example/2\nhttp://a.example/in/3",
    ] {
        fs::write(dir.path().join("urls.txt"), urls).unwrap();
        crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    }
    assert_eq!(site.paths("a.example"), ["/robots.txt", "/1", "/2"]);
    let outcomes = &status(dir.path())["outcomes"];
    assert_eq!(count(&outcomes["robots-disallowed"]), 1);
}

#[test]
fn a_second_process_is_kept_out() {
    let site = Site::open(|_| {
        std::thread::sleep(Duration::from_millis(400));
        story()
    });
    let dir = dir();
    list(dir.path(), 6, 1);
    let mut first = crawl(&site, dir.path(), &["-o", "out/"]);
    let mut first = first.stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while site.log().is_empty() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(status(dir.path())["running"], true);
    let second = crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    assert_eq!(code(&second), 2);
    assert!(
        told(&second).contains("another run is writing to out"),
        "{}",
        told(&second)
    );
    assert!(first.wait().unwrap().success());
    assert_eq!(published(&dir.path().join("out/records.jsonl")).len(), 6);
}

#[test]
fn a_torn_line_is_cut_off_and_what_has_its_record_is_not_asked_for() {
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 5, 5);
    let out = dir.path().join("out");
    crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    let whole = fs::read_to_string(out.join("records.jsonl")).unwrap();
    // As if the machine had lost the frontier and the end of the last record.
    let end = whole.len() - 30;
    fs::write(out.join("records.jsonl"), &whole[..end]).unwrap();
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(out.join(format!("frontier.sqlite{end}")));
    }
    let before = site.requests();
    let output = crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(
        told(&output).contains("4 addresses had their records already"),
        "{}",
        told(&output)
    );
    assert!(told(&output).contains("cut off"));
    assert_eq!(
        site.requests() - before,
        2,
        "robots.txt and page of the torn one"
    );
    let records = fs::read_to_string(out.join("records.jsonl")).unwrap();
    assert!(records.starts_with(&whole[..=whole[..end].rfind('\n').unwrap()]));
    assert_eq!(published(&out.join("records.jsonl")).len(), 5);
}

#[test]
fn what_is_not_ours_is_refused_and_left_alone() {
    let site = Site::open(|_| story());
    for file in ["frontier.sqlite", "records.jsonl"] {
        let dir = dir();
        list(dir.path(), 1, 1);
        let path = dir.path().join("out").join(file);
        fs::create_dir(dir.path().join("out")).unwrap();
        let notes = "my notes, which are no crawl\n".repeat(40);
        fs::write(&path, &notes).unwrap();
        for more in [&[][..], &["--fresh"][..]] {
            let output = crawl(&site, dir.path(), &[&["-o", "out/"], more].concat());
            let output = { output }.output().unwrap();
            assert_eq!(code(&output), 2, "{}", told(&output));
            assert!(told(&output).contains(file), "{}", told(&output));
            assert_eq!(fs::read_to_string(&path).unwrap(), notes);
        }
    }
    let dir = dir();
    list(dir.path(), 1, 1);
    let output = crawl(&site, dir.path(), &["-o", "out/", "--format", "text"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(site.log().is_empty());
}

#[test]
fn records_that_were_taken_away_are_missed() {
    let site = Site::open(|_| story());
    let dir = dir();
    list(dir.path(), 2, 2);
    crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    let frontier = cleancopy::crawl::Folder::look(&dir.path().join("out")).unwrap();
    frontier.set_note("settled:1", "1000000").unwrap();
    let output = crawl(&site, dir.path(), &["-o", "out/"]).output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("records were taken away"),
        "{}",
        told(&output)
    );
}

#[test]
fn near_duplicates_are_marked_over_the_end_of_a_process() {
    let site = Site::open(|_| story());
    for output in ["out/", "out.jsonl"] {
        let dir = dir();
        list(dir.path(), 1, 1);
        let go = || {
            let output = crawl(&site, dir.path(), &["-o", output]).output().unwrap();
            assert_eq!(code(&output), 0, "{}", told(&output));
        };
        go();
        list(dir.path(), 3, 1);
        go();
        let file = match output {
            "out/" => "out/records.jsonl",
            file => file,
        };
        let records = published(&dir.path().join(file));
        let near = records
            .values()
            .map(|record| record.near_duplicate_of.as_deref());
        let first = "http://h0.example/story/0";
        assert_eq!(
            near.collect::<Vec<_>>(),
            [None, Some(first), Some(first)],
            "{output}"
        );
    }
}

#[test]
fn each_article_can_have_a_file_of_its_own_beside_the_records() {
    let site = Site::open(|request| match request.path.as_str() {
        "/story/3" => crate::site::Reply::status(404, ""),
        _ => story(),
    });
    let dir = dir();
    list(dir.path(), 6, 2);
    let files = || {
        let mut files: Vec<String> = Vec::new();
        for host in ["h0.example", "h1.example"] {
            for entry in fs::read_dir(dir.path().join("out/articles").join(host)).unwrap() {
                let path = entry.unwrap().path();
                let page = fs::read_to_string(&path).unwrap();
                assert!(
                    page.starts_with("# Ferry returns\n") && page.ends_with('\n'),
                    "{page}"
                );
                files.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
        files.sort_unstable();
        files
    };
    let go = |more: &[&str]| {
        let flags = [&["-o", "out/", "-f", "markdown"], more].concat();
        crawl(&site, dir.path(), &flags).output().unwrap()
    };
    let output = go(&[]);
    assert_eq!(code(&output), 1, "one page is missing: {}", told(&output));
    let first = files();
    let numbers: Vec<&str> = first.iter().map(|name| &name[..2]).collect();
    assert_eq!(numbers, ["0-", "1-", "2-", "4-", "5-"]);
    assert_eq!(published(&dir.path().join("out/records.jsonl")).len(), 6);
    // A page that is had again replaces its file.
    go(&["--revisit"]);
    assert_eq!(files(), first);
}
