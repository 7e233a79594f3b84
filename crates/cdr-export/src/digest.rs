//! Digests computed while reading and writing: SHA-256 of a file, CRC-32 of a sheet.

use std::io::{self, Read, Write};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// The SHA-256 of the bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Counts and digests the bytes that are written to a writer or read from a reader.
pub(crate) struct Digesting<T> {
    pub(crate) inner: T,
    pub(crate) bytes: u64,
    sha256: Sha256,
    /// Whether bytes are counted only.
    counts: bool,
}

/// Counts the bytes that are read from a reader, and computes their CRC-32 as ZIP and gzip do.
pub(crate) struct Checking<R> {
    inner: R,
    pub(crate) bytes: u64,
    pub(crate) crc: crc32fast::Hasher,
}

impl<T> Digesting<T> {
    pub(crate) fn new(inner: T) -> Digesting<T> {
        Digesting { inner, bytes: 0, sha256: Sha256::new(), counts: false }
    }

    /// Counts bytes, and computes no digest of them.
    pub(crate) fn counting(inner: T) -> Digesting<T> {
        Digesting { counts: true, ..Digesting::new(inner) }
    }

    /// Returns the inner reader or writer, and the SHA-256 in hexadecimal.
    pub(crate) fn finish(self) -> (T, String) {
        (self.inner, hex(&self.sha256.finalize()))
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if !self.counts {
            self.sha256.update(bytes);
        }
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.take(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.take(&buffer[..length]);
        Ok(length)
    }
}

impl<R: Read> Checking<R> {
    pub(crate) fn new(inner: R) -> Checking<R> {
        Checking { inner, bytes: 0, crc: crc32fast::Hasher::new() }
    }
}

impl<R: Read> Read for Checking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes += length as u64;
        self.crc.update(&buffer[..length]);
        Ok(length)
    }
}
