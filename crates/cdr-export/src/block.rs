//! Blocks: the rows of one hour, encoded and compressed on their own.

use cdr_deflate::Deflater;
use cdr_model::{Anchor, Field, Record, Timestamp};

use crate::error::ExportError;
use crate::pack::Basis;
use crate::row::Printer;
use crate::tally::Tally;
use crate::total::RunningTotal;

/// The maximum number of rows in a block.
pub const BLOCK_ROWS: usize = 4096;

/// Where blocks are split, in addition to after [`BLOCK_ROWS`] rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Where the UTC hour of the anchor's instant changes.
    Hour,
    /// Where its UTC day changes. Used for a query that names its accounts, whose hours are too small to compress well.
    Day,
    /// Nowhere else. Used for rows that are not in the order of the anchor, where the hour may change with every row.
    Rows,
}

impl Cut {
    /// The hour or day that is the same for all rows of a block.
    pub(crate) fn part(self, at: Option<Timestamp>) -> Option<i64> {
        match self {
            Cut::Hour => at.map(Timestamp::hour),
            Cut::Day => at.map(Timestamp::day),
            Cut::Rows => None,
        }
    }
}

/// A block's text is compressed in pieces of about this many bytes, each ending at a row boundary. A worker holds at
/// most one piece as text, however long the rows are. Part of [`FORMAT_VERSION`](crate::FORMAT_VERSION).
const PIECE: usize = 1 << 20;

/// The encoded rows of one block, with the checksum and totals needed to append them to the file.
#[derive(Default)]
pub struct Block {
    /// The rows as the format writes them. If the package compresses: that text as raw deflate, ending in a full flush.
    pub(crate) bytes: Vec<u8>,
    /// The checksum of the uncompressed text.
    pub(crate) crc: crc32fast::Hasher,
    pub(crate) tally: Tally,
    /// The hour or day that all of its rows are in.
    pub(crate) part: Option<i64>,
    /// What has to stay as it is for the block to be used again, if that was asked for.
    pub(crate) basis: Basis,
}

/// Encodes blocks. Every worker has its own encoder.
pub(crate) struct BlockEncoder<'a, F> {
    printer: Printer<'a, F>,
    directory: &'a cdr_model::Directory,
    anchor: Anchor,
    deflater: Option<Deflater>,
    /// The number of columns with a control total.
    totals: usize,
    /// The current piece of uncompressed text.
    text: Vec<u8>,
    /// Whether blocks are to be used again.
    keeps: bool,
}

impl<'a, F: Field> BlockEncoder<'a, F> {
    pub(crate) fn new(
        printer: Printer<'a, F>,
        directory: &'a cdr_model::Directory,
        anchor: Anchor,
        compress: bool,
        keeps: bool,
    ) -> BlockEncoder<'a, F> {
        let (deflater, totals) = (compress.then(Deflater::new), printer.totals().len());
        BlockEncoder { printer, directory, anchor, deflater, totals, text: Vec::new(), keeps }
    }

    /// Encodes a block from records, which arrive in slices. Each record is dropped as soon as it is encoded. The
    /// buffer of `spare` is reused.
    pub(crate) fn encode<R: Record<Field = F>>(
        &mut self,
        slices: impl Iterator<Item = Vec<R>>,
        spare: Block,
    ) -> Result<Block, ExportError> {
        let mut block = Block { bytes: spare.bytes, ..Block::default() };
        block.bytes.clear();
        block.tally.totals = vec![RunningTotal::default(); self.totals];
        self.text.clear();
        for record in slices.flatten() {
            self.printer.write(&record, &mut block.tally.totals, &mut self.text);
            block.tally.add(&record, self.anchor, self.directory);
            if self.keeps {
                block.basis.add(&record);
            }
            if self.text.len() >= PIECE {
                block.add(&self.text, self.deflater.as_mut())?;
                self.text.clear();
            }
        }
        block.add(&self.text, self.deflater.as_mut())?;
        block.basis.settle();
        Ok(block)
    }
}

impl Block {
    /// The hour or day that all of its rows are in, counted from 1970.
    pub fn part(&self) -> Option<i64> {
        self.part
    }

    /// The bytes as they are in a file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The number of its rows.
    pub fn rows(&self) -> u64 {
        self.tally.rows
    }

    /// A block of text that is already encoded: a heading, or a row of counts.
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
