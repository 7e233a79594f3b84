//! Packages: the containers of a file's sheets.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use cdr_deflate::STREAM_END;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter, ZipEntryWriter};
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::digest::Digesting;
use crate::error::ExportError;

/// The container of a file's sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Package {
    /// No container: the file is the sheet.
    Plain,
    /// Gzip (RFC 1952): one sheet, without a name or a time.
    Gzip,
    /// A ZIP archive: several sheets; ZIP64 when necessary.
    Zip,
}

impl Package {
    /// All packages.
    pub const ALL: [Package; 3] = [Package::Plain, Package::Gzip, Package::Zip];

    /// Its name: `plain`, `gzip` or `zip`.
    pub const fn name(self) -> &'static str {
        match self {
            Package::Plain => "plain",
            Package::Gzip => "gzip",
            Package::Zip => "zip",
        }
    }

    /// Whether it can hold more than one sheet.
    pub const fn holds_several(self) -> bool {
        matches!(self, Package::Zip)
    }

    pub(crate) const fn compresses(self) -> bool {
        !matches!(self, Package::Plain)
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Package {
    type Err = ExportError;

    fn from_str(name: &str) -> Result<Package, ExportError> {
        Package::ALL
            .into_iter()
            .find(|package| package.name() == name)
            .ok_or_else(|| ExportError::UnknownPackage { name: name.to_owned() })
    }
}

/// Method deflate, no flags, no time, no compression level, unknown operating system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The time of every member: 1980-01-01, the earliest date in ZIP.
const ZIP_TIME: i64 = 315_532_800;

/// A package that is being written.
pub(crate) enum Container<W: Write> {
    Plain(Digesting<W>),
    Gzip(Digesting<W>),
    Zip(ZipArchiveWriter<Digesting<W>>),
}

/// A sheet that is being written into a package.
pub(crate) enum Member<'a, W: Write> {
    Plain(&'a mut Digesting<W>),
    Gzip(&'a mut Digesting<W>),
    Zip(ZipEntryWriter<'a, Digesting<W>>),
}

impl<W: Write> Container<W> {
    pub(crate) fn new(package: Package, out: Digesting<W>) -> Container<W> {
        match package {
            Package::Plain => Container::Plain(out),
            Package::Gzip => Container::Gzip(out),
            Package::Zip => Container::Zip(ZipArchiveWriter::new(out)),
        }
    }

    /// Starts a sheet.
    pub(crate) fn member(&mut self, name: &str) -> Result<Member<'_, W>, ExportError> {
        Ok(match self {
            Container::Plain(out) => Member::Plain(out),
            Container::Gzip(out) => {
                out.write_all(&GZIP_HEADER)?;
                Member::Gzip(out)
            }
            Container::Zip(archive) => {
                let file = archive
                    .new_file(name)
                    .compression_method(CompressionMethod::DEFLATE)
                    .last_modified(UtcDateTime::from_unix(ZIP_TIME));
                Member::Zip(file.start()?.0)
            }
        })
    }

    /// Completes the file.
    pub(crate) fn finish(self) -> Result<Digesting<W>, ExportError> {
        let mut out = match self {
            Container::Plain(out) | Container::Gzip(out) => out,
            Container::Zip(archive) => archive.finish()?,
        };
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Member<'_, W> {
    pub(crate) fn write(&mut self, block: &Block) -> Result<(), ExportError> {
        self.write_bytes(&block.bytes)
    }

    pub(crate) fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        match self {
            Member::Plain(out) | Member::Gzip(out) => out.write_all(bytes),
            Member::Zip(entry) => entry.write_all(bytes),
        }
        .map_err(ExportError::from)
    }

    /// Completes the sheet, whose text has this checksum and length.
    pub(crate) fn finish(self, crc: u32, bytes: u64) -> Result<(), ExportError> {
        match self {
            Member::Plain(_) => (),
            Member::Gzip(out) => {
                out.write_all(STREAM_END)?;
                out.write_all(&crc.to_le_bytes())?;
                // RFC 1952: the length modulo 2³².
                out.write_all(&bytes.to_le_bytes()[..4])?;
            }
            Member::Zip(mut entry) => {
                entry.write_all(STREAM_END)?;
                entry.finish(DataDescriptorOutput::new(crc, bytes))?;
            }
        }
        Ok(())
    }
}
