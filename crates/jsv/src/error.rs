//! Errors, and positions in the text.

use std::fmt::{self, Display};
use std::io;

use thiserror::Error;

/// [`Result`](std::result::Result) with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a value could not be written or a text could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// An unexpected token.
    #[error("{position}: expected {expected}, found {found}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// What was found, in quotes and shortened.
        found: String,
        /// The position of the token.
        position: Position,
    },
    /// An opening quote that is never closed.
    #[error("{position}: this quote is never closed")]
    UnclosedQuote {
        /// The position of the opening one.
        position: Position,
    },
    /// A brace or bracket that is never closed.
    #[error("{position}: this `{bracket}` is never closed")]
    Unclosed {
        /// `{` or `[`.
        bracket: char,
        /// The position of the opening one.
        position: Position,
    },
    /// Objects and lists are nested more deeply than allowed.
    #[error("{position}: nested more than {limit} deep")]
    TooDeep {
        /// The limit: see [`Deserializer::depth_limit`](crate::Deserializer::depth_limit).
        limit: usize,
        /// The position of the object or list that exceeds it.
        position: Position,
    },
    /// Bytes that are not UTF-8.
    #[error("{position}: not UTF-8")]
    NotUtf8 {
        /// The position of the first of them.
        position: Position,
    },
    /// The text is valid JSV, but the type does not accept the value.
    #[error("{position}: {message}")]
    Data {
        /// The message of the type.
        message: String,
        /// The position at which the value starts.
        position: Position,
    },
    /// A key of a map is a list, a map or a null, which cannot be written.
    #[error("the key of a map cannot be {found}")]
    Key {
        /// A description of the key.
        found: &'static str,
    },
    /// An error of a type, without a position.
    #[error("{0}")]
    Message(String),
    /// The reader or writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// The offset in bytes, from 0.
    pub offset: usize,
    /// The line, from 1; a line ends with LF.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Error {
    /// The position in the text, if the error refers to one.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Expected { position, .. }
            | Self::UnclosedQuote { position }
            | Self::Unclosed { position, .. }
            | Self::TooDeep { position, .. }
            | Self::NotUtf8 { position }
            | Self::Data { position, .. } => Some(*position),
            Self::Key { .. } | Self::Message(_) | Self::Io(_) => None,
        }
    }

    /// The error for an unexpected token at `at`.
    pub(crate) fn expected(expected: &'static str, source: &str, at: usize) -> Self {
        Self::Expected { expected, found: excerpt(&source[at..]), position: Position::of(source, at) }
    }

    /// Adds a position to an error of a type, unless it has one.
    pub(crate) fn or_at(self, source: &str, at: usize) -> Self {
        match self {
            Self::Message(message) => Self::Data { message, position: Position::of(source, at) },
            other => other,
        }
    }
}

impl Position {
    pub(crate) fn of(source: &str, offset: usize) -> Self {
        let before = &source[..offset];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let begin = before.rfind('\n').map_or(0, |end| end + 1);
        Self { offset, line, column: before[begin..].chars().count() + 1 }
    }
}

impl Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

impl serde::ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::Message(printable(message.to_string().chars()))
    }
}

impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::Message(printable(message.to_string().chars()))
    }
}

/// The start of a text, escaped for printing on one line.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 32;
    if text.is_empty() {
        return "the end".to_owned();
    }
    let shown = printable(text.chars().take(LONGEST));
    if text.chars().nth(LONGEST).is_some() { format!("`{shown}…`") } else { format!("`{shown}`") }
}

/// Escapes control characters and characters that change the text direction. serde includes parts of the text in its
/// messages without escaping.
fn printable(chars: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for char in chars {
        let turns_or_breaks = matches!(
            char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        if char.is_control() || turns_or_breaks {
            shown.extend(char.escape_debug());
        } else {
            shown.push(char);
        }
    }
    shown
}
