//! Every pair of `testdata/tables/urls.toml` holds, and no form is canonical only for a while.

use std::collections::BTreeSet;

use proptest::{prop_assert_eq, proptest};
use serde::Deserialize;
use url::Url;

use super::{Table, canonical};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Urls {
    joined: Vec<Group>,
    kept: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    why: String,
    pairs: Vec<(String, String)>,
}

fn form(text: &str) -> String {
    canonical(&Url::parse(text).unwrap()).into()
}

#[test]
fn every_pair_of_the_table_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tables/urls.toml");
    let table: Urls = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut inputs = BTreeSet::new();
    let mut wrong = Vec::new();
    for group in &table.joined {
        for (input, want) in &group.pairs {
            if form(input) != *want {
                wrong.push((input, form(input), want));
            }
            assert_ne!(input, want, "{}: nothing to do", group.why);
            assert_eq!(form(want), *want, "{}: not canonical itself", group.why);
            assert!(inputs.insert(input), "{input} stands there twice");
        }
    }
    for group in &table.kept {
        for (one, other) in &group.pairs {
            assert_ne!(form(one), form(other), "{}", group.why);
            if form(one) != *one {
                wrong.push((one, form(one), one));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(inputs.len() >= 200, "{} pairs", inputs.len());
}

#[test]
fn the_table_of_parameters_is_sorted_in_lower_case_and_names_each_once() {
    let table: Table = toml::from_str(include_str!("../tracking.toml")).unwrap();
    let mut seen = BTreeSet::new();
    let mut families = Vec::new();
    for family in table.family {
        families.push(family.name.to_lowercase());
        for list in [family.exact, family.prefix, family.session] {
            assert!(list.is_sorted(), "{list:?}");
            for name in list {
                assert_eq!(name, name.to_ascii_lowercase());
                assert!(seen.insert(name.clone()), "{name} stands there twice");
            }
        }
    }
    assert!(families.is_sorted(), "{families:?}");
}

proptest! {
    #[test]
    fn a_canonical_form_is_its_own(tail in "[ -~äß/%;=&.?]{0,60}") {
        if let Ok(url) = Url::parse(&format!("https://news.example/{tail}")) {
            let once = canonical(&url);
            prop_assert_eq!(&canonical(&once), &once);
            prop_assert_eq!(Url::parse(once.as_str()).unwrap(), once);
        }
    }
}
