//! The named outcomes: each is told in `docs/outcomes.md`, each has a test that ends in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cleancopy::outcome::Outcome;

fn names() -> BTreeSet<String> {
    let names = Outcome::ALL.iter().map(|outcome| outcome.as_str());
    names.map(ToOwned::to_owned).collect()
}

#[test]
fn there_is_one_list_of_them() {
    assert!(Outcome::ALL.len() >= 30, "{}", Outcome::ALL.len());
    assert_eq!(names().len(), Outcome::ALL.len(), "two have one name");
    for outcome in Outcome::ALL {
        let written = serde_json::to_value(outcome).expect("an outcome is a string");
        assert_eq!(written, outcome.as_str());
        assert_eq!(
            serde_json::from_value::<Outcome>(written).ok(),
            Some(*outcome)
        );
    }
    // What is not in the list is not in the type either: one more than the last would have a name.
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/outcome.rs"));
    let source = source.expect("the source");
    let arms = source.matches(" => \"").count();
    assert_eq!(arms, Outcome::ALL.len());
}

#[test]
fn each_is_told_in_the_docs_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outcomes.md");
    let text = fs::read_to_string(path).expect("docs/outcomes.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let told: BTreeSet<String> = rows
        .iter()
        .map(|cells| cells[1].trim_matches('`').to_owned())
        .collect();
    assert_eq!(told, names());
    assert_eq!(rows.len(), told.len(), "one is told twice");
    for cells in rows {
        assert!(
            cells.len() == 5 && !cells[2].is_empty() && !cells[3].is_empty(),
            "{cells:?}"
        );
    }
}

/// Outcomes that no server can bring about: a test of the name given does, or says why none can.
#[cfg(feature = "cli")]
const ELSEWHERE: [(Outcome, &str); 16] = [
    (
        Outcome::Unchanged,
        "folder::revisit::a_second_visit_of_unchanged_pages_gets_no_page_again",
    ),
    (
        Outcome::MissedGuess,
        "folder::discovery::a_guess_that_missed_is_no_failure_and_has_no_record",
    ),
    (
        Outcome::RobotsDisallowed,
        "crawl::manners::robots_txt_is_obeyed",
    ),
    (
        Outcome::RobotsUnreachable,
        "robots::each_answer_for_robots_txt_means_what_rfc_9309_says",
    ),
    (
        Outcome::DnsFailed,
        "robots::each_answer_for_robots_txt_means_what_rfc_9309_says",
    ),
    (
        Outcome::ConnectFailed,
        "crawl::whole::a_host_that_cannot_be_had_is_given_up",
    ),
    (
        Outcome::ConnectTimeout,
        "hostile::matrix::tls_that_is_none_ends_as_such",
    ),
    (
        Outcome::TlsFailed,
        "hostile::matrix::tls_that_is_none_ends_as_such",
    ),
    (
        Outcome::ProxyFailed,
        "proxy::a_proxy_that_fails_is_told_from_a_site_that_fails",
    ),
    (
        Outcome::TooManyRedirects,
        "crawl::answers::redirects_are_followed_to_a_limit_and_never_in_a_circle",
    ),
    (
        Outcome::Unreadable,
        "cli::folders_are_searched_and_what_cannot_be_read_is_named",
    ),
    (
        Outcome::TooOld,
        "crawl::discovery::only_what_is_new_enough_is_asked_for_or_kept",
    ),
    (
        Outcome::Listing,
        "crawl::discovery::a_home_page_leads_to_its_articles_by_sitemaps_feeds_and_links",
    ),
    (
        Outcome::NotAListing,
        "crawl::traps::broken_and_hostile_sitemaps_cost_little_and_hide_nothing",
    ),
    // A panic in the reader: a fault that nobody knows how to bring about would be mended instead.
    (Outcome::ReadFailed, ""),
    // Where it stands in the matrix, a host answers that is not public.
    (
        Outcome::AddressRefused,
        "hostile::guard::no_spelling_of_an_inner_address_is_connected_to",
    ),
];

#[test]
#[cfg(feature = "cli")]
fn each_has_a_test_that_ends_in_it() {
    let mut ended: BTreeSet<Outcome> = crate::hostile::outcomes().into_iter().collect();
    for (outcome, test) in ELSEWHERE {
        ended.insert(outcome);
        let Some((file, name)) = test.rsplit_once("::") else {
            continue;
        };
        let path = format!("tests/suite/{}.rs", file.replace("::", "/"));
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path));
        let source = source.expect("a test's source");
        let variant = format!("Outcome::{outcome:?}");
        let named = source.contains(&variant) || source.contains(outcome.as_str());
        assert!(
            named && source.contains(&format!("fn {name}(")),
            "{test}: {outcome}"
        );
    }
    let all: BTreeSet<Outcome> = Outcome::ALL.iter().copied().collect();
    let missing: Vec<_> = all.difference(&ended).collect();
    assert!(missing.is_empty(), "no test ends in {missing:?}");
}
