//! Spans as Markdown: escapes, stress, code, links, line breaks.

use std::fmt::Write as _;

use url::Url;

use crate::extract::form::element::Span;
use crate::extract::form::links;
use crate::text;

/// What a line break becomes, and what else is special where the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// A hard break: paragraphs.
    Kept,
    /// A space: text that has to stay on its line.
    Space,
    /// A space; number signs are escaped everywhere.
    Heading,
    /// A space; bars are escaped.
    Cell,
}

/// Spans as one stretch of Markdown, without white space at its ends.
pub(super) fn inline(spans: &[Span], breaks: Breaks) -> String {
    let lines = breaks == Breaks::Kept && spans.iter().any(|s| s.text.contains('\n'));
    let mut writer = Writer {
        out: String::new(),
        gap: Gap::None,
        breaks,
        bars: lines || breaks == Breaks::Cell,
    };
    let mut groups: Vec<&[Span]> = spans.chunk_by(|a, b| a.link == b.link).collect();
    groups.retain(|group| first(group).is_some());
    for (i, group) in groups.iter().enumerate() {
        let next = groups.get(i + 1).and_then(|group| opening(group));
        writer.group(group, next);
    }
    writer.out
}

/// Where a link leads, written so that it ends where it should.
pub(super) fn destination(url: &Url) -> String {
    let mut out = String::new();
    for c in url.as_str().chars() {
        match c {
            '(' | ')' => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            '<' | '>' | '\\' | '"' | '`' | '|' => {
                let _ = write!(out, "%{:02X}", c as u32);
            }
            c if c.is_whitespace() || c.is_control() => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out
}

/// White space that was seen and not written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Break,
}

/// The first character of spans; `None` where they have none.
fn first(spans: &[Span]) -> Option<char> {
    let text = spans.iter().flat_map(|span| span.text.chars());
    text.into_iter().find(|c| !is_nothing(*c))
}

/// What a group begins with when it is written.
fn opening(group: &[Span]) -> Option<char> {
    let first = first(group)?;
    let link = group[0].link.as_deref().and_then(links::safe);
    let opens = link.is_some() && gap_of(first) == Gap::None;
    Some(if opens { '[' } else { first })
}

fn is_nothing(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
}

fn gap_of(c: char) -> Gap {
    match c {
        '\n' | '\r' => Gap::Break,
        c if text::is_space(c) => Gap::Space,
        _ => Gap::None,
    }
}

fn widest(text: &str) -> Gap {
    text.chars().map(gap_of).max().unwrap_or(Gap::None)
}

struct Writer {
    out: String,
    gap: Gap,
    breaks: Breaks,
    bars: bool,
}

impl Writer {
    /// Spans that lead to one place, or nowhere; `next` is what follows them.
    fn group(&mut self, group: &[Span], next: Option<char>) {
        let whole: String = group.iter().map(|span| span.text.as_str()).collect();
        let start = whole.trim_start_matches(is_blank);
        self.see(widest(&whole[..whole.len() - start.len()]));
        if start.is_empty() {
            return;
        }
        let link = group[0].link.as_deref().and_then(links::safe);
        self.close_gap();
        if link.is_some() {
            if self.out.ends_with('!') {
                self.out.pop();
                self.out.push_str("\\!");
            }
            self.out.push('[');
        }
        for (i, span) in group.iter().enumerate() {
            let after = group.get(i + 1..).and_then(first);
            let after = if link.is_some() {
                after.map_or(Some(']'), Some)
            } else {
                after.or(next)
            };
            self.span(span, after, i == 0, link.is_some());
        }
        if let Some(url) = link {
            let _ = write!(self.out, "]({})", destination(&url));
        }
    }

    fn see(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Writes the white space that was seen, unless the text is still to begin.
    fn close_gap(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if self.out.is_empty() || self.out.ends_with('\n') {
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Break if self.breaks == Breaks::Kept => self.out.push_str("\\\n"),
            Gap::Break | Gap::Space => self.out.push(' '),
        }
    }

    fn at_line_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with('\n')
    }

    fn span(&mut self, span: &Span, next: Option<char>, opens: bool, linked: bool) {
        let start = span.text.trim_start_matches(is_blank);
        if !opens {
            self.see(widest(&span.text[..span.text.len() - start.len()]));
        }
        let core = start.trim_end_matches(is_blank);
        if core.is_empty() {
            return;
        }
        if !opens {
            self.close_gap();
        }
        let tail = widest(&start[core.len()..]);
        let next = if tail == Gap::None { next } else { Some(' ') };
        let marks = match (span.strong, span.emphasis) {
            (true, true) => "***",
            (true, false) => "**",
            (false, true) => "*",
            (false, false) => "",
        };
        // `[…]:` at the head of a line is a link reference definition (`CommonMark`, section 4.7),
        // which knows nothing of code: a backslash holds it off, and code has none.
        let stands = span.code && !self.out.ends_with('`') && next != Some('`');
        let verbatim = stands.then(|| self.code(core));
        let verbatim = verbatim.filter(|text| !(linked && text.contains("]:")));
        let is_code = verbatim.is_some();
        let text = verbatim.unwrap_or_else(|| self.escaped(core, false));
        if !marks.is_empty() && self.can_mark(&text, next) {
            for part in [marks, text.as_str(), marks] {
                self.out.push_str(part);
            }
        } else if is_code {
            self.out.push_str(&text);
        } else {
            let text = self.escaped(core, self.at_line_start());
            self.out.push_str(&text);
        }
        self.see(tail);
    }

    /// Whether delimiters around a text would be left-flanking before and right-flanking behind it
    /// (`CommonMark`, section 6.2), with characters that are no letters taken for punctuation.
    fn can_mark(&self, text: &str, next: Option<char>) -> bool {
        let before = self.out.chars().next_back();
        let parts =
            |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation());
        let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        before != Some('*')
            && (inner(text.chars().next()) || parts(before))
            && (inner(text.chars().next_back()) || parts(next))
    }

    /// A code span, its fence longer than any inside.
    fn code(&self, text: &str) -> String {
        let mut line: String = text
            .chars()
            .filter(|&c| !is_nothing(c))
            .map(|c| if gap_of(c) == Gap::None { c } else { ' ' })
            .collect();
        if self.breaks == Breaks::Cell {
            line = line.replace('|', "\\|");
        }
        let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let pad = if line.starts_with('`') || line.ends_with('`') {
            " "
        } else {
            ""
        };
        format!("{fence}{pad}{line}{pad}{fence}")
    }

    /// Text with everything escaped that Markdown would take for markup; white space folded.
    fn escaped(&self, text: &str, at_line_start: bool) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        let mut start = at_line_start;
        let mut gap = Gap::None;
        // Where the dot of a number stands that would make an item of its line.
        let mut dot = None;
        for (i, c) in text.char_indices() {
            if is_nothing(c) {
                continue;
            }
            let space = gap_of(c);
            if space != Gap::None {
                gap = gap.max(space);
                continue;
            }
            match std::mem::replace(&mut gap, Gap::None) {
                Gap::None => {}
                Gap::Break if self.breaks == Breaks::Kept => {
                    out.push_str("\\\n");
                    start = true;
                }
                _ => out.push(' '),
            }
            let rest = &text[i..];
            if start {
                dot = ordinal(rest).map(|length| i + length);
            }
            if self.is_markup(c, rest, start) || dot == Some(i) {
                out.push('\\');
            }
            out.push(c);
            start = false;
        }
        out
    }

    fn is_markup(&self, c: char, rest: &str, at_line_start: bool) -> bool {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' => true,
            '#' => at_line_start || self.breaks == Breaks::Heading,
            '>' | '+' | '-' | '=' | ':' => at_line_start,
            // Behind the mark of an item a bar makes a row of dashes, which makes a table of the
            // line above.
            '|' => self.bars || at_line_start,
            '&' => is_entity(rest),
            _ => false,
        }
    }
}

fn is_blank(c: char) -> bool {
    gap_of(c) != Gap::None || is_nothing(c)
}

/// Where the dot stands in a text that begins like an item of a numbered list.
fn ordinal(text: &str) -> Option<usize> {
    let dot = text.find(|c: char| !c.is_ascii_digit())?;
    let (mark, rest) = text[dot..].split_at_checked(1)?;
    let opens = matches!(mark, "." | ")") && !rest.starts_with(|c| gap_of(c) == Gap::None);
    ((1..=9).contains(&dot) && opens).then_some(dot)
}

/// Whether an ampersand begins a character reference, or may with what follows the text.
fn is_entity(text: &str) -> bool {
    let name = text[1..].trim_start_matches('#');
    match name.find(|c: char| !c.is_ascii_alphanumeric()) {
        Some(end) => end > 0 && name[end..].starts_with(';'),
        None => true,
    }
}
