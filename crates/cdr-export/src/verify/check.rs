//! Checking the layout, the window, the package and the sheets of a receipt, one after the other.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use cdr_model::{Timestamp, Zone};
use flate2::bufread::DeflateDecoder;

use super::archive::{Bytes, Directory, Member};
use super::columns::{Columns, is_numbered, values_of};
use super::counts::{self, Counted};
use super::findings::{Findings, number, shortened};
use super::sheet;
use super::sums::Sums;
use crate::digest::Checking;
use crate::format::{Format, ReadColumn, ReadError, guards};
use crate::layout::{Column, CsvStyle, Layout, Sheet, SheetContent};
use crate::receipt::{Receipt, SheetReceipt};

/// A verification in progress.
pub(super) struct Check<'a> {
    receipt: &'a Receipt,
    /// How the rows are read, if the receipt says so.
    plan: Option<(&'a Layout, Zone)>,
    pub(super) findings: Findings,
    /// The number of rows that were counted, in all sheets.
    pub(super) rows: u64,
    counted: Counted,
}

impl<'a> Check<'a> {
    pub(super) fn new(receipt: &'a Receipt) -> Check<'a> {
        Check { receipt, plan: None, findings: Findings::default(), rows: 0, counted: Counted::default() }
    }

    /// Checks the layout in the receipt.
    pub(super) fn plan(&mut self) {
        let receipt = self.receipt;
        let Some(layout) = &receipt.layout_definition else { return };
        let name = &receipt.file.name;
        self.findings.compare(name, "layout", receipt.layout.as_str(), layout.name.as_str());
        self.findings.compare(name, "number of sheets in the layout", receipt.sheets.len(), layout.sheets.len());
        if layout.check().is_err() {
            return self.findings.state(format!("the layout in the receipt of {name} is not valid"));
        }
        match receipt.window.zone.parse::<Zone>() {
            Ok(zone) if receipt.sheets.len() == layout.sheets.len() => self.plan = Some((layout, zone)),
            Ok(_) => (),
            Err(_) => {
                let zone = shortened(&receipt.window.zone);
                self.findings.state(format!("the receipt of {name} names the zone `{zone}`, which is not known"));
            }
        }
    }

    /// Whether the layout shows the number of every record, so that all of them are compared with the watermark.
    pub(super) fn is_numbered(&self) -> bool {
        let Some((layout, zone)) = self.plan else { return false };
        let shows = |(sheet, receipt): (&Sheet, &SheetReceipt)| {
            let columns = Columns::of(layout, sheet, receipt, self.receipt.window.anchor, zone);
            sheet.rows == SheetContent::Counts || is_numbered(sheet.rows) && columns.number.is_some()
        };
        self.receipt.watermark.is_some() && layout.sheets.iter().zip(&self.receipt.sheets).all(shows)
    }

    /// Checks that the window of the receipt holds the instants of its sheets.
    pub(super) fn windows(&mut self) {
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
    pub(super) fn only_sheet(&mut self) -> Option<&'a SheetReceipt> {
        match self.receipt.sheets.as_slice() {
            [sheet] => Some(sheet),
            sheets => {
                let (name, package) = (&self.receipt.file.name, self.receipt.package);
                let count = number(sheets.len() as u64, "sheet");
                self.findings.state(format!("the receipt of {name} has {count}, and the package {package} holds one"));
                None
            }
        }
    }

    pub(super) fn archive(&mut self, file: impl Read + Seek, length: u64) {
        let mut bytes = Bytes::new(file, &self.receipt.file.name, length);
        let members = Directory::find(&mut bytes).and_then(|directory| {
            let (expected, found) = (self.receipt.sheets.len() as u64, directory.files);
            self.findings.compare(&self.receipt.file.name, "number of files", expected, found);
            // More files than sheets could fill the memory.
            if found > expected { Ok(Vec::new()) } else { directory.members(&mut bytes) }
        });
        match members {
            Ok(members) => {
                for (at, (sheet, member)) in self.receipt.sheets.iter().zip(members).enumerate() {
                    self.member(at, sheet, &member, &mut bytes.file);
                }
            }
            Err(sentence) => self.findings.state(sentence),
        }
    }

    /// Compares a file of an archive with its sheet, and reads it.
    fn member(&mut self, at: usize, sheet: &SheetReceipt, member: &Member, mut file: impl Read + Seek) {
        let part = sheet.file.as_str();
        self.findings.compare(part, "name", part, member.name.as_str());
        self.findings.compare(part, "size in the directory", sheet.bytes, member.size);
        let crc = format!("{:08x}", member.crc32);
        self.findings.compare(part, "CRC-32 in the directory", sheet.crc32.as_str(), crc);
        if file.seek(SeekFrom::Start(member.data)).is_err() {
            return self.findings.state(format!("{part} cannot be read a second time"));
        }
        let mut data = BufReader::new(file.take(member.packed));
        if !member.deflated {
            return self.sheet(at, sheet, data);
        }
        let mut text = DeflateDecoder::new(&mut data);
        self.sheet(at, sheet, &mut text);
        // The receipt's digest speaks for all bytes; a program that reads the archive from its start stops here.
        if !data.buffer().is_empty() || data.get_ref().limit() > 0 {
            self.findings.state(format!("the deflated data of {part} ends before the place that the directory says"));
        }
    }

    /// Reads a sheet again.
    pub(super) fn sheet(&mut self, at: usize, sheet: &SheetReceipt, text: impl Read) {
        let part = sheet.file.as_str();
        let Ok(format) = <dyn Format>::named(&self.receipt.format) else {
            let format = shortened(&self.receipt.format);
            return self
                .findings
                .state(format!("the receipt names the format `{format}` of {part}, which is not known"));
        };
        let mut text = Checking::new(text);
        let read = match self.plan {
            None => format.count(&mut text, sheet.heading),
            Some((layout, zone)) => self.rows(layout, zone, &layout.sheets[at], sheet, format, &mut text),
        };
        // Reads what was not read: the rows end at an error, or their end may be known early.
        let rest = io::copy(&mut text, &mut io::sink());
        match read.and_then(|rows| Ok(rest.map(|_| rows)?)) {
            Ok(rows) => {
                self.rows += rows;
                self.findings.compare(part, "number of rows", sheet.rows, rows);
            }
            // The file was just read to its end, so an error of the reader is one of its content too.
            Err(ReadError::Io(error)) => self.findings.state(format!("the text of {part} cannot be read: {error}")),
            Err(ReadError::Text { place, what }) => self.findings.state(format!("{place} of {part} {what}")),
        }
        self.findings.compare(part, "size", sheet.bytes, text.bytes);
        self.findings.compare(part, "CRC-32", sheet.crc32.as_str(), format!("{:08x}", text.crc.finalize()));
    }

    /// Reads the rows of a sheet by its layout, and compares what they add up to. Returns their number.
    fn rows(
        &mut self,
        layout: &Layout,
        zone: Zone,
        sheet: &'a Sheet,
        receipt: &SheetReceipt,
        format: &'static dyn Format,
        text: &mut dyn Read,
    ) -> Result<u64, ReadError> {
        let part = receipt.file.as_str();
        let file = sheet.file_name(format.extension());
        self.findings.compare(part, "name in the layout", part, file);
        let headings: Vec<&str> = sheet.columns.iter().map(|column| column.heading.as_str()).collect();
        let style = CsvStyle { heading: layout.csv.heading && sheet.rows != SheetContent::Counts, ..layout.csv };
        let mut heading = Vec::new();
        format.encoder(&style, &headings).heading(&mut heading);
        match (receipt.heading, heading.is_empty()) {
            (true, true) => {
                self.findings.state(format!("the receipt says that {part} has a heading, unlike its layout"))
            }
            (false, false) => {
                self.findings.state(format!("the receipt says that {part} has no heading, unlike its layout"));
            }
            _ => (),
        }
        let expect = |column: &'a Column| {
            let values = values_of(column, sheet.rows, layout.verbatim);
            ReadColumn { heading: &column.heading, values }
        };
        let expected: Vec<ReadColumn<'_>> = sheet.columns.iter().map(expect).collect();
        if sheet.rows == SheetContent::Counts {
            let mut found = Vec::new();
            let is_guarded = guards(layout, format);
            let rows =
                format.read(text, receipt.heading, &expected, &mut |row| found = counts::cells(row, is_guarded))?;
            counts::compare(&mut self.findings, &self.counted, part, sheet, &found);
            return Ok(rows);
        }
        let mut columns = Columns::of(layout, sheet, receipt, self.receipt.window.anchor, zone);
        columns.is_guarded = guards(layout, format);
        let mut sums = Sums::new(columns, headings.len(), zone, self.receipt, receipt);
        let rows = format.read(text, receipt.heading, &expected, &mut |row| sums.add(row))?;
        self.counted.add(sheet.rows, receipt.rows);
        sheet::compare(&mut self.findings, self.receipt, receipt, sheet.rows, sums);
        Ok(rows)
    }
}
