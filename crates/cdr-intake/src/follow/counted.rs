//! Counting the lines of what is read.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// The bytes at the beginning of a text that show whether it is UTF-16.
const SHOWING: usize = 64;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The line ends.
    pub(super) lines: u64,
    /// The bytes up to the last line end.
    pub(super) last_start: u64,
    bytes: u64,
    beginning: Vec<u8>,
}

impl Tally {
    /// Whether the text can be one whose line ends are the bytes LF.
    pub(super) fn is_plain(&self) -> bool {
        let marks: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
        !self.beginning.contains(&0) && !marks.iter().any(|mark| self.beginning.starts_with(mark))
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = SHOWING.saturating_sub(self.beginning.len()).min(bytes.len());
        self.beginning.extend_from_slice(&bytes[..room]);
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.last_start = self.bytes + last as u64 + 1;
        }
        self.bytes += bytes.len() as u64;
    }
}

/// Counts what is read.
pub(super) struct Counted<R> {
    input: R,
    tally: Rc<RefCell<Tally>>,
}

impl<R: Read> Counted<R> {
    pub(super) fn new(input: R, tally: Rc<RefCell<Tally>>) -> Counted<R> {
        Counted { input, tally }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(into)?;
        self.tally.borrow_mut().add(&into[..length]);
        Ok(length)
    }
}

/// The bytes before the line after so many others.
pub(super) fn start_of(input: impl Read, lines: u64) -> io::Result<u64> {
    let (mut input, mut bytes) = (BufReader::new(input), 0);
    for _ in 0..lines {
        bytes += input.skip_until(b'\n')? as u64;
    }
    Ok(bytes)
}
