//! Every form of `testdata/tables/dates.toml` means what the table says.

use serde::Deserialize;

use super::{Label, Reading, find, label};

#[derive(Deserialize)]
struct Table {
    date: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    language: String,
    input: String,
    want: String,
    #[serde(default)]
    fetched: bool,
}

#[test]
fn dates_mean_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tables/dates.toml");
    let table = std::fs::read_to_string(path).expect("the table is in the repository");
    let table: Table = toml::from_str(&table).expect("the table parses");
    assert!(table.date.len() >= 300);
    let wrong: Vec<String> = table
        .date
        .iter()
        .filter_map(|row| {
            let reading = Reading {
                language: Some(&row.language),
                fetched_at: row
                    .fetched
                    .then(|| "2024-05-10T12:00:00Z".parse().expect("a time")),
                ..Reading::default()
            };
            let found = find(&row.input, &reading);
            let found = found.map_or_else(|| "none".to_owned(), |m| m.to_string());
            (found != row.want).then(|| {
                format!(
                    "{} {:?}: {found}, not {}",
                    row.language, row.input, row.want
                )
            })
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn labels_are_known_in_many_scripts() {
    let cases = [
        ("প্রকাশিত: ", Label::Published),
        ("সর্বশেষ আপডেট: ", Label::Updated),
        ("प्रकाशित: ", Label::Published),
        ("अपडेटेड ", Label::Updated),
        ("เผยแพร่เมื่อ ", Label::Published),
        ("ปรับปรุงล่าสุด ", Label::Updated),
        ("تاریخ انتشار: ", Label::Published),
        ("به‌روزرسانی: ", Label::Updated),
        ("פורסם: ", Label::Published),
        ("עודכן: ", Label::Updated),
        ("تاريخ النشر: ", Label::Published),
        ("آخر تحديث: ", Label::Updated),
        ("Erscheinungsdatum: ", Label::Published),
        ("Data di pubblicazione: ", Label::Published),
        ("(modifica il ", Label::Updated),
    ];
    for (text, want) in cases {
        assert_eq!(label(text), Some(want), "{text}");
    }
}
