//! HTML: one document, an `article` a record, of the few elements of `Article::to_html`: headline,
//! byline, date, address, standfirst and story.

use std::io::{self, Write};

use super::{Record, Sink, head_lines};
use crate::extract::{Article, html_escaped, html_story};
use crate::page::Target;

/// What the document begins with; its end tags may be left out (WHATWG HTML, section 13.1.2.4), so
/// that a run that is stopped leaves a whole document.
const HEAD: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Articles</title>\n";

/// Writes articles as one HTML document that holds no scripts, styles or markup of the pages.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Html};
/// let mut out = Vec::new();
/// let record = Record::of_failure("https://news.example/?a&b", Outcome::Timeout, "after 60 s");
/// Html::new(&mut out).put(&record)?;
/// let text = String::from_utf8_lossy(&out);
/// assert!(text.starts_with("<!doctype html>"));
/// assert!(text.contains("<a href=\"https://news.example/?a&amp;b\">"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    begun: bool,
}

impl<W: Write + Send> Html<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }
}

impl<W: Write + Send> Sink for Html<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let mut page = String::new();
        if !std::mem::replace(&mut self.begun, true) {
            page.push_str(HEAD);
        }
        page.push_str("<article>\n");
        if let Some(article) = &record.article {
            write_article(&mut page, record, article);
        } else {
            let reason = record.reason.as_deref().unwrap_or("no reason given");
            paragraph(&mut page, &address(record));
            let told = html_escaped(&format!("{}: {reason}", record.outcome));
            paragraph(&mut page, &told);
        }
        page.push_str("</article>\n");
        self.out.write_all(page.as_bytes())?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write_article(page: &mut String, record: &Record, article: &Article) {
    if let Some(headline) = &article.headline {
        page.extend(["<h1>", &html_escaped(headline), "</h1>\n"]);
    }
    for line in head_lines(article) {
        paragraph(page, &html_escaped(&line));
    }
    paragraph(page, &address(record));
    page.push_str(&html_story(article));
    for comment in &article.comments {
        page.push_str("<blockquote>\n");
        let signed: Vec<String> = comment.signed().map(html_escaped).collect();
        paragraph(page, &format!("<strong>{}</strong>", signed.join(", ")));
        for text in comment.text.split("\n\n") {
            paragraph(page, &html_escaped(text));
        }
        page.push_str("</blockquote>\n");
    }
}

/// A paragraph of what is HTML already.
fn paragraph(page: &mut String, html: &str) {
    page.extend(["<p>", html, "</p>\n"]);
}

/// The record's address as a link, or a file's name that is said to be one.
fn address(record: &Record) -> String {
    let shown = html_escaped(&record.url);
    match Target::parse(&record.url) {
        Ok(target) => {
            let href = html_escaped(target.url.as_str());
            format!("<a href=\"{href}\">{shown}</a>")
        }
        Err(_) => format!("File: <code>{shown}</code>"),
    }
}
