//! The encoding of a file, by its label in the Encoding Standard (<https://encoding.spec.whatwg.org/#names-and-labels>).

use std::fmt;
use std::str::FromStr;

use encoding_rs::{Encoding, UTF_8};
use thiserror::Error;

/// An encoding of text, such as `windows-1252`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

/// The text is not the label of an encoding.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not an encoding; use a label of the Encoding Standard, such as utf-8, utf-16le, windows-1252, iso-8859-15"
)]
pub struct TextEncodingError(String);

impl TextEncoding {
    /// The encoding, if its files have to be decoded.
    pub(super) fn other_than_utf8(self) -> Option<&'static Encoding> {
        Some(self.0).filter(|encoding| *encoding != UTF_8)
    }

    /// Whether the byte LF is always a line end, whatever is before it.
    pub(crate) fn has_plain_lines(self) -> bool {
        self.0.is_ascii_compatible()
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name().to_ascii_lowercase())
    }
}

impl FromStr for TextEncoding {
    type Err = TextEncodingError;

    fn from_str(text: &str) -> Result<TextEncoding, TextEncodingError> {
        Encoding::for_label(text.as_bytes()).map(TextEncoding).ok_or_else(|| TextEncodingError(text.to_owned()))
    }
}
