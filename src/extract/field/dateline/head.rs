//! Datelines of scripts with spaces: `PARIS, 4 mars (Reuters) -`, `Berlin.`, `NEW DELHI:`.
//!
//! Every mark that can close a dateline is tried, the last first: what stands before it must parse
//! wholly into places, region, date, agencies and reporter, and there must be evidence enough for
//! that kind of mark ([`super::evidence`]).

use super::close::{Close, cuts, is_arabic};
use super::day::{day_of, without_preposition};
use super::gazetteer::gazetteer;
use crate::date;
use crate::extract::article::LeadDateline;

/// How sure a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Words with capitals.
    Title,
    /// All in capitals.
    Capitals,
    /// In the table.
    Known,
}

/// A head taken apart.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent piece of evidence"
)]
pub(super) struct Head {
    pub(super) line: LeadDateline,
    /// The least sure of the places.
    pub(super) sure: Option<Sure>,
    /// Whether an agency of the table is named.
    pub(super) known_agency: bool,
    /// Whether an outlet is named that only its form shows to be one.
    pub(super) outlet: bool,
    /// Whether the whole head stands in brackets.
    pub(super) bracketed: bool,
    /// Whether the date follows a comma, a bracket or nothing, not a dash.
    pub(super) date_behind_dash: bool,
}

/// Every reading of the start of a text as a dateline, longest first.
pub(super) fn heads<'t>(
    text: &'t str,
    language: Option<&'t str>,
) -> impl Iterator<Item = (Head, Close, usize)> + 't {
    cuts(text)
        .into_iter()
        .rev()
        .filter_map(move |(end, close_end, close)| {
            let head = parse(&text[..end], language)?;
            Some((head, close, close_end))
        })
}

/// One piece of a head.
struct Piece<'t> {
    text: &'t str,
    /// In round or square brackets, or between slashes.
    enclosed: bool,
    /// The character before it.
    before: char,
}

fn parse(head: &str, language: Option<&str>) -> Option<Head> {
    let head = head.trim();
    if head.is_empty() {
        return None;
    }
    let mut out = Head {
        bracketed: head.starts_with(['(', '[']) && head.ends_with([')', ']']),
        ..Head::default()
    };
    let spotted = day_of(head, language);
    let (left, right) = match &spotted {
        Some(at) => {
            out.line.date = Some(trim(&head[at.clone()]).to_owned());
            let before = head[..at.start].trim_end();
            out.date_behind_dash = before.is_empty() || before.ends_with(['-', '–', '—', '|']);
            (without_preposition(before), &head[at.end..])
        }
        None => (head, ""),
    };
    let mut state = State {
        head: &mut out,
        dated: spotted.is_some(),
    };
    let open = left.matches(['(', '[']).count() > left.matches([')', ']']).count();
    for piece in pieces(left, false) {
        state.take(&piece)?;
    }
    for piece in pieces(right, open) {
        state.take(&piece)?;
    }
    Some(out)
}

/// Cuts at commas, brackets, slashes around names, dashes with spaces, bars.
fn pieces(text: &str, mut enclosed: bool) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut before = ' ';
    let mut slashed = false;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (i, &(at, c)) in chars.iter().enumerate() {
        let next = chars.get(i + 1).map(|c| c.1);
        let last = i.checked_sub(1).map(|j| chars[j].1);
        let spaced = last.is_none_or(char::is_whitespace) && next.is_none_or(char::is_whitespace);
        let cut = match c {
            ',' | '(' | '[' | ')' | ']' | '|' | '—' | '،' | ';' => true,
            '–' | '-' => {
                let glued = || next.is_some_and(is_arabic) && last.is_some_and(is_arabic);
                spaced
                    || next.is_none() && last.is_some_and(char::is_whitespace)
                    || glued() && gazetteer().is_agency(trim(&text[at + c.len_utf8()..]))
            }
            '/' => !enclosed || slashed,
            '.' => next.is_none_or(char::is_whitespace) && !abbreviated(&text[from..at]),
            _ => false,
        };
        if !cut {
            continue;
        }
        let piece = &text[from..at];
        if !trim(piece).is_empty() {
            out.push(Piece {
                text: trim(piece),
                enclosed: enclosed || slashed,
                before,
            });
        }
        match c {
            '(' | '[' => enclosed = true,
            ')' | ']' => enclosed = false,
            // `/PRNewswire/`: a slash behind white space or a year opens, the next one closes.
            '/' if slashed => slashed = false,
            '/' if last.is_none_or(|l| l.is_whitespace() || l.is_ascii_digit()) => slashed = true,
            _ => {}
        }
        before = c;
        from = at + c.len_utf8();
    }
    let piece = trim(&text[from..]);
    if !piece.is_empty() {
        out.push(Piece {
            text: piece,
            enclosed: enclosed || slashed,
            before,
        });
    }
    out
}

/// `Calif`, `N.Y`, `St`, `Корр`: the point belongs to the word.
fn abbreviated(piece: &str) -> bool {
    let piece = piece.trim();
    let last = piece.rsplit([' ', ',']).next().unwrap_or_default();
    last.contains('.')
        || matches!(last, "St" | "Ft" | "Mt" | "Корр" | "корр" | "г" | "Dr")
        || gazetteer().is_region(&format!("{piece}."))
}

fn trim(piece: &str) -> &str {
    piece.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';'
                    | ':'
                    | '-'
                    | '–'
                    | '—'
                    | '='
                    | '|'
                    | '/'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '•'
                    | '،'
            )
    })
}

struct State<'h> {
    head: &'h mut Head,
    dated: bool,
}

/// Words that may stand beside a date or a name and mean nothing.
const FILLERS: &[&str] = &[
    "le", "den", "am", "vom", "il", "el", "on", "de", "le.", "в", "في", "г", "г.", "local",
    "(local)", "time", "update", "o",
];
/// What comes before a reporter's name.
const REPORTERS: &[&str] = &[
    "by ",
    "von ",
    "par ",
    "por ",
    "di ",
    "корр. ",
    "корр.",
    "corr. ",
    "our correspondent",
    "door ",
];

impl State<'_> {
    /// Gives a piece its part in the dateline; none if it has no part in one.
    fn take(&mut self, piece: &Piece<'_>) -> Option<()> {
        let text = piece.text.trim_end_matches('.');
        let tables = gazetteer();
        let line = &mut self.head.line;
        if text.is_empty() || FILLERS.contains(&text.to_lowercase().as_str()) {
            return Some(());
        }
        if text.chars().count() > 45 || text.contains(['"', '“', '”', '?', '!', '«', '»', '…'])
        {
            return None;
        }
        let lower = piece.text.to_lowercase();
        if let Some(lead) = REPORTERS.iter().find(|r| lower.starts_with(*r)) {
            return self.reporter(piece.text.get(lead.len()..)?.trim());
        }
        if self.dated && date::is_date_word(text) {
            return Some(());
        }
        let full = piece.text;
        if is_outlet(text) {
            line.agencies.push(text.to_owned());
            self.head.outlet = true;
            return Some(());
        }
        if tables.is_agency(text) || tables.is_agency(full) {
            let place_too = tables.is_place(text) && !piece.enclosed && line.places.is_empty();
            if !place_too {
                line.agencies.push(text.to_owned());
                self.head.known_agency = true;
                return Some(());
            }
        }
        if piece.enclosed {
            return self.enclosed(text, full);
        }
        if !line.places.is_empty() || !line.agencies.is_empty() || self.dated {
            if line.region.is_none()
                && line.agencies.is_empty()
                && piece.before == ','
                && (tables.is_region(full) || tables.is_region(text))
            {
                line.region = Some(full.to_owned());
                return Some(());
            }
            if !line.agencies.is_empty() && !line.places.is_empty() {
                return self.reporter(text);
            }
        }
        self.place(text, full, piece.before)
    }

    fn enclosed(&mut self, text: &str, full: &str) -> Option<()> {
        let tables = gazetteer();
        let line = &mut self.head.line;
        if line.places.is_empty() && line.agencies.is_empty() && tables.is_place(text) {
            line.places.push(text.to_owned());
            self.head.sure = Some(Sure::Known);
            return Some(());
        }
        if !line.places.is_empty()
            && line.region.is_none()
            && (tables.is_region(full) || tables.is_region(text))
            && text.chars().count() > 3
        {
            line.region = Some(full.to_owned());
            return Some(());
        }
        if !line.agencies.is_empty() {
            let person = text.split(' ').count() >= 2 && starts_upper(text);
            return if person {
                self.reporter(text)
            } else {
                agency_like(text).then(|| self.head.line.agencies.push(text.to_owned()))
            };
        }
        if text.contains('/')
            && text
                .split('/')
                .all(|part| tables.is_agency(part.trim()) || part.trim().chars().count() <= 4)
        {
            for part in text.split('/') {
                self.head.known_agency |= tables.is_agency(part.trim());
                self.head.line.agencies.push(part.trim().to_owned());
            }
            return Some(());
        }
        agency_like(text).then(|| line.agencies.push(text.to_owned()))
    }

    fn reporter(&mut self, name: &str) -> Option<()> {
        let words: Vec<&str> = name.split(' ').filter(|w| !w.is_empty()).collect();
        // An agency may stand between the word for a reporter and the name.
        for cut in (1..words.len()).rev() {
            let agency = words[..cut].join(" ");
            if gazetteer().is_agency(&agency) {
                self.head.line.agencies.push(agency);
                self.head.known_agency = true;
                return self.reporter(&words[cut..].join(" "));
            }
        }
        let person = (1..=4).contains(&words.len()) && words.iter().all(|w| starts_upper(w));
        if !person || self.head.line.reporter.is_some() {
            return None;
        }
        self.head.line.reporter = Some(words.join(" "));
        Some(())
    }

    fn place(&mut self, text: &str, full: &str, before: char) -> Option<()> {
        let tables = gazetteer();
        let line = &mut self.head.line;
        let sure = sureness(text)?;
        // `Frankfurt/Main`, `Halle/Saale` are one place.
        if before == '/'
            && let Some(last) = line.places.last_mut()
        {
            let whole = format!("{last}/{text}");
            if tables.is_place(&whole) {
                *last = whole;
                return Some(());
            }
        }
        // A second name behind a comma qualifies the first, unless both are known places.
        if before == ','
            && line.places.len() == 1
            && sure < Sure::Known
            && line.region.is_none()
            && self.head.sure == Some(Sure::Known)
        {
            let short = text.chars().count() <= 5 && sure == Sure::Capitals;
            if short {
                line.agencies.push(full.to_owned());
            } else {
                line.region = Some(full.to_owned());
            }
            return Some(());
        }
        if line.places.len() >= 4 {
            return None;
        }
        line.places.push(text.to_owned());
        self.head.sure = Some(self.head.sure.map_or(sure, |s| s.min(sure)));
        Some(())
    }
}

/// A site's address or the name of a news outlet.
fn is_outlet(text: &str) -> bool {
    let domain = text.rsplit_once('.').is_some_and(|(name, end)| {
        name.len() >= 3
            && (2..=4).contains(&end.len())
            && end.bytes().all(|b| b.is_ascii_alphabetic())
            && !text.contains(' ')
            && !name.contains('.')
    });
    // `خبرگزاری آریا`, `สำนักข่าวไทย`: the word for an agency goes before the name.
    let agency = ["خبرگزاری ", "وكالة أنباء ", "สำนักข่าว"];
    let named = text.ends_with(" News") || agency.iter().any(|word| text.starts_with(word));
    domain || named && text.split(' ').count() <= 3
}

fn starts_upper(word: &str) -> bool {
    word.chars()
        .next()
        .is_some_and(|c| !c.is_lowercase() && c.is_alphabetic())
}

/// Small words inside the names of places.
const PARTICLES: &[&str] = &[
    "de", "del", "la", "da", "do", "of", "am", "an", "der", "di", "du", "le", "el", "al", "bei",
    "im", "in", "on", "upon", "ob", "e", "y", "sur", "sous",
];

/// How sure it is that a piece names a place; none if it cannot be one.
fn sureness(text: &str) -> Option<Sure> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if gazetteer().is_place(text) {
        // "essen" and "van" are words; a place begins with a capital.
        return starts_upper(text).then_some(Sure::Known);
    }
    if gazetteer().is_label(text) {
        return None;
    }
    let legal = |c: char| {
        c.is_alphabetic() || matches!(c, ' ' | '.' | '\'' | '’' | '-' | '\u{300}'..='\u{36f}')
    };
    let cased = text.chars().any(char::is_uppercase);
    if words.is_empty() || words.len() > 4 || !text.chars().all(legal) || !cased {
        return None;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if !text.chars().any(char::is_lowercase) && letters >= 4 {
        return Some(Sure::Capitals);
    }
    let titled = words
        .iter()
        .all(|w| starts_upper(w) || PARTICLES.contains(w))
        && starts_upper(words[0]);
    titled.then_some(Sure::Title)
}

/// Whether a text in brackets looks like an agency's sign: capitals, or a name with some.
fn agency_like(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let cased = text.chars().any(|c| c.is_uppercase() || c.is_lowercase());
    let words = text.split_whitespace().count();
    let legal = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '.' | '/' | '&' | '-' | '\'' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}'
            )
    };
    let sign = capitals == 0 && words == 1 && (2..=5).contains(&letters);
    letters >= 2
        && words <= 3
        && text.chars().count() <= 25
        && text.chars().all(legal)
        && (capitals >= 2 || !cased || sign || (capitals == 1 && words <= 2))
}
