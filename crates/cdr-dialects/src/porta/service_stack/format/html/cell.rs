//! Values, texts and links in HTML.

use std::io::{self, Write};

use cdr_model::printable;

use super::super::jsv;
use crate::porta::service_stack::dto::Value;

/// A link.
pub(super) fn link<W: Write>(out: &mut W, href: &str, text: &str) -> io::Result<()> {
    out.write_all(b"<a href=\"")?;
    escaped(out, href)?;
    write!(out, "\">{text}</a>")
}

/// A value as text.
pub(super) fn cell<W: Write>(out: &mut W, value: &Value<'_>) -> io::Result<()> {
    match value {
        Value::Text(text) => escaped(out, &printable(text)),
        Value::Date(date) => out.write_all(date.plain().unwrap_or_default().as_bytes()),
        value => {
            let mut text = Vec::new();
            jsv::value(&mut text, value)?;
            escaped(out, &printable(&String::from_utf8_lossy(&text)))
        }
    }
}

/// Text, escaped for HTML.
pub(super) fn escaped<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            _ => continue,
        };
        out.write_all(&text.as_bytes()[plain..at])?;
        out.write_all(instead)?;
        plain = at + 1;
    }
    out.write_all(&text.as_bytes()[plain..])
}
