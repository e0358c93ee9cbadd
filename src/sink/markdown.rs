//! Markdown: an article's blocks with their kinds. Records are parted by a rule.

use std::io::{self, Write};

use super::{Record, Sink, head_lines};
use crate::extract::{Article, Block, BlockKind};

/// Writes articles as Markdown (`CommonMark`).
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Markdown};
/// let mut out = Vec::new();
/// let record = Record::of_failure("https://news.example/a_b", Outcome::Timeout, "after 60 s");
/// Markdown::new(&mut out).put(&record)?;
/// let text = String::from_utf8_lossy(&out);
/// assert_eq!(text, "<https://news.example/a_b>\n\n*timeout: after 60 s*\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Markdown<W> {
    out: W,
    begun: bool,
}

impl<W: Write + Send> Markdown<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }
}

impl<W: Write + Send> Sink for Markdown<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let mut page = String::new();
        if std::mem::replace(&mut self.begun, true) {
            page.push_str("\n---\n\n");
        }
        if let Some(article) = &record.article {
            write_article(&mut page, record, article);
        } else {
            let reason = record.reason.as_deref().unwrap_or("no reason given");
            let told = escape(&format!("{}: {reason}", record.outcome));
            push(&mut page, &["<", &record.url, ">\n\n*", &told, "*\n"]);
        }
        self.out.write_all(page.as_bytes())?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write_article(page: &mut String, record: &Record, article: &Article) {
    if let Some(headline) = &article.headline {
        push(page, &["# ", &escape(headline), "\n\n"]);
    }
    for line in head_lines(article) {
        push(page, &[&escape(&line), "  \n"]);
    }
    push(page, &["<", &record.url, ">\n"]);
    let mut before = None;
    for block in &article.paragraphs {
        let tight = is_row(block.kind) && before == Some(block.kind);
        page.push_str(if tight { "" } else { "\n" });
        write_block(page, block);
        before = Some(block.kind);
    }
}

fn push(page: &mut String, parts: &[&str]) {
    page.extend(parts.iter().copied());
}

fn is_row(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::ListItem | BlockKind::TableRow)
}

fn write_block(page: &mut String, block: &Block) {
    let text = escape(&block.text);
    let parts: [&str; 3] = match block.kind {
        BlockKind::Heading => ["## ", &text, "\n"],
        BlockKind::ListItem => ["- ", &text, "\n"],
        BlockKind::Quote => ["> ", &text, "\n"],
        BlockKind::Preformatted => ["```\n", &block.text, "\n```\n"],
        // A table whose heads are not known: rows stay lines, with a hard break.
        BlockKind::TableRow => ["", &text, "  \n"],
        BlockKind::Caption => ["*", &text, "*\n"],
        BlockKind::Paragraph => ["", &text, "\n"],
    };
    push(page, &parts);
}

/// Escapes what Markdown would take for markup in running text.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let opens_line = i == 0 && matches!(c, '#' | '>' | '+' | '-' | '=');
        if opens_line || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<') {
            out.push('\\');
        }
        out.push(c);
    }
    match ordinal(text) {
        Some(dot) => format!("{}\\{}", &out[..dot], &out[dot..]),
        None => out,
    }
}

/// Where the dot stands in a text that begins like an item of a numbered list.
fn ordinal(text: &str) -> Option<usize> {
    let dot = text.find(|c: char| !c.is_ascii_digit())?;
    let rest = &text[dot..];
    ((1..=9).contains(&dot) && (rest.starts_with(". ") || rest.starts_with(") "))).then_some(dot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("1. May was *cold*"), "1\\. May was \\*cold\\*");
        assert_eq!(escape("- no item"), "\\- no item");
        assert_eq!(
            escape("2024 was 3.5 times [better]"),
            "2024 was 3.5 times \\[better\\]"
        );
    }
}
