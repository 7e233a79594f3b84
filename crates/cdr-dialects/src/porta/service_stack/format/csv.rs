//! CSV: an object as a table of one row, with its lists as JSV in cells; or a list as a table.
//!
//! Source: ServiceStack.Text v3, `CsvSerializer.cs`, `CsvWriter.cs`. Lines end as on the original's Windows host.

use std::io::{self, Write};

use super::jsv;
use crate::porta::service_stack::dto::{Class, Dto, Objects, Value};

const LINE_END: &[u8] = b"\r\n";

/// One object: its members as headings, and their values in the line below.
pub(super) fn object<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    let shown = |value: &Value<'_>| !matches!(value, Value::Null);
    let values = dto.values();
    let is_shown = |at: usize| dto.class().members[at].is_original() || shown(&values[at]);
    let places: Vec<usize> = (0..values.len()).filter(|at| is_shown(*at)).collect();
    headings(out, places.iter().map(|at| dto.class().members[*at].name))?;
    line(out, places.iter().map(|at| &values[*at]))
}

/// A list: the members of its class as headings, and a line for each of its objects.
pub(super) fn table<W: Write>(out: &mut W, class: &'static Class, rows: &dyn Objects) -> io::Result<()> {
    headings(out, class.members.iter().map(|member| member.name))?;
    rows.each(&mut |row| line(out, row.values().iter()))
}

fn headings<'a, W: Write>(out: &mut W, names: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (at, name) in names.enumerate() {
        out.write_all(if at == 0 { b"" } else { b"," })?;
        out.write_all(name.as_bytes())?;
    }
    out.write_all(LINE_END)
}

fn line<'a, W: Write>(out: &mut W, values: impl Iterator<Item = &'a Value<'a>>) -> io::Result<()> {
    for (at, value) in values.enumerate() {
        out.write_all(if at == 0 { b"" } else { b"," })?;
        let mut cell = Cell { out, held: Vec::new(), quoted: false };
        match value {
            Value::Text(text) => cell.write_all(text.as_bytes())?,
            value => jsv::value(&mut cell, value)?,
        }
        cell.end()?;
    }
    out.write_all(LINE_END)
}

/// The writer of a cell. It holds the text back until a character requires quotes, which occurs early in a long cell.
struct Cell<'w, W> {
    out: &'w mut W,
    /// The text so far, as long as nothing requires quotes.
    held: Vec<u8>,
    quoted: bool,
}

impl<W: Write> Cell<'_, W> {
    fn end(self) -> io::Result<()> {
        if self.quoted { self.out.write_all(b"\"") } else { self.out.write_all(&self.held) }
    }
}

impl<W: Write> Write for Cell<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.quoted {
            if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n')) {
                self.held.extend_from_slice(bytes);
                return Ok(bytes.len());
            }
            self.quoted = true;
            self.out.write_all(b"\"")?;
            self.out.write_all(&std::mem::take(&mut self.held))?;
        }
        for (at, part) in bytes.split(|byte| *byte == b'"').enumerate() {
            self.out.write_all(if at == 0 { b"" } else { b"\"\"" })?;
            self.out.write_all(part)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Cell;

    #[test]
    fn a_cell_is_quoted_if_necessary() {
        for (parts, written) in [
            (&["abc", "d e"][..], "abcd e"),
            (&[""], ""),
            (&["ab", "c,d", "e"], "\"abc,de\""),
            (&["a\"b"], "\"a\"\"b\""),
            (&["a", "\"", "\""], "\"a\"\"\"\"\""),
            (&["a\r\nb"], "\"a\r\nb\""),
        ] {
            let mut out = Vec::new();
            let mut cell = Cell { out: &mut out, held: Vec::new(), quoted: false };
            parts.iter().for_each(|part| cell.write_all(part.as_bytes()).unwrap());
            cell.end().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }
}
