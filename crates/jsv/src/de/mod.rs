//! Reading: a text into values.

mod compound;
mod enums;
mod scalar;
mod scan;
mod value;

use std::io::Read;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Position, Result};

/// How deep objects and lists may stand in one another unless [`Deserializer::depth_limit`] says otherwise.
pub const DEFAULT_DEPTH_LIMIT: usize = 128;

/// Reads a value from a text.
///
/// # Errors
/// With its [`Position`], whatever is not JSV or not what the type takes.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let mut deserializer = Deserializer::from_str(text);
    let value = T::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value from the bytes of a text.
///
/// # Errors
/// As [`from_str`], and [`Error::NotUtf8`].
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T> {
    from_str(utf8(bytes)?)
}

/// Reads a value from all that a reader gives; it is held in memory.
///
/// # Errors
/// As [`from_slice`], and what the reader gives.
pub fn from_reader<R: Read, T: DeserializeOwned>(mut reader: R) -> Result<T> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    from_slice(&bytes)
}

/// Reads values from a JSV text.
///
/// ```
/// use jsv::Deserializer;
/// use serde::Deserialize;
///
/// let mut deserializer = Deserializer::from_str("[[1,2],[3]]").depth_limit(2);
/// let numbers = Vec::<Vec<u8>>::deserialize(&mut deserializer)?;
/// deserializer.end()?;
/// assert_eq!(numbers, [vec![1, 2], vec![3]]);
/// # Ok::<(), jsv::Error>(())
/// ```
#[derive(Debug)]
pub struct Deserializer<'de> {
    source: &'de str,
    /// In bytes. It never lies within a character.
    at: usize,
    place: Place,
    /// Whether white space around tokens is skipped; otherwise it belongs to them.
    pretty: bool,
    depth: usize,
    depth_limit: usize,
    /// Where the last options began, and how many: a type may be options without end.
    options: (usize, usize),
}

/// What a value stands in, which decides where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: a text goes on to the end.
    Root,
    /// A list at the root without brackets.
    Bare,
    List,
    Object,
}

impl<'de> Deserializer<'de> {
    /// Begins at the text's beginning.
    #[expect(clippy::should_implement_trait, reason = "the trait's method cannot borrow")]
    #[must_use]
    pub fn from_str(source: &'de str) -> Self {
        Self {
            source,
            at: 0,
            place: Place::Root,
            pretty: is_pretty(source),
            depth: 0,
            depth_limit: DEFAULT_DEPTH_LIMIT,
            options: (0, 0),
        }
    }

    /// How deep objects and lists may stand in one another, so that no text exhausts the stack.
    #[must_use]
    pub fn depth_limit(mut self, limit: usize) -> Self {
        self.depth_limit = limit;
        self
    }

    /// Makes sure that only white space follows what was read.
    ///
    /// # Errors
    /// [`Error::Expected`] if something else does.
    pub fn end(&mut self) -> Result<()> {
        self.skip_blanks();
        if self.at == self.source.len() { Ok(()) } else { Err(self.expected("nothing more")) }
    }

    fn expected(&self, what: &'static str) -> Error {
        Error::expected(what, self.source, self.at)
    }

    /// Reads what stands one level deeper.
    fn deeper<T>(&mut self, place: Place, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= self.depth_limit {
            return Err(Error::TooDeep { limit: self.depth_limit, position: Position::of(self.source, self.at) });
        }
        self.depth += 1;
        let outer = std::mem::replace(&mut self.place, place);
        let read = read(self);
        self.place = outer;
        self.depth -= 1;
        read
    }
}

/// Whether a line break follows the first brace or bracket. No writer leaves one there without quotes otherwise.
fn is_pretty(source: &str) -> bool {
    let inside = source.trim_start_matches(scalar::BLANKS).strip_prefix(['{', '[']);
    inside.is_some_and(|inside| inside.trim_start_matches([' ', '\t']).starts_with(['\r', '\n']))
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at(error.valid_up_to());
        let position = Position::of(&String::from_utf8_lossy(valid), valid.len());
        Error::NotUtf8 { position }
    })
}
