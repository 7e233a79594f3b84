//! One sheet that is being written: from records, and from blocks that are encoded already.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use cdr_model::{Anchor, Directory, Field, Record};

use crate::assembly::assemble;
use crate::block::{Block, BlockEncoder, Cut};
use crate::error::ExportError;
use crate::format::Encoder;
use crate::outline::Outline;
use crate::pack::PackIndex;
use crate::package::Member;
use crate::receipt::SheetReceipt;
use crate::row::Printer;
use crate::tally::Tally;
use crate::total::TotalKind;

/// Stands for the bytes of blocks.
static NOTHING: [u8; 64 * 1024] = [0; 64 * 1024];

/// A sheet of records that is being written. Its file can be finished once [`SheetWriter::finish`] has returned.
pub struct SheetWriter<'f, W: Write, F> {
    pub(crate) text: SheetText<'f, W>,
    pub(crate) encoding: Encoding<'f, F>,
    pub(crate) heading: bool,
}

/// How the records of a sheet are encoded.
pub(crate) struct Encoding<'f, F> {
    pub(crate) printer: Printer<'f, F>,
    pub(crate) directory: &'f Directory,
    pub(crate) anchor: Anchor,
    pub(crate) cut: Cut,
    pub(crate) workers: NonZeroUsize,
}

/// The text of a sheet: adds blocks to the package and accumulates their totals.
pub(crate) struct SheetText<'f, W: Write> {
    member: Member<'f, W>,
    compress: bool,
    file: String,
    tally: Tally,
    crc: crc32fast::Hasher,
    /// Whether the file has a sheet that is not finished.
    torn: &'f mut bool,
}

impl<W: Write, F: Field> SheetWriter<'_, W, F> {
    /// Writes records. `rows` is called once and pushes every record, in order. It has to stop when a push returns an error.
    /// Memory holds one or two blocks per worker, regardless of the number of rows.
    ///
    /// # Errors
    /// If a push failed, its cause; otherwise the error of `rows`. The sheet cannot be finished afterwards.
    ///
    /// # Panics
    /// If `rows` or the record's own code panics.
    pub fn rows<R: Record<Field = F>, E: From<ExportError>>(
        &mut self,
        rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.encode(None, rows)
    }

    /// As [`SheetWriter::rows`], and passes every block to `each` after it was written.
    ///
    /// # Errors
    /// As [`SheetWriter::rows`].
    ///
    /// # Panics
    /// As [`SheetWriter::rows`].
    pub fn rows_to_keep<R: Record<Field = F>, E: From<ExportError>>(
        &mut self,
        each: &mut dyn FnMut(&Block),
        rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.encode(Some(each), rows)
    }

    fn encode<R: Record<Field = F>, E: From<ExportError>>(
        &mut self,
        mut each: Option<&mut dyn FnMut(&Block)>,
        rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Encoding { printer, directory, anchor, cut, workers } = &self.encoding;
        let text = &mut self.text;
        let (compress, keeps) = (text.compress, each.is_some());
        let encoder = || BlockEncoder::new(printer.clone(), directory, *anchor, compress, keeps);
        let mut put = |block: &mut Block| {
            if let Some(each) = &mut each {
                each(block);
            }
            text.put(block)
        };
        assemble(*workers, *anchor, *cut, &encoder, &mut put, rows)
    }

    /// Writes a block that is encoded already, for the same sheet with the same specification. Its rows follow those
    /// written before. Returns the buffer of the block.
    ///
    /// # Errors
    /// [`ExportError::Io`]. The sheet cannot be finished afterwards.
    pub fn put(&mut self, mut block: Block) -> Result<Vec<u8>, ExportError> {
        self.text.put(&mut block)?;
        Ok(block.bytes)
    }

    /// Completes the sheet.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn finish(self) -> Result<SheetReceipt, ExportError> {
        let totals = self.encoding.printer.totals();
        self.text.finish(self.heading, totals)
    }
}

impl<F: Field> SheetWriter<'_, Outline, F> {
    /// Notes a kept block in the outline `of` the file, in place of its bytes. Returns whether the index has it.
    ///
    /// # Errors
    /// [`ExportError::Io`]. The sheet cannot be finished afterwards.
    pub fn note(&mut self, of: &Outline, index: &PackIndex, part: i64, at: usize) -> Result<bool, ExportError> {
        let Some((length, mut block)) = index.without_bytes(part, at) else { return Ok(false) };
        of.note(part, at, length);
        let mut left = length;
        while left > 0 {
            let piece = usize::try_from(left).unwrap_or(usize::MAX).min(NOTHING.len());
            self.text.member.write_bytes(&NOTHING[..piece])?;
            left -= piece as u64;
        }
        self.text.put(&mut block)?;
        Ok(true)
    }
}

impl<'f, W: Write> SheetText<'f, W> {
    pub(crate) fn new(member: Member<'f, W>, compress: bool, file: String, torn: &'f mut bool) -> SheetText<'f, W> {
        SheetText { member, compress, file, tally: Tally::default(), crc: crc32fast::Hasher::new(), torn }
    }

    /// Writes the heading as a separate block, so that the blocks of the rows are the same with and without it. Returns
    /// whether the sheet has a heading.
    pub(crate) fn heading(&mut self, encoder: &dyn Encoder) -> Result<bool, ExportError> {
        let mut text = Vec::new();
        encoder.heading(&mut text);
        if text.is_empty() {
            return Ok(false);
        }
        self.put(&mut Block::ready(&text, 0, self.compress)?)?;
        Ok(true)
    }

    pub(crate) fn put(&mut self, block: &mut Block) -> Result<(), ExportError> {
        self.member.write(block)?;
        self.crc.combine(&block.crc);
        self.tally.merge(std::mem::take(&mut block.tally));
        Ok(())
    }

    pub(crate) fn finish(self, heading: bool, totals: Vec<(String, TotalKind)>) -> Result<SheetReceipt, ExportError> {
        let crc32 = self.crc.finalize();
        self.member.finish(crc32, self.tally.bytes)?;
        *self.torn = false;
        Ok(SheetReceipt::new(self.file, heading, self.tally, totals, crc32))
    }
}
