//! The physical lines of a file, of any length.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;

/// The maximum number of bytes of a line that are read, including its line end. It is also the maximum length of a
/// record.
pub(crate) const LINE_BYTES: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One physical line.
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    /// Its bytes including the line end; only the first [`LINE_BYTES`] of a longer line.
    pub(crate) bytes: Vec<u8>,
    /// Its length in bytes.
    pub(crate) length: u64,
    /// Whether it ends in LF, not with the file.
    pub(crate) has_end: bool,
}

impl Line {
    /// Whether `bytes` is the whole line.
    pub(crate) fn is_whole(&self) -> bool {
        self.length == self.bytes.len() as u64
    }

    /// The line without its line end, and its line end: LF, CR LF, or nothing in the last line. A CR that ends the file
    /// counts as a line end.
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        let line = self.bytes.as_slice();
        let rest = line.strip_suffix(b"\n").unwrap_or(line);
        line.split_at(rest.strip_suffix(b"\r").unwrap_or(rest).len())
    }
}

/// Reads physical lines. Memory does not depend on the length of a line. A UTF-8 byte order mark before the first line
/// is removed.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    number: u64,
    /// The lines after the first one that are left out of the input, and counted nevertheless.
    skipped: u64,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R) -> Lines<R> {
        Lines { input: BufReader::with_capacity(LINE_BYTES, input), number: 0, skipped: 0 }
    }

    /// The same input, in which so many lines after the first one are left out.
    pub(crate) fn skipping(self, skipped: u64) -> Lines<R> {
        Lines { skipped, ..self }
    }

    /// The number of the next line.
    fn next_number(&self) -> u64 {
        if self.number == 1 { 2 + self.skipped } else { self.number + 1 }
    }

    /// The number of the last line that was read.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next line; `None` after the last one.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut line = Line { number: self.next_number(), bytes: Vec::new(), length: 0, has_end: false };
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            let end = memchr(b'\n', chunk).map(|at| at + 1);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = LINE_BYTES - line.bytes.len();
            line.bytes.extend_from_slice(&part[..part.len().min(room)]);
            line.length += part.len() as u64;
            let passed = part.len();
            self.input.consume(passed);
            if end.is_some() {
                line.has_end = true;
                break;
            }
        }
        if line.length == 0 {
            return Ok(None);
        }
        if line.number == 1 && line.bytes.starts_with(BYTE_ORDER_MARK) {
            line.bytes.drain(..BYTE_ORDER_MARK.len());
            line.length -= BYTE_ORDER_MARK.len() as u64;
        }
        self.number = line.number;
        Ok(Some(line))
    }
}

/// Lines as a file, after what is before them.
pub(crate) fn joined(head: &[u8], lines: &[&[u8]]) -> Vec<u8> {
    let length = lines.iter().map(|line| line.len() + 1).sum::<usize>() + head.len();
    let mut text = Vec::with_capacity(length);
    text.extend_from_slice(head);
    for line in lines {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{LINE_BYTES, Lines};

    #[test]
    fn lines_end_in_lf_or_cr_lf_or_at_the_end_of_the_file() {
        let mut lines = Lines::new(&b"\xef\xbb\xbfa\nb\r\n\n\rc\r"[..]);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let (body, end) = line.parts();
            seen.push((line.number, body.to_vec(), end.to_vec()));
        }
        let expected = [(1, "a", "\n"), (2, "b", "\r\n"), (3, "", "\n"), (4, "\rc", "\r")];
        assert_eq!(seen, expected.map(|(number, body, end)| (number, body.into(), end.into())));
    }

    #[test]
    fn a_line_of_half_a_gigabyte_takes_bounded_memory() {
        // The bytes are generated while they are read. Only the buffer of the reader and the first part are in memory.
        let mut lines = Lines::new(io::repeat(b'x').take(500_000_000).chain(&b"\nnext\n"[..]));
        let long = lines.next().unwrap().unwrap();
        assert_eq!((long.bytes.len(), long.length, long.is_whole()), (LINE_BYTES, 500_000_001, false));
        assert!(long.bytes.capacity() <= 2 * LINE_BYTES);
        assert_eq!(lines.next().unwrap().unwrap().bytes, b"next\n");
        assert!(lines.next().unwrap().is_none());
    }
}
