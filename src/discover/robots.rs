//! The `Sitemap:` lines of a robots.txt (sitemaps.org protocol; RFC 9309, section 2.2.4, lets
//! crawlers read such records). They belong to no group and hold for whoever reads the file.

use url::Url;

use super::address;

/// So many lines are taken.
const MAX_SITEMAPS: usize = 200;

/// The sitemaps that a robots.txt names, in order, each once.
///
/// # Examples
/// ```
/// use cleancopy::discover::sitemaps_of_robots;
/// let file = b"User-agent: *\nDisallow: /x\nSITEMAP: /news.xml # daily\nSitemap:https://b.example/s";
/// let found = sitemaps_of_robots(file, &"https://a.example/robots.txt".parse()?);
/// let found: Vec<&str> = found.iter().map(|url| url.as_str()).collect();
/// assert_eq!(found, ["https://a.example/news.xml", "https://b.example/s"]);
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn sitemaps_of_robots(body: &[u8], base: &Url) -> Vec<Url> {
    let text = String::from_utf8_lossy(body);
    let mut found: Vec<Url> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if !name.trim().eq_ignore_ascii_case("sitemap") {
            continue;
        }
        // A `#` inside an address is no comment; one after a space is.
        let value = value.trim().split([' ', '\t']).next().unwrap_or_default();
        if let Some(url) = address(value, base)
            && !found.contains(&url)
        {
            found.push(url);
        }
        if found.len() >= MAX_SITEMAPS {
            break;
        }
    }
    found
}
