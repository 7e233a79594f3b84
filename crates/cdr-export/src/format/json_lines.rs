//! NDJSON: one object per line, with the headings as keys.

use std::io::{BufRead, BufReader, Read};

use super::bounded::{LONGEST_ROW, TOO_LONG};
use super::encoder::{Cell, Encoder, Format};
use super::json_row::read_row;
use super::read::{ReadColumn, ReadError};
use super::row::ReadRow;
use crate::layout::CsvStyle;

/// One object per row (`application/x-ndjson`) with every column, in order. Numbers and booleans are JSON numbers and
/// booleans; instants, amounts and UUIDs are strings; a missing value is `null`.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "ndjson"
    }

    fn extension(&self) -> &'static str {
        "ndjson"
    }

    fn media_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn encoder(&self, _: &CsvStyle, headings: &[&str]) -> Box<dyn Encoder> {
        let key = |(at, heading): (usize, &&str)| {
            let mut key = if at == 0 { b"{".to_vec() } else { b",".to_vec() };
            write_text(heading, &mut key);
            key.push(b':');
            key
        };
        Box::new(JsonLinesEncoder { keys: headings.iter().enumerate().map(key).collect() })
    }

    fn count(&self, text: &mut dyn Read, _: bool) -> Result<u64, ReadError> {
        let mut text = BufReader::new(text);
        let (mut rows, mut last) = (0, b'\n');
        loop {
            let part = text.fill_buf()?;
            let Some(end) = part.last() else { break };
            last = *end;
            rows += part.iter().filter(|byte| **byte == b'\n').count() as u64;
            let length = part.len();
            text.consume(length);
        }
        // A truncated last line is counted, so that it is detected.
        Ok(rows + u64::from(last != b'\n'))
    }

    fn read(
        &self,
        text: &mut dyn Read,
        _: bool,
        columns: &[ReadColumn<'_>],
        each: &mut dyn FnMut(&ReadRow),
    ) -> Result<u64, ReadError> {
        let mut text = BufReader::new(text);
        let (mut line, mut row, mut rows) = (Vec::new(), ReadRow::default(), 0u64);
        while text.by_ref().take(LONGEST_ROW + 1).read_until(b'\n', &mut line)? > 0 {
            rows += 1;
            if line.len() as u64 > LONGEST_ROW {
                return Err(ReadError::row(rows, TOO_LONG));
            }
            row.0.clear();
            read_row(&line, columns, &mut row.0).map_err(|fault| fault.in_row(rows))?;
            each(&row);
            line.clear();
        }
        Ok(rows)
    }
}

struct JsonLinesEncoder {
    /// The prefix of each value: a brace or a comma, the key, a colon.
    keys: Vec<Vec<u8>>,
}

impl Encoder for JsonLinesEncoder {
    fn heading(&self, _: &mut Vec<u8>) {}

    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.keys[at]);
        match cell {
            Cell::Nothing => out.extend_from_slice(b"null"),
            Cell::Text(text) => write_text(text, out),
            Cell::Number(digits) => out.extend_from_slice(digits),
            Cell::Boolean(true, _) => out.extend_from_slice(b"true"),
            Cell::Boolean(false, _) => out.extend_from_slice(b"false"),
            Cell::Printed(text) => {
                out.push(b'"');
                out.extend_from_slice(text);
                out.push(b'"');
            }
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"}\n");
    }
}

/// Appends a string (RFC 8259). Only the quote, the backslash and the control characters are escaped.
fn write_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let byte = special[0];
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
        rest = &special[1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Cell, Format, JsonLines};
    use crate::layout::{BooleanStyle, CsvStyle};

    #[test]
    fn cells_are_json_values() {
        for (cell, expected) in [
            (Cell::Nothing, "null"),
            (Cell::Text(""), "\"\""),
            (Cell::Number(b"-7"), "-7"),
            (Cell::Boolean(true, BooleanStyle::Capital), "true"),
            (Cell::Printed(b"0.0190"), "\"0.0190\""),
            (Cell::Text("a \"b\" \\ /c"), r#""a \"b\" \\ /c""#),
            (Cell::Text("\r\n\t\u{0}\u{1f}\u{7f}é\u{2028}"), "\"\\r\\n\\t\\u0000\\u001f\u{7f}é\u{2028}\""),
        ] {
            let encoder = JsonLines.encoder(&CsvStyle::default(), &["a \"key\""]);
            let mut out = Vec::new();
            encoder.heading(&mut out);
            encoder.cell(0, cell, &mut out);
            encoder.end(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("{{\"a \\\"key\\\"\":{expected}}}\n"));
        }
    }

    #[test]
    fn a_truncated_line_is_counted() {
        for (text, rows) in [("", 0), ("{}\n", 1), ("{}\n{}\n", 2), ("{}\n{", 2)] {
            assert_eq!(JsonLines.count(&mut text.as_bytes(), false).unwrap(), rows, "{text}");
        }
    }
}
