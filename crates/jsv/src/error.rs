//! What can go wrong, and where in the text.

use std::fmt::{self, Display};
use std::io;

use thiserror::Error;

/// [`Result`](std::result::Result) with this crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a value could not be written or a text not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Something else stands there.
    #[error("{position}: expected {expected}, found {found}")]
    Expected {
        /// What would be right.
        expected: &'static str,
        /// What stands there, in quotes and cut short.
        found: String,
        /// Where.
        position: Position,
    },
    /// A quote that opens a text and is never closed.
    #[error("{position}: this quote is never closed")]
    UnclosedQuote {
        /// Where it opens.
        position: Position,
    },
    /// A brace or bracket that is never closed.
    #[error("{position}: this `{bracket}` is never closed")]
    Unclosed {
        /// `{` or `[`.
        bracket: char,
        /// Where it opens.
        position: Position,
    },
    /// Objects and lists stand in one another more deeply than is allowed.
    #[error("{position}: nested more than {limit} deep")]
    TooDeep {
        /// How deep they may be: see [`Deserializer::depth_limit`](crate::Deserializer::depth_limit).
        limit: usize,
        /// Where one goes too deep.
        position: Position,
    },
    /// Bytes that are not UTF-8.
    #[error("{position}: not UTF-8")]
    NotUtf8 {
        /// Where the first of them is.
        position: Position,
    },
    /// The text is JSV, but the type that is read does not take it.
    #[error("{position}: {message}")]
    Data {
        /// What the type says.
        message: String,
        /// Where the value begins.
        position: Position,
    },
    /// A map with keys that are lists, maps or nothing cannot be written.
    #[error("the key of a map cannot be {found}")]
    Key {
        /// What the key is.
        found: &'static str,
    },
    /// A type's own complaint, at no place of a text.
    #[error("{0}")]
    Message(String),
    /// The reader or writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// In bytes, from 0.
    pub offset: usize,
    /// From 1; a line ends with LF.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Error {
    /// Where in the text that was read, if the error has to do with a place in it.
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

    /// What was expected, and what begins at `at` instead.
    pub(crate) fn expected(expected: &'static str, source: &str, at: usize) -> Self {
        Self::Expected { expected, found: excerpt(&source[at..]), position: Position::of(source, at) }
    }

    /// Gives a type's complaint its place, unless it has one.
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

/// The beginning of a text, fit to be printed on a line.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 32;
    if text.is_empty() {
        return "the end".to_owned();
    }
    let shown = printable(text.chars().take(LONGEST));
    if text.chars().nth(LONGEST).is_some() { format!("`{shown}…`") } else { format!("`{shown}`") }
}

/// Control characters escaped, and those that turn the text around: serde puts words of the text in its messages as they are.
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
