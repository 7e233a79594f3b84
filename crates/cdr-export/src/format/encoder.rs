//! What a format is, and what it writes rows with.

use std::io::{self, Read};

use crate::layout::{BooleanStyle, CsvStyle};

/// A way to write rows.
pub trait Format: Send + Sync {
    /// Its name in plans and on the command line.
    fn name(&self) -> &'static str;

    /// The extension of its files.
    fn extension(&self) -> &'static str;

    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// What writes the rows of a sheet with these headings.
    fn encoder(&self, style: &CsvStyle, headings: &[&str]) -> Box<dyn Encoder>;

    /// Counts the rows of a text that one of its encoders wrote, in constant memory; with a heading, that is not counted.
    ///
    /// # Errors
    /// Those of the reader.
    fn count(&self, text: &mut dyn Read, heading: bool) -> io::Result<u64>;
}

/// Writes rows. One encoder serves several threads.
pub trait Encoder: Send + Sync {
    /// Adds what stands above the rows, if anything does.
    fn heading(&self, out: &mut Vec<u8>);

    /// Adds a cell to the row that ends the text; `at` counts the columns from 0, and the cells come in order.
    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>);

    /// Ends a row.
    fn end(&self, out: &mut Vec<u8>);
}

/// What a format has to know of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Nothing,
    /// Text that may hold anything, or be empty.
    Text(&'a str),
    /// A whole number, as its digits.
    Number(&'a [u8]),
    /// Yes or no, and how the layout says it.
    Boolean(bool, BooleanStyle),
    /// An instant, an amount, a UUID: letters, digits and `+-.:`, never empty.
    Printed(&'a [u8]),
}
