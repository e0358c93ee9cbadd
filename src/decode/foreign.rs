//! Bytes that are no HTML, whatever somebody called them: told by how they begin, or by what no text
//! holds.
//!
//! A parser makes something of any bytes, and a model finds sentences in it. So only what is certain
//! counts: the marks that file formats begin with, XML whose first element is a feed's, JSON from its
//! first character to its last, control characters in masses. All else is read as HTML: a fragment, plain text, XML
//! of other kinds.

use memchr::memmem::find;
use serde::Serialize;
use serde::de::IgnoredAny;

/// What bytes are that are no page.
///
/// # Examples
/// ```
/// use cleancopy::{Options, RawPage, read};
/// use cleancopy::decode::Foreign;
/// use cleancopy::extract::Verdict;
/// let found = read(&RawPage::from_bytes(b"%PDF-1.7 ...".to_vec()), &Options::default());
/// assert_eq!(found.report.verdict, Verdict::NotHtml(Foreign::Pdf));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Foreign {
    /// A PDF document.
    Pdf,
    /// Compressed bytes: gzip, zstd, bzip2, xz.
    Packed,
    /// A ZIP, RAR or 7z file; also the documents that are ZIP files inside.
    Zip,
    /// A picture, a sound or a film.
    Media,
    /// A web archive (WARC).
    WebArchive,
    /// A page with all that belongs to it, in MIME parts (MHTML).
    Mhtml,
    /// A feed or a sitemap.
    Feed,
    /// JSON, one value or several.
    Json,
    /// Bytes that are no text in any encoding.
    Binary,
}

impl Foreign {
    /// What it is and what to do about it, in words, for records and people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => {
                "a PDF document, not HTML: its text has to be taken out by another program"
            }
            Self::Packed => "compressed data, not HTML: unpack it first",
            Self::Zip => {
                "a ZIP, RAR or 7z file (.docx, .odt and .epub are ZIP, too), not HTML: unpack it first"
            }
            Self::Media => "a picture, a sound or a film, not HTML",
            Self::WebArchive => {
                "a web archive (WARC), not one page: `extract --warc` reads the pages in it"
            }
            Self::Mhtml => "a page saved as MHTML, not HTML: save it as HTML",
            Self::Feed => "a feed or a sitemap, not a page: read the pages that it names",
            Self::Json => "JSON, not HTML",
            Self::Binary => "binary data, not HTML or text in any known encoding",
        }
    }

    /// What a body is by its bytes; nothing where it may be HTML.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::decode::Foreign;
    /// assert_eq!(Foreign::of(b"{\"text\": \"<p>\"}"), Some(Foreign::Json));
    /// assert_eq!(Foreign::of(b"<?xml version='1.0'?><html>"), None);
    /// ```
    pub fn of(body: &[u8]) -> Option<Self> {
        const MARKS: [(&[u8], Foreign); 26] = [
            (b"%PDF-", Foreign::Pdf),
            (b"\x1f\x8b\x08", Foreign::Packed),
            (b"\x28\xb5\x2f\xfd", Foreign::Packed),
            (b"BZh91AY&SY", Foreign::Packed),
            (b"\xfd7zXZ\0", Foreign::Packed),
            (b"PK\x03\x04", Foreign::Zip),
            (b"PK\x05\x06", Foreign::Zip),
            (b"Rar!\x1a\x07", Foreign::Zip),
            (b"7z\xbc\xaf\x27\x1c", Foreign::Zip),
            (b"\x89PNG\r\n\x1a\n", Foreign::Media),
            (b"\xff\xd8\xff", Foreign::Media),
            (b"GIF87a", Foreign::Media),
            (b"GIF89a", Foreign::Media),
            (b"II*\0", Foreign::Media),
            (b"MM\0*", Foreign::Media),
            (b"\0\0\x01\0", Foreign::Media),
            (b"ID3\x03", Foreign::Media),
            (b"ID3\x04", Foreign::Media),
            (b"OggS\0", Foreign::Media),
            (b"fLaC\0", Foreign::Media),
            (b"\x1aE\xdf\xa3", Foreign::Media),
            (b"WARC/0.", Foreign::WebArchive),
            (b"WARC/1.", Foreign::WebArchive),
            (b"From: <Saved by ", Foreign::Mhtml),
            (b"wOFF", Foreign::Binary),
            (b"wOF2", Foreign::Binary),
        ];
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text = text.trim_ascii_start();
        let marked = MARKS.iter().find(|(mark, _)| text.starts_with(mark));
        let boxed = || match (body.get(..4)?, body.get(4..8)?, body.get(8..12)?) {
            (b"RIFF", _, b"WEBP" | b"WAVE" | b"AVI ") | (_, b"ftyp", _) => Some(Self::Media),
            _ => None,
        };
        let told = || match text.first()? {
            b'<' => Self::of_root(text),
            b'{' | b'[' => is_json(text).then_some(Self::Json),
            _ => None,
        };
        marked
            .map(|&(_, foreign)| foreign)
            .or_else(boxed)
            .or_else(told)
    }

    /// What a document is by the name of its first element.
    fn of_root(text: &[u8]) -> Option<Self> {
        let root = root(text)?.to_ascii_lowercase();
        match root.as_slice() {
            b"rss" | b"feed" | b"rdf:rdf" | b"urlset" | b"sitemapindex" => Some(Self::Feed),
            b"svg" => Some(Self::Media),
            _ => None,
        }
    }

    /// Whether a body that was decoded is no text after all: one in twenty of its characters is a
    /// control character. Noise has one in ten.
    pub(crate) fn is_binary(text: &str) -> bool {
        /// Enough of a body to tell.
        const WINDOW: usize = 64 * 1024;
        /// Fewer are a slip.
        const FEW: usize = 8;
        let start = &text.as_bytes()[..text.len().min(WINDOW)];
        // Escape is what encodings change by that were not recognized.
        let is_control = |&&byte: &&u8| byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | 0x1b);
        let controls = start.iter().filter(is_control).count();
        controls >= FEW && controls * 20 >= start.len()
    }
}

/// The name of the first element behind declarations and comments; nothing where an HTML doctype
/// stands before it.
fn root(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = match text.get(..4)? {
            b"<!--" => b"-->",
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', ..] => {
                let doctype = text.get(..14)?;
                if doctype.eq_ignore_ascii_case(b"<!doctype html") {
                    return None;
                }
                b">"
            }
            [b'<', ..] => break,
            _ => return None,
        };
        text = &text[find(text, end)? + end.len()..];
    }
    let name = &text[1..];
    let end = name
        .iter()
        .position(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'>'))?;
    Some(&name[..end])
}

/// Whether a text is JSON from its first character to its last: one value, or one after another.
fn is_json(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    values.all(|value| value.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_known_by_how_they_begin() {
        for (bytes, foreign) in [
            (&b"%PDF-1.7\n"[..], Foreign::Pdf),
            (b"\x1f\x8b\x08\0\0\0", Foreign::Packed),
            (b"PK\x03\x04\x14\0", Foreign::Zip),
            (b"\x89PNG\r\n\x1a\n\0\0", Foreign::Media),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Foreign::Media),
            (b"\0\0\0\x20ftypavif", Foreign::Media),
            (b"WARC/1.1\r\nWARC-Type: warcinfo", Foreign::WebArchive),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><rss version=2.0>",
                Foreign::Feed,
            ),
            (b"<feed xmlns='http://www.w3.org/2005/Atom'>", Foreign::Feed),
            (
                b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'x'><svg>",
                Foreign::Media,
            ),
            (b" {\"url\": \"a\"}\n{\"url\": \"b\"}\n", Foreign::Json),
            (b"[{\"headline\": \"<p>Text</p>\"}]", Foreign::Json),
        ] {
            assert_eq!(
                Foreign::of(bytes),
                Some(foreign),
                "{:?}",
                bytes.escape_ascii()
            );
        }
    }

    #[test]
    fn whatever_may_be_html_is_read() {
        for text in [
            "",
            "<",
            "\u{feff} <!-- saved --> <html>",
            "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN'><html>",
            "<!doctype html><rss>",
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            "<?xml version='1.0'?><nitf><body>",
            "<p>a fragment",
            "plain words",
            "{{ title }} <p>a template",
            "{% block %}<p>a template",
            "[1] A note, and then a text",
            "[Update] Words <b>with</b> tags",
            "PK is a short form, WARC another",
        ] {
            assert_eq!(Foreign::of(text.as_bytes()), None, "{text}");
            assert!(!Foreign::is_binary(text), "{text}");
        }
    }

    #[test]
    fn control_characters_in_masses_are_no_text() {
        let text = "Words of a story, and a slip of the pen. ".repeat(20);
        assert!(!Foreign::is_binary(&format!("{text}\0\u{1}\u{2}{text}")));
        assert!(!Foreign::is_binary(&"\u{1b}$Bab\u{1b}(B\n".repeat(20)));
        let wide: String = text.chars().flat_map(|c| [c, '\0']).collect();
        assert!(Foreign::is_binary(&wide));
    }
}
