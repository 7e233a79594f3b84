//! Records that are documents of any length and number of lines: JSON objects, XML documents, and lines that hold one in
//! an encoding. They follow each other with or without line ends.
//!
//! A document that cannot be read affects itself only: reading continues at the next line that a document begins with.
//! What begins no document is read line by line. A record has at most 1 MiB; of a longer one, the first 64 KiB are kept for
//! the quarantine. Every byte is looked at once, and memory is bounded by one record.

mod elements;
mod line;
mod objects;
mod reader;
mod records;

#[cfg(test)]
mod tests;

pub(crate) use elements::Elements;
pub(crate) use objects::Objects;
pub(crate) use reader::Documents;
pub(crate) use records::{DocumentMapping, DocumentRecords};

/// The maximum number of bytes of a record as received.
pub(crate) const RECORD_BYTES: usize = 1 << 20;

/// How documents are told apart.
pub(crate) trait Syntax {
    /// The number of bytes before the next record that belong to none, such as what opens, separates and closes the elements
    /// of a list. `bytes` begins where the last record ended, without blanks; 256 of them, or those to the end of the file.
    fn between(&mut self, bytes: &[u8]) -> usize {
        let _ = bytes;
        0
    }

    /// What looks for the end of the record that begins with these bytes.
    fn begin(&self, bytes: &[u8]) -> Box<dyn Scan>;

    /// Closes what is open when the file ends between two records, and says what it is.
    fn close(&mut self) -> Option<&'static str> {
        None
    }
}

/// Looks for the end of a record.
pub(crate) trait Scan {
    /// The length of the record, once its end is among the bytes. They are those of the record, and more of them in each
    /// call.
    fn end(&mut self, bytes: &[u8]) -> Option<usize>;

    /// The first bytes of the record were dropped. The last 16 never are.
    fn forget(&mut self, dropped: usize);

    /// Whether the record is known to be damaged before its end is found.
    fn is_broken(&self) -> bool {
        false
    }
}
