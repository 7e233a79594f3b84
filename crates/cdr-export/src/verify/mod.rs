//! Verifying a file against its receipt: everything is read again, one row at a time.

mod columns;
mod counts;
mod findings;
mod sheet;
mod sums;

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use cdr_model::{Timestamp, Zone};
use flate2::bufread::GzDecoder;
use zip::ZipArchive;

use self::columns::Columns;
use self::counts::Counted;
use self::findings::Findings;
use self::sums::Sums;
use crate::differences::VerifyError;
use crate::digest::{Checking, Digesting};
use crate::format::Format;
use crate::layout::{CsvStyle, Layout, Sheet, SheetContent};
use crate::package::Package;
use crate::receipt::{Receipt, SheetReceipt};

/// The result for a file that matches its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The number of sheets that were read.
    pub sheets: usize,
    /// The number of rows that were counted, in all sheets.
    pub rows: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// What the rows confirm of the receipt, a line for each sheet.
    pub confirmed: Vec<String>,
    /// What the receipt says and the rows of this layout do not show, so that only the digests speak for it.
    pub unknown: Vec<String>,
}

/// Reads a file to its end, then sheet by sheet, and compares it with its receipt: size and SHA-256 of the file; name,
/// size, CRC-32 and number of rows of each sheet, and whether the window holds the first and the last instant.
///
/// By the layout in a receipt of version 2 or later the rows are read too. Each has to have the columns of the layout,
/// and they are added up: talk time, money by currency, first and last instant of the anchor, and the control totals of
/// the columns; in a sheet of counts, the numbers of rows of the other sheets. What the layout does not show is listed
/// in [`Verified::unknown`].
///
/// A match shows that file and receipt are consistent. It does not show who made them: neither is signed.
///
/// # Errors
/// [`VerifyError::Differs`] with all differences; [`VerifyError::Io`] if the file cannot be read.
pub fn verify(mut file: impl Read + Seek, receipt: &Receipt) -> Result<Verified, VerifyError> {
    let mut check = Check { receipt, plan: None, findings: Findings::default(), rows: 0, counted: Counted::default() };
    check.plan();
    check.windows();
    file.seek(SeekFrom::Start(0))?;
    let mut whole = Digesting::new(&mut file);
    io::copy(&mut whole, &mut io::sink())?;
    let bytes = whole.bytes;
    let name = &receipt.file.name;
    check.findings.compare(name, "size", receipt.file.bytes, bytes);
    check.findings.compare(name, "SHA-256", receipt.file.sha256.as_str(), whole.finish().1);

    file.seek(SeekFrom::Start(0))?;
    match receipt.package {
        Package::Zip => check.archive(file),
        Package::Plain => {
            if let Some(sheet) = check.only_sheet() {
                check.sheet(0, sheet, file);
            }
        }
        Package::Gzip => {
            if let Some(sheet) = check.only_sheet() {
                let mut text = GzDecoder::new(BufReader::new(file));
                check.sheet(0, sheet, &mut text);
                if !text.into_inner().fill_buf()?.is_empty() {
                    let (expected, found) = ("at the end of the file", "before the end of the file");
                    check.findings.differ(name, "end of the gzip member", expected, found);
                }
            }
        }
    }
    let Findings { differences, confirmed, mut unknown } = check.findings;
    if !differences.is_empty() {
        return Err(VerifyError::Differs(differences));
    }
    unknown.push(match receipt.layout_definition {
        Some(_) => "the cells of other columns, for which only the digests speak".to_owned(),
        None => format!("sums and instants: a receipt of version {} does not have the layout", receipt.version),
    });
    unknown.push("the conditions, the order and the watermark of the query".to_owned());
    Ok(Verified { sheets: receipt.sheets.len(), rows: check.rows, bytes, confirmed, unknown })
}

struct Check<'a> {
    receipt: &'a Receipt,
    /// How the rows are read, if the receipt says so.
    plan: Option<(&'a Layout, Zone)>,
    findings: Findings,
    rows: u64,
    counted: Counted,
}

impl<'a> Check<'a> {
    /// Checks the layout in the receipt.
    fn plan(&mut self) {
        let receipt = self.receipt;
        let Some(layout) = &receipt.layout_definition else { return };
        let name = &receipt.file.name;
        self.findings.compare(name, "layout", receipt.layout.as_str(), layout.name.as_str());
        self.findings.compare(name, "number of sheets in the layout", receipt.sheets.len(), layout.sheets.len());
        if let Err(error) = layout.check() {
            return self.findings.differ(name, "layout", "a valid one", format!("invalid ({error})"));
        }
        match receipt.window.zone.parse::<Zone>() {
            Ok(zone) if receipt.sheets.len() == layout.sheets.len() => self.plan = Some((layout, zone)),
            Ok(_) => (),
            Err(error) => self.findings.differ(name, "zone", &receipt.window.zone, format!("unknown ({error})")),
        }
    }

    /// Checks that the window of the receipt holds the instants of its sheets.
    fn windows(&mut self) {
        let window = &self.receipt.window;
        let holds = |at: Timestamp| window.from <= at && (at < window.until || window.until == Timestamp::MAX);
        for sheet in &self.receipt.sheets {
            for (what, at) in [("first", sheet.first), ("last", sheet.last)] {
                if let Some(at) = at.filter(|at| !holds(*at)) {
                    let expected = format!("in the window from {}, before {}", window.from, window.until);
                    self.findings.differ(&sheet.file, format!("{what} {}", window.anchor), expected, at.to_string());
                }
            }
            if let (Some(first), Some(last)) = (sheet.first, sheet.last)
                && first > last
            {
                let expected = format!("{last} or earlier");
                self.findings.differ(&sheet.file, format!("first {}", window.anchor), expected, first.to_string());
            }
        }
    }

    /// The sheet of a package that holds one sheet.
    fn only_sheet(&mut self) -> Option<&'a SheetReceipt> {
        match self.receipt.sheets.as_slice() {
            [sheet] => Some(sheet),
            sheets => {
                let name = &self.receipt.file.name;
                let (expected, found) = (sheets.len().to_string(), "1, because it is not an archive,");
                self.findings.differ(name, "number of sheets", expected, found);
                None
            }
        }
    }

    fn archive(&mut self, file: impl Read + Seek) {
        let name = &self.receipt.file.name;
        let mut archive = match ZipArchive::new(BufReader::new(file)) {
            Ok(archive) => archive,
            // The file was just read to its end, so even an error that looks like an input error is one of its content.
            Err(error) => return self.findings.differ(name, "package", "a ZIP archive", unreadable(&error)),
        };
        self.findings.compare(name, "number of files", self.receipt.sheets.len(), archive.len());
        for (at, sheet) in self.receipt.sheets.iter().enumerate().take(archive.len()) {
            match archive.by_index(at) {
                Ok(mut member) => {
                    let name = String::from_utf8_lossy(member.name_raw()).into_owned();
                    self.findings.compare(&sheet.file, "name", sheet.file.as_str(), name);
                    self.findings.compare(&sheet.file, "size in the directory", sheet.bytes, member.size());
                    let crc = format!("{:08x}", member.crc32());
                    self.findings.compare(&sheet.file, "CRC-32 in the directory", sheet.crc32.as_str(), crc);
                    self.sheet(at, sheet, &mut member);
                }
                Err(error) => self.findings.differ(&sheet.file, "member", "a deflated file", unreadable(&error)),
            }
        }
    }

    /// Reads a sheet again.
    fn sheet(&mut self, at: usize, sheet: &SheetReceipt, text: impl Read) {
        let format = match <dyn Format>::named(&self.receipt.format) {
            Ok(format) => format,
            Err(_) => return self.findings.differ(&sheet.file, "format", "a known one", &self.receipt.format),
        };
        let mut text = Checking::new(text);
        let read = match self.plan {
            None => format.count(&mut text, sheet.heading),
            Some((layout, zone)) => self.rows(layout, zone, &layout.sheets[at], sheet, format, &mut text),
        };
        // Reads what was not read: the rows end at an error, or their end may be known early.
        let rest = io::copy(&mut text, &mut io::sink());
        match read.and_then(|rows| rest.map(|_| rows)) {
            Ok(rows) => {
                self.rows += rows;
                self.findings.compare(&sheet.file, "number of rows", sheet.rows, rows);
            }
            Err(error) => self.findings.differ(&sheet.file, "text", "readable", unreadable(&error)),
        }
        self.findings.compare(&sheet.file, "size", sheet.bytes, text.bytes);
        self.findings.compare(&sheet.file, "CRC-32", sheet.crc32.as_str(), format!("{:08x}", text.crc.finalize()));
    }

    /// Reads the rows of a sheet by its layout, and compares what they add up to. Returns their number.
    fn rows(
        &mut self,
        layout: &Layout,
        zone: Zone,
        sheet: &Sheet,
        receipt: &SheetReceipt,
        format: &'static dyn Format,
        text: &mut dyn Read,
    ) -> io::Result<u64> {
        let file = sheet.file_name(format.extension());
        self.findings.compare(&receipt.file, "name in the layout", receipt.file.as_str(), file);
        let headings: Vec<&str> = sheet.columns.iter().map(|column| column.heading.as_str()).collect();
        let style = CsvStyle { heading: layout.csv.heading && sheet.rows != SheetContent::Counts, ..layout.csv };
        let mut heading = Vec::new();
        format.encoder(&style, &headings).heading(&mut heading);
        let word = |is_there: bool| if is_there { "there" } else { "missing" };
        self.findings.compare(&receipt.file, "heading", word(receipt.heading), word(!heading.is_empty()));
        if sheet.rows == SheetContent::Counts {
            let mut found = Vec::new();
            let rows = format.read(text, receipt.heading, &headings, &mut |row| found = counts::cells(row))?;
            counts::compare(&mut self.findings, &self.counted, &receipt.file, sheet, &found);
            return Ok(rows);
        }
        let columns = Columns::of(layout, sheet, receipt, self.receipt.window.anchor, zone);
        let mut sums = Sums::new(columns, headings.len(), zone);
        let rows = format.read(text, receipt.heading, &headings, &mut |row| sums.add(row))?;
        self.counted.add(sheet.rows, receipt.rows);
        sheet::compare(&mut self.findings, self.receipt, receipt, sheet.rows, &sums);
        Ok(rows)
    }
}

/// Why something cannot be read, within a sentence.
fn unreadable(error: &dyn std::error::Error) -> String {
    format!("unreadable ({error})")
}
