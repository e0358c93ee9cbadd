//! What a page states in JSON-LD scripts.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::json;
use crate::extract::article::Kind;

/// The object of a script that stands for the story.
#[derive(Debug, Default, Clone)]
pub(super) struct Story {
    pub(super) headline: Option<String>,
    pub(super) name: Option<String>,
    pub(super) alternative: Option<String>,
    pub(super) authors: Vec<Signed>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) description: Option<String>,
    pub(super) body: Option<String>,
    pub(super) sections: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) image: Option<(String, Option<String>)>,
    pub(super) publisher: Option<String>,
    pub(super) language: Option<String>,
    pub(super) free: Option<bool>,
    pub(super) kind: Option<Kind>,
    pub(super) credit: Option<String>,
    pub(super) url: Option<String>,
    /// Whether the publisher is stated to be a news organisation.
    pub(super) media: bool,
}

/// An author as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) organisation: bool,
    pub(super) person: bool,
}

/// What all scripts together state.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) stories: Vec<Story>,
    pub(super) site_name: Option<String>,
    pub(super) breadcrumb: Vec<String>,
    /// When pages were published that are stated as pages, not as stories.
    pub(super) pages: Vec<String>,
    /// Questions that the page answers (`FAQPage`), each with its answer.
    pub(super) questions: Vec<(String, String)>,
}

/// Reads the scripts' values.
pub(super) fn read(values: &[Value]) -> Stated {
    let mut objects = Vec::new();
    for value in values {
        flatten(value, 0, &mut objects);
    }
    let ids: HashMap<&str, &Map<String, Value>> = objects
        .iter()
        .filter(|(o, _)| o.len() > 1)
        .filter_map(|(o, _)| Some((o.get("@id")?.as_str()?, *o)))
        .collect();
    let mut out = Stated::default();
    let mut ranked: Vec<(usize, Story)> = Vec::new();
    for (object, depth) in &objects {
        let types = types(object);
        let kind = types.iter().find_map(|t| story_kind(t));
        if kind.is_some() || types.iter().any(|t| STORIES.contains(&t.as_str())) {
            ranked.push((*depth, story(object, kind, &ids)));
        } else if types.iter().any(|t| t == "website") {
            out.site_name = out
                .site_name
                .or_else(|| object.get("name").and_then(json::string));
        } else if types.iter().any(|t| t == "faqpage") {
            out.questions.extend(questions(object));
        } else if types.iter().any(|t| t == "breadcrumblist") && out.breadcrumb.is_empty() {
            out.breadcrumb = breadcrumb(object);
        } else if *depth < 2 && out.pages.len() < 4 {
            out.pages
                .extend(object.get("datePublished").and_then(json::string));
        }
    }
    ranked.sort_by_key(|(depth, story)| (story.published.is_none(), *depth));
    out.stories = ranked.into_iter().map(|(_, story)| story).collect();
    out
}

/// Every object with its depth, parents first.
fn flatten<'v>(value: &'v Value, depth: usize, out: &mut Vec<(&'v Map<String, Value>, usize)>) {
    match value {
        Value::Array(list) => list.iter().for_each(|v| flatten(v, depth, out)),
        Value::Object(map) => {
            out.push((map, depth));
            // Lists of other stories state other headlines.
            if types(map)
                .iter()
                .any(|t| t == "itemlist" || t == "collectionpage")
            {
                return;
            }
            for (key, inner) in map {
                let step = match key.as_str() {
                    "@graph" => 0,
                    "mainEntity" | "mainEntityOfPage" => 1,
                    _ => 2,
                };
                if key != "itemListElement" && (inner.is_object() || inner.is_array()) {
                    flatten(inner, depth + step, out);
                }
            }
        }
        _ => {}
    }
}

/// The types of an object, lower case, without their vocabulary's address.
fn types(object: &Map<String, Value>) -> Vec<String> {
    let name = |v: &Value| {
        let s = v.as_str()?;
        let cut = s.rfind(['/', ':', '#']).map_or(0, |at| at + 1);
        Some(s[cut..].to_ascii_lowercase())
    };
    match object.get("@type").or_else(|| object.get("type")) {
        Some(Value::Array(list)) => list.iter().filter_map(name).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Types that stand for a story without saying which kind of piece it is.
const STORIES: &[&str] = &[
    "article",
    "techarticle",
    "scholarlyarticle",
    "medicalscholarlyarticle",
    "report",
    "advertisercontentarticle",
    "satiricalarticle",
    "recipe",
];

/// The kind of piece that a type says.
fn story_kind(name: &str) -> Option<Kind> {
    Some(match name {
        "newsarticle"
        | "reportagenewsarticle"
        | "backgroundnewsarticle"
        | "analysisnewsarticle"
        | "askpublicnewsarticle" => Kind::News,
        "opinionnewsarticle" | "reviewnewsarticle" | "review" | "criticreview" => Kind::Opinion,
        "liveblogposting" => Kind::LiveBlog,
        "blogposting" | "socialmediaposting" | "discussionforumposting" => Kind::Post,
        "videoobject" => Kind::Video,
        "imagegallery" | "mediagallery" => Kind::Gallery,
        _ => return None,
    })
}

fn story(
    object: &Map<String, Value>,
    kind: Option<Kind>,
    ids: &HashMap<&str, &Map<String, Value>>,
) -> Story {
    let text = |key: &str| object.get(key).and_then(json::string);
    let list = |key: &str| object.get(key).map(json::strings).unwrap_or_default();
    let author = object.get("author").or_else(|| object.get("creator"));
    let video = kind == Some(Kind::Video);
    Story {
        headline: text("headline"),
        name: text("name"),
        alternative: text("alternativeHeadline").or_else(|| text("alternateName")),
        authors: author.map(|v| signed(v, ids, 0)).unwrap_or_default(),
        published: text("datePublished")
            .or_else(|| text("uploadDate"))
            .or_else(|| text("dateCreated")),
        modified: text("dateModified"),
        description: text("description"),
        body: text("articleBody").filter(|_| !video),
        sections: list("articleSection"),
        keywords: list("keywords"),
        image: object.get("image").and_then(|v| image(v, ids, 0)),
        publisher: object.get("publisher").and_then(|v| publisher(v, ids)),
        media: object.get("publisher").is_some_and(|v| is_media(v, ids)),
        language: text("inLanguage"),
        free: object.get("isAccessibleForFree").and_then(boolean),
        kind,
        credit: text("creditText").or_else(|| text("copyrightNotice")),
        url: object
            .get("url")
            .or_else(|| object.get("mainEntityOfPage"))
            .and_then(|v| match v {
                Value::Object(o) => o.get("@id").and_then(json::string),
                other => json::string(other),
            }),
    }
}

fn resolve<'v>(
    object: &'v Map<String, Value>,
    ids: &HashMap<&str, &'v Map<String, Value>>,
) -> &'v Map<String, Value> {
    if object.contains_key("name") {
        return object;
    }
    let id = object.get("@id").and_then(Value::as_str);
    id.and_then(|id| ids.get(id).copied()).unwrap_or(object)
}

fn signed(value: &Value, ids: &HashMap<&str, &Map<String, Value>>, depth: u8) -> Vec<Signed> {
    match value {
        Value::String(s) => vec![Signed {
            name: json::plain(s),
            url: None,
            organisation: false,
            person: false,
        }],
        Value::Array(list) if depth < 3 => list
            .iter()
            .take(40)
            .flat_map(|v| signed(v, ids, depth + 1))
            .collect(),
        Value::Object(object) => {
            let object = resolve(object, ids);
            let types = types(object);
            let organisation = types.iter().any(|t| t.ends_with("organization"));
            let person = types.iter().any(|t| t == "person");
            let address = ["url", "sameAs", "@id"]
                .into_iter()
                .filter_map(|key| Some((key, object.get(key).and_then(json::string)?)))
                // An id with a fragment names an object of the script, not a page.
                .find(|(key, u)| {
                    let page = u.starts_with("http") || u.starts_with('/');
                    page && !(*key == "@id" && u.contains('#')) && !is_front(u)
                })
                .map(|(_, u)| u);
            let names = match object.get("name") {
                Some(name) => json::strings(name),
                None => given_and_family(object).into_iter().collect(),
            };
            names
                .into_iter()
                .map(|name| Signed {
                    name,
                    url: address.clone(),
                    organisation,
                    person,
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an address is that of a site's front page.
fn is_front(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    !host.trim_end_matches('/').contains('/')
}

fn given_and_family(object: &Map<String, Value>) -> Option<String> {
    let given = object.get("givenName").and_then(json::string)?;
    let family = object.get("familyName").and_then(json::string)?;
    Some(format!("{given} {family}"))
}

fn publisher(value: &Value, ids: &HashMap<&str, &Map<String, Value>>) -> Option<String> {
    match value {
        Value::Array(list) => list.iter().take(4).find_map(|v| publisher(v, ids)),
        Value::Object(object) => resolve(object, ids).get("name").and_then(json::string),
        other => json::string(other),
    }
}

fn is_media(publisher: &Value, ids: &HashMap<&str, &Map<String, Value>>) -> bool {
    let object = publisher.as_object().map(|object| resolve(object, ids));
    object.is_some_and(|o| types(o).iter().any(|t| t == "newsmediaorganization"))
}

fn image(
    value: &Value,
    ids: &HashMap<&str, &Map<String, Value>>,
    depth: u8,
) -> Option<(String, Option<String>)> {
    match value {
        Value::String(s) => Some((s.trim().to_owned(), None)).filter(|i| !i.0.is_empty()),
        Value::Array(list) if depth < 3 => {
            list.iter().take(8).find_map(|v| image(v, ids, depth + 1))
        }
        Value::Object(object) => {
            let object = match object.get("@id").and_then(Value::as_str) {
                Some(id) if !object.contains_key("url") => ids.get(id).copied().unwrap_or(object),
                _ => object,
            };
            let url = ["url", "contentUrl", "@id"]
                .into_iter()
                .find_map(|key| object.get(key).and_then(json::string))?;
            let caption = object.get("caption").and_then(json::string);
            Some((url, caption))
        }
        _ => None,
    }
}

/// `true`, `"True"`, `"http://schema.org/False"`.
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::String(s) => {
            let s = s.trim().to_ascii_lowercase();
            match s.rsplit('/').next()? {
                "true" | "1" | "yes" => Some(true),
                "false" | "0" | "no" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The names of a trail, without the first (the site) and the last (the story).
fn breadcrumb(object: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(items)) = object.get("itemListElement") else {
        return Vec::new();
    };
    items
        .iter()
        .take(12)
        .filter_map(|item| {
            let item = item.as_object()?;
            let name = item.get("name").and_then(json::string);
            name.or_else(|| item.get("item")?.get("name").and_then(json::string))
        })
        .collect()
}

/// Questions of an `FAQPage` at most.
const QUESTIONS: usize = 200;

/// Each question of an `FAQPage` with its accepted answer (<https://schema.org/FAQPage>).
fn questions(page: &Map<String, Value>) -> Vec<(String, String)> {
    let asked = match page.get("mainEntity") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    asked
        .iter()
        .take(QUESTIONS)
        .filter_map(Value::as_object)
        .filter_map(|question| {
            let answer = match question.get("acceptedAnswer")? {
                Value::Array(list) => list.first()?,
                one => one,
            };
            let name = question.get("name").and_then(json::string)?;
            Some((name, answer.get("text").and_then(json::string)?))
        })
        .collect()
}
