//! The error of the encoder.

use std::error::Error;
use std::fmt;

/// The encoder computed the size of a block and wrote another one. This is an error in this crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeflateError {
    /// The computed size, in bits.
    pub(crate) expected: u64,
    /// The size of what was written, in bits.
    pub(crate) written: u64,
}

impl fmt::Display for DeflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a block of {} bits was written as {} bits", self.expected, self.written)
    }
}

impl Error for DeflateError {}
