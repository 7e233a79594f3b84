//! Quoting of texts.

use std::borrow::Cow;
use std::io::{self, Write};

/// The nine characters that require quotes. An empty text requires quotes too.
///
/// The documentation of the format omits the colon, but its sources and tests include it (`JsWriter.cs`,
/// `BasicStringSerializerTests.cs`).
const FORCES_QUOTES: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = *b"\",:{}[]\r\n";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Writes a text as a value in an object or a list, with quotes if required.
///
/// Use it to write a response piece by piece. [`to_writer`](crate::to_writer) does the same for every text below the
/// root.
///
/// ```
/// let mut out = Vec::new();
/// jsv::write_string(&mut out, "4 3/4\" pipe")?;
/// assert_eq!(out, b"\"4 3/4\"\" pipe\"");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Errors of the writer.
pub fn write_string<W: Write + ?Sized>(out: &mut W, text: &str) -> io::Result<()> {
    if needs_quotes(text) { write_quoted(out, text) } else { out.write_all(text.as_bytes()) }
}

/// The text as [`write_string`] writes it.
///
/// ```
/// assert_eq!(jsv::quoted("Voice Calls"), "Voice Calls");
/// assert_eq!(jsv::quoted("a,b"), "\"a,b\"");
/// assert_eq!(jsv::quoted(""), "\"\"");
/// ```
#[must_use]
pub fn quoted(text: &str) -> Cow<'_, str> {
    if needs_quotes(text) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

pub(crate) fn needs_quotes(text: &str) -> bool {
    text.is_empty() || text.bytes().any(|byte| FORCES_QUOTES[usize::from(byte)])
}

/// Like [`needs_quotes`], but colons do not require quotes.
pub(crate) fn needs_quotes_but_for_colons(text: &str) -> bool {
    text.is_empty() || text.bytes().any(|byte| byte != b':' && FORCES_QUOTES[usize::from(byte)])
}

/// Writes a text in quotes, with the quotes in it doubled.
pub(crate) fn write_quoted<W: Write + ?Sized>(out: &mut W, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(part.as_bytes())?;
    }
    out.write_all(b"\"")
}
