//! Plain text for people: headline, byline, date, standfirst, story. Records are parted by a line of dashes.

use std::io::{self, Write};

use super::{Record, Sink, head_lines};

/// Writes articles as plain text.
///
/// # Examples
/// ```
/// use cleancopy::{Options, RawPage, Record, Sink, read, sink::Text};
/// let page = RawPage::from_text("<p>Nothing here.");
/// let record = Record::of_page("a.html", &page, read(&page, &Options::default()));
/// let mut out = Vec::new();
/// Text::new(&mut out).put(&record)?;
/// assert!(String::from_utf8_lossy(&out).starts_with("a.html\n[no-article: "));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Text<W> {
    out: W,
    begun: bool,
}

impl<W: Write + Send> Text<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }
}

impl<W: Write + Send> Sink for Text<W> {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        let mut page = String::new();
        if std::mem::replace(&mut self.begun, true) {
            page.push_str("\n----------------------------------------\n\n");
        }
        page.push_str(&record.url);
        page.push('\n');
        match &record.article {
            Some(article) => {
                let head = article.headline.iter().cloned().chain(head_lines(article));
                for line in head {
                    page.push_str(&line);
                    page.push('\n');
                }
                page.push('\n');
                if let Some(above) = article.standfirst_apart() {
                    page.extend([above, "\n\n"]);
                }
                page.push_str(&article.text);
                page.push('\n');
                for comment in &article.comments {
                    let signed: Vec<&str> = comment.signed().collect();
                    page.extend(["\n[", &signed.join(", "), "]\n", &comment.text, "\n"]);
                }
            }
            None => page.push_str(&why_not(record)),
        }
        self.out.write_all(page.as_bytes())?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn why_not(record: &Record) -> String {
    let reason = record.reason.as_deref().unwrap_or("no reason given");
    format!("[{}: {reason}]\n", record.outcome)
}
