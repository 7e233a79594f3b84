//! Reading documents one by one.

use std::io::{self, Read};

use super::{RECORD_BYTES, Scan, Syntax};
use crate::fault::Fault;
use crate::feed::FileEnd;

/// The bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// The bytes of a record that is too long that are kept.
const KEPT_BYTES: usize = 64 * 1024;
/// The bytes that show what begins with them.
const AHEAD_BYTES: usize = 256;
/// The last bytes of a record that stay while it is looked through.
const BEHIND_BYTES: usize = 16;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record at a line of the file.
pub(crate) struct Found {
    /// The number of the line that it begins on, from 1.
    pub(crate) line: u64,
    /// Its bytes without the line ends after it; only the first 64 KiB of one that is too long.
    pub(crate) raw: Vec<u8>,
    /// Why it cannot be a record, if its length or its end shows that.
    pub(crate) fault: Option<Fault>,
}

/// Reads documents.
pub(crate) struct Documents<R, S> {
    input: R,
    syntax: S,
    end: FileEnd,
    buffer: Vec<u8>,
    /// Where the bytes begin that belong to no record yet.
    at: usize,
    /// The number of the line there.
    line: u64,
    has_ended: bool,
    /// The error that followed the bytes in the buffer.
    failed: Option<io::Error>,
    /// The line at which the last record of a growing file begins, which is not finished.
    waiting: Option<u64>,
}

impl<R: Read, S: Syntax> Documents<R, S> {
    pub(crate) fn new(input: R, syntax: S, end: FileEnd) -> Documents<R, S> {
        let (buffer, failed, waiting) = (Vec::new(), None, None);
        Documents { input, syntax, end, buffer, at: 0, line: 1, has_ended: false, failed, waiting }
    }

    /// The line of what is read next.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The line at which the next load goes on, once the file was read to its end.
    pub(crate) fn waiting(&self) -> Option<u64> {
        self.waiting
    }

    /// The next record; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> io::Result<Option<Found>> {
        if self.find()? {
            return self.take();
        }
        let Some(open) = self.syntax.close() else { return Ok(None) };
        if self.end == FileEnd::Growing {
            self.waiting = self.waiting.or(Some(self.line));
            return Ok(None);
        }
        Ok(Some(Found { line: self.line, raw: Vec::new(), fault: Some(Fault::new("list-unclosed", open)) }))
    }

    /// Goes to the beginning of the next record, if there is one.
    fn find(&mut self) -> io::Result<bool> {
        loop {
            let rest = &self.buffer[self.at..];
            let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blanks > 0 {
                self.pass(blanks);
            } else if rest.len() < AHEAD_BYTES && !self.has_ended && (self.failed.is_none() || rest.is_empty()) {
                self.fill()?;
            } else if rest.is_empty() {
                return Ok(false);
            } else if rest.starts_with(BYTE_ORDER_MARK) {
                self.pass(BYTE_ORDER_MARK.len());
            } else {
                match self.syntax.between(&rest[..rest.len().min(AHEAD_BYTES)]) {
                    0 => return Ok(true),
                    between => self.pass(between),
                }
            }
        }
    }

    /// Takes the record that begins here.
    fn take(&mut self) -> io::Result<Option<Found>> {
        let line = self.line;
        let mut scan = self.syntax.begin(&self.buffer[self.at..]);
        let mut long = Long::default();
        let end = loop {
            let rest = &self.buffer[self.at..];
            if let Some(end) = scan.end(rest) {
                break end;
            }
            if self.has_ended {
                if self.end == FileEnd::Growing && !scan.is_broken() {
                    self.waiting = Some(line);
                    self.pass(self.buffer.len() - self.at);
                    return Ok(None);
                }
                break rest.len();
            }
            if rest.len() > RECORD_BYTES {
                let dropped = long.drop(rest, scan.as_mut());
                self.pass(dropped);
            }
            self.fill()?;
        };
        let (raw, length) = long.whole(&self.buffer[self.at..self.at + end]);
        self.pass(end);
        let too_long = || {
            let detail = format!(
                "the record has {length} bytes, expected at most {RECORD_BYTES}; only the first {KEPT_BYTES} are stored"
            );
            Fault::new("record-too-long", detail)
        };
        Ok(Some(Found { line, fault: (length > RECORD_BYTES as u64).then(too_long), raw }))
    }

    /// Leaves bytes behind.
    fn pass(&mut self, bytes: usize) {
        let passed = &self.buffer[self.at..self.at + bytes];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at += bytes;
    }

    /// Reads more bytes.
    fn fill(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            self.has_ended = true;
            return Err(error);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        let read = self.input.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut self.buffer);
        match read {
            Ok(read) => self.has_ended = read < CHUNK_BYTES,
            Err(error) if self.buffer.len() == before => return Err(error),
            Err(error) => self.failed = Some(error),
        }
        Ok(())
    }
}

/// The beginning of a record that is too long, and how much of it was dropped.
#[derive(Default)]
struct Long {
    beginning: Vec<u8>,
    dropped: u64,
}

impl Long {
    /// Drops all bytes but the last ones, and returns how many.
    fn drop(&mut self, bytes: &[u8], scan: &mut dyn Scan) -> usize {
        if self.dropped == 0 {
            self.beginning = bytes[..KEPT_BYTES].to_vec();
        }
        let dropped = bytes.len() - BEHIND_BYTES;
        self.dropped += dropped as u64;
        scan.forget(dropped);
        dropped
    }

    /// What is kept of a record that ends with these bytes, and its length.
    fn whole(self, bytes: &[u8]) -> (Vec<u8>, u64) {
        let length = self.dropped + bytes.len() as u64;
        let raw = match self.dropped {
            0 if bytes.len() <= RECORD_BYTES => without_line_ends(bytes).to_vec(),
            0 => bytes[..KEPT_BYTES].to_vec(),
            _ => self.beginning,
        };
        (raw, length)
    }
}

/// Without the line ends at the end. Blanks stay: they may be the plus signs of a form.
fn without_line_ends(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_suffix(b"\n").or_else(|| bytes.strip_suffix(b"\r")) {
        bytes = rest;
    }
    bytes
}
