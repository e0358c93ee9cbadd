//! The bytes of an archive as they lie in the file, with the way back to where a record began.

use std::io::{self, Read};

/// So much is asked of the file at a time.
const PIECE: usize = 256 * 1024;
/// So much of a record is kept for going back to its beginning.
const KEPT: usize = 8 * 1024 * 1024;

/// A file read in order; what was read since the mark is kept, up to a limit.
///
/// A record whose damage shows late may have swallowed the beginning of the next one. Going back
/// to where it began finds that one without asking the file to seek, which a pipe cannot.
#[derive(Debug)]
pub(super) struct Source<R> {
    file: R,
    bytes: Vec<u8>,
    /// Place in the file of the first of `bytes`.
    base: u64,
    /// Next byte to be taken.
    at: usize,
    /// Where the record under way begins.
    mark: usize,
}

impl<R: Read> Source<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            file,
            bytes: Vec::new(),
            base: 0,
            at: 0,
            mark: 0,
        }
    }

    /// Place in the file of the next byte.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// A record begins here.
    pub(super) fn mark(&mut self) {
        self.mark = self.at;
    }

    /// Goes back to just behind the mark, or stays where it is if that is no longer kept.
    pub(super) fn back_to_mark(&mut self) {
        if self.mark < self.at {
            self.at = self.mark + 1;
        } else if self.at < self.bytes.len() {
            self.at += 1;
        }
        self.mark = self.at;
    }

    /// What lies ahead: at least one byte, or nothing at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        self.ahead(1)
    }

    /// What lies ahead: at least `wanted` bytes, or all there are.
    pub(super) fn ahead(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.bytes.len() - self.at < wanted {
            if self.at - self.mark > KEPT {
                self.mark = self.at;
            }
            if self.mark >= PIECE {
                self.bytes.drain(..self.mark);
                self.base += self.mark as u64;
                self.at -= self.mark;
                self.mark = 0;
            }
            let piece = PIECE.max(wanted) as u64;
            let read = self
                .file
                .by_ref()
                .take(piece)
                .read_to_end(&mut self.bytes)?;
            if read == 0 {
                break;
            }
        }
        Ok(&self.bytes[self.at..])
    }

    /// Takes bytes that `fill` or `ahead` showed.
    pub(super) fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.bytes.len());
    }

    /// Takes exactly so many bytes; `None` when the file ends before.
    pub(super) fn take(&mut self, count: usize) -> io::Result<Option<&[u8]>> {
        if self.ahead(count)?.len() < count {
            return Ok(None);
        }
        self.at += count;
        Ok(Some(&self.bytes[self.at - count..self.at]))
    }

    /// Goes to the next place where one of the patterns stands; `false` at the end of the file.
    pub(super) fn find(&mut self, patterns: &[&[u8]]) -> io::Result<bool> {
        let longest = patterns.iter().map(|p| p.len()).max().unwrap_or(1);
        loop {
            let ahead = self.ahead(longest)?;
            if ahead.is_empty() {
                return Ok(false);
            }
            let begins = |at: &usize| patterns.iter().any(|p| ahead[*at..].starts_with(p));
            let found = (0..ahead.len()).find(begins);
            let is_end = ahead.len() < longest;
            let searched = if is_end {
                ahead.len()
            } else {
                ahead.len() - longest + 1
            };
            let passed = found.unwrap_or(searched);
            self.consume(passed);
            self.mark = self.at;
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}
