//! Reading of values from a text.

mod compound;
mod enums;
mod scalar;
mod scan;
mod value;

use std::io::Read;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Position, Result};

/// The default nesting limit of objects and lists; see [`Deserializer::depth_limit`].
pub const DEFAULT_DEPTH_LIMIT: usize = 128;

/// Reads a value from a text.
///
/// # Errors
/// If the text is not JSV, or the type does not accept the value. The error has a [`Position`].
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let mut deserializer = Deserializer::from_str(text);
    let value = T::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value from the bytes of a text.
///
/// # Errors
/// As for [`from_str`], and [`Error::NotUtf8`].
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T> {
    from_str(utf8(bytes)?)
}

/// Reads a value from the whole content of a reader, which is held in memory.
///
/// # Errors
/// As for [`from_slice`], and errors of the reader.
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
    /// The position in bytes, always on a character boundary.
    at: usize,
    place: Place,
    /// Whether white space around tokens is skipped; otherwise it is part of them.
    pretty: bool,
    depth: usize,
    depth_limit: usize,
    /// The position of the last nested options and their number, since a type may nest options infinitely.
    options: (usize, usize),
}

/// What encloses a value, which decides where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The root: a text extends to the end.
    Root,
    /// A list at the root without brackets.
    Bare,
    List,
    Object,
}

impl<'de> Deserializer<'de> {
    /// A deserializer of a whole text.
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

    /// Limits the nesting of objects and lists, so that no text exhausts the stack.
    #[must_use]
    pub fn depth_limit(mut self, limit: usize) -> Self {
        self.depth_limit = limit;
        self
    }

    /// Checks that only white space follows the value.
    ///
    /// # Errors
    /// [`Error::Expected`] if other text follows.
    pub fn end(&mut self) -> Result<()> {
        self.skip_blanks();
        if self.at == self.source.len() { Ok(()) } else { Err(self.expected("nothing more")) }
    }

    fn expected(&self, what: &'static str) -> Error {
        Error::expected(what, self.source, self.at)
    }

    /// Reads a value one level deeper.
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

/// Whether a line break follows the first brace or bracket. In the compact form, a line break is always quoted.
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
