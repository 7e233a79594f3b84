//! Verifying a file against its receipt: everything is read again, in constant memory.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;
use zip::ZipArchive;

use crate::differences::{Difference, VerifyError};
use crate::digest::{Checking, Digesting};
use crate::format::Format;
use crate::package::Package;
use crate::receipt::{Receipt, SheetReceipt};

/// The result for a file that matches its receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The number of sheets that were read.
    pub sheets: usize,
    /// The number of rows that were counted, in all sheets.
    pub rows: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
}

/// Reads a file to its end, then sheet by sheet, and compares it with its receipt: size and SHA-256 of the file; name,
/// size, CRC-32 and number of rows of each sheet.
///
/// # Errors
/// [`VerifyError::Differs`] with all differences; [`VerifyError::Io`] if the file cannot be read.
pub fn verify(mut file: impl Read + Seek, receipt: &Receipt) -> Result<Verified, VerifyError> {
    let mut check = Check { receipt, differences: Vec::new(), rows: 0 };
    file.seek(SeekFrom::Start(0))?;
    let mut whole = Digesting::new(&mut file);
    io::copy(&mut whole, &mut io::sink())?;
    let bytes = whole.bytes;
    let name = &receipt.file.name;
    check.compare(name, "size", receipt.file.bytes, bytes);
    check.compare(name, "SHA-256", receipt.file.sha256.as_str(), whole.finish().1);

    file.seek(SeekFrom::Start(0))?;
    match receipt.package {
        Package::Zip => check.archive(file),
        Package::Plain => {
            if let Some(sheet) = check.only_sheet() {
                check.sheet(sheet, file);
            }
        }
        Package::Gzip => {
            if let Some(sheet) = check.only_sheet() {
                let mut text = GzDecoder::new(BufReader::new(file));
                check.sheet(sheet, &mut text);
                let mut rest = text.into_inner();
                check.compare(name, "end of the gzip member", true, rest.fill_buf()?.is_empty());
            }
        }
    }
    if check.differences.is_empty() {
        Ok(Verified { sheets: receipt.sheets.len(), rows: check.rows, bytes })
    } else {
        Err(VerifyError::Differs(check.differences))
    }
}

struct Check<'a> {
    receipt: &'a Receipt,
    differences: Vec<Difference>,
    rows: u64,
}

impl<'a> Check<'a> {
    fn compare<T: PartialEq<U> + ToString, U: ToString>(
        &mut self,
        part: &str,
        what: &'static str,
        expected: T,
        found: U,
    ) {
        if expected != found {
            self.differ(part, what, expected.to_string(), found.to_string());
        }
    }

    fn differ(&mut self, part: &str, what: &'static str, expected: impl Into<String>, found: impl Into<String>) {
        let (part, expected, found) = (part.to_owned(), expected.into(), found.into());
        self.differences.push(Difference { part, what, expected, found });
    }

    /// The sheet of a package that holds one sheet.
    fn only_sheet(&mut self) -> Option<&'a SheetReceipt> {
        match self.receipt.sheets.as_slice() {
            [sheet] => Some(sheet),
            sheets => {
                let name = &self.receipt.file.name;
                self.differ(name, "number of sheets", sheets.len().to_string(), "1, because it is not an archive");
                None
            }
        }
    }

    fn archive(&mut self, file: impl Read + Seek) {
        let name = &self.receipt.file.name;
        let mut archive = match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => archive,
            // The file was just read to its end, so even an error that looks like an input error is one of its content.
            Err(error) => return self.differ(name, "archive", "a ZIP archive", error.to_string()),
        };
        self.compare(name, "number of files", self.receipt.sheets.len(), archive.len());
        for (at, sheet) in self.receipt.sheets.iter().enumerate().take(archive.len()) {
            match archive.by_index(at) {
                Ok(mut member) => {
                    let name = String::from_utf8_lossy(member.name_raw()).into_owned();
                    self.compare(&sheet.file, "name", sheet.file.as_str(), name);
                    self.compare(&sheet.file, "size in the directory", sheet.bytes, member.size());
                    let crc = format!("{:08x}", member.crc32());
                    self.compare(&sheet.file, "CRC-32 in the directory", sheet.crc32.as_str(), crc);
                    self.sheet(sheet, &mut member);
                }
                Err(error) => self.differ(&sheet.file, "member", "a deflated file", error.to_string()),
            }
        }
    }

    /// Reads a sheet again.
    fn sheet(&mut self, sheet: &SheetReceipt, text: impl Read) {
        let format = match <dyn Format>::named(&self.receipt.format) {
            Ok(format) => format,
            Err(error) => return self.differ(&sheet.file, "format", &self.receipt.format, error.to_string()),
        };
        let mut text = Checking::new(text);
        let counted = format.count(&mut text, sheet.heading);
        // Reads what the count did not: it stops at an error, or may know the end of the text early.
        let read = io::copy(&mut text, &mut io::sink());
        match counted.and_then(|rows| read.map(|_| rows)) {
            Ok(rows) => {
                self.rows += rows;
                self.compare(&sheet.file, "number of rows", sheet.rows, rows);
            }
            Err(error) => self.differ(&sheet.file, "text", "readable", error.to_string()),
        }
        self.compare(&sheet.file, "size", sheet.bytes, text.bytes);
        self.compare(&sheet.file, "CRC-32", sheet.crc32.as_str(), format!("{:08x}", text.crc.finalize()));
    }
}
