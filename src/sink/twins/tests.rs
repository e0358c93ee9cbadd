//! Twins and near duplicates are marked, others are not, and memory is bounded.

use std::io;

use super::{BANDS, Index, MAX_STORIES, Page, Simhash, Sketch, Twins, bands};
use crate::extract::Article;
use crate::outcome::Outcome;
use crate::sink::{Jsonl, Record, Sink};

/// Invented words, the same for the same seed.
fn words(seed: u64) -> impl Iterator<Item = String> {
    const SYLLABLES: [&str; 16] = [
        "ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "lu", "ma", "no", "pe", "ri", "sa", "tu",
        "vo",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (0..3)
            .map(|n| SYLLABLES[(state >> (8 * n + 20)) as usize % 16])
            .collect()
    })
}

/// A story of so many sentences, each of its own.
fn story(seed: u64, sentences: usize) -> Vec<String> {
    let mut words = words(seed + 1);
    let mut next = || words.next().unwrap();
    (0..sentences)
        .map(|_| {
            format!(
                "The {} of {} said that {} and {} were in the {}.",
                next(),
                next(),
                next(),
                next(),
                next()
            )
        })
        .collect()
}

/// A report of a market: the same words every day, and other numbers.
fn report(day: u64) -> String {
    let rows = [
        "Paris", "Lima", "Oslo", "Cairo", "Delhi", "Accra", "Quito", "Hanoi",
    ];
    let rows = rows.iter().zip(words(day + 9)).map(|(place, firm)| {
        let (points, share) = (day * 37 % 900 + 1_000, day * 13 % 80);
        format!("In {place} shares closed at {points}.{share} points, led by {firm}, which gained {share} per cent.")
    });
    rows.collect::<Vec<_>>().join(" ")
}

fn record(url: &str, text: &str, canonical: Option<&str>) -> Record {
    let mut record = Record::of_failure(url, Outcome::Article, "");
    record.simhash = Simhash::of(text);
    record.article = Some(Article {
        text: text.to_owned(),
        canonical_url: canonical.map(str::to_owned),
        ..Article::default()
    });
    record
}

fn take(index: &mut Index, record: &Record) -> (Option<String>, Option<String>) {
    index.take(&Page::of(record).unwrap(), None)
}

#[test]
fn the_same_page_at_another_address_is_a_twin() {
    let mut index = Index::default();
    let mut twin =
        |url: &str, canonical: Option<&str>| take(&mut index, &record(url, url, canonical)).0;
    assert_eq!(
        twin("https://a.example/amp/1", Some("https://a.example/1")),
        None
    );
    let first = Some("https://a.example/amp/1".to_owned());
    assert_eq!(twin("https://a.example/1?utm_source=x", None), first);
    assert_eq!(
        twin("https://m.a.example/1", Some("https://a.example/1#top")),
        first
    );
    assert_eq!(twin("https://a.example/2", None), None);
    assert_eq!(
        twin("https://a.example/2", Some("https://a.example/2")),
        None,
        "itself"
    );
}

#[test]
fn a_story_that_was_changed_a_little_is_a_near_duplicate_of_the_first() {
    let story = story(1, 40);
    let mut index = Index::default();
    let mut near = |url: &str, text: &str| take(&mut index, &record(url, text, None)).1;
    let whole = story.join(" ");
    assert_eq!(near("https://a.example/1", &whole), None);
    let first = Some("https://a.example/1".to_owned());
    assert_eq!(near("https://b.example/1", &whole.to_uppercase()), first);
    assert_eq!(
        near("https://c.example/1", &format!("HARBOUR (AP) — {whole}")),
        first
    );
    assert_eq!(
        near("https://d.example/1", &whole.replacen("said", "wrote", 1)),
        first
    );
    assert_eq!(
        near("https://e.example/1", &story[..15].join(" ")),
        None,
        "less than half of it"
    );
}

#[test]
fn different_stories_and_short_texts_are_no_duplicates() {
    let mut index = Index::default();
    for seed in 0..200 {
        let text = story(seed, 12).join(" ");
        let url = format!("https://a.example/{seed}");
        assert_eq!(
            take(&mut index, &record(&url, &text, None)).1,
            None,
            "{seed}"
        );
    }
    for day in 0..50 {
        let url = format!("https://a.example/market/{day}");
        assert_eq!(
            take(&mut index, &record(&url, &report(day), None)).1,
            None,
            "{day}"
        );
    }
    for url in ["https://a.example/x", "https://a.example/y"] {
        let short = record(url, "Markets closed lower today.", None);
        assert_eq!((short.simhash, take(&mut index, &short).1), (None, None));
    }
}

#[test]
fn fingerprints_that_differ_in_seven_bits_share_a_band() {
    let one = Simhash(0x0123_4567_89ab_cdef);
    for (spared, bit) in (0..BANDS).flat_map(|band| (0..8).map(move |bit| (band, bit))) {
        let flipped = (0..BANDS).filter(|band| *band != spared);
        let flipped = flipped.fold(0_u64, |all, band| all | 1 << (8 * band + bit));
        let other = Simhash(one.0 ^ flipped);
        assert_eq!(one.distance(other), 7);
        assert!(bands(one).any(|band| bands(other).any(|b| b == band)));
    }
}

#[test]
fn memory_is_bounded_and_the_oldest_is_forgotten() {
    let mut index = Index::default();
    let hash = |n: usize| Simhash((n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let sketch = Sketch::of(&story(1, 12).join(" "));
    for n in 0..MAX_STORIES + 10 {
        index.keep(hash(n), sketch, "https://a.example/");
    }
    assert_eq!((index.stories.len(), index.forgotten), (MAX_STORIES, 10));
    let listed: usize = index
        .bands
        .values()
        .map(std::collections::VecDeque::len)
        .sum();
    assert_eq!(listed, MAX_STORIES * BANDS);
    assert_eq!(index.nearest(hash(9), &sketch), None);
    assert!(index.nearest(hash(10), &sketch).is_some());
}

#[test]
fn a_fingerprint_is_written_as_sixteen_digits_and_read_back() {
    let hash = Simhash(0x00ab);
    assert_eq!(hash.to_string(), "00000000000000ab");
    assert_eq!("00000000000000AB".parse(), Ok(hash));
    for bad in [
        "",
        "ab",
        "+0000000000000ab",
        "000000000000000g",
        "00000000000000000",
    ] {
        assert!(bad.parse::<Simhash>().is_err(), "{bad}");
    }
}

#[test]
fn a_run_that_goes_on_marks_as_one_that_never_ended() {
    let whole = story(3, 40).join(" ");
    let records = [
        record("https://a.example/1", &whole, Some("https://a.example/one")),
        record(
            "https://b.example/1",
            &whole.replacen("said", "wrote", 1),
            None,
        ),
        record("https://a.example/2", &story(4, 40).join(" "), None),
        Record::of_failure("https://a.example/3", Outcome::Timeout, "after 60 s"),
        record("https://c.example/1", &whole.to_uppercase(), None),
        record(
            "https://m.a.example/1",
            "short",
            Some("https://a.example/one"),
        ),
    ];
    let written = |earlier: &[u8], records: &[Record]| {
        let mut lines = Vec::new();
        let mut sink = Twins::new(Jsonl::new(&mut lines));
        if records.len().is_multiple_of(2) {
            sink.recall(earlier).unwrap();
        } else {
            sink.recall_meanwhile(io::Cursor::new(earlier.to_vec()))
                .unwrap();
        }
        for record in records {
            sink.put(record).unwrap();
        }
        drop(sink);
        lines
    };
    let at_once = written(b"", &records);
    let marks = String::from_utf8(at_once.clone()).unwrap();
    assert_eq!(
        marks
            .matches(r#""near_duplicate_of":"https://a.example/1""#)
            .count(),
        2
    );
    assert_eq!(
        marks.matches(r#""twin_of":"https://a.example/1""#).count(),
        1
    );
    for stop in 0..=records.len() {
        let mut lines = written(b"", &records[..stop]);
        lines.extend(written(&lines, &records[stop..]));
        assert_eq!(lines, at_once, "stopped after {stop}");
    }
    let noise = [b"\n{\"url\":1}\nnoise \xff\n", &*at_once].concat();
    let mut sink = Twins::new(Jsonl::new(Vec::new()));
    assert_eq!(sink.recall(&*noise).unwrap(), 5);
}

#[test]
fn what_was_made_ahead_changes_nothing_of_what_is_written() {
    let text = story(3, 12).join(" ");
    let records = || {
        ["a", "b", "c"].map(|name| {
            let text = if name == "c" { "Short." } else { &text };
            record(&format!("https://{name}.example/"), text, None)
        })
    };
    let (mut put, mut readied) = (Vec::new(), Vec::new());
    let mut sink = Twins::new(Jsonl::new(&mut put));
    for record in &records() {
        sink.put(record).unwrap();
    }
    let mut sink = Twins::new(Jsonl::new(&mut readied));
    for record in records() {
        let ready = sink.ahead().record(record);
        assert!(ready.line().is_some());
        assert_eq!(ready.sketch().is_some(), ready.record().simhash.is_some());
        sink.put_ready(&ready).unwrap();
    }
    let put = String::from_utf8(put).unwrap();
    assert!(put.contains("near_duplicate_of"), "{put}");
    assert_eq!(String::from_utf8(readied).unwrap(), put);
}
