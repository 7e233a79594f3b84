//! How far a file was read, and whether a file is the one that was read.

use std::io::{self, Read, Seek, SeekFrom};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most bytes at the beginning, and before the mark, that show whether a file is the same.
const SHOWN: u64 = 4096;

/// How far a file was read: up to the end of its last whole record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The bytes before it.
    pub offset: u64,
    /// The number of the line that begins there, from 1.
    pub line: u64,
    /// Whether the file is always read from its start, because keys of its rows count equal rows before them.
    pub(super) needs_all: bool,
    head: Shown,
    tail: Shown,
}

/// Some bytes of a file, by their digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Shown {
    at: u64,
    length: u64,
    digest: String,
}

impl Default for Mark {
    /// The start of a file.
    fn default() -> Mark {
        Mark { offset: 0, line: 1, needs_all: false, head: Shown::default(), tail: Shown::default() }
    }
}

impl Mark {
    /// A mark in a file of `size` bytes.
    pub(super) fn at(
        file: &mut (impl Read + Seek),
        offset: u64,
        line: u64,
        needs_all: bool,
        size: u64,
    ) -> io::Result<Mark> {
        let head = Shown::of(file, 0, size.min(SHOWN))?;
        let before = offset.min(SHOWN);
        let tail = Shown::of(file, offset - before, before)?;
        Ok(Mark { offset, line, needs_all, head, tail })
    }

    /// Whether a file of `size` bytes begins as the one that was read did, and has the same bytes before the mark.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn fits(&self, file: &mut (impl Read + Seek), size: u64) -> io::Result<bool> {
        Ok(size >= self.offset && self.head.is_in(file, size)? && self.tail.is_in(file, size)?)
    }
}

impl Shown {
    fn of(file: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Shown> {
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        file.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(Shown { at, length, digest: HEXLOWER.encode(&Sha256::digest(&bytes)) })
    }

    fn is_in(&self, file: &mut (impl Read + Seek), size: u64) -> io::Result<bool> {
        if self.length == 0 {
            return Ok(true);
        }
        Ok(self.at + self.length <= size && *self == Shown::of(file, self.at, self.length)?)
    }
}
