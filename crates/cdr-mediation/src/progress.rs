//! How far an export has come.

/// How far an export has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows handed to the file so far, over all sheets.
    pub rows: u64,
    /// Rows there will be, as counted before it began.
    pub expected: u64,
}
