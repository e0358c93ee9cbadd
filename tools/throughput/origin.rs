//! A news server on loopback that is much faster than what is measured against it: pages of some
//! 50 KB from invented text, made from the host and path of a request alone, so that every run and
//! every program gets the same bytes and no two pages tell the same story.
//!
//! `origin PORT` serves on 127.0.0.1 until it is killed; `origin PORT FOLDER` serves saved pages
//! instead, the files `*.html.gz` of a folder in the order of their names. `origin load PORT REQUESTS` is a client that
//! does nothing but ask, to know what the server can give. `origin pages DIR PORT COUNT` writes the
//! same pages as files.
//!
//! Nothing but the standard library: `rustc -O --edition 2024 origin.rs`.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;
use std::{env, fs, io};

/// Hosts of the list.
const HOSTS: usize = 1_000;
/// Paragraphs in the pool that stories are put together from.
const POOL: usize = 4_000;
/// So long is a page, about.
const BYTES: usize = 50_000;

const WORDS: &str = "the of and to in a is that for it was on with as be at by this had not are but \
    from or have an they which one you were all her she there would their we him been has when who \
    will no more if out so said what up its about than into them can only other time new some could \
    these two may first then do any like my now over such our man me even most made after also did \
    many before must through back years where much your way well down should because each just \
    those people how too little state good very make world still own see men work long get here \
    between both life being under never day same another know while last might us great old year off \
    come since against go came right used take three harbour ferry council mayor winter bridge \
    market river engine captain school budget storm quay museum tram orchard miller bakery";

/// A small generator of numbers: the same seed gives the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((self.0 >> 33) as usize) % limit
    }
}

/// What pages are made of.
struct Newsroom {
    words: Vec<&'static str>,
    paragraphs: Vec<String>,
    /// What stands on every page before and after the story.
    menu: String,
    script: String,
    footer: String,
}

impl Newsroom {
    fn new() -> Self {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut numbers = Numbers(20_260_131);
        let paragraphs = (0..POOL).map(|_| paragraph(&words, &mut numbers)).collect();
        let mut menu = String::from("<nav class=\"main-nav\"><ul>");
        for item in 0..60 {
            let title = sentence(&words, &mut numbers, 2);
            let _ = write!(
                menu,
                "<li class=\"nav-item\"><a href=\"/section/{item}\">{title}</a></li>"
            );
        }
        menu.push_str("</ul></nav>");
        let mut script = String::from("<script>window.settings={");
        while script.len() < BYTES / 4 {
            let (key, value) = (numbers.below(1_000_000), numbers.below(1_000_000));
            let _ = write!(script, "\"k{key}\":{{\"id\":{value},\"on\":true}},");
        }
        script.push_str("\"end\":0};</script>");
        let mut footer = String::from("<footer class=\"site-footer\"><ul>");
        for item in 0..40 {
            let _ = write!(
                footer,
                "<li><a href=\"/about/{item}\">About {item}</a></li>"
            );
        }
        footer.push_str("</ul><p>Copyright Harbour News Agency</p></footer></body></html>");
        Self {
            words,
            paragraphs,
            menu,
            script,
            footer,
        }
    }

    /// The page of a host and path.
    fn page(&self, host: &str, path: &str) -> String {
        let seed = host.bytes().chain(path.bytes());
        let seed = seed.fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut numbers = Numbers(seed);
        let title = sentence(&self.words, &mut numbers, 8);
        let (day, hour) = (1 + numbers.below(28), numbers.below(24));
        let date = format!("2026-03-{day:02}T{hour:02}:00:00Z");
        let mut page = String::with_capacity(BYTES + 4_000);
        let _ = write!(
            page,
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | Harbour News</title>\
             <link rel=\"canonical\" href=\"http://{host}{path}\"><meta property=\"og:title\" content=\"{title}\">\
             <meta property=\"og:type\" content=\"article\"><meta property=\"article:published_time\" content=\"{date}\">\
             <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\
             \"headline\":\"{title}\",\"datePublished\":\"{date}\",\"author\":{{\"@type\":\"Person\",\"name\":\"Ada Miller\"}}}}</script>{}</head>\
             <body>{}<main><article class=\"story\"><h1>{title}</h1><p class=\"byline\">By <a href=\"/by/ada\">Ada Miller</a></p>\
             <time datetime=\"{date}\">{day} March 2026</time>",
            self.script, self.menu
        );
        for _ in 0..24 {
            let _ = write!(page, "<p>{}</p>", self.paragraphs[numbers.below(POOL)]);
        }
        page.push_str("</article><aside class=\"related\"><h2>Related</h2><ul>");
        while page.len() + self.footer.len() < BYTES {
            let number = numbers.below(100_000);
            let teaser = &self.paragraphs[numbers.below(POOL)];
            let cut = teaser
                .char_indices()
                .nth(90)
                .map_or(teaser.len(), |(at, _)| at);
            let _ = write!(
                page,
                "<li class=\"card\"><a href=\"/story/{number}\"><img src=\"/img/{number}.jpg\" alt=\"\"><span>{}</span></a></li>",
                &teaser[..cut]
            );
        }
        page.push_str("</ul></aside></main>");
        page.push_str(&self.footer);
        page
    }
}

fn sentence(words: &[&str], numbers: &mut Numbers, length: usize) -> String {
    let mut text = String::new();
    for place in 0..length {
        let word = words[numbers.below(words.len())];
        if place == 0 {
            text.extend(word.chars().next().map(|first| first.to_ascii_uppercase()));
            text.push_str(&word[1..]);
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text
}

fn paragraph(words: &[&str], numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for _ in 0..2 + numbers.below(4) {
        let length = 8 + numbers.below(16);
        text.push_str(&sentence(words, numbers, length));
        text.push_str(". ");
    }
    text
}

/// What is served.
enum Pages {
    Invented(Newsroom),
    Saved(Vec<PathBuf>),
}

impl Pages {
    fn saved(folder: &str) -> io::Result<Self> {
        let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let mut files = entries.collect::<io::Result<Vec<_>>>()?;
        files.retain(|path| path.to_string_lossy().ends_with(".html.gz"));
        files.sort();
        Ok(Self::Saved(files))
    }

    /// The header lines of a page's kind, and its bytes.
    fn page(&self, host: &str, path: &str) -> Option<(&'static str, Vec<u8>)> {
        match self {
            Self::Invented(newsroom) => {
                let kind = "content-type: text/html; charset=utf-8\r\n";
                Some((kind, newsroom.page(host, path).into_bytes()))
            }
            Self::Saved(files) => {
                let number: usize = path.rsplit('/').next()?.parse().ok()?;
                let file = files.get(number)?;
                let kind = "content-type: text/html\r\ncontent-encoding: gzip\r\n";
                Some((kind, fs::read(file).ok()?))
            }
        }
    }
}

fn serve(stream: &TcpStream, pages: &Pages) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        lines.read_line(&mut line).ok()?;
        let path = line.split(' ').nth(1)?.to_owned();
        let mut host = String::new();
        loop {
            line.clear();
            lines.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("host") {
                value.trim().clone_into(&mut host);
            }
        }
        let page = (path != "/robots.txt").then(|| pages.page(&host, &path));
        let (status, (kind, body)) = match page.flatten() {
            Some(page) => ("200 OK", page),
            None => ("404 Not Found", ("", Vec::new())),
        };
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\n{kind}content-length: {length}\r\n\r\n");
        let mut answer = head.into_bytes();
        answer.extend_from_slice(&body);
        let mut out = stream;
        out.write_all(&answer).ok()?;
    }
}

/// Asks for pages as fast as two threads can, and says how fast that was.
fn load(port: &str, requests: usize) -> io::Result<()> {
    let started = Instant::now();
    let each = requests / 2;
    let askers: Vec<_> = (0..2)
        .map(|asker| {
            let port = port.to_owned();
            thread::spawn(move || -> io::Result<usize> {
                let stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
                let mut out = &stream;
                let mut lines = BufReader::new(&stream);
                let (mut body, mut bytes) = (Vec::new(), 0);
                for number in 0..each {
                    let host = (number * 2 + asker) % HOSTS;
                    // In one piece: a request in several waits for the server's word between them.
                    let request = format!(
                        "GET /story/{number} HTTP/1.1\r\nhost: h{host}.example:{port}\r\n\r\n"
                    );
                    out.write_all(request.as_bytes())?;
                    let mut length = 0;
                    loop {
                        let mut line = String::new();
                        lines.read_line(&mut line)?;
                        if let Some(value) = line.strip_prefix("content-length: ") {
                            length = value.trim().parse().map_err(io::Error::other)?;
                        }
                        if line.trim_end().is_empty() {
                            break;
                        }
                    }
                    body.resize(length, 0);
                    lines.read_exact(&mut body)?;
                    bytes += length;
                }
                Ok(bytes)
            })
        })
        .collect();
    let mut bytes = 0;
    for asker in askers {
        bytes += asker
            .join()
            .map_err(|_| io::Error::other("an asker panicked"))??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let (rate, length) = ((each * 2) as f64 / seconds, bytes / (each * 2));
    println!("the server gives a bare client {rate:.0} pages/s of {length} bytes");
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["load", port, requests] => load(port, requests.parse().map_err(io::Error::other)?),
        ["pages", dir, port, count] => {
            let newsroom = Newsroom::new();
            for number in 0..count.parse().map_err(io::Error::other)? {
                let host = format!("h{}.example:{port}", number % HOSTS);
                let page = newsroom.page(&host, &format!("/story/{number}"));
                fs::write(format!("{dir}/{number}.html"), page)?;
            }
            Ok(())
        }
        [port, ref folder @ ..] if folder.len() < 2 => {
            let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
            let pages = match folder {
                [folder] => Pages::saved(folder)?,
                _ => Pages::Invented(Newsroom::new()),
            };
            let pages = Arc::new(pages);
            for stream in listener.incoming() {
                let (stream, pages) = (stream?, Arc::clone(&pages));
                thread::spawn(move || serve(&stream, &pages));
            }
            Ok(())
        }
        _ => Err(io::Error::other(
            "origin PORT [FOLDER] | origin load PORT REQUESTS | origin pages DIR PORT COUNT",
        )),
    }
}
