//! Writing an export file, sheet by sheet.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use cdr_model::{Anchor, Directory, Field, Record, Zone};

use crate::block::{Block, Cut};
use crate::cell::write_integer;
use crate::digest::Digesting;
use crate::error::ExportError;
use crate::format::{Cell, Encoder, Format, Guarding, guards};
use crate::layout::{ColumnContent, CsvStyle, Layout, Sheet, SheetContent, Summary};
use crate::outline::Outline;
use crate::package::Container;
use crate::receipt::{FileReceipt, SheetReceipt};
use crate::row::Printer;
use crate::sheet::{Encoding, SheetText, SheetWriter};
use crate::spec::ExportSpec;

/// The maximum number of workers. More are never faster: the thread that supplies the records cannot keep them busy.
const MOST_WORKERS: usize = 8;

/// An export file that is being written. It is incomplete until [`ExportFile::finish`] has returned.
pub struct ExportFile<W: Write> {
    container: Container<W>,
    layout: Layout,
    format: &'static dyn Format,
    zone: Zone,
    compress: bool,
    /// The names of the sheets' files.
    files: BTreeSet<String>,
    several: Option<&'static str>,
    workers: NonZeroUsize,
    /// Whether a sheet was started and not finished.
    torn: bool,
}

/// The contents of a sheet of counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The number of calls in the file.
    pub calls: u64,
    /// The number of conferences in the file.
    pub conferences: u64,
    /// The sources, or clusters of a switch, whose records are in it.
    pub sources_included: Vec<String>,
    /// The sources that could not be queried.
    pub sources_excluded: Vec<String>,
}

impl<W: Write> ExportFile<W> {
    /// Creates a file. Nothing is written yet.
    ///
    /// # Errors
    /// As [`ExportSpec::check`].
    pub fn create(out: W, spec: &ExportSpec) -> Result<ExportFile<W>, ExportError> {
        ExportFile::into_digest(Digesting::new(out), spec)
    }

    fn into_digest(out: Digesting<W>, spec: &ExportSpec) -> Result<ExportFile<W>, ExportError> {
        let (format, zone) = spec.parts()?;
        // The calling thread reads, digests and writes, which keeps a core busy.
        let cores = available_parallelism().map_or(1, |cores| cores.get());
        let workers = NonZeroUsize::new(cores.clamp(1, MOST_WORKERS)).unwrap_or(NonZeroUsize::MIN);
        Ok(ExportFile {
            container: Container::new(spec.package, out),
            layout: spec.layout.clone(),
            format,
            zone,
            compress: spec.package.compresses(),
            files: BTreeSet::new(),
            several: (!spec.package.holds_several()).then_some(spec.package.name()),
            workers,
            torn: false,
        })
    }

    /// Sets the number of workers in addition to the calling thread. The default is the number of available cores, at
    /// most eight. The bytes of the file do not depend on it.
    #[must_use]
    pub fn with_workers(mut self, workers: NonZeroUsize) -> ExportFile<W> {
        self.workers = workers;
        self
    }

    /// Writes one sheet of records. `rows` is called once and pushes every record, in order. It has to stop when a push
    /// returns an error. Memory holds one or two blocks per worker, regardless of the number of rows.
    ///
    /// # Errors
    /// If a push failed, its cause; otherwise the error of `rows`. [`ExportError::OneSheet`], [`ExportError::SameName`]
    /// and [`ExportError::OtherRows`] are returned before anything is written. After an error the file cannot be
    /// finished.
    ///
    /// # Panics
    /// If `rows` or the record's own code panics.
    pub fn sheet<R: Record, E: From<ExportError>>(
        &mut self,
        sheet: &Sheet,
        directory: &Directory,
        anchor: Anchor,
        cut: Cut,
        rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
    ) -> Result<SheetReceipt, E> {
        let mut writer = self.begin_sheet(sheet, directory, anchor, cut)?;
        writer.rows(rows)?;
        Ok(writer.finish()?)
    }

    /// Begins a sheet of records, of which some may be encoded already. The file cannot be finished before the sheet is.
    ///
    /// # Errors
    /// As [`ExportFile::sheet`].
    pub fn begin_sheet<'f, F: Field>(
        &'f mut self,
        sheet: &Sheet,
        directory: &'f Directory,
        anchor: Anchor,
        cut: Cut,
    ) -> Result<SheetWriter<'f, W, F>, ExportError> {
        if sheet.rows == SheetContent::Counts {
            return Err(ExportError::OtherRows { sheet: sheet.name.clone(), given: "records" });
        }
        let encoder = self.encoder(sheet, self.layout.csv);
        let printer = Printer::new(&self.layout, sheet, self.zone, Arc::clone(&encoder), directory)?;
        let encoding = Encoding { printer, directory, anchor, cut, workers: self.workers };
        let mut text = self.begin(sheet)?;
        let heading = text.heading(&*encoder)?;
        Ok(SheetWriter { text, encoding, heading })
    }

    /// Writes a sheet of counts: one row, without a heading.
    ///
    /// # Errors
    /// As [`ExportFile::sheet`].
    pub fn counts(&mut self, sheet: &Sheet, counts: &Counts) -> Result<SheetReceipt, ExportError> {
        if sheet.rows != SheetContent::Counts {
            return Err(ExportError::OtherRows { sheet: sheet.name.clone(), given: "counts" });
        }
        let encoder = self.encoder(sheet, CsvStyle { heading: false, ..self.layout.csv });
        let mut block = Block::ready(&counts.row(sheet, &*encoder), 1, self.compress)?;
        let mut text = self.begin(sheet)?;
        text.put(&mut block)?;
        text.finish(false, Vec::new())
    }

    /// Completes the file. The size and the digest were computed while it was written.
    ///
    /// # Errors
    /// [`ExportError::NotWhole`] if a sheet failed or the file has no sheet; [`ExportError::Io`].
    pub fn finish(self) -> Result<(W, FileReceipt), ExportError> {
        if self.torn {
            return Err(ExportError::NotWhole("one of its sheets failed"));
        }
        if self.files.is_empty() {
            return Err(ExportError::NotWhole("it has no sheet yet"));
        }
        let out = self.container.finish()?;
        let bytes = out.bytes;
        let (out, sha256) = out.finish();
        Ok((out, FileReceipt { name: String::new(), bytes, sha256 }))
    }

    fn encoder(&self, sheet: &Sheet, style: CsvStyle) -> Arc<dyn Encoder> {
        let headings: Vec<&str> = sheet.columns.iter().map(|column| column.heading.as_str()).collect();
        let encoder = self.format.encoder(&style, &headings);
        if guards(&self.layout, self.format) { Arc::new(Guarding(encoder)) } else { encoder.into() }
    }

    fn begin(&mut self, sheet: &Sheet) -> Result<SheetText<'_, W>, ExportError> {
        if self.torn {
            return Err(ExportError::NotWhole("one of its sheets failed"));
        }
        let file = sheet.file_name(self.format.extension());
        if let (Some(package), Some(first)) = (self.several, self.files.first()) {
            return Err(ExportError::OneSheet { package, sheets: format!("{first} and {file}") });
        }
        if !self.files.insert(file.clone()) {
            return Err(ExportError::SameName(file));
        }
        self.torn = true;
        let member = self.container.member(&file)?;
        Ok(SheetText::new(member, self.compress, file, &mut self.torn))
    }
}

impl ExportFile<Outline> {
    /// Creates a file whose kept blocks are noted in its outline, which is returned too, and not read.
    /// [`ExportFile::finish`] returns the size of the file, and no digest.
    ///
    /// # Errors
    /// As [`ExportSpec::check`].
    pub fn outline(spec: &ExportSpec) -> Result<(ExportFile<Outline>, Outline), ExportError> {
        let outline = Outline::default();
        Ok((ExportFile::into_digest(Digesting::counting(outline.clone()), spec)?, outline))
    }
}

impl Counts {
    fn row(&self, sheet: &Sheet, encoder: &dyn Encoder) -> Vec<u8> {
        let (mut text, mut digits) = (Vec::new(), Vec::new());
        for (at, column) in sheet.columns.iter().enumerate() {
            let mut number = |n: u64| {
                digits.clear();
                write_integer(i64::try_from(n).unwrap_or(i64::MAX), &mut digits);
            };
            let list;
            let cell = match &column.content {
                ColumnContent::Summary(Summary::Calls) => {
                    number(self.calls);
                    Cell::Number(&digits)
                }
                ColumnContent::Summary(Summary::Conferences) => {
                    number(self.conferences);
                    Cell::Number(&digits)
                }
                ColumnContent::Summary(summary) => {
                    list = match summary {
                        Summary::SourcesIncluded => self.sources_included.join(";"),
                        _ => self.sources_excluded.join(";"),
                    };
                    if list.is_empty() { Cell::Nothing } else { Cell::Text(&list) }
                }
                ColumnContent::Constant(text) => Cell::Text(text),
                ColumnContent::Field { .. } => Cell::Nothing,
            };
            encoder.cell(at, cell, &mut text);
        }
        encoder.end(&mut text);
        text
    }
}
