//! A row that was read back.

use csv::ByteRecord;

/// The cells of one row, as text. A missing value and an empty text are both the empty text.
#[derive(Debug, Default)]
pub struct ReadRow(pub(super) ByteRecord);

impl ReadRow {
    /// The number of its cells.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no cells.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cell of a column, counted from 0; `None` if the row has no such cell, or if the cell is not UTF-8.
    pub fn cell(&self, at: usize) -> Option<&str> {
        std::str::from_utf8(self.0.get(at)?).ok()
    }
}
