//! The traits of a format and its encoder.

use std::io::Read;

use super::read::{ReadColumn, ReadError};
use super::row::ReadRow;
use crate::layout::{BooleanStyle, CsvStyle};

/// A way to write rows.
pub trait Format: Send + Sync {
    /// Its name in specifications and on the command line.
    fn name(&self) -> &'static str;

    /// The extension of its files.
    fn extension(&self) -> &'static str;

    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// Whether people open its files in a spreadsheet.
    fn is_for_spreadsheets(&self) -> bool {
        false
    }

    /// Creates the encoder for a sheet with these headings.
    fn encoder(&self, style: &CsvStyle, headings: &[&str]) -> Box<dyn Encoder>;

    /// Counts the rows of a text that one of its encoders wrote, in constant memory. A heading is not counted.
    ///
    /// # Errors
    /// The errors of the reader; [`ReadError::Text`] for a row that is longer than 16 MiB, if rows are read one by one.
    fn count(&self, text: &mut dyn Read, heading: bool) -> Result<u64, ReadError>;

    /// Reads the rows of a text that its encoder for these columns wrote, holding one row at a time. Returns their
    /// number. `heading` is whether they are preceded by a heading.
    ///
    /// # Errors
    /// The errors of the reader; [`ReadError::Text`] if the text is not of this format, its heading, keys or values are
    /// not those of the columns, or a row is longer than 16 MiB.
    fn read(
        &self,
        text: &mut dyn Read,
        heading: bool,
        columns: &[ReadColumn<'_>],
        each: &mut dyn FnMut(&ReadRow),
    ) -> Result<u64, ReadError>;
}

/// Writes rows. Several threads share one encoder.
pub trait Encoder: Send + Sync {
    /// Appends the heading, if the sheet has one.
    fn heading(&self, out: &mut Vec<u8>);

    /// Appends a cell to the current row. `at` counts the columns from 0; cells are added in order.
    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>);

    /// Ends a row.
    fn end(&self, out: &mut Vec<u8>);
}

/// A value as a format sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Null.
    Nothing,
    /// Arbitrary text, possibly empty.
    Text(&'a str),
    /// A whole number, as its digits.
    Number(&'a [u8]),
    /// A boolean, and how the layout prints it.
    Boolean(bool, BooleanStyle),
    /// An instant, an amount, a UUID: letters, digits and `+-.:`, never empty.
    Printed(&'a [u8]),
}
