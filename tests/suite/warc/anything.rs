//! Bytes of any kind, and archives with bytes changed: no panic, and every record is counted.

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::{all, gzip, html};
use cleancopy::archive::warc::{Filter, Tally};

fn adds_up(tally: &Tally) -> bool {
    let skipped: u64 = tally.skipped.values().sum();
    tally.records == tally.pages + skipped + tally.unusable + tally.damaged
}

fn archive(packed: bool) -> Vec<u8> {
    let records = ["a", "b", "c", "d"].map(|name| {
        let record = html(&format!("http://news.example/{name}"), &name.repeat(300));
        if packed { gzip(&record) } else { record }
    });
    records.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_to_their_end(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        packing in 0..4_u8,
    ) {
        let archive = match packing {
            0 => bytes,
            1 => gzip(&bytes),
            2 => [b"WARC/1.1\r\nContent-Length: 9\r\n\r\n", &bytes[..]].concat(),
            _ => gzip(&html("http://news.example/", &String::from_utf8_lossy(&bytes))),
        };
        let (pages, errors, tally) = all(&archive, Filter::default());
        assert!(adds_up(&tally), "{tally:?}");
        assert_eq!(tally.records as usize, pages.len() + errors.len() + tally.skipped.len());
    }

    #[test]
    fn changed_bytes_cost_no_more_than_the_records_they_stand_in(
        packed in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut archive = archive(packed);
        for (at, value) in &changes {
            let at = at.index(archive.len());
            archive[at] = *value;
        }
        let (pages, _, tally) = all(&archive, Filter::default());
        assert!(adds_up(&tally), "{tally:?}");
        // A changed length may swallow the record after it where nothing packs them apart.
        let spared = 4_usize.saturating_sub(changes.len() * if packed { 1 } else { 2 });
        assert!(pages.len() >= spared, "{} of 4 pages after {changes:?}", pages.len());
    }
}
