//! The HTTP response that a record holds: status and headers, and the body with its framing
//! undone.

use super::fields::Fields;

/// The head of a response.
#[derive(Debug)]
pub(super) struct ResponseHead {
    pub(super) status: u16,
    pub(super) fields: Fields,
}

impl ResponseHead {
    /// What a record states that holds a resource itself, without an HTTP message around it.
    pub(super) fn of_resource(content_type: Option<&str>) -> Self {
        let stated = content_type.map(|stated| format!("Content-Type: {stated}"));
        Self {
            status: 200,
            fields: Fields::parse(stated.unwrap_or_default().as_bytes()),
        }
    }
}

/// Reads the head of a response; `None` when it does not begin with a status line.
pub(super) fn head(lines: &[u8]) -> Option<ResponseHead> {
    let first = lines
        .iter()
        .position(|&b| b == b'\n')
        .unwrap_or(lines.len());
    let line = String::from_utf8_lossy(&lines[..first]);
    let mut words = line.split_ascii_whitespace();
    words
        .next()
        .filter(|w| w.starts_with("HTTP/") || *w == "ICY")?;
    let status = words.next()?.parse().ok()?;
    let fields = Fields::parse(lines.get(first..).unwrap_or_default());
    Some(ResponseHead { status, fields })
}

/// Joins a chunked body (RFC 9112, section 7.1); a body that is not framed in chunks comes back as
/// it is, for many writers join it and leave the header.
pub(super) fn joined(body: Vec<u8>) -> Vec<u8> {
    chunks(&body).unwrap_or(body)
}

/// The content of the chunks; a body that breaks off inside one gives what there is of it.
fn chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = rest.iter().position(|&b| b == b'\n');
        let Some(end) = end else {
            return (!whole.is_empty()).then_some(whole);
        };
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        let Some((chunk, after)) = rest.split_at_checked(size) else {
            whole.extend_from_slice(rest);
            return Some(whole);
        };
        whole.extend_from_slice(chunk);
        rest = after
            .strip_prefix(b"\r\n")
            .or_else(|| after.strip_prefix(b"\n"))
            .unwrap_or(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_joined_and_another_left_alone() {
        let chunked = b"5;x=1\r\nHello\r\n6\r\n world\r\n0\r\nTrailer: a\r\n\r\n";
        assert_eq!(joined(chunked.to_vec()), b"Hello world");
        assert_eq!(joined(b"5\r\nHello\r\n6\r\n wo".to_vec()), b"Hello wo");
        for plain in [&b"<p>Hello\nworld"[..], b"", b"beef", b"\xff\n"] {
            assert_eq!(joined(plain.to_vec()), plain);
        }
    }

    #[test]
    fn a_status_line_may_be_of_any_version() {
        for (line, status) in [
            ("HTTP/1.1 200 OK", 200),
            ("HTTP/2 404", 404),
            ("HTTP/1.0  301  Moved", 301),
        ] {
            let found = head(format!("{line}\r\nA: b\r\n\r\n").as_bytes()).expect("a head");
            assert_eq!(found.status, status);
            assert_eq!(found.fields.get("a"), Some("b"));
        }
        assert!(head(b"<html>").is_none());
        assert!(head(b"").is_none());
    }
}
