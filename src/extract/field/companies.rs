//! Companies, by the form of their names: they own publications, and sign no story.

use super::title::letters;

/// What the names of companies end in, lower case, letters alone. Forms that are degrees or words
/// of a name elsewhere ("SE", "AS", "Co") are left out.
const FORMS: &[&str] = &[
    "ag",
    "gmbh",
    "ggmbh",
    "mbh",
    "kg",
    "kgaa",
    "ohg",
    "inc",
    "llc",
    "llp",
    "ltd",
    "limited",
    "corp",
    "plc",
    "pty",
    "pvt",
    "bv",
    "nv",
    "sas",
    "sarl",
    "srl",
    "spa",
    "slu",
    "oy",
    "oyj",
    "aps",
    "kft",
    "zrt",
    "doo",
    "ооо",
    "ао",
    "株式会社",
    "有限公司",
];

/// What the names of publishing houses end in, lower case.
const HOUSES: &[&str] = &[
    "mediengruppe",
    "verlagsgruppe",
    "verlag",
    "verlagsgesellschaft",
    "publishing",
    "holding",
    "holdings",
];

/// What makes a company of a name that ends in "Group".
const GROUPS: &[&str] = &[
    "media",
    "medien",
    "publishing",
    "press",
    "news",
    "newspaper",
    "communications",
    "broadcasting",
];

/// Whether a name is that of a company: it ends in a legal form or as publishing houses do.
pub(super) fn is_company(name: &str) -> bool {
    let mut words = name.split_whitespace().rev().map(letters);
    let Some(last) = words.next() else {
        return false;
    };
    let before = words.next();
    let form = FORMS.contains(&&*last) && name.split_whitespace().next_back().is_some_and(set);
    let house = before.is_some() && HOUSES.contains(&&*last);
    let group = last == "group" && before.is_some_and(|b| GROUPS.contains(&&*b));
    form || house || group
}

/// A form is written with capitals: "spa" and "ag" in lower case are words.
fn set(form: &str) -> bool {
    form.chars().any(char::is_uppercase) || !form.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_are_told_by_their_form() {
        for name in [
            "Harbour Press GmbH",
            "Harbour Press GmbH & Co. KG",
            "Harbour Press, Inc.",
            "Harbour Media Group",
            "Harbour S.p.A.",
            "GmbH",
        ] {
            assert!(is_company(name), "{name}");
        }
        for name in [
            "Ada Quill",
            "Harbour Post",
            "Verlag",
            "Day spa",
            "Ada Quill, M.A.",
            "dpa",
            "",
        ] {
            assert!(!is_company(name), "{name}");
        }
    }
}
