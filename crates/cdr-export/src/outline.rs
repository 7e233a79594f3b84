//! Outlines: files of which all rows are in kept blocks, without the blocks.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A kept block.
    Kept {
        /// Its part.
        part: i64,
        /// Which of the blocks of the part it is.
        at: usize,
        /// Its length in bytes.
        length: u64,
    },
}

/// The segments of a file, in order. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Outline(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    segments: Vec<Segment>,
    /// How many of the next bytes stand for a block that was noted.
    standing_in: u64,
}

impl Outline {
    /// The segments.
    pub fn segments(&self) -> Vec<Segment> {
        self.0.borrow().segments.clone()
    }

    /// The number of segments so far.
    pub fn len(&self) -> usize {
        self.0.borrow().segments.len()
    }

    /// Whether there are no segments yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes a block. As many bytes as it has are to be written in its place.
    pub(crate) fn note(&self, part: i64, at: usize, length: u64) {
        let mut state = self.0.borrow_mut();
        state.segments.push(Segment::Kept { part, at, length });
        state.standing_in = length;
    }
}

impl Write for Outline {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.borrow_mut();
        let written = bytes.len() as u64;
        if state.standing_in > 0 {
            let taken = written.min(state.standing_in);
            state.standing_in -= taken;
            return Ok(usize::try_from(taken).unwrap_or(bytes.len()));
        }
        match state.segments.last_mut() {
            Some(Segment::Bytes(last)) => last.extend_from_slice(bytes),
            _ => state.segments.push(Segment::Bytes(bytes.to_vec())),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
