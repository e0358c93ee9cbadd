//! Markdown: headline, byline, date, address, standfirst and story. Records are parted by a rule.

use std::io::{self, Write};

use super::{Record, Sink, head_lines};
use crate::extract::{Article, Comment, markdown_line, markdown_story};
use crate::page::Target;

/// Writes articles as Markdown (`CommonMark`, tables as in GFM).
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
            let told = markdown_line(&format!("{}: {reason}", record.outcome));
            push(&mut page, &[&address(record), "\n\n*", &told, "*\n"]);
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
        push(page, &["# ", &markdown_line(headline), "\n\n"]);
    }
    for line in head_lines(article) {
        push(page, &[&markdown_line(&line), "  \n"]);
    }
    push(page, &[&address(record), "\n\n", &markdown_story(article)]);
    for comment in &article.comments {
        write_comment(page, comment);
    }
}

/// A comment as a quotation, who wrote it in its first line.
fn write_comment(page: &mut String, comment: &Comment) {
    let signed: Vec<String> = comment.signed().map(markdown_line).collect();
    push(page, &["\n> **", &signed.join("**, **"), "**\n"]);
    for paragraph in comment.text.split("\n\n") {
        push(page, &[">\n> ", &markdown_line(paragraph), "\n"]);
    }
}

/// The record's address as a link, or as text where it is a file's name.
fn address(record: &Record) -> String {
    match Target::parse(&record.url) {
        Ok(_) if !record.url.contains(['<', '>', ' ']) => format!("<{}>", record.url),
        _ => markdown_line(&record.url),
    }
}

fn push(page: &mut String, parts: &[&str]) {
    page.extend(parts.iter().copied());
}
