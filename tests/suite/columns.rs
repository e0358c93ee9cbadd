//! Parquet: what was put is what a reader finds, and there is never half a file.

#![expect(clippy::unwrap_used, reason = "a test may end in any line")]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use cleancopy::outcome::Outcome;
use cleancopy::sink::Parquet;
use cleancopy::{Options, RawPage, Record, Sink, read::read};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;

use crate::site::{Site, story, story_page};

fn sink(to: &Path) -> Parquet {
    let journal = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(Parquet::journal_of(to));
    Parquet::new(journal.unwrap(), to).unwrap()
}

/// The value of a column as JSON, by row.
fn column(path: &Path, name: &str) -> Vec<serde_json::Value> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        let row = row.unwrap();
        let at = row.get_column_iter().position(|(n, _)| n == name).unwrap();
        match row.get_string(at) {
            Ok(text) => text.as_str().into(),
            Err(_) => row.get_column_iter().nth(at).unwrap().1.to_string().into(),
        }
    })
    .collect()
}

#[test]
fn a_file_of_many_row_groups_reads_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.parquet");
    let mut out = sink(&path);
    let page = RawPage::from_text(&story_page())
        .with_fetched_at("2026-01-31T12:00:00.250Z".parse().unwrap());
    let found = read(&page, &Options::default());
    let mut story = Record::of_page("http://a.example/story", &page, found);
    story.twin_of = Some("http://a.example/first".to_owned());
    for n in 0..2500 {
        let url = format!("http://a.example/{n}");
        let failed = Record::of_failure(&url, Outcome::Timeout, "after 60 s");
        out.put(if n % 2 == 0 { &story } else { &failed }).unwrap();
    }
    assert!(!path.exists(), "nobody sees a file that is not whole");
    out.finish().unwrap();
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 3);
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2500);
    let text = &story.article.as_ref().unwrap().text;
    let texts = column(&path, "text");
    assert_eq!(
        (texts[0].as_str(), texts[1].as_str()),
        (Some(text.as_str()), Some("null"))
    );
    assert_eq!(column(&path, "url")[2499], "http://a.example/2499");
    assert_eq!(column(&path, "outcome")[1], "timeout");
    assert_eq!(column(&path, "status")[0], "200");
    let twins = column(&path, "twin_of");
    assert_eq!(
        (&twins[0], &twins[1]),
        (&"http://a.example/first".into(), &"null".into())
    );
    assert_eq!(
        column(&path, "fetched_at")[0],
        "2026-01-31 12:00:00.250 +00:00"
    );
}

#[test]
fn a_crawl_into_parquet_goes_on_from_its_journal() {
    let site = Site::open(|_| story());
    let dir = tempfile::tempdir().unwrap();
    let crawl = |list: &str, flags: &[&str]| {
        fs::write(dir.path().join("urls.txt"), list).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
        command.args(["crawl", "urls.txt", "--no-proxy", "--delay", "0"]);
        command.arg(format!("--resolve=*={}", site.address));
        command.args(["-o", "out.parquet"]).args(flags);
        let output = command.current_dir(dir.path()).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let path = dir.path().join("out.parquet");
    assert_eq!(crawl("http://a.example/1\n", &[]).0, Some(0));
    // A run that was killed has left half a record in the journal.
    let journal = dir.path().join("out.parquet.jsonl");
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str("{\"url\":\"http://a.ex");
    fs::write(&journal, text).unwrap();
    let (code, told) = crawl("http://a.example/1\nhttp://a.example/2\n", &[]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(column(&path, "url").len(), 2);
    let pages = site.paths("a.example");
    assert_eq!(
        pages.iter().filter(|path| *path == "/1").count(),
        1,
        "nothing twice"
    );
    // Without its journal the file is somebody's data, not ours to replace.
    fs::remove_file(&journal).unwrap();
    let (code, told) = crawl("http://a.example/3\n", &[]);
    assert!(code == Some(2) && told.contains("--fresh"), "{told}");
    assert_eq!(column(&path, "url").len(), 2);
    assert_eq!(crawl("http://a.example/3\n", &["--fresh"]).0, Some(0));
    assert_eq!(column(&path, "url").len(), 1);
}
