//! Every row of `testdata/tables/datelines.toml` gives the parts that the table says.

use serde::Deserialize;

use super::lead;
use crate::extract::article::LeadDateline;

#[derive(Deserialize)]
struct Table {
    lead: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    language: String,
    input: String,
    text: Option<String>,
    #[serde(default)]
    places: Vec<String>,
    region: Option<String>,
    date: Option<String>,
    #[serde(default)]
    agencies: Vec<String>,
    reporter: Option<String>,
}

#[test]
fn datelines_give_their_parts() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/testdata/tables/datelines.toml"
    );
    let table = std::fs::read_to_string(path).expect("the table is in the repository");
    let table: Table = toml::from_str(&table).expect("the table parses");
    for row in table.lead {
        let found = lead(&row.input, Some(&row.language));
        let want = row.text.map(|text| LeadDateline {
            text,
            places: row.places,
            region: row.region,
            date: row.date,
            agencies: row.agencies,
            reporter: row.reporter,
        });
        assert_eq!(found, want, "{}", row.input);
    }
}
