//! Reading rows back: the columns that are expected, and what is wrong with a text.

use std::io;

/// A column as it is expected in a text.
#[derive(Clone, Copy, Debug)]
pub struct ReadColumn<'a> {
    /// Its heading.
    pub heading: &'a str,
    /// What its cells hold.
    pub values: ReadValues,
}

/// The kinds of values that the cells of a column hold, for a format that tells them apart. Any cell may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadValues {
    /// Texts, instants, amounts and UUIDs.
    pub texts: bool,
    /// Whole numbers.
    pub numbers: bool,
    /// Booleans.
    pub booleans: bool,
}

impl ReadValues {
    /// Values of any kind.
    pub const ANY: ReadValues = ReadValues { texts: true, numbers: true, booleans: true };
    /// No values.
    pub const NONE: ReadValues = ReadValues { texts: false, numbers: false, booleans: false };
}

/// Why rows cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// An error of the reader.
    Io(io::Error),
    /// The text is not as its encoder writes it.
    Text {
        /// The place, such as `row 3`.
        place: String,
        /// What is wrong there, as the rest of a sentence: `is longer than 16 MiB`.
        what: String,
    },
}

impl ReadError {
    pub(super) fn row(row: u64, what: impl Into<String>) -> ReadError {
        ReadError::Text { place: format!("row {row}"), what: what.into() }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> ReadError {
        ReadError::Io(error)
    }
}
