//! Bytes to text, the way browsers do it: byte order mark, header, meta, guess. Never fails.

mod foreign;

pub use foreign::Foreign;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::page::RawPage;

/// How far into the page a `<meta charset>` may stand. The standard says 1,024 bytes; pages put
/// comments before it, so we look further.
const META_WINDOW: usize = 4096;

/// A page's text, and how it was had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded<'a> {
    /// The text; that of the page itself where it is UTF-8 already.
    pub text: Cow<'a, str>,
    /// Name of the encoding as in the WHATWG Encoding Standard.
    pub charset: &'static str,
    /// Whether some bytes did not fit the encoding and became U+FFFD.
    pub lossy: bool,
}

/// Decodes a page's body (WHATWG HTML, "determining the character encoding").
///
/// A declared encoding that the bytes contradict loses against UTF-8 when the whole body is valid
/// UTF-8 with characters beyond ASCII: pages that lie about it are more common than other texts
/// that happen to be valid UTF-8.
///
/// # Examples
/// ```
/// use cleancopy::{RawPage, decode::decode};
/// let page = RawPage::from_bytes(b"<meta charset=windows-1252><p>Gr\xfc\xdfe".to_vec());
/// let decoded = decode(&page);
/// assert!(decoded.text.ends_with("Grüße"));
/// assert_eq!(decoded.charset, "windows-1252");
/// ```
pub fn decode(page: &RawPage) -> Decoded<'_> {
    let body = page.body.as_slice();
    let encoding = choose(page);
    let (text, used, lossy) = encoding.decode(body);
    Decoded {
        text,
        charset: used.name(),
        lossy,
    }
}

fn choose(page: &RawPage) -> &'static Encoding {
    let body = page.body.as_slice();
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    let declared = page
        .header("content-type")
        .and_then(charset_of_content_type)
        .or_else(|| charset_of_meta(&body[..body.len().min(META_WINDOW)]));
    let utf8 = std::str::from_utf8(body);
    match declared {
        Some(encoding) if encoding == UTF_8 => match utf8 {
            Err(_) => guess_unless_mostly_utf8(body),
            Ok(_) => UTF_8,
        },
        Some(_) if utf8.is_ok() && !body.is_ascii() => UTF_8,
        Some(encoding) => encoding,
        None if utf8.is_ok() => UTF_8,
        None => guess(body),
    }
}

/// A page declared as UTF-8 that is not: a few broken bytes leave it UTF-8, many make us guess.
fn guess_unless_mostly_utf8(body: &[u8]) -> &'static Encoding {
    let (mut broken, mut good) = (0_usize, 0_usize);
    for chunk in body.utf8_chunks() {
        good += chunk.valid().bytes().filter(|&b| b >= 0xc0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if broken > good { guess(body) } else { UTF_8 }
}

fn guess(body: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(body, true);
    detector.guess(None, Utf8Detection::Allow)
}

fn charset_of_content_type(value: &str) -> Option<&'static Encoding> {
    let at = value.to_ascii_lowercase().find("charset=")?;
    let label = value[at + "charset=".len()..].trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(['"', '\'', ';', ' ', ','])
        .unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

/// The encoding that a `<meta>` near the start declares: `charset=…` in a tag named meta.
fn charset_of_meta(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let text = String::from_utf8_lossy(&lower);
    let mut rest: &str = &text;
    while let Some(at) = rest.find("<meta") {
        let tag = &rest[at..];
        let end = tag.find('>').unwrap_or(tag.len());
        if let Some(encoding) = charset_of_content_type(&tag[..end]) {
            // A meta that could be read as ASCII cannot be in UTF-16, whatever it says.
            let wide = encoding == UTF_16LE || encoding == UTF_16BE;
            return Some(if wide { UTF_8 } else { encoding });
        }
        rest = &tag[end..];
    }
    xml_declaration(&text)
}

fn xml_declaration(text: &str) -> Option<&'static Encoding> {
    let tag = text.trim_start().strip_prefix("<?xml")?;
    let tag = &tag[..tag.find("?>")?];
    let label = tag[tag.find("encoding=")? + "encoding=".len()..].trim_start_matches(['"', '\'']);
    let end = label.find(['"', '\'', ' ']).unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}
