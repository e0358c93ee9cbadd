//! The marks that close a dateline of a script with spaces.

/// No dateline is longer, in bytes.
const WINDOW: usize = 170;
/// Closing marks tried on one paragraph.
const TRIES: usize = 14;

/// What closes a dateline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// `—`, `–`, ` - `, `--`, `•`.
    Dash,
    /// `.-`, `.--`.
    PointDash,
    /// A colon.
    Colon,
    /// A full stop.
    Stop,
    /// A closing bracket with nothing behind it.
    Bracket,
    /// The end of the element.
    End,
}

/// The letters of Arabic, Persian and Urdu.
pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{65f}' | '\u{66e}'..='\u{6d3}')
}

/// Where a dateline may end: the end of the head, the end of the mark, the kind of mark.
pub(super) type Cut = (usize, usize, Close);

/// Every mark near the start that can close a dateline, in order.
pub(super) fn cuts(text: &str) -> Vec<Cut> {
    let mut out: Vec<Cut> = Vec::new();
    let chars: Vec<(usize, char)> = text
        .char_indices()
        .take_while(|(at, _)| *at <= WINDOW)
        .collect();
    let get = |i: usize| chars.get(i).map(|c| c.1);
    let mut i = 1;
    while i < chars.len() {
        let (at, c) = chars[i];
        let after = |n: usize| chars.get(i + n).map_or(text.len(), |c| c.0);
        let space_next = get(i + 1).is_none_or(char::is_whitespace);
        let space_before = chars[i - 1].1.is_whitespace();
        match c {
            '—' | '–' | '―' | '•' | '-' | '\u{2212}' => {
                let mut n = 1;
                while get(i + n).is_some_and(|c| matches!(c, '-' | '—' | '–')) {
                    n += 1;
                }
                let long = n > 1 || matches!(c, '—' | '―');
                let parted = space_before || chars[i - 1].1 == ')' || chars[i - 1].1 == '/';
                let open = get(i + n).is_none_or(char::is_whitespace);
                if long || open || parted && c != '-' {
                    out.push((at, after(n), Close::Dash));
                } else if get(i + 1).is_some_and(is_arabic) {
                    // `دمشق-سانا`: no mark closes it but the end of the agency's name.
                    let end = (i + 1..chars.len()).find(|&j| !is_arabic(chars[j].1));
                    let end = end.map_or(text.len(), |j| chars[j].0);
                    out.push((end, end, Close::Bracket));
                }
                i += n - 1;
            }
            '.' if get(i + 1).is_some_and(|c| matches!(c, '-' | '–' | '—')) => {
                let mut n = 2;
                while get(i + n).is_some_and(|c| matches!(c, '-' | '–' | '—')) {
                    n += 1;
                }
                out.push((at, after(n), Close::PointDash));
                i += n - 1;
            }
            '.' if space_next => out.push((at, after(1), Close::Stop)),
            ':' if space_next => out.push((at, after(1), Close::Colon)),
            '/' if space_next && text[..at].contains('/') => {
                out.push((after(1), after(1), Close::Bracket));
            }
            ')' | ']' => out.push((after(1), after(1), Close::Bracket)),
            _ => {}
        }
        i += 1;
    }
    if text.len() <= 80 {
        out.push((text.len(), text.len(), Close::End));
    }
    out.truncate(TRIES);
    out
}
