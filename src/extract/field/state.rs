//! What a script would render: values under well-known keys in the state that pages carry.
//!
//! Nothing is run and nothing is parsed as a whole: a key in quotes, escaped or not, with a value
//! behind it. Only asked where the page states a field nowhere else. A page's state often holds other
//! stories too, so values that differ count only beside the story's own headline.

use jiff::civil::Date;
use memchr::memmem;

use super::{Candidate, Source, View};
use crate::date::{self, Moment};

/// Script text that is looked at, in bytes a page.
const MOST_BYTES: usize = 8 << 20;

/// How far from the headline a value may stand in a script, in bytes.
const BESIDE: usize = 4_000;

/// Keys that share some letters, behind these letters: a script is looked through for them once.
type Group = (&'static str, &'static [&'static str]);

/// Keys under which systems keep the moment of publication, and those of its creation.
const PUBLISHED: &[Group] = &[
    (
        "ubli",
        &[
            "datePublished",
            "datePublication",
            "date_publication",
            "publishedAt",
            "published_at",
            "publishDate",
            "publishedDate",
            "published_date",
            "publish_date",
            "publicationDate",
            "publication_date",
            "firstPublished",
            "firstPublishedDate",
            "firstPublicationDate",
            "publishTime",
            "published_time",
            "publishDt",
        ],
    ),
    ("pubD", &["pubDate", "pubDt"]),
    ("deployDt", &["deployDt"]),
    ("articleDate", &["articleDate"]),
];
const CREATED: &[Group] = &[
    (
        "reat",
        &[
            "createdAt",
            "created_at",
            "creationDate",
            "createDate",
            "dateCreated",
            "dateCreation",
            "DateCreation",
            "date_creation",
        ],
    ),
    ("regD", &["regDate", "regDt"]),
];

/// A key that says so little that it counts right beside the headline alone.
const DATED: &[Group] = &[("date", &["date"])];

/// How near such a value must stand to the headline, in bytes.
const RIGHT_BESIDE: usize = 300;

/// The moments of publication in the page's scripts.
pub(super) fn published(view: &View<'_>) -> Vec<Candidate<Moment>> {
    let stated = find(view, PUBLISHED).any().map(|m| (m, "published", 2.7));
    let created = || find(view, CREATED).any().map(|m| (m, "created", 2.3));
    let dated = || find(view, DATED).beside().map(|m| (m, "date", 2.3));
    let found = stated.or_else(created).or_else(dated);
    found
        .map(|(moment, key, weight)| Candidate::new(moment, Source::State(key), weight))
        .into_iter()
        .collect()
}

/// The one bare day under the keys, which systems fill in where they are used: in local time.
pub(super) fn day(view: &View<'_>) -> Option<Moment> {
    let keys = [PUBLISHED, CREATED].concat();
    let mut days = find(view, &keys).days;
    days.dedup();
    match days[..] {
        [day] => Some(Moment::on(day)),
        _ => None,
    }
}

/// The moments under some keys.
struct Found {
    /// The one nearest to the headline, and how far it stands from it.
    nearest: Option<(usize, Moment)>,
    /// The only one.
    only: Option<Moment>,
    /// Those without a time, in order.
    days: Vec<Date>,
}

impl Found {
    /// The one nearest to the headline, or the only one.
    fn any(self) -> Option<Moment> {
        self.nearest.map(|(_, moment)| moment).or(self.only)
    }

    /// The one right beside the headline.
    fn beside(self) -> Option<Moment> {
        let near = self.nearest.filter(|(away, _)| *away <= RIGHT_BESIDE);
        near.map(|(_, moment)| moment)
    }
}

/// The moments under any of the keys.
fn find(view: &View<'_>, keys: &[Group]) -> Found {
    let doc = view.facts.scene.doc;
    let mut budget = MOST_BYTES;
    let mut nearest: Option<(usize, Moment)> = None;
    let mut all: Vec<Moment> = Vec::new();
    for &node in &view.facts.found.scripts {
        let Some(script) = doc.children(node).next().and_then(|n| doc.text(n)) else {
            continue;
        };
        let Some(left) = budget.checked_sub(script.len()) else {
            break;
        };
        budget = left;
        // Most scripts state no moment, so the headline is not looked for before one does.
        let mut heads: Option<Vec<usize>> = None;
        for (at, length) in places(script, keys) {
            let Some(moment) = value_at(view, script, at, length) else {
                continue;
            };
            all.push(moment);
            let heads = heads.get_or_insert_with(|| places_of_headline(view, script));
            let distance = heads.iter().map(|h| h.abs_diff(at)).min();
            if let Some(distance) = distance.filter(|d| *d <= BESIDE)
                && nearest.is_none_or(|(d, _)| distance < d)
            {
                nearest = Some((distance, moment));
            }
        }
    }
    let first = all.first().copied();
    let only = first.filter(|f| all.iter().all(|m| m.day() == f.day()));
    let bare = all.iter().filter(|m| m.time().is_none());
    let mut days: Vec<Date> = bare.map(|m| m.day()).collect();
    days.sort_unstable();
    Found {
        nearest,
        only,
        days,
    }
}

/// The places of one key in a script that are looked at.
const MOST_PLACES: usize = 200;

/// Where the keys stand in a script, with their lengths; one key after the other.
fn places(script: &str, keys: &[Group]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (shared, keys) in keys {
        let met: Vec<usize> = memmem::find_iter(script.as_bytes(), shared).collect();
        if met.is_empty() {
            continue;
        }
        for key in *keys {
            let before = key.find(shared).unwrap_or_default();
            let begins = met.iter().filter_map(|at| at.checked_sub(before));
            let is_key = |at: &usize| script.as_bytes()[*at..].starts_with(key.as_bytes());
            let found = begins.filter(is_key).take(MOST_PLACES);
            places.extend(found.map(|at| (at, key.len())));
        }
    }
    places
}

/// Where the headline stands in a script, if it is long enough to be no other words.
fn places_of_headline(view: &View<'_>, script: &str) -> Vec<usize> {
    let headline = view.headline.filter(|h| h.chars().count() >= 12);
    let places = headline.map(|h| memmem::find_iter(script.as_bytes(), h).take(20).collect());
    places.unwrap_or_default()
}

/// The moment behind a key: `"key":"2024-04-24T10:30:00Z"`, `\"key\": 1713947400`.
fn value_at(view: &View<'_>, script: &str, at: usize, length: usize) -> Option<Moment> {
    let open = script[..at].chars().next_back();
    let rest = &script[at + length..];
    let value = rest.trim_start_matches(['\\', '"', '\'', ' ', ':', '\n', '\t']);
    let quoted = rest.starts_with(['"', '\'', '\\', ':']);
    if !quoted || !matches!(open, Some('"' | '\'' | ' ' | ',' | '{')) {
        return None;
    }
    let text = rest[..rest.len() - value.len()].ends_with(['"', '\'']);
    let end =
        value.find(|c| matches!(c, '"' | '\'' | '\\') || !text && matches!(c, ',' | '}' | '\n'))?;
    let value = value.get(..end).filter(|v| (8..=40).contains(&v.len()))?;
    date::stated(value, &view.reading)
}
