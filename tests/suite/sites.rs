//! Sites given by name, by the program as a person runs it.

use std::fs;

use super::cli::{assert_sum, cleancopy, code, dir, records, told};
use super::site::{Reply, Site, story};

#[test]
fn a_site_given_by_name_gives_its_articles_and_going_on_asks_for_none_of_them_again() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::status(200, "Sitemap: /map.xml"),
        "/map.xml" => Reply::status(
            200,
            "<urlset><url><loc>/story/1?utm_source=map</loc></url><url><loc>/story/2</loc>\
             <lastmod>2019-01-01</lastmod></url></urlset>",
        ),
        "/" => Reply::html("<ul><li><a href=/story/3>Three</a><li><a href=//x.example/>X</a></ul>"),
        path if path.starts_with("/story") => story(),
        _ => Reply::status(404, ""),
    });
    let dir = dir();
    let args = [
        "crawl",
        "--no-proxy",
        "--delay",
        "0",
        "--site",
        "http://a.example",
        "--since",
        "2025-01-01",
        "--no-guess",
        "-o",
        "out.jsonl",
        "--resolve",
    ];
    let run = || {
        let mut command = cleancopy(&args);
        command.arg(format!("*={}", site.address)).current_dir(&dir);
        command.output().unwrap()
    };
    let first = run();
    assert_eq!(code(&first), 0, "{}", told(&first));
    assert_sum(&first, 1 + 3);
    assert!(
        told(&first).contains("1 out of scope, 1 too old"),
        "{}",
        told(&first)
    );
    let out = records(&fs::read_to_string(dir.path().join("out.jsonl")).unwrap());
    let mut urls: Vec<_> = out
        .iter()
        .map(|r| (r.url.as_str(), r.outcome.as_str()))
        .collect();
    urls.sort_unstable();
    let want = [
        ("http://a.example", "no-article"),
        ("http://a.example/map.xml", "listing"),
        ("http://a.example/story/1?utm_source=map", "article"),
        ("http://a.example/story/3", "article"),
    ];
    assert_eq!(urls, want);
    let near = out.iter().filter(|r| r.near_duplicate_of.is_some());
    assert_eq!(near.count(), 1, "both pages carry one story");
    let asked = || {
        site.paths("a.example")
            .iter()
            .filter(|p| p.starts_with("/story"))
            .count()
    };
    assert_eq!(asked(), 2);
    let second = run();
    assert_eq!((code(&second), asked()), (0, 2), "{}", told(&second));
    let neither = cleancopy(&["crawl"]).output().unwrap();
    assert_eq!(code(&neither), 2);
    let wrong = cleancopy(&["crawl", "--site", "the post"])
        .output()
        .unwrap();
    assert!(code(&wrong) == 2 && told(&wrong).contains("neither a URL nor a host name"));
}
