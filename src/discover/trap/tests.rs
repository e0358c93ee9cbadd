//! Traps waste little, and what only looks like one is followed.

use url::Url;

use super::{Trap, Traps};

fn followed(urls: impl Iterator<Item = String>) -> (usize, Option<Trap>) {
    let mut traps = Traps::new();
    let (mut count, mut first) = (0, None);
    for url in urls.take(2_000) {
        match traps.check(&Url::parse(&url).unwrap()) {
            Ok(()) => count += 1,
            Err(trap) => {
                first.get_or_insert(trap);
            }
        }
    }
    (count, first)
}

#[test]
fn each_trap_wastes_at_most_two_hundred_requests() {
    let base = "https://a.example";
    let traps: [(Box<dyn Iterator<Item = String>>, Trap); 6] = [
        (
            Box::new((0..).map(|n| format!("{base}/calendar/{}/{}", 1900 + n / 12, n % 12))),
            Trap::Calendar,
        ),
        (
            Box::new((0..).map(|n| format!("{base}/events?date={n}&view=day"))),
            Trap::Calendar,
        ),
        (
            Box::new((0..).map(|n| format!("{base}/shop?colour={n}&size={}", n % 7))),
            Trap::Query,
        ),
        (
            Box::new((0..).map(|n| format!("{base}/list?f{n}=1"))),
            Trap::Query,
        ),
        (
            Box::new((1..).map(|n| format!("{base}/{}story", "more/".repeat(n % 50)))),
            Trap::Repeating,
        ),
        (
            Box::new((1..).map(|n| format!("{base}/{}", "x".repeat(n + 1_900)))),
            Trap::Long,
        ),
    ];
    for (urls, trap) in traps {
        let (count, last) = followed(urls);
        assert!(
            count <= 200 && last == Some(trap),
            "{count} {last:?}, not {trap:?}"
        );
    }
}

#[test]
fn what_only_looks_like_a_trap_is_followed() {
    let base = "https://a.example";
    let stories = (0..).map(|n| format!("{base}/2026/01/{}/story-{n}.html", n % 28));
    assert_eq!(followed(stories), (2_000, None));
    let numbers = (0..).map(|n| format!("{base}/article/{n}"));
    assert_eq!(followed(numbers), (2_000, None));
    for one in [
        "/news/news",
        "/a/b/a/b",
        "/v1.2/x",
        "/calendar",
        "/event/ferry-returns",
        "/.well",
    ] {
        assert_eq!(
            followed([format!("{base}{one}")].into_iter()),
            (1, None),
            "{one}"
        );
    }
    assert_eq!(
        followed([format!("{base}/a.PDF")].into_iter()).1,
        Some(Trap::File)
    );
}
