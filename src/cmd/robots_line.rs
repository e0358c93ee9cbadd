//! The line of a robots.txt that forbids an address.

use cleancopy::fetch::{Rules, TOKEN, Verdict};
use cleancopy::frontier::RobotsFile;
use url::Url;

/// The number of the line that forbids `url`, from 1, and the line; `None` if none does.
pub(crate) fn of(file: &RobotsFile, url: &Url) -> Option<(usize, String)> {
    let rules = Rules::of_answer(file.status, &file.body, file.fetched_at)?;
    let Verdict::Disallowed { rule } = rules.verdict(url) else {
        return None;
    };
    let text = String::from_utf8_lossy(&file.body);
    let own =
        fields(&text).any(|(_, _, field)| matches!(field, Field::Agent(name) if is_ours(name)));
    let (mut heading, mut for_us) = (false, false);
    for (number, line, field) in fields(&text) {
        if let Field::Agent(name) = field {
            // Agents in a row head one group.
            let named = if own { is_ours(name) } else { name == "*" };
            for_us = named || (heading && for_us);
        }
        heading = matches!(field, Field::Agent(_));
        if matches!(field, Field::Disallow(written) if for_us && same(written, &rule)) {
            return Some((number, line.trim().to_owned()));
        }
    }
    None
}

/// What a line of a robots.txt says, as far as it matters here.
enum Field<'a> {
    /// The product token of a group, or `*`.
    Agent(&'a str),
    Disallow(&'a str),
    Other,
}

/// The lines that have a field, with their numbers from 1.
fn fields(text: &str) -> impl Iterator<Item = (usize, &str, Field<'_>)> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    lines.filter_map(|(at, line)| {
        let said = line.split('#').next().unwrap_or_default();
        let (name, value) = said.split_once(':')?;
        let value = value.trim();
        let field = match name.trim().to_ascii_lowercase().as_str() {
            "user-agent" if value.starts_with('*') => Field::Agent("*"),
            "user-agent" => {
                let no_token = |c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
                Field::Agent(value.split(no_token).next().unwrap_or_default())
            }
            "disallow" => Field::Disallow(value),
            _ => Field::Other,
        };
        Some((at + 1, line, field))
    })
}

fn is_ours(agent: &str) -> bool {
    agent.eq_ignore_ascii_case(TOKEN)
}

/// Whether a rule is this one, as written or as the parser spells it.
fn same(written: &str, rule: &str) -> bool {
    written == rule || format!("/{written}") == *rule
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str, path: &str) -> Option<(usize, String)> {
        let file = RobotsFile {
            status: 200,
            body: body.as_bytes().to_vec(),
            fetched_at: jiff::Timestamp::UNIX_EPOCH,
            good_until: jiff::Timestamp::UNIX_EPOCH,
        };
        of(
            &file,
            &Url::parse(&format!("https://a.example{path}")).unwrap(),
        )
    }

    #[test]
    fn the_line_is_the_one_of_our_own_group() {
        let body = "User-agent: other\nDisallow: /x\n\n# us\nUser-agent: Cleancopy/1.0\n\
                    User-agent: else\nAllow: /x/free\nDisallow: /x # shut\n\nUser-agent: *\nDisallow: /\n";
        let line = Some((8, "Disallow: /x # shut".to_owned()));
        assert_eq!(found(body, "/x/1"), line);
        assert_eq!(found(body, "/x/free"), None);
        assert_eq!(found(body, "/y"), None);
        assert_eq!(
            found("user-agent: *\ndisallow: /in", "/in"),
            Some((2, "disallow: /in".to_owned()))
        );
    }
}
