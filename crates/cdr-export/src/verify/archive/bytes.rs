//! The records of an archive, read at their places.

use std::io::{Read, Seek, SeekFrom};

/// The bytes of an archive.
pub(in crate::verify) struct Bytes<'a, F> {
    pub(in crate::verify) file: F,
    /// The name of the file, for sentences.
    pub(super) name: &'a str,
    /// The size of the file in bytes.
    pub(super) length: u64,
}

/// The bytes of one record. Numbers are little-endian.
pub(super) struct Record(pub(super) Vec<u8>);

impl<'a, F: Read + Seek> Bytes<'a, F> {
    pub(in crate::verify) fn new(file: F, name: &'a str, length: u64) -> Bytes<'a, F> {
        Bytes { file, name, length }
    }

    /// The record of `size` bytes at `place`. An error is a sentence.
    pub(super) fn at(&mut self, place: u64, size: usize) -> Result<Record, String> {
        let fits = place.checked_add(size as u64).is_some_and(|end| end <= self.length);
        if !fits {
            return Err(format!("{} ends within one of the records of a ZIP archive", self.name));
        }
        let mut bytes = vec![0; size];
        let read = self.file.seek(SeekFrom::Start(place)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map(|()| Record(bytes)).map_err(|_| format!("{} cannot be read a second time", self.name))
    }
}

impl Record {
    pub(super) fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.array(at))
    }

    pub(super) fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.array(at))
    }

    pub(super) fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.array(at))
    }

    /// The bytes at a place; zeros past the end.
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        std::array::from_fn(|i| self.0.get(at + i).copied().unwrap_or_default())
    }
}
