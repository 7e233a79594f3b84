//! Writing of values to a text.

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
/// A text at the root is written unchanged, without quotes. A null at the root is an empty text.
///
/// # Errors
/// [`Error::Key`], and errors of the type itself.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut out = Vec::new();
    to_writer(&mut out, value)?;
    whole(out)
}

/// Writes the value as JSV, on one line.
///
/// Every token is a separate write. Use a [`BufWriter`](std::io::BufWriter) if small writes are expensive.
///
/// # Errors
/// As for [`to_string`], and errors of the writer.
pub fn to_writer<W: Write, T: Serialize + ?Sized>(out: W, value: &T) -> Result<()> {
    value.serialize(&mut Serializer::new(out))
}

/// The value as JSV with a line for every member and element, as ServiceStack's `Dump()` prints it.
///
/// # Errors
/// As for [`to_string`].
pub fn to_string_pretty<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut out = Vec::new();
    to_writer_pretty(&mut out, value)?;
    whole(out)
}

/// Writes the value as [`to_string_pretty`] does.
///
/// # Errors
/// As for [`to_writer`].
pub fn to_writer_pretty<W: Write, T: Serialize + ?Sized>(out: W, value: &T) -> Result<()> {
    value.serialize(&mut Serializer::pretty(out))
}

/// Writes values as JSV directly to a [`Write`].
///
/// ```
/// use jsv::{LineBreak, Serializer};
/// use serde::Serialize;
///
/// let mut out = Vec::new();
/// let mut serializer = Serializer::pretty(&mut out).line_break(LineBreak::CrLf);
/// ["Voice Calls", "SMS"].serialize(&mut serializer)?;
/// assert_eq!(out, b"[\r\n\tVoice Calls,\r\n\tSMS\r\n]");
/// # Ok::<(), jsv::Error>(())
/// ```
#[derive(Debug)]
pub struct Serializer<W> {
    out: W,
    /// The line end of the pretty form; `None` for the compact form.
    lines: Option<LineBreak>,
    /// The number of open braces and brackets, including those that are written with their first member.
    depth: usize,
    /// The name of a member, which is written with its value, since nulls are omitted.
    pending: Option<Pending>,
    /// Whether a name has just been written.
    after_name: bool,
    /// The pending name, if it is a key of a map.
    key: String,
    /// A buffer for printed values that may require quotes.
    printed: String,
    /// Whether colons do not require quotes: see [`Unquoted`](crate::Unquoted).
    colons: bool,
}

/// The line end of the pretty form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineBreak {
    /// A line feed.
    #[default]
    Lf,
    /// Carriage return and line feed, as on Windows.
    CrLf,
}

#[derive(Debug)]
struct Pending {
    /// The name of a field; `None` for the key of a map.
    field: Option<&'static str>,
    /// Whether it is the first member of its object, whose opening brace is then not yet written.
    first: bool,
    /// Whether the object follows a name.
    after_name: bool,
}

impl<W: Write> Serializer<W> {
    /// A serializer for the compact form, on one line.
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

    /// A serializer for the pretty form: one line per member and element, indented with tabs.
    pub fn pretty(out: W) -> Self {
        Self { lines: Some(LineBreak::default()), ..Self::new(out) }
    }

    /// Sets the line end of the pretty form. It has no effect on the compact form.
    #[must_use]
    pub fn line_break(mut self, end: LineBreak) -> Self {
        self.lines = self.lines.map(|_| end);
        self
    }

    /// Returns the writer.
    pub fn into_inner(self) -> W {
        self.out
    }
}

fn whole(out: Vec<u8>) -> Result<String> {
    String::from_utf8(out).map_err(|error| Error::Message(error.to_string()))
}
