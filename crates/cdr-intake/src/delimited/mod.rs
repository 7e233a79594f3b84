//! Comma-separated values, read strictly by RFC 4180, so that one damaged line invalidates one record only.
//!
//! A record starts at a physical line, and a quoted field may contain line breaks. A record is invalid if its quoting
//! is malformed or not closed, if it contains a NUL character, if it is longer than 64 KiB or 64 lines, or if its
//! fields are not those that the feed expects. In that case **only its first physical line** is rejected, and reading
//! continues at the next line. A stray quote therefore never affects the valid records after it. The exception is
//! garbage that forms a well-formed record of the expected shape together with the lines after it; it cannot be
//! detected.
//!
//! Lines end in LF or CR LF; the last line may end with the file. Empty lines are skipped. Memory is bounded by the
//! limits above, regardless of the content of the file.

mod decode;
mod fields;
mod reader;

#[cfg(test)]
mod tests;

pub use decode::Quoting;
pub(crate) use fields::Fields;
pub(crate) use reader::{Delimited, Waiting};
