//! Commands that read files: what they do not overwrite, and what they say of files that are no
//! pages.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use cleancopy::archive::folder;

use super::cli::{cleancopy, code, dir, records, told};
use super::site::story_page;

fn run(dir: &Path, args: &[&str]) -> Output {
    cleancopy(args).current_dir(dir).output().unwrap()
}

#[test]
fn what_explain_writes_overwrites_nothing_unless_asked_and_never_the_page() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), story_page()).unwrap();
    fs::write(path.join("notes.html"), "my notes").unwrap();
    let shade = |file: &str, more: &[&str]| {
        let args = [&["explain", "story.html", "--html", file][..], more].concat();
        run(path, &args)
    };
    let output = shade("notes.html", &[]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("notes.html is not empty; --fresh overwrites it"));
    assert_eq!(
        fs::read_to_string(path.join("notes.html")).unwrap(),
        "my notes"
    );
    assert_eq!(code(&shade("notes.html", &["--fresh"])), 0);
    assert!(
        fs::read_to_string(path.join("notes.html"))
            .unwrap()
            .contains("title=\"kept")
    );
    assert_eq!(code(&shade("new.html", &[])), 0);
    for flags in [&[][..], &["--fresh"]] {
        let output = shade("./story.html", flags);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains("is an input"), "{}", told(&output));
        assert_eq!(
            fs::read_to_string(path.join("story.html")).unwrap(),
            story_page()
        );
    }
}

#[test]
fn an_output_of_extract_is_none_of_its_inputs() {
    let dir = dir();
    let path = dir.path();
    fs::create_dir(path.join("in")).unwrap();
    fs::write(path.join("in/story.html"), story_page()).unwrap();
    let mut names = vec!["in/story.html"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("in/story.html", path.join("soft.html")).unwrap();
        fs::hard_link(path.join("in/story.html"), path.join("hard.html")).unwrap();
        names.extend(["soft.html", "hard.html"]);
    }
    for name in names {
        for input in ["in/story.html", "in"] {
            let output = run(path, &["extract", input, "-o", name, "--fresh"]);
            assert_eq!(code(&output), 2, "{name}");
            assert!(told(&output).contains("is an input"), "{}", told(&output));
            let left = fs::read_to_string(path.join("in/story.html")).unwrap();
            assert_eq!(left, story_page());
        }
    }
    // An output in a folder that is read is not read itself.
    let output = run(path, &["extract", "in", "-o", "in/all.html"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(told(&output).is_empty(), "one page: {}", told(&output));
    assert_eq!(
        code(&run(
            path,
            &["extract", "in", "-o", "in/all.html", "--fresh"]
        )),
        2
    );
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_packed_page_is_read_whatever_it_is_called() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), packed(story_page().as_bytes())).unwrap();
    let output = run(path, &["extract", "story.html"]);
    let of_file = records(&String::from_utf8(output.stdout).unwrap()).remove(0);
    let mut child = cleancopy(&["extract", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let page = packed(story_page().as_bytes());
    child.stdin.take().unwrap().write_all(&page).unwrap();
    let output = child.wait_with_output().unwrap();
    let of_stdin = records(&String::from_utf8(output.stdout).unwrap()).remove(0);
    for record in [of_file, of_stdin] {
        let article = record.article.unwrap();
        assert_eq!(article.headline.as_deref(), Some("Ferry returns"));
        assert!(article.text.starts_with("The night ferry"));
    }
}

#[test]
fn what_is_no_html_is_named_and_is_no_article() {
    let dir = dir();
    let path = dir.path();
    // As random as bytes need be here, and the same each time.
    let noise = |seed: u32| seed.wrapping_mul(2_654_435_761).rotate_left(seed % 31) as u8;
    let noise: Vec<u8> = (1..6_000).map(noise).collect();
    let warc = format!("WARC/1.0\r\nWARC-Type: response\r\n\r\n{}", story_page());
    let feed = format!(
        "<?xml version='1.0'?><rss><channel><item>{}</item>",
        story_page()
    );
    let record = serde_json::json!({"url": "a", "text": story_page()}).to_string();
    for (name, bytes, told_as) in [
        (
            "a.pdf",
            [b"%PDF-1.7\n", story_page().as_bytes()].concat(),
            "a PDF document",
        ),
        ("b.html", noise, "binary data"),
        (
            "c.docx",
            [b"PK\x03\x04", story_page().as_bytes()].concat(),
            ".docx",
        ),
        (
            "d.jsonl",
            format!("{record}\n{record}\n").into_bytes(),
            "JSON",
        ),
        ("e.xml", feed.into_bytes(), "a feed or a sitemap"),
        ("f.warc", warc.clone().into_bytes(), "`extract --warc`"),
        ("g.warc.gz", packed(warc.as_bytes()), "`extract --warc`"),
        ("h.gz", packed(&packed(b"<p>Twice.")), "unpack it first"),
    ] {
        fs::write(path.join(name), bytes).unwrap();
        let output = run(path, &["extract", name]);
        assert_eq!(code(&output), 1, "{name}");
        assert!(told(&output).contains(told_as), "{name}: {}", told(&output));
        let record = records(&String::from_utf8(output.stdout).unwrap()).remove(0);
        assert_eq!(record.outcome.as_str(), "not-html", "{name}");
        assert!(record.article.is_none() && record.charset.is_none());
        let output = run(path, &["explain", name]);
        assert_eq!(code(&output), 0, "{name}");
        let explained = String::from_utf8(output.stdout).unwrap();
        assert!(explained.contains(told_as), "{name}: {explained}");
    }
}

#[test]
fn the_summary_of_extract_adds_up() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), story_page()).unwrap();
    fs::write(path.join("none.html"), "<title>Nothing</title>").unwrap();
    fs::write(path.join("data.html"), "{\"a\": 1}").unwrap();
    for (names, summary) in [
        (
            &["story.html"][..],
            "1 page: 1 article, 0 without one, 0 not read",
        ),
        (
            &["none.html"],
            "1 page: 0 articles, 1 without one, 0 not read",
        ),
        (
            &["story.html", "none.html", "data.html", "gone.html"],
            "4 pages: 1 article, 1 without one, 2 not read",
        ),
    ] {
        let args = [&["extract", "--fresh", "-o", "out.jsonl"], names].concat();
        let output = run(path, &args);
        assert!(told(&output).contains(summary), "{}", told(&output));
    }
}

#[test]
fn an_output_is_a_file_whose_ending_names_a_format() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), story_page()).unwrap();
    fs::write(path.join("urls.txt"), "").unwrap();
    fs::create_dir(path.join("there")).unwrap();
    for name in ["out.xlsx", "out.jsonl.gz", "out.2026"] {
        for command in [&["extract", "story.html"][..], &["crawl", "urls.txt"]] {
            let output = run(path, &[command, &["-o", name]].concat());
            assert_eq!(code(&output), 2, "{name}");
            let told = told(&output);
            assert!(told.contains(name) && told.contains(".jsonl, "), "{told}");
            assert!(!path.join(name).exists());
        }
        let output = run(path, &["extract", "story.html", "-f", "csv", "-o", name]);
        assert_eq!(code(&output), 0, "{}", told(&output));
    }
    for name in ["new/", "there", "there/"] {
        let output = run(path, &["extract", "story.html", "-o", name]);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains("is a folder"), "{}", told(&output));
    }
    // A folder's name has no ending.
    let output = run(
        path,
        &["crawl", "urls.txt", "--dry-run", "-o", "news.example/"],
    );
    assert!(!told(&output).contains("format"), "{}", told(&output));
}

#[test]
fn a_page_of_a_file_is_saved_as_one_of_a_server_is() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), story_page()).unwrap();
    let of_url = url::Url::from_file_path(path.join("story.html")).unwrap();
    let url = "https://news.example/story";
    for (name, page) in [("a", "story.html"), ("b", of_url.as_str())] {
        let output = run(
            path,
            &["save", page, name, "--url", url, "--note", "a ferry"],
        );
        assert_eq!(code(&output), 0, "{}", told(&output));
        let saved = folder::load(&path.join(name)).unwrap();
        assert_eq!(saved.page.body, story_page().as_bytes());
        assert_eq!(saved.page.url.unwrap().as_str(), url);
        assert_eq!(saved.note.as_deref(), Some("a ferry"));
        assert!(!path.join(name).join("promise.toml").exists());
    }
    let mut save = cleancopy(&["save", "-", "c", "--url", url]);
    let story = fs::File::open(path.join("story.html")).unwrap();
    assert!(
        save.current_dir(path)
            .stdin(story)
            .status()
            .unwrap()
            .success()
    );
    assert!(folder::is_page(&path.join("c")));
    let output = run(path, &["save", "story.html", "d"]);
    assert_eq!(code(&output), 0);
    assert!(
        told(&output).contains("--url names it"),
        "{}",
        told(&output)
    );
    for (page, flags, wanted) in [
        ("gone.html", &[][..], "neither a file"),
        (url, &["--url", url], "--url is for a file"),
        ("story.html", &["--case"], "--note"),
    ] {
        let output = run(path, &[&["save", page, "e"], flags].concat());
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains(wanted), "{}", told(&output));
        assert!(!path.join("e").exists());
    }
}

#[test]
fn a_case_begins_with_a_promise_that_its_keeper_fills_in() {
    let dir = dir();
    let path = dir.path();
    fs::write(path.join("story.html"), story_page()).unwrap();
    let save = [
        "save",
        "story.html",
        "case",
        "--case",
        "--note",
        "a ferry",
        "--url",
    ];
    let save = [&save[..], &["https://news.example/story"]].concat();
    let output = run(path, &save);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(told(&output).contains("promise.toml"), "{}", told(&output));
    let promise = path.join("case/promise.toml");
    let template = fs::read_to_string(&promise).unwrap();
    let empty: toml::Table = template.parse().unwrap();
    assert!(empty.is_empty(), "nobody has promised anything yet");
    let keys = template.split_once("\n\n").unwrap().1.replace("# ", "");
    let filled: toml::Table = keys.parse().unwrap();
    assert!(filled.contains_key("headline") && filled.contains_key("contains"));
    fs::write(&promise, "headline = \"Ferry returns\"\n").unwrap();
    assert_eq!(code(&run(path, &[&save[..], &["--force"]].concat())), 0);
    assert_eq!(
        fs::read_to_string(&promise).unwrap(),
        "headline = \"Ferry returns\"\n"
    );
}

#[test]
fn a_file_is_called_one_above_its_story_in_html() {
    let dir = dir();
    fs::write(dir.path().join("story.html"), story_page()).unwrap();
    let output = run(dir.path(), &["extract", "story.html", "-f", "html"]);
    let html = String::from_utf8(output.stdout).unwrap();
    let wanted = "<h1>Ferry returns</h1>\n<p>File: <code>story.html</code></p>\n<p>The night";
    assert!(html.contains(wanted), "{html}");
}
