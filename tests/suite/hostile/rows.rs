//! One row a case: what the server does, and the outcome it ends in.

use std::time::Duration;

use cleancopy::outcome::Outcome;

use super::lies::{codings, lies, rotten_codings};
use super::server::{Script, Wire, answer, head, reset_after, says, script};
use crate::site::story_page;

const TICK: Duration = Duration::from_millis(20);

pub(super) type Row = (&'static str, Outcome, Script);

/// Time: servers that keep a request open.
fn slow() -> Vec<Row> {
    let drip = |piece: &'static [u8], pause: u64| -> Script {
        script(move |wire| {
            wire.put(head(&[]))?;
            wire.put_for_ever(piece, Duration::from_millis(pause))
        })
    };
    vec![
        ("silent", Outcome::HeadTimeout, script(Wire::hold)),
        (
            "head-drips",
            Outcome::HeadTimeout,
            script(|wire| {
                wire.put("HTTP/1.1 200 OK\r\nx-long: ")?;
                wire.put_for_ever(b"x", TICK)
            }),
        ),
        (
            "interim-answers",
            Outcome::HeadTimeout,
            script(|wire| wire.put_for_ever(b"HTTP/1.1 103 Early Hints\r\n\r\n", TICK)),
        ),
        (
            "interim-flood",
            Outcome::HeadTimeout,
            script(|wire| {
                let many = "HTTP/1.1 100 Continue\r\n\r\n".repeat(200);
                wire.put_for_ever(many.as_bytes(), Duration::from_millis(5))
            }),
        ),
        ("body-drips", Outcome::TooSlow, drip(b"<p>", 20)),
        (
            "body-just-fast-enough",
            Outcome::Timeout,
            drip(&[b'x'; 200], 20),
        ),
        (
            "body-stalls",
            Outcome::IdleTimeout,
            script(|wire| {
                wire.put(head(&["content-length: 9000"]))?;
                wire.put([b'x'; 4000])?;
                wire.hold()
            }),
        ),
        (
            "chunk-size-drips",
            Outcome::IdleTimeout,
            script(|wire| {
                wire.put(head(&["transfer-encoding: chunked"]))?;
                wire.put_for_ever(b"0", TICK)
            }),
        ),
    ]
}

/// Size: heads and bodies without end.
fn large() -> Vec<Row> {
    let head_of = |lines: usize, length: usize| -> Script {
        let line = format!("x-filler: {}\r\n", "x".repeat(length)).repeat(lines);
        says(format!("HTTP/1.1 200 OK\r\n{line}\r\n<p>never read"))
    };
    vec![
        (
            "endless-headers",
            Outcome::HeadTooLarge,
            script(|wire| {
                wire.put("HTTP/1.1 200 OK\r\n")?;
                wire.put_for_ever(&b"x-more: of the same\r\n".repeat(500), Duration::ZERO)
            }),
        ),
        (
            "endless-header",
            Outcome::HeadTooLarge,
            script(|wire| {
                wire.put("HTTP/1.1 200 OK\r\nx-long: ")?;
                wire.put_for_ever(&[b'x'; 16 * 1024], Duration::ZERO)
            }),
        ),
        ("too-many-headers", Outcome::HeadTooLarge, head_of(61, 1)),
        ("too-long-headers", Outcome::HeadTooLarge, head_of(40, 500)),
        (
            "endless-chunks",
            Outcome::WireTooLarge,
            script(|wire| {
                wire.put(head(&["transfer-encoding: chunked"]))?;
                let chunk = [&b"1000\r\n"[..], &[b'x'; 4096], b"\r\n"].concat();
                wire.put_for_ever(&chunk, Duration::ZERO)
            }),
        ),
        (
            "endless-body",
            Outcome::WireTooLarge,
            script(|wire| {
                wire.put(head(&[]))?;
                wire.put_for_ever(&[b'x'; 8192], Duration::ZERO)
            }),
        ),
        (
            "announces-a-terabyte",
            Outcome::WireTooLarge,
            script(|wire| {
                wire.put(head(&["content-length: 1099511627776"]))?;
                wire.hold()
            }),
        ),
    ]
}

/// Lengths and framing that do not agree with what comes.
fn wrong_lengths() -> Vec<Row> {
    let chunked = |body: &str| says([head(&["transfer-encoding: chunked"]), body.into()].concat());
    let story = story_page();
    let longer = [answer(&[], story.as_bytes()), b"and more".repeat(100)].concat();
    vec![
        (
            "shorter-than-stated",
            Outcome::Truncated,
            says([head(&["content-length: 99"]), b"<p>half".to_vec()].concat()),
        ),
        ("longer-than-stated", Outcome::Article, says(longer)),
        (
            "chunks-break-off",
            Outcome::Truncated,
            chunked("5\r\n<p>ab\r\n5\r\nc"),
        ),
        (
            "no-last-chunk",
            Outcome::Truncated,
            chunked("5\r\n<p>ab\r\n"),
        ),
        (
            "chunk-size-no-number",
            Outcome::BadBody,
            chunked("zz\r\n<p>ab\r\n0\r\n\r\n"),
        ),
        (
            "chunk-size-negative",
            Outcome::BadBody,
            chunked("-5\r\n<p>ab\r\n0\r\n\r\n"),
        ),
        (
            "chunk-size-overflows",
            Outcome::BadBody,
            chunked("fffffffffffffffff\r\n<p>"),
        ),
        (
            "chunk-longer-than-stated",
            Outcome::BadBody,
            chunked("2\r\n<p>ab\r\n0\r\n\r\n"),
        ),
        (
            "two-lengths",
            Outcome::NotHttp,
            says(
                [
                    head(&["content-length: 5", "content-length: 9"]),
                    b"<p>ab".to_vec(),
                ]
                .concat(),
            ),
        ),
        (
            "length-no-number",
            Outcome::NotHttp,
            says([head(&["content-length: five"]), b"<p>ab".to_vec()].concat()),
        ),
        (
            "no-content",
            Outcome::NoContent,
            says("HTTP/1.1 204 No Content\r\n\r\n"),
        ),
        ("empty", Outcome::NoContent, says(answer(&[], b""))),
        (
            "empty-and-packed",
            Outcome::NoContent,
            says(answer(&["content-encoding: gzip"], b"")),
        ),
    ]
}

/// Connections that end before they should.
fn broken_off() -> Vec<Row> {
    vec![
        (
            "closed-at-once",
            Outcome::ConnectionLost,
            script(|_| Ok(())),
        ),
        ("reset-at-once", Outcome::ConnectionLost, reset_after(b"")),
        (
            "closed-in-the-head",
            Outcome::ConnectionLost,
            says("HTTP/1.1 200 OK\r\nx-a: 1\r\n"),
        ),
        (
            "reset-in-the-head",
            Outcome::ConnectionLost,
            reset_after(b"HTTP/1.1 200 OK\r\nx-a: 1\r\n"),
        ),
        (
            "reset-in-the-body",
            Outcome::Truncated,
            reset_after(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99\r\n\r\n<p>half",
            ),
        ),
        (
            "reset-in-a-chunk",
            Outcome::Truncated,
            reset_after(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\
                  transfer-encoding: chunked\r\n\r\nff\r\n<p>half",
            ),
        ),
    ]
}

/// Answers that are no HTTP, or barely.
fn garbage() -> Vec<Row> {
    vec![
        (
            "http-0.9",
            Outcome::NotHttp,
            says("<html><p>No head at all.</p></html>"),
        ),
        (
            "another-protocol",
            Outcome::NotHttp,
            says("SSH-2.0-OpenSSH_9.9\r\n"),
        ),
        (
            "noise",
            Outcome::NotHttp,
            says([0xff, 0xd8, 0x00, 0x0d, 0x0a, 0x0d, 0x0a].repeat(40)),
        ),
        (
            "http-9.9",
            Outcome::NotHttp,
            says("HTTP/9.9 200 OK\r\n\r\n<p>x"),
        ),
        (
            "status-no-number",
            Outcome::NotHttp,
            says("HTTP/1.1 two OK\r\n\r\n<p>x"),
        ),
        (
            "header-without-colon",
            Outcome::NotHttp,
            says("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
        ),
        (
            "nul-in-a-header",
            Outcome::NotHttp,
            says("HTTP/1.1 200 OK\r\nx-a: \0\r\n\r\n"),
        ),
        (
            "status-999",
            Outcome::HttpError,
            says("HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n"),
        ),
        (
            "not-modified-unasked",
            Outcome::HttpError,
            says("HTTP/1.1 304 X\r\n\r\n"),
        ),
        (
            "redirect-to-itself",
            Outcome::RedirectLoop,
            moved("/redirect-to-itself"),
        ),
        (
            "redirect-to-nowhere",
            Outcome::BadRedirect,
            says("HTTP/1.1 301 X\r\n\r\n"),
        ),
        (
            "redirect-to-a-file",
            Outcome::BadRedirect,
            moved("file:///etc/passwd"),
        ),
        (
            "redirect-to-no-host",
            Outcome::BadRedirect,
            moved("http://"),
        ),
        (
            "redirect-inside",
            Outcome::AddressRefused,
            moved("http://127.0.0.1:1/"),
        ),
    ]
}

pub(super) fn moved(to: &str) -> Script {
    says(format!(
        "HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
    ))
}

pub(super) fn rows() -> Vec<Row> {
    let all = [
        slow(),
        large(),
        wrong_lengths(),
        broken_off(),
        garbage(),
        lies(),
        codings(),
        rotten_codings(),
    ];
    all.into_iter().flatten().collect()
}
