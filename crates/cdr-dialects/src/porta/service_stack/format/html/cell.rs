//! Values, texts and links in HTML.

use std::io::{self, Write};

use cdr_model::printable;

use super::super::jsv;
use crate::porta::service_stack::dto::{Dto, Value};

/// The most characters of a text that stays on one line. Names, numbers and times have no more; call IDs, SIP addresses
/// and links do.
const SHORT: usize = 24;

/// The cells of a row. `None` stands for an empty value.
pub(super) type Cells = Vec<Option<Cell>>;

/// A cell with a value.
pub(super) struct Cell {
    /// Its class: `n` for a number, `w` for a text that may break, or none.
    pub(super) class: &'static str,
    /// The value in HTML.
    pub(super) html: String,
}

/// The cells of a row for these of its members.
pub(super) fn cells(row: &dyn Dto, columns: &[usize]) -> io::Result<Cells> {
    let values = row.values();
    let shown = columns.iter().filter_map(|at| values.get(*at)).map(|value| {
        let mut html = Vec::new();
        cell(&mut html, value)?;
        let html = String::from_utf8(html).map_err(io::Error::other)?;
        let class = match value {
            Value::Int(_) | Value::Decimal(_) => "n",
            Value::Text(text) if text.chars().count() <= SHORT => "",
            _ if html.chars().count() > SHORT => "w",
            _ => "",
        };
        Ok(Some(Cell { class, html }).filter(|cell| !cell.html.is_empty()))
    });
    shown.collect()
}

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
        Value::Texts(texts) => texts.iter().enumerate().try_for_each(|(at, text)| {
            out.write_all(if at == 0 { b"" } else { b"<br>" })?;
            escaped(out, &printable(text))
        }),
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
