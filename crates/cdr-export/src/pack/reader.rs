//! Reads a pack.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use cdr_model::Directory;

use super::index::PackIndex;
use super::{LONGEST_INDEX, MAGIC, PackKey, TRAILER};
use crate::block::Block;

/// The room that is made for a block before it is read, in bytes; few blocks are larger.
const LARGE_BLOCK: usize = 16 << 20;

/// A pack that is being read.
pub struct PackReader<R> {
    file: R,
    index: Arc<PackIndex>,
}

impl<R: Read + Seek> PackReader<R> {
    /// Reads the index of a pack.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a pack.
    pub fn open(mut file: R) -> io::Result<PackReader<R>> {
        let length = file.seek(SeekFrom::End(0))?;
        let body = length.checked_sub(TRAILER as u64).ok_or_else(|| damaged("it is too short"))?;
        file.seek(SeekFrom::Start(body))?;
        let mut trailer = [0; TRAILER];
        file.read_exact(&mut trailer)?;
        let (index_length, rest) = trailer.split_first_chunk::<8>().ok_or_else(|| damaged("it is too short"))?;
        let (crc, rest) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it is too short"))?;
        if !rest.ends_with(MAGIC) {
            return Err(damaged("it is not a pack"));
        }
        let (index_length, crc) = (u64::from_le_bytes(*index_length), u32::from_le_bytes(*crc));
        let start = body.checked_sub(index_length).filter(|_| index_length <= LONGEST_INDEX);
        file.seek(SeekFrom::Start(start.ok_or_else(|| damaged("its index is too long"))?))?;
        let mut text = vec![0; usize::try_from(index_length).map_err(|_| damaged("its index is too long"))?];
        file.read_exact(&mut text)?;
        if crc32fast::hash(&text) != crc {
            return Err(damaged("its index is damaged"));
        }
        let index = Arc::new(serde_json::from_slice(&text)?);
        Ok(PackReader { file, index })
    }

    /// The index.
    pub fn index(&self) -> &Arc<PackIndex> {
        &self.index
    }

    /// Whether it is the pack of this key and period, and its blocks print what the directory says now.
    pub fn is_of(&self, key: &PackKey, period: i64, directory: &Directory) -> bool {
        self.index.name == key.name(period) && self.index.names == self.index.basis.names(directory)
    }

    /// Reads a block of a part, counted from 0, into a buffer that is used again.
    ///
    /// # Errors
    /// If the block does not exist, is damaged, or cannot be read.
    pub fn block(&mut self, part: i64, at: usize, buffer: Vec<u8>) -> io::Result<Block> {
        let bytes = self.bytes(part, at, buffer)?;
        let block = self.index.block(part, at, bytes);
        block.ok_or_else(|| damaged("its index is damaged"))
    }

    /// As [`PackReader::block`], but only the bytes of the block.
    ///
    /// # Errors
    /// As [`PackReader::block`].
    pub fn bytes(&mut self, part: i64, at: usize, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        let place = self.index.place(part, at).ok_or_else(|| damaged("it has no such block"))?;
        self.file.seek(SeekFrom::Start(place.at))?;
        // A damaged index could promise anything.
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        let mut bytes = buffer;
        bytes.resize(length.min(LARGE_BLOCK), 0);
        self.file.read_exact(&mut bytes)?;
        let left = place.length - bytes.len() as u64;
        (&mut self.file).take(left).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != place.length || crc32fast::hash(&bytes) != place.crc {
            return Err(damaged("a block is damaged"));
        }
        Ok(bytes)
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
