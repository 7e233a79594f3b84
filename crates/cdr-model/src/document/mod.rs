//! The details of a call as a binary document, in which one member is found without reading the others.
//!
//! A document begins with its version, which is 1, in a byte, and the length of its directory in bytes. The directory has
//! for each member the code of its field, a byte, and the length of its value in bytes, times two, plus one if the value is
//! marked. Lengths are in base 128, the lowest digits first, each but the last with its highest bit set. The values follow
//! in the same order:
//!
//! - a text in UTF-8. Marked, its first byte is a tag: 255, followed by the 16 bytes of four groups of eight capital
//!   hexadecimal digits; 254, followed by the 16 bytes of a UUID in its usual form; or the code of another text, followed
//!   by the part of this text that precedes it;
//! - an integer, a duration in microseconds or an instant in microseconds since 1970: its zigzag form in as few bytes as
//!   it needs, the lowest first;
//! - a boolean: no bytes for false, the byte 1 for true;
//! - an amount: its decimals in a byte, and its digits as an integer. Marked, it is a text;
//! - a UUID in its 16 bytes, and an address in its 4 or 16 bytes;
//! - lists and objects as a text in JSON.
//!
//! A member that a later program adds has a code that this one does not know, and is passed over.

mod codes;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use codes::code;
pub use read::DocumentError;
pub(crate) use read::{Document, Entry};

/// The version of the form.
const VERSION: u8 = 1;
/// The first byte of a document in JSON is this or higher: white space or a brace.
const JSON: u8 = b'\t';
/// Marks a text of four groups of eight capital hexadecimal digits.
const CONF_ID: u8 = 255;
/// Marks a text that is a UUID.
const UUID: u8 = 254;
