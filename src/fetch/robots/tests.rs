//! Every row of `testdata/tables/robots.toml` is decided as the table says.

use serde::Deserialize;

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::{MAX_BYTES, RobotsFile, Rules, TOKEN, Verdict, whole_lines};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default = "pier")]
    agent: String,
    robots: String,
    #[serde(default)]
    allowed: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    differs: Vec<Differs>,
}

/// A path on which the reference decides otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    path: String,
    reference: Reference,
    because: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Reference {
    Allowed,
    Refused,
}

fn pier() -> String {
    "pier".to_owned()
}

/// `<a*9>` is nine times `a`.
fn written_out(text: &str) -> String {
    let Some((before, rest)) = text.split_once('<').filter(|(_, rest)| rest.contains('*')) else {
        return text.to_owned();
    };
    let Some((what, after)) = rest.split_once('>') else {
        return text.to_owned();
    };
    match what
        .split_once('*')
        .map(|(what, times)| (what, times.parse()))
    {
        Some((what, Ok(times))) => {
            format!("{before}{}{}", what.repeat(times), written_out(after))
        }
        _ => format!("{before}<{}", written_out(rest)),
    }
}

impl Case {
    fn allows(&self, path: &str) -> bool {
        let mut file = RobotsFile::new(200, Timestamp::UNIX_EPOCH);
        file.body = written_out(&self.robots).into_bytes();
        let rules = Rules::for_agent(&file, &self.agent).expect("200 is an answer");
        let url = format!("https://news.example{}", written_out(path));
        rules.verdict(&Url::parse(&url).expect("a path")) == Verdict::Allowed
    }
}

#[test]
fn the_table_of_the_reference_parser() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tables/robots.toml");
    let text = std::fs::read_to_string(path).expect("the table");
    let table: Table = toml::from_str(&text).expect("the table's form");
    let mut wrong = Vec::new();
    let (mut same, mut different) = (0, 0);
    for case in &table.case {
        let about = &case.about;
        for (paths, wanted) in [(&case.allowed, true), (&case.refused, false)] {
            for path in paths {
                same += 1;
                if case.allows(path) != wanted {
                    wrong.push(format!("{about}: {path} should be allowed: {wanted}"));
                }
            }
        }
        for Differs {
            path,
            reference,
            because,
        } in &case.differs
        {
            different += 1;
            if case.allows(path) == (*reference == Reference::Allowed) {
                wrong.push(format!(
                    "{about}: {path} differs no more (it did: {because})"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        same >= 145 && different <= 6,
        "{same} as the reference, {different} not"
    );
}

#[test]
fn our_own_name_may_be_asked_for_by_robots_txt() {
    // RFC 9309, section 2.2.1: letters, `_` and `-` only.
    let fits = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-');
    assert!(!TOKEN.is_empty() && TOKEN.chars().all(fits));
}

#[test]
fn five_hundred_kib_are_read_and_no_rule_in_half() {
    let line = "disallow: /0123456789\n";
    let mut file = b"user-agent: *\n".to_vec();
    while file.len() < 600 * 1024 {
        file.extend_from_slice(line.as_bytes());
    }
    file.truncate(MAX_BYTES);
    let kept = whole_lines(file);
    assert!(kept.ends_with(line.as_bytes()) && kept.len() > MAX_BYTES - line.len());
    assert_eq!(whole_lines(b"disallow: /a".to_vec()), b"disallow: /a");
}

#[test]
fn a_file_that_was_kept_rules_as_it_did() {
    let mut file = RobotsFile::new(200, Timestamp::UNIX_EPOCH);
    file.origin = "https://news.example".to_owned();
    file.body = b"user-agent: cleancopy\ndisallow: /in\ncrawl-delay: 7".to_vec();
    file.fresh_for(Some("max-age=7200"));
    let kept = serde_json::to_string(&file).expect("a file is JSON");
    let file: RobotsFile = serde_json::from_str(&kept).expect("what was written");
    let rules = Rules::of_file(&file).expect("200 is an answer");
    assert_eq!(rules.crawl_delay(), Some(Duration::from_secs(7)));
    assert_eq!(rules.until().as_second(), 7200);
    let url = Url::parse("https://news.example/in/1").expect("an address");
    assert_ne!(rules.verdict(&url), Verdict::Allowed);
}

fn allowed(file: &str, path: &str) -> bool {
    let rules = Rules::of_answer(200, file.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
    let url = Url::parse(&format!("https://news.example{path}")).unwrap();
    rules.verdict(&url) == Verdict::Allowed
}

#[test]
fn our_own_group_wins_over_the_star() {
    let file = "user-agent: *\ndisallow: /\n\nuser-agent: CleanCopy/1.0 # us\nallow: /\n";
    assert!(allowed(file, "/story"));
    assert!(!allowed("\u{feff}User-Agent: * \nDisallow: /a", "/a/b"));
    assert!(allowed("user-agent: cleancopying\ndisallow: /", "/story"));
}

#[test]
fn the_longest_pattern_wins() {
    let file = "user-agent: *\ndisallow: /news\nallow: /news/free\ndisallow: /*.pdf$";
    assert!(!allowed(file, "/news/1"));
    assert!(allowed(file, "/news/free/1"));
    assert!(!allowed(file, "/x.pdf"));
    assert!(allowed(file, "/x.pdf?page=2"));
}

#[test]
fn the_status_decides_when_there_is_no_file() {
    let now = Timestamp::UNIX_EPOCH;
    for (status, had) in [
        (200, true),
        (204, true),
        (301, true),
        (401, true),
        (403, true),
        (404, true),
        (410, true),
        (429, false),
        (500, false),
        (503, false),
    ] {
        assert_eq!(
            Rules::of_answer(status, b"", now).is_some(),
            had,
            "{status}"
        );
    }
}

#[test]
fn rules_are_good_for_an_hour_to_a_day() {
    let now = Timestamp::UNIX_EPOCH;
    for (header, seconds) in [
        (None, 86_400),
        (Some("public, max-age=7200"), 7_200),
        (Some("max-age=5"), 3_600),
        (Some("max-age=999999999"), 86_400),
        (Some("no-store"), 86_400),
    ] {
        let mut file = RobotsFile::missing(now);
        file.fresh_for(header);
        let rules = Rules::of_file(&file).unwrap();
        assert_eq!(rules.until().as_second(), seconds, "{header:?}");
    }
}
