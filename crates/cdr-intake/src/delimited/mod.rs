//! Comma-separated values, strictly by RFC 4180, so that one damaged line costs one record.
//!
//! A record begins at a physical line, and a quoted field may hold line breaks. If a record is none (its quoting is
//! malformed or not closed, it holds a NUL, it is longer than 64 KiB or 64 lines, or its fields are not what the feed
//! expects), **only its first physical line** is bad, and reading goes on at the next one: a stray quote never takes the
//! good records behind it away. What this cannot tell: garbage that makes up a well-formed record of the expected shape
//! together with the lines behind it.
//!
//! Lines end in LF or CR LF, the last one may end with the file. Empty lines are skipped. Memory is bounded by the
//! limits above, whatever the file holds.

mod decode;
mod fields;
mod reader;

#[cfg(test)]
mod tests;

pub(crate) use fields::Fields;
pub(crate) use reader::{Delimited, Found};
