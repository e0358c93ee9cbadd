//! Titles as metadata states them, with the site's name taken off.

use crate::text;

/// What parts a story's title from the site's name.
const DIVIDERS: &[&str] = &[
    " | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " ‹ ", " › ", " / ", " // ",
    " ~ ", " ⋆ ", " * ", " -- ", " : ", "｜", " > ", " < ", " @ ", " ∣ ", "|", "_", " ー ", "－",
    "- ",
];

/// A title without the site's name, by agreement with the letters of the names the site goes by.
pub(super) fn without_site(title: &str, sites: &[String]) -> String {
    let mut rest = title.trim();
    for _ in 0..4 {
        let Some(shorter) = cut_once(rest, sites).or_else(|| dense_tail(rest)) else {
            break;
        };
        rest = shorter;
    }
    dense_piece(rest).to_owned()
}

/// A title without the sections behind it, each parted by a mark and equal to a stated one.
pub(super) fn without_sections<'t>(title: &'t str, sections: &[String]) -> &'t str {
    let mut rest = title;
    let said = letters(title);
    if !sections.iter().any(|section| said.ends_with(section)) {
        return title;
    }
    for _ in 0..3 {
        let tails = DIVIDERS
            .iter()
            .filter_map(|d| rest.rfind(d).map(|at| (at, d.len())));
        let Some((at, len)) = tails.max_by_key(|&(at, len)| at + len) else {
            break;
        };
        let (head, tail) = (rest[..at].trim(), &rest[at + len..]);
        // Some trails and some sections end in the story itself.
        let short = head.chars().count() < SHORTEST || tail.len() >= head.len();
        if short || !sections.contains(&letters(tail)) {
            break;
        }
        rest = head;
    }
    rest
}

/// A title that is left shorter than this, in characters, was not a headline and its section.
const SHORTEST: usize = 15;

/// The headline of a title in a script that is set without spaces, whose parts are joined by
/// underscores: no headline holds one.
fn dense_piece(title: &str) -> &str {
    if !title.contains(['_', '＿']) {
        return title;
    }
    let dense = title.chars().filter(|c| text::is_dense(*c)).count();
    if dense * 2 <= title.chars().count() {
        return title;
    }
    let pieces = title.split(['_', '＿']).map(str::trim);
    let longest = pieces.clone().map(|p| p.chars().count()).max().unwrap_or(0);
    // The story's part comes first unless it is much shorter.
    let mut long = pieces.filter(|p| p.chars().count() * 2 >= longest);
    long.next().filter(|_| longest > 6).unwrap_or(title)
}

/// What the names of publications end in, in scripts that are set without spaces.
const PUBLICATIONS: &[&str] = &[
    "网",
    "網",
    "报",
    "報",
    "日报",
    "新闻",
    "新聞",
    "电视台",
    "在线",
    "ニュース",
    "オンライン",
];

/// A title without a short tail behind a mark that ends like a publication's name: there are no
/// spaces around the mark by which others would be told.
fn dense_tail(title: &str) -> Option<&str> {
    let at = title.rfind(['-', '_', '|', '–', '—', '－', '｜'])?;
    let mark = title[at..].chars().next()?.len_utf8();
    let tail = title[at + mark..].trim();
    let dense = tail.chars().filter(|c| text::is_dense(*c)).count();
    let named = PUBLICATIONS.iter().any(|end| tail.ends_with(end));
    let head = title[..at].trim();
    (named && (2..=10).contains(&dense) && head.chars().count() > 6).then_some(head)
}

fn cut_once<'t>(title: &'t str, sites: &[String]) -> Option<&'t str> {
    // To look for a mark is much cheaper than to look for it with its spaces.
    let has = |d: &&str| title.contains(d.trim().chars().next().unwrap_or(' '));
    let dividers: Vec<&str> = DIVIDERS.iter().copied().filter(has).collect();
    let tail = dividers
        .iter()
        .filter_map(|d| title.rfind(d).map(|at| (at, d.len())))
        .filter(|&(at, len)| is_site(&title[at + len..], sites))
        .max_by_key(|&(at, _)| at);
    if let Some((at, _)) = tail
        && at > 0
    {
        return Some(title[..at].trim()).filter(|t| !t.is_empty());
    }
    let head = dividers
        .iter()
        .chain(&[": "])
        .filter_map(|d| title.find(d).map(|at| (at, d.len())))
        .filter(|&(at, _)| is_site(&title[..at], sites))
        .min_by_key(|&(at, _)| at);
    head.map(|(at, len)| title[at + len..].trim())
        .filter(|t| !t.is_empty())
}

/// Whether a piece of a title is a name of the site: equal to one, or the domain spelled out.
fn is_site(piece: &str, sites: &[String]) -> bool {
    if is_host(piece.trim()) {
        return true;
    }
    let piece = letters(piece);
    if piece.is_empty() {
        return true;
    }
    if piece.chars().count() > 48 {
        return false;
    }
    sites.iter().any(|site| {
        let long = site.chars().count() >= 4;
        !site.is_empty()
            && (piece == *site
                || (long && piece.starts_with(site.as_str()) && piece.len() < site.len() + 14)
                || (long && piece.ends_with(site.as_str()) && piece.len() < site.len() + 14)
                || (piece.chars().count() >= 5
                    && (site.starts_with(&piece) || site.ends_with(&piece))))
    })
}

/// Whether a piece of a title has the shape of a host name (`www.courier.example`).
fn is_host(piece: &str) -> bool {
    let labels: Vec<&str> = piece.split('.').collect();
    let label =
        |l: &&str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let end = labels.last().copied().unwrap_or_default();
    (2..=4).contains(&labels.len())
        && labels.iter().all(label)
        && (2..=7).contains(&end.len())
        && end.bytes().all(|b| b.is_ascii_lowercase())
        && labels[labels.len() - 2].len() >= 2
}

/// The letters and digits of a name, lower case.
pub(super) fn letters(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().filter(|c| c.is_alphanumeric()) {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// The longest piece of a title between dividers, where the pieces are parted by a bar, which
/// hardly ever stands inside a headline.
pub(super) fn longest_piece(title: &str) -> &str {
    let bar = [" | ", "｜", " :: ", " » ", " « ", " ‹ ", " • ", " · "]
        .into_iter()
        .find(|d| title.contains(d));
    let pieces: Vec<&str> = match bar {
        Some(d) => title.split(d).collect(),
        None => return title,
    };
    let first = pieces.first().copied().unwrap_or(title).trim();
    let longest = pieces
        .iter()
        .copied()
        .max_by_key(|p| p.chars().count())
        .unwrap_or(title)
        .trim();
    // The story's part comes first unless it is much shorter.
    if first.chars().count() * 2 >= longest.chars().count() {
        first
    } else {
        longest
    }
}

/// The words of a title, sorted, for comparing it with many others.
#[derive(Debug, Clone)]
pub(super) struct Bag(Vec<u64>);

impl Bag {
    pub(super) fn of(title: &str) -> Self {
        let mut words: Vec<u64> = text::hashes(title).take(80).collect();
        words.sort_unstable();
        Self(words)
    }

    /// How alike two titles are: the harmonic mean of the shares of words they have in common.
    pub(super) fn likeness(&self, other: &Self) -> f32 {
        let (left, right) = (&self.0, &other.0);
        if left.is_empty() || right.is_empty() {
            return 0.0;
        }
        let (mut i, mut j, mut common) = (0, 0, 0);
        while i < left.len() && j < right.len() {
            match left[i].cmp(&right[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    i += 1;
                    j += 1;
                }
            }
        }
        2.0 * common as f32 / (left.len() + right.len()) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_name_is_taken_off() {
        let sites = ["theharbourpost".to_owned(), "harbourpost".to_owned()];
        for title in [
            "Ferry returns - and stays | The Harbour Post",
            "Ferry returns - and stays - Harbour Post",
            "The Harbour Post: Ferry returns - and stays",
            "Ferry returns - and stays | harbourpost.example",
            "Ferry returns - and stays - Courier.example",
        ] {
            assert_eq!(
                without_site(title, &sites),
                "Ferry returns - and stays",
                "{title}"
            );
        }
        assert_eq!(without_site("The Harbour Post", &sites), "The Harbour Post");
        assert_eq!(
            without_site("渡轮回来了，并且留下了_国内_海港之声", &sites),
            "渡轮回来了，并且留下了"
        );
        assert_eq!(without_site("渡轮_海港", &sites), "渡轮_海港");
        for title in [
            "渡轮回来了，并且留下了-海港网",
            "渡轮回来了，并且留下了_海港日报",
        ] {
            assert_eq!(
                without_site(title, &sites),
                "渡轮回来了，并且留下了",
                "{title}"
            );
        }
    }

    #[test]
    fn sections_are_taken_off() {
        let sections = ["islands".to_owned(), "ferries".to_owned()];
        for title in [
            "Ferry returns - and stays : Ferries",
            "Ferry returns - and stays | Ferries - Islands",
        ] {
            let cut = without_sections(title, &sections);
            assert_eq!(cut, "Ferry returns - and stays", "{title}");
        }
        for title in [
            "Ferry returns - and stays",
            "Off: Islands",
            "Islands - Ferries",
        ] {
            assert_eq!(without_sections(title, &sections), title);
        }
    }

    #[test]
    fn likeness_counts_common_words() {
        let ferry = Bag::of("Ferry returns");
        assert!(ferry.likeness(&Bag::of("ferry RETURNS!")) > 0.99);
        assert!(ferry.likeness(&Bag::of("Snow falls")) < 0.01);
    }
}
