//! The one obvious call: a page in, an article out, as text and in the other forms.
//!
//! `cargo run --example read_page -- page.html`, or without a file for a page of its own; with
//! `--markdown` or `--html` in front of the file in that form, with links and pictures. Runs with
//! `--no-default-features`: reading needs no network and no runtime.

use std::io::{self, Write};
use std::{env, fs};

use cleancopy::extract::Favour;
use cleancopy::{Options, RawPage, read};

const PAGE: &str = "<title>Ferry returns | The Harbour Post</title>
<article><h1>Ferry returns to the harbour</h1><p class='date'>Tuesday, January 31</p>
<p>The night ferry came back on <b>Monday</b> after eleven weeks in the yard, with a new engine and a
fresh coat of paint, and was met by a small crowd on the quay.</p>
<p><a href='/related'>Also Read: How the ferry was lost</a></p>
<p>Tickets go on sale this week, the operator said, and the first crossing for passengers is
planned for Thursday morning, weather permitting.</p></article>
<form><h3>Leave a Reply</h3><p>Your email address will not be published.</p></form>";

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1).peekable();
    let form = arguments.next_if(|a| a.starts_with("--"));
    let page = match arguments.next() {
        Some(path) => RawPage::from_bytes(fs::read(path)?),
        None => RawPage::from_text(PAGE),
    };
    let mut options = Options::default();
    if form.is_some() {
        let keep = &mut options.keep;
        (keep.elements, keep.links, keep.images) = (true, true, true);
        // Where it is not clear what is story, leave it out.
        options.favour = Favour::Precision;
    }
    let found = read(&page, &options);
    let mut out = io::stdout().lock();
    let Some(article) = found.article else {
        return writeln!(out, "no article: {}", found.report.verdict.as_str());
    };
    match form.as_deref() {
        Some("--markdown") => write!(out, "{}", article.to_markdown()),
        Some("--html") => write!(out, "{}", article.to_html()),
        _ => {
            let headline = article.headline.unwrap_or_default();
            let date = article.dateline.printed.unwrap_or_default();
            writeln!(out, "{headline}\n{date}\n\n{}", article.text)
        }
    }
}
