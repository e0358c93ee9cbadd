//! Commands that read files: what they do not overwrite, and what they say of files that are no
//! pages.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs;
use std::path::Path;
use std::process::Output;

use super::cli::{cleancopy, code, dir, told};
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
