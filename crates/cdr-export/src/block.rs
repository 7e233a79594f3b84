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

/// Some rows as text and compressed, with all that is needed to put them into a file.
#[derive(Default)]
pub(crate) struct Block {
    /// The rows as the format writes them.
    pub(crate) text: Vec<u8>,
    /// The same as raw deflate that ends with a full flush; empty if the package does not compress.
    pub(crate) packed: Vec<u8>,
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
}

impl<'a, F: Field> Press<'a, F> {
    pub(crate) fn new(
        printer: Printer<'a, F>,
        directory: &'a cdr_model::Directory,
        anchor: Anchor,
        compress: bool,
    ) -> Press<'a, F> {
        Press { printer, directory, anchor, deflater: compress.then(Deflater::new) }
    }

    /// Makes a block of records, which come in slices; each is dropped as soon as it is text. The buffers of `spare` are
    /// used again.
    pub(crate) fn press<R: Record<Field = F>>(
        &mut self,
        slices: impl Iterator<Item = Vec<R>>,
        spare: Block,
    ) -> Result<Block, ExportError> {
        let mut text = spare.text;
        text.clear();
        let mut tally = Tally::default();
        for record in slices.flatten() {
            self.printer.write(&record, &mut text);
            tally.add(&record, self.anchor, self.directory);
        }
        finish(text, spare.packed, tally, self.deflater.as_mut())
    }
}

impl Block {
    /// A block of a text that is ready: a heading, or a row of counts.
    pub(crate) fn ready(text: Vec<u8>, rows: u64, compress: bool) -> Result<Block, ExportError> {
        let mut deflater = compress.then(Deflater::new);
        finish(text, Vec::new(), Tally { rows, ..Tally::default() }, deflater.as_mut())
    }
}

fn finish(
    text: Vec<u8>,
    mut packed: Vec<u8>,
    mut tally: Tally,
    deflater: Option<&mut Deflater>,
) -> Result<Block, ExportError> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&text);
    tally.bytes = text.len() as u64;
    if let Some(deflater) = deflater {
        deflater.pack(&text, &mut packed)?;
    }
    Ok(Block { text, packed, crc, tally })
}
