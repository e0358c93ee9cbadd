//! A server on loopback that misbehaves at the level of bytes: each path is a script that writes
//! what it likes to the socket and drops it when it likes.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// No script runs longer than this, whatever the client does.
const OVER: Duration = Duration::from_secs(8);

/// What is done with one connection once a request is there.
pub(super) type Script = Arc<dyn Fn(&mut Wire) -> io::Result<()> + Send + Sync>;

/// The server's end of a connection.
pub(super) struct Wire {
    stream: TcpStream,
    since: Instant,
}

impl Wire {
    /// Writes bytes as they are.
    pub(super) fn put(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        if self.since.elapsed() > OVER {
            return Err(io::Error::other("the client has stayed too long"));
        }
        self.stream.write_all(bytes.as_ref())
    }

    /// Writes the same bytes again and again, with a pause after each time.
    pub(super) fn put_for_ever(&mut self, bytes: &[u8], pause: Duration) -> io::Result<()> {
        loop {
            self.put(bytes)?;
            if !pause.is_zero() {
                thread::sleep(pause);
            }
        }
    }

    /// Takes the request, so that closing is a proper end and no reset.
    pub(super) fn take_request(&mut self) -> io::Result<()> {
        let mut seen = Vec::new();
        let mut piece = [0; 1024];
        while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = self.stream.read(&mut piece)?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            seen.extend_from_slice(&piece[..length]);
        }
        Ok(())
    }

    /// Says nothing until the client goes away.
    pub(super) fn hold(&mut self) -> io::Result<()> {
        self.stream.set_read_timeout(Some(OVER))?;
        let mut piece = [0; 1024];
        while self.stream.read(&mut piece)? > 0 {}
        Ok(())
    }
}

/// A script that takes the request and then does the rest.
pub(super) fn script(rest: impl Fn(&mut Wire) -> io::Result<()> + Send + Sync + 'static) -> Script {
    Arc::new(move |wire| {
        wire.take_request()?;
        rest(wire)
    })
}

/// A script that drops the connection with the request unread, which resets it.
pub(super) fn reset_after(bytes: &'static [u8]) -> Script {
    Arc::new(move |wire| {
        wire.put(bytes)?;
        // What was written has to be there before the reset overtakes it.
        thread::sleep(Duration::from_millis(50));
        Ok(())
    })
}

/// A script that answers with these bytes and closes.
pub(super) fn says(bytes: impl Into<Vec<u8>>) -> Script {
    let bytes = bytes.into();
    script(move |wire| wire.put(&bytes))
}

/// A head for a page with these further header lines, up to the empty line.
pub(super) fn head(lines: &[&str]) -> Vec<u8> {
    let lines: String = lines.iter().flat_map(|line| [*line, "\r\n"]).collect();
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n{lines}\r\n").into()
}

/// A whole answer with these further header lines.
pub(super) fn answer(lines: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("content-length: {}", body.len());
    let lines: Vec<&str> = lines.iter().copied().chain([length.as_str()]).collect();
    [head(&lines), body.to_vec()].concat()
}

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that plays a path's script; robots.txt and all else is 404.
    pub(super) fn start(scripts: BTreeMap<String, Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (scripts, count) = (Arc::new(scripts), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let scripts = Arc::clone(&scripts);
                // A client that goes away ends its own thread only.
                thread::spawn(move || play(stream.ok()?, &scripts).ok());
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Connections accepted so far.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn play(stream: TcpStream, scripts: &BTreeMap<String, Script>) -> io::Result<()> {
    stream.set_read_timeout(Some(OVER))?;
    stream.set_write_timeout(Some(OVER))?;
    let path = path_of(&stream)?;
    let since = Instant::now();
    let mut wire = Wire { stream, since };
    if let Some(script) = scripts.get(path.split('?').next().unwrap_or_default()) {
        return script(&mut wire);
    }
    wire.take_request()?;
    wire.put("HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// The path a request asks for, without taking the request off the socket.
fn path_of(stream: &TcpStream) -> io::Result<String> {
    let mut seen = [0; 512];
    loop {
        let length = stream.peek(&mut seen)?;
        let text = String::from_utf8_lossy(&seen[..length]);
        if let Some((line, _)) = text.split_once("\r\n") {
            return Ok(line.split(' ').nth(1).unwrap_or_default().to_owned());
        }
        // A TLS handshake is no request: whatever is asked for by name `tls` gets it.
        if length == 0 || seen[0] == 0x16 {
            return Ok("tls".to_owned());
        }
        thread::sleep(Duration::from_millis(1));
    }
}
