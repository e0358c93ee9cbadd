//! Writing: what stands in a file, its index, revisits, rotation, a file cut anywhere.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use cleancopy::archive::warc::{Filter, Head, Pages, Reader, Writer, WriterOptions};
use cleancopy::page::Cut;

use super::{exchange, files, gzip, writer};

/// Head and block, as text, of every record of a file; each must be sound.
fn records(path: &Path) -> Vec<(Head, String)> {
    let text = |block: Vec<u8>| String::from_utf8_lossy(&block).into_owned();
    let found = super::records(path).into_iter();
    found.map(|(head, block)| (head, text(block))).collect()
}

fn the_archive(folder: &Path) -> Vec<(Head, String)> {
    let found = files(folder, ".warc.gz");
    assert_eq!(found.len(), 1, "{found:?}");
    records(&found[0])
}

fn field<'a>(record: &'a (Head, String), name: &str) -> Option<&'a str> {
    record.0.fields.get(name)
}

#[test]
fn an_exchange_becomes_a_request_a_response_and_metadata() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut options = WriterOptions::default();
    options.info.push((
        "operator".to_owned(),
        "desk@news.example\r\nx: y".to_owned(),
    ));
    let mut writer = Writer::open(folder.path(), options).expect("a writer");
    let mut had = exchange("ferry?page=2#top", &gzip(b"<p>Ferry returns"));
    had.remote = Some(SocketAddr::from(([192, 0, 2, 7], 443)));
    had.version = "HTTP/2.0".to_owned();
    had.answered_at = "2026-03-02T06:00:01.5Z".parse().expect("a time");
    had.headers
        .push(("content-encoding".to_owned(), b"gzip".to_vec()));
    had.headers
        .push(("transfer-encoding".to_owned(), b"chunked".to_vec()));
    writer.keep(&had).expect("it is written");
    writer.close().expect("it is closed");

    let found = the_archive(folder.path());
    let kinds: Vec<&str> = found.iter().map(|(head, _)| head.kind()).collect();
    assert_eq!(kinds, ["warcinfo", "request", "response", "metadata"]);
    assert!(
        found[0].1.contains("conformsTo: http")
            && found[0].1.contains("operator: desk@news.example  x: y\r\n")
    );
    assert!(
        found[1].1.starts_with(
            "GET /ferry?page=2 HTTP/1.1\r\nhost: news.example\r\naccept: text/html\r\n"
        )
    );
    let answer = &found[2];
    assert_eq!(answer.0.target(), Some("https://news.example/ferry?page=2"));
    assert_eq!(field(answer, "WARC-Date"), Some("2026-03-02T06:00:01Z"));
    assert_eq!(field(answer, "WARC-IP-Address"), Some("192.0.2.7"));
    assert_eq!(field(answer, "WARC-Protocol"), Some("h2"));
    assert!(field(answer, "WARC-Payload-Digest").is_some_and(|d| d.len() == 37));
    assert!(answer.1.contains("x-crawl-transfer-encoding: chunked\r\n"));
    assert!(
        answer
            .1
            .contains(&format!("content-length: {}\r\n", had.body.len()))
    );
    assert_eq!(found[3].1, "fetchTimeMs: 1500\r\n");
    for record in &found[1..] {
        assert_eq!(
            field(record, "WARC-Warcinfo-ID"),
            field(&found[0], "WARC-Record-ID")
        );
    }
    assert_eq!(
        field(&found[1], "WARC-Concurrent-To"),
        field(answer, "WARC-Record-ID")
    );

    // And it is read again as the page it was.
    let file = fs::File::open(&files(folder.path(), ".warc.gz")[0]).expect("the archive");
    let mut pages = Pages::new("written", file, Filter::default());
    let page = pages.next().expect("a page").expect("a sound page").page;
    assert_eq!(page.body, b"<p>Ferry returns");
    assert_eq!(page.status, 200);
}

#[test]
fn every_line_of_the_index_leads_to_its_record() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut writer = writer(folder.path());
    for name in ["zebra", "ant", "Bee?b=2&a=1", "ant"] {
        writer
            .keep(&exchange(name, name.as_bytes()))
            .expect("it is written");
    }
    writer.close().expect("it is closed");
    let bytes = fs::read(&files(folder.path(), ".warc.gz")[0]).expect("the archive");
    let index = fs::read_to_string(&files(folder.path(), ".cdxj")[0]).expect("the index");
    let lines: Vec<&str> = index.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines.is_sorted());
    assert!(lines[2].starts_with("example,news)/bee?a=1&b=2 20260302060000 {\"url\":\"https:"));
    for line in lines {
        let json = line.splitn(3, ' ').nth(2).expect("three parts");
        let entry: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let number = |name: &str| {
            entry[name]
                .as_str()
                .and_then(|n| n.parse::<usize>().ok())
                .expect("a number")
        };
        let (offset, length) = (number("offset"), number("length"));
        let mut reader = Reader::new("part", &bytes[offset..offset + length]);
        let head = reader.next().expect("a record").expect("a sound one");
        assert_eq!(head.target(), entry["url"].as_str());
        assert_eq!(
            head.fields.get("WARC-Payload-Digest"),
            entry["digest"].as_str()
        );
        assert_eq!(head.kind() == "revisit", entry["mime"] == "warc/revisit");
        reader.finish().expect("a whole record");
        assert!(reader.next().is_none());
    }
}

#[test]
fn an_answer_had_before_becomes_a_revisit_over_restarts_too() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for day in ["2026-03-02", "2026-03-03"] {
        let mut writer = writer(folder.path());
        for (path, body, status) in [
            ("a", "same", 200),
            ("b", "same", 200),
            ("c", "", 200),
            ("d", "", 304),
        ] {
            let mut had = exchange(path, body.as_bytes());
            had.status = status;
            had.answered_at = format!("{day}T06:00:00Z").parse().expect("a time");
            writer.keep(&had).expect("it is written");
        }
    }
    let archives = files(folder.path(), ".warc.gz");
    assert_eq!(archives.len(), 2);
    let kinds = |path| {
        let found = records(path);
        let answers = found
            .into_iter()
            .filter(|(h, _)| matches!(h.kind(), "response" | "revisit"));
        answers.collect::<Vec<_>>()
    };
    let (first, second) = (kinds(&archives[0]), kinds(&archives[1]));
    let told = |found: &[(Head, String)]| {
        found
            .iter()
            .map(|(h, _)| h.kind().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&first), ["response", "revisit", "response", "revisit"]);
    assert_eq!(told(&second), ["revisit", "revisit", "response", "revisit"]);
    let repeated = &second[1];
    assert!(
        field(repeated, "WARC-Profile").is_some_and(|p| p.ends_with("/identical-payload-digest"))
    );
    assert_eq!(
        field(repeated, "WARC-Refers-To-Target-URI"),
        Some("https://news.example/a")
    );
    assert_eq!(
        field(repeated, "WARC-Refers-To-Date"),
        field(&first[0], "WARC-Date")
    );
    assert!(repeated.1.ends_with("\r\n\r\n"), "the head alone");
    assert!(field(&first[3], "WARC-Profile").is_some_and(|p| p.ends_with("/server-not-modified")));
}

#[test]
fn a_body_that_was_cut_says_so_and_is_repeated_by_nothing() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut writer = writer(folder.path());
    let mut had = exchange("a", b"<p>half");
    had.cut = Some(Cut::Length);
    writer.keep(&had).expect("it is written");
    writer.keep(&had).expect("it is written");
    writer.close().expect("it is closed");
    let found = the_archive(folder.path());
    let cut: Vec<_> = found
        .iter()
        .filter_map(|r| field(r, "WARC-Truncated"))
        .collect();
    assert_eq!(cut, ["length", "length"]);
}

#[test]
fn a_file_that_has_its_size_is_closed_and_another_begun() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut options = WriterOptions::default();
    options.max_size = 2500;
    let mut writer = Writer::open(folder.path(), options).expect("a writer");
    for number in 0..6 {
        writer
            .keep(&exchange(&number.to_string(), &[number; 50]))
            .expect("it is written");
    }
    writer.close().expect("it is closed");
    let archives = files(folder.path(), ".warc.gz");
    assert!(archives.len() > 1, "{archives:?}");
    assert_eq!(files(folder.path(), ".cdxj").len(), archives.len());
    let mut captures = 0;
    for path in &archives {
        let found = records(path);
        assert_eq!(found[0].0.kind(), "warcinfo");
        let name = path.file_name().and_then(|n| n.to_str());
        assert_eq!(field(&found[0], "WARC-Filename"), name);
        captures += found.iter().filter(|(h, _)| h.kind() == "response").count();
    }
    assert_eq!(captures, 6);
}

#[test]
fn what_was_packed_ahead_says_what_is_so_when_it_is_kept() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut writer = writer(folder.path());
    let packer = writer.packer();
    let all: Vec<_> = [("a", "one"), ("b", "one"), ("c", "two"), ("d", "three")]
        .map(|(name, body)| exchange(name, body.as_bytes()))
        .into();
    let ready: Vec<_> = all
        .iter()
        .map(|had| packer.pack(had).expect("it is packed"))
        .collect();
    for (number, (had, ready)) in all.iter().zip(&ready).enumerate() {
        // The last is written to a file that was not thought of when it was packed.
        if number == 3 {
            writer.close().expect("it is closed");
        }
        writer.keep_packed(had, ready).expect("it is written");
    }
    writer.close().expect("it is closed");
    let archives = files(folder.path(), ".warc.gz");
    assert_eq!(archives.len(), 2);
    let mut kinds = Vec::new();
    for path in &archives {
        let found = records(path);
        let own = field(&found[0], "WARC-Record-ID").expect("an id");
        for record in &found[1..] {
            assert_eq!(field(record, "WARC-Warcinfo-ID"), Some(own));
        }
        let answers = found.iter().map(|record| record.0.kind().to_owned());
        kinds.extend(answers.filter(|kind| kind == "response" || kind == "revisit"));
    }
    kinds.sort_unstable();
    // Nobody had the second's payload when it was packed.
    assert_eq!(kinds, ["response", "response", "response", "revisit"]);
}

#[test]
fn a_file_cut_at_any_byte_of_its_last_record_is_repaired_to_the_one_before() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut writer = writer(folder.path());
    writer
        .keep(&exchange("a", b"<p>one"))
        .expect("it is written");
    writer
        .keep(&exchange("b", b"<p>two"))
        .expect("it is written");
    writer.close().expect("it is closed");
    let path = &files(folder.path(), ".warc.gz")[0];
    let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
    let whole = fs::read(path).expect("the archive");
    let heads = records(path);
    let last = heads.last().expect("records").0.offset as usize;
    let index = fs::read(&files(folder.path(), ".cdxj")[0]).expect("the index");

    for cut in last + 1..whole.len() {
        let mut reader = Reader::new("cut", &whole[..cut]);
        let mut sound = 0;
        let error = loop {
            match reader.next().expect("an error before the end") {
                Ok(_) => sound += 1,
                Err(error) => break error,
            }
        };
        // The head of the last record may be whole; its end is not.
        assert!(sound + 1 >= heads.len(), "cut at {cut}");
        assert!(
            error
                .to_string()
                .contains(&format!("byte {last} is damaged")),
            "{error}"
        );
        assert!(reader.next().is_none());
    }
    let cuts = (last..whole.len())
        .step_by(23)
        .chain([whole.len() - 1, whole.len()]);
    for cut in cuts {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::write(folder.path().join(format!("{name}.open")), &whole[..cut]).expect("written");
        let writer = super::writer(folder.path());
        let end = if cut == whole.len() { cut } else { last };
        let repaired = &writer.repaired()[0];
        assert_eq!(repaired.torn as usize, cut - end);
        assert_eq!(
            repaired.records as usize,
            heads.len() - 1 - usize::from(end == last)
        );
        assert!(
            fs::read(&repaired.path).expect("the archive") == whole[..end],
            "cut at {cut}"
        );
        assert!(fs::read(&files(folder.path(), ".cdxj")[0]).expect("the index") == index);
        assert!(files(folder.path(), ".open").is_empty());
    }
}

#[test]
fn a_file_cut_inside_its_first_record_is_removed_and_one_in_use_let_alone() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut first = writer(folder.path());
    first
        .keep(&exchange("a", b"<p>one"))
        .expect("it is written");
    let second = writer(folder.path());
    assert!(second.repaired().is_empty());
    assert_eq!(files(folder.path(), ".open").len(), 1);
    fs::write(folder.path().join("left.warc.gz.open"), b"\x1f\x8b\x08").expect("written");
    let third = writer(folder.path());
    assert_eq!(third.repaired()[0].torn, 3);
    assert!(!folder.path().join("left.warc.gz").exists());
    first.close().expect("it is closed");
    assert_eq!(files(folder.path(), ".warc.gz").len(), 1);
}

#[test]
fn a_body_that_came_compressed_is_not_compressed_again() {
    let text = "The night ferry came back to the harbour. ".repeat(200);
    let packed = gzip(text.as_bytes());
    for (coding, body, verbatim) in [
        (Some("gzip"), packed.clone(), true),
        (Some("br , GZIP"), packed, true),
        (Some("identity"), text.clone().into_bytes(), false),
        (None, text.clone().into_bytes(), false),
    ] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let mut writer = writer(folder.path());
        let mut had = exchange("ferry", &body);
        let coding = coding.map(|coding| ("content-encoding".to_owned(), coding.into()));
        had.headers.extend(coding);
        writer.keep(&had).expect("it is written");
        writer.close().expect("it is closed");
        let file = &files(folder.path(), ".warc.gz")[0];
        let bytes = fs::read(file).expect("the archive");
        let found = bytes.windows(body.len()).any(|part| part == body);
        assert_eq!(found, verbatim, "{:?}", had.headers);
        let kept = super::records(file)
            .into_iter()
            .nth(2)
            .expect("a response")
            .1;
        assert!(kept.ends_with(&body), "it is read back as it came");
    }
}
