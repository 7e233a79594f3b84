//! Blocks: the rows of one hour, encoded and compressed on their own.

use cdr_model::{Anchor, Field, Record, Timestamp};

use crate::deflate::Deflater;
use crate::error::ExportError;
use crate::row::Printer;
use crate::tally::Tally;

/// The most rows of a block.
pub const BLOCK_ROWS: usize = 4096;

/// Where blocks are cut, besides after [`BLOCK_ROWS`] rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Where the UTC hour of the anchor's instant changes.
    Hour,
    /// Where its UTC day changes: for a query that names its accounts, whose hours would be too small to compress well.
    Day,
    /// Nowhere else: for rows that do not come in the order of the anchor, where the hour may change with every row.
    Rows,
}

impl Cut {
    /// What has to be the same within a block.
    pub(crate) fn part(self, at: Option<Timestamp>) -> Option<i64> {
        match self {
            Cut::Hour => at.map(Timestamp::hour),
            Cut::Day => at.map(Timestamp::day),
            Cut::Rows => None,
        }
    }
}

/// A block's text goes to the compressor in pieces of about so many bytes, ending with a row: however long the rows are,
/// a worker holds no more of them than that. Part of [`FORMAT_VERSION`](crate::FORMAT_VERSION).
const PIECE: usize = 1 << 20;

/// Some rows as they lie in the file, with all that is needed to put them there.
#[derive(Default)]
pub(crate) struct Block {
    /// The rows as the format writes them; or that as raw deflate which ends with a full flush, if the package compresses.
    pub(crate) bytes: Vec<u8>,
    /// Of the text.
    pub(crate) crc: crc32fast::Hasher,
    pub(crate) tally: Tally,
}

/// Makes blocks. Every worker has its own.
pub(crate) struct Press<'a, F> {
    printer: Printer<'a, F>,
    directory: &'a cdr_model::Directory,
    anchor: Anchor,
    deflater: Option<Deflater>,
    /// The piece that is being written.
    text: Vec<u8>,
}

impl<'a, F: Field> Press<'a, F> {
    pub(crate) fn new(
        printer: Printer<'a, F>,
        directory: &'a cdr_model::Directory,
        anchor: Anchor,
        compress: bool,
    ) -> Press<'a, F> {
        Press { printer, directory, anchor, deflater: compress.then(Deflater::new), text: Vec::new() }
    }

    /// Makes a block of records, which come in slices; each is dropped as soon as it is text. The buffer of `spare` is
    /// used again.
    pub(crate) fn press<R: Record<Field = F>>(
        &mut self,
        slices: impl Iterator<Item = Vec<R>>,
        spare: Block,
    ) -> Result<Block, ExportError> {
        let mut block = Block { bytes: spare.bytes, ..Block::default() };
        block.bytes.clear();
        self.text.clear();
        for record in slices.flatten() {
            self.printer.write(&record, &mut self.text);
            block.tally.add(&record, self.anchor, self.directory);
            if self.text.len() >= PIECE {
                block.add(&self.text, self.deflater.as_mut())?;
                self.text.clear();
            }
        }
        block.add(&self.text, self.deflater.as_mut())?;
        Ok(block)
    }
}

impl Block {
    /// A block of a text that is ready: a heading, or a row of counts.
    pub(crate) fn ready(text: &[u8], rows: u64, compress: bool) -> Result<Block, ExportError> {
        let mut block = Block { tally: Tally { rows, ..Tally::default() }, ..Block::default() };
        block.add(text, compress.then(Deflater::new).as_mut())?;
        Ok(block)
    }

    fn add(&mut self, text: &[u8], deflater: Option<&mut Deflater>) -> Result<(), ExportError> {
        self.crc.update(text);
        self.tally.bytes += text.len() as u64;
        match deflater {
            // After the last piece there is nothing to flush.
            Some(_) if text.is_empty() && !self.bytes.is_empty() => {}
            Some(deflater) => deflater.pack(text, &mut self.bytes)?,
            None => self.bytes.extend_from_slice(text),
        }
        Ok(())
    }
}
