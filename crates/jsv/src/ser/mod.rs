//! Writing: values into a text.

mod compound;
mod float;
mod key;
mod layout;
mod value;

use std::io::Write;

use serde::Serialize;

use crate::error::{Error, Result};

/// The value as JSV, on one line.
///
/// A text at the root is written as it is, without quotes, and nothing is written for a null.
///
/// # Errors
/// [`Error::Key`], and what the type itself refuses.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut out = Vec::new();
    to_writer(&mut out, value)?;
    whole(out)
}

/// Writes the value as JSV, on one line.
///
/// Every token is written on its own: give a [`BufWriter`](std::io::BufWriter) if small writes are dear.
///
/// # Errors
/// As [`to_string`], and what the writer gives.
pub fn to_writer<W: Write, T: Serialize + ?Sized>(out: W, value: &T) -> Result<()> {
    value.serialize(&mut Serializer::new(out))
}

/// The value as JSV with a line for every member and element, as ServiceStack's `Dump()` prints it.
///
/// # Errors
/// As [`to_string`].
pub fn to_string_pretty<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut out = Vec::new();
    to_writer_pretty(&mut out, value)?;
    whole(out)
}

/// Writes the value as [`to_string_pretty`] does.
///
/// # Errors
/// As [`to_writer`].
pub fn to_writer_pretty<W: Write, T: Serialize + ?Sized>(out: W, value: &T) -> Result<()> {
    value.serialize(&mut Serializer::pretty(out))
}

/// Writes values as JSV, straight into a [`Write`].
///
/// ```
/// use jsv::{LineEnd, Serializer};
/// use serde::Serialize;
///
/// let mut out = Vec::new();
/// let mut serializer = Serializer::pretty(&mut out).line_end(LineEnd::CrLf);
/// ["Voice Calls", "SMS"].serialize(&mut serializer)?;
/// assert_eq!(out, b"[\r\n\tVoice Calls,\r\n\tSMS\r\n]");
/// # Ok::<(), jsv::Error>(())
/// ```
#[derive(Debug)]
pub struct Serializer<W> {
    out: W,
    /// How lines end, in the pretty form.
    lines: Option<LineEnd>,
    /// How many braces and brackets are open, or will be when their first member is written.
    depth: usize,
    /// A member's name, which is written when there turns out to be a value: nulls are left out.
    pending: Option<Pending>,
    /// Whether a name has just been written.
    after_name: bool,
    /// The pending name, if it is a key of a map.
    key: String,
    /// Where values are printed that may need quotes.
    printed: String,
    /// Whether colons ask for no quotes: see [`Unquoted`](crate::Unquoted).
    colons: bool,
}

/// How the lines of the pretty form end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// A line feed.
    #[default]
    Lf,
    /// Carriage return and line feed, as on Windows.
    CrLf,
}

#[derive(Debug)]
struct Pending {
    /// A field's name, or nothing if it is the key of a map.
    field: Option<&'static str>,
    /// Whether it is the first of its object, whose brace is then still to be written.
    first: bool,
    /// Whether the object stands after a name.
    after_name: bool,
}

impl<W: Write> Serializer<W> {
    /// Writes on one line.
    pub fn new(out: W) -> Self {
        Self {
            out,
            lines: None,
            depth: 0,
            pending: None,
            after_name: false,
            key: String::new(),
            printed: String::new(),
            colons: false,
        }
    }

    /// Writes a line for every member and element, indented with tabs.
    pub fn pretty(out: W) -> Self {
        Self { lines: Some(LineEnd::default()), ..Self::new(out) }
    }

    /// How the lines of the pretty form end; without it there are none.
    #[must_use]
    pub fn line_end(mut self, end: LineEnd) -> Self {
        self.lines = self.lines.map(|_| end);
        self
    }

    /// Gives the writer back.
    pub fn into_inner(self) -> W {
        self.out
    }
}

fn whole(out: Vec<u8>) -> Result<String> {
    String::from_utf8(out).map_err(|error| Error::Message(error.to_string()))
}
