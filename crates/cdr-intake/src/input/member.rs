//! A member of a ZIP archive as an independent stream. The readers of the zip crate borrow the archive.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};

use crc32fast::Hasher;
use flate2::read::DeflateDecoder;
use zip::CompressionMethod;
use zip::ZipArchive;
use zip::result::{ZipError, ZipResult};

/// The bytes of one member. At their end the length and the CRC-32 are checked against those in the archive.
pub(crate) struct Member {
    body: Body,
    checksum: Hasher,
    length: u64,
    expected: (u64, u32),
}

enum Body {
    Stored(Take<File>),
    Deflated(Box<DeflateDecoder<Take<File>>>),
}

impl Member {
    /// Opens a member; `None` if it is a folder.
    pub(crate) fn open(
        archive: &mut ZipArchive<File>,
        file: &File,
        index: usize,
    ) -> ZipResult<Option<(String, Member)>> {
        let entry = archive.by_index_raw(index)?;
        if entry.is_dir() {
            return Ok(None);
        }
        if entry.encrypted() {
            return Err(ZipError::UnsupportedArchive("a member is encrypted"));
        }
        let name = entry.name()?.into_owned();
        let begin = entry.data_start().ok_or(ZipError::InvalidArchive("a member has no data offset".into()))?;
        let (expected, method) = ((entry.size(), entry.crc32()), entry.compression());
        let compressed = entry.compressed_size();
        drop(entry);
        // The clone shares the file position with the archive, which reads nothing while a member is being read.
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(begin))?;
        let input = file.take(compressed);
        let body = match method {
            CompressionMethod::Stored => Body::Stored(input),
            CompressionMethod::Deflated => Body::Deflated(Box::new(DeflateDecoder::new(input))),
            _ => return Err(ZipError::UnsupportedArchive("a member is neither stored nor deflated")),
        };
        Ok(Some((name, Member { body, checksum: Hasher::new(), length: 0, expected })))
    }
}

impl Member {
    /// Checks length and CRC-32 at the end of the member.
    fn check(&self) -> io::Result<()> {
        let (length, checksum) = (self.length, self.checksum.clone().finalize());
        let (stated_length, stated_checksum) = self.expected;
        if (length, checksum) == self.expected {
            return Ok(());
        }
        let what = format!(
            "the member has {length} bytes with CRC {checksum:08x}, the archive states {stated_length} with {stated_checksum:08x}"
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, what))
    }
}

impl Read for Member {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = match &mut self.body {
            Body::Stored(input) => input.read(into)?,
            Body::Deflated(input) => input.read(into)?,
        };
        self.checksum.update(&into[..length]);
        self.length += length as u64;
        if length == 0 && !into.is_empty() {
            self.check()?;
        }
        Ok(length)
    }
}
