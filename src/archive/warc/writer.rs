//! Exchanges into archives: WARC 1.1, one gzip member a record, an index beside each file.
//!
//! 1. A file begins with a `warcinfo` record, when the first exchange comes.
//! 2. An exchange becomes three records, written in one piece: `request`, `response`, `metadata`.
//!    An answer that repeats an earlier one becomes a `revisit` instead of a `response`.
//! 3. A file that has reached its size is closed, its index written, and the next one begun.
//!
//! While a file is being written its name ends in `.open`. Whoever opens the folder next cuts a
//! file that was left so to its last whole record, writes its index and gives it its name.
//!
//! # What stands in a record
//!
//! The message as the client had it: the names of headers in lower case, no reason phrase, the
//! version always HTTP/1.1 (`WARC-Protocol` tells the real one). The body is as it came, its
//! content coding still on it, so `Content-Encoding` and `Content-Length` say what they said. Only
//! the framing is gone: the client joins chunks, so `Transfer-Encoding` is kept under the name
//! `X-Crawl-Transfer-Encoding`, and the length of what was joined is stated. Digests are those of
//! what stands in the record.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use uuid::Uuid;

use super::index::{self, Entry};
use super::packing::{Packed, Packer};
use super::record::Record;
use super::repair::repair;
use crate::page::Exchange;

/// How the name of a file ends that is being written.
const OPEN: &str = ".open";
/// How the name of a whole file ends.
const WHOLE: &str = ".warc.gz";
/// How the name of an index ends.
const INDEX: &str = ".cdxj";

/// How archives are written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WriterOptions {
    /// What the names of the files begin with.
    pub prefix: String,
    /// A file that has reached so many bytes is closed.
    pub max_size: u64,
    /// More lines of the `warcinfo` record (`operator`, `robots` …), as name and value.
    pub info: Vec<(String, String)>,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            prefix: "cleancopy".to_owned(),
            max_size: 1024 * 1024 * 1024,
            info: Vec::new(),
        }
    }
}

/// Writes exchanges into the archives of a folder.
///
/// # Examples
/// ```
/// use cleancopy::archive::warc::{Writer, WriterOptions};
/// use cleancopy::page::Exchange;
/// # let dir = std::env::temp_dir().join(format!("cleancopy-warc-{}", std::process::id()));
/// let mut writer = Writer::open(&dir, WriterOptions::default())?;
/// let mut had = Exchange::new("https://news.example/".parse()?, "2026-03-02T06:00:00Z".parse()?, 200);
/// had.headers.push(("content-type".to_owned(), b"text/html".to_vec()));
/// had.body = b"<p>Ferry returns".to_vec();
/// writer.keep(&had)?;
/// writer.close()?;
/// let files = std::fs::read_dir(&dir)?.count();
/// assert_eq!(files, 2); // the archive and its index
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    options: WriterOptions,
    current: Option<Current>,
    /// Files begun so far.
    serial: u32,
    /// Makes the records, and knows the answers that were had.
    packer: Packer,
    repaired: Vec<Repaired>,
}

/// A file that an earlier run left unfinished, and that was finished now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// The file under its final name; removed if it held no capture.
    pub path: PathBuf,
    /// Bytes of a torn last record that were cut off.
    pub torn: u64,
    /// Whole records it holds.
    pub records: u64,
}

/// The file being written.
#[derive(Debug)]
struct Current {
    file: File,
    /// Its name when it is whole.
    name: String,
    length: u64,
    entries: Vec<Entry>,
}

impl Writer {
    /// Writes into a folder, which is made if need be. Files that an earlier run left unfinished
    /// are finished; those that another run is writing are let alone.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read or written.
    pub fn open(folder: &Path, options: WriterOptions) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut writer = Self {
            folder: folder.to_owned(),
            options,
            current: None,
            serial: 0,
            packer: Packer::new(),
            repaired: Vec::new(),
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        for name in &names {
            let whole = name
                .strip_suffix(OPEN)
                .filter(|whole| whole.ends_with(WHOLE));
            if let Some(whole) = whole {
                writer.finish_left(name, whole)?;
            } else if name.strip_suffix(INDEX).is_some() {
                let entries = index::read(&folder.join(name))?;
                entries.for_each(|entry| writer.packer.remember(&entry));
            }
        }
        Ok(writer)
    }

    /// The files that were finished when the folder was opened.
    pub fn repaired(&self) -> &[Repaired] {
        &self.repaired
    }

    /// Writes the records of an exchange. When it returns they are with the operating system, as
    /// a whole or, after an error, not at all.
    ///
    /// # Errors
    /// When they could not be written; the file stays sound.
    pub fn keep(&mut self, exchange: &Exchange) -> io::Result<()> {
        let packed = self.packer.pack(exchange)?;
        self.keep_packed(exchange, &packed)
    }

    /// What makes the records of an exchange away from the writer, on any thread.
    pub fn packer(&self) -> Packer {
        self.packer.clone()
    }

    /// As [`keep`](Self::keep), of an exchange whose records were made by the
    /// [`packer`](Self::packer). Where what they say is true no more, because another answer with
    /// the same payload or the next file came between, they are made again.
    ///
    /// # Errors
    /// As [`keep`](Self::keep).
    pub fn keep_packed(&mut self, exchange: &Exchange, packed: &Packed) -> io::Result<()> {
        let again;
        let packed = if self.packer.is_true(packed) {
            packed
        } else {
            again = self.packer.pack(exchange)?;
            &again
        };
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.begin(exchange.answered_at)?,
        };
        let written = current.write(packed);
        let full = current.length >= self.options.max_size;
        if let Some(entry) = current.entries.last().filter(|_| written.is_ok()) {
            self.packer.remember(entry);
        }
        self.current = Some(current);
        written?;
        if full { self.close() } else { Ok(()) }
    }

    /// Waits until what was kept is on the disk itself, safe from a failure of the power.
    ///
    /// # Errors
    /// When the system says that it is not.
    pub fn sync(&self) -> io::Result<()> {
        self.current
            .as_ref()
            .map_or(Ok(()), |current| current.file.sync_data())
    }

    /// Closes the file being written: its index is written and it gets its name. A later exchange
    /// begins the next one.
    ///
    /// # Errors
    /// When it could not be done; opening the folder again finishes it.
    pub fn close(&mut self) -> io::Result<()> {
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        self.packer.next_file();
        current.file.sync_all()?;
        self.name(&current.name, &current.entries)
    }

    /// Gives a whole file its index and its name.
    fn name(&self, whole: &str, entries: &[Entry]) -> io::Result<()> {
        let path = self.folder.join(whole);
        let stem = whole.strip_suffix(WHOLE).unwrap_or(whole);
        index::write(&self.folder.join(format!("{stem}{INDEX}")), entries)?;
        fs::rename(self.folder.join(format!("{whole}{OPEN}")), path)
    }

    /// Finishes a file that an earlier run left.
    fn finish_left(&mut self, name: &str, whole: &str) -> io::Result<()> {
        let left = self.folder.join(name);
        let file = File::options().write(true).open(&left)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        let length = file.metadata()?.len();
        let found = repair(whole, &left)?;
        if found.records == 0 {
            fs::remove_file(&left)?;
        } else {
            self.name(whole, &found.entries)?;
            found
                .entries
                .iter()
                .for_each(|entry| self.packer.remember(entry));
        }
        self.repaired.push(Repaired {
            path: self.folder.join(whole),
            torn: length - found.end,
            records: found.records,
        });
        Ok(())
    }

    /// Begins a file with its `warcinfo` record.
    fn begin(&mut self, at: Timestamp) -> io::Result<Current> {
        let stamp = at.strftime("%Y%m%d%H%M%S");
        let own = Uuid::new_v4().simple().to_string();
        let prefix = &self.options.prefix;
        let name = format!("{prefix}-{stamp}-{:05}-{}{WHOLE}", self.serial, &own[..8]);
        self.serial += 1;
        let mut lines = concat!(
            "software: cleancopy/",
            env!("CARGO_PKG_VERSION"),
            "\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/",
            "warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        )
        .to_owned();
        for (name, value) in &self.options.info {
            let value = value.replace(['\r', '\n'], " ");
            lines.extend([name, ": ", &value, "\r\n"]);
        }
        let record = Record::new("warcinfo", &self.packer.info_id(), at)
            .field("WARC-Filename", &name)
            .block("application/warc-fields", vec![lines.as_bytes()]);
        let path = self.folder.join(format!("{name}{OPEN}"));
        let file = File::create_new(&path)?;
        let _ = file.try_lock();
        let mut current = Current {
            file,
            name,
            length: 0,
            entries: Vec::new(),
        };
        current.append(&record.member()?)?;
        Ok(current)
    }
}

impl Drop for Writer {
    /// Closes the file; a failure leaves it for whoever opens the folder next.
    fn drop(&mut self) {
        let _ = self.close();
    }
}

impl Current {
    /// Writes the records of an exchange in one piece.
    fn write(&mut self, packed: &Packed) -> io::Result<()> {
        let entry = packed.entry(&self.name, self.length);
        self.append(&packed.bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Adds bytes to the file, all of them or none.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(bytes) {
            let _ = self.file.set_len(self.length);
            let _ = io::Seek::seek(&mut self.file, io::SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}
