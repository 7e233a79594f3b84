//! The result of compacting a store.

use std::fmt;

/// The size of a store before and after it was compacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactReport {
    /// Its size before, in bytes: of the file and its log, or of the tables and their indexes.
    pub before: u64,
    /// Its size after that, in bytes.
    pub after: u64,
}

impl fmt::Display for CompactReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes before, {} bytes after", self.before, self.after)
    }
}
