//! CSV: a row a line, with quotes only around a field that needs them.

use std::io::{self, Read};

use super::{Cell, Encoder, Format};
use crate::layout::{CsvStyle, EmptyText, LineEnd};

/// Comma-separated values as a [`CsvStyle`] wants them.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn encoder(&self, style: &CsvStyle, headings: &[&str]) -> Box<dyn Encoder> {
        let mut encoder = Rows { style: *style, alone: headings.len() == 1, heading: Vec::new() };
        if style.heading {
            let mut heading = Vec::new();
            for (at, text) in headings.iter().enumerate() {
                encoder.cell(at, Cell::Text(text), &mut heading);
            }
            encoder.end(&mut heading);
            encoder.heading = heading;
        }
        Box::new(encoder)
    }

    fn count(&self, text: &mut dyn Read, heading: bool) -> io::Result<u64> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(heading).flexible(true).from_reader(text);
        let mut row = ::csv::ByteRecord::new();
        let mut rows = 0;
        while reader.read_byte_record(&mut row)? {
            rows += 1;
        }
        Ok(rows)
    }
}

struct Rows {
    style: CsvStyle,
    /// Whether there is one column only: then an empty cell would make a blank line, which is no row.
    alone: bool,
    heading: Vec<u8>,
}

impl Encoder for Rows {
    fn heading(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.heading);
    }

    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>) {
        if at > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Nothing | Cell::Text("") => {
                let told = cell != Cell::Nothing && self.style.empty_text == EmptyText::Quoted;
                if told || self.alone {
                    out.extend_from_slice(b"\"\"");
                }
            }
            Cell::Text(text) => write_text(text.as_bytes(), out),
            Cell::Number(text) | Cell::Printed(text) => out.extend_from_slice(text),
            Cell::Boolean(yes, style) => out.extend_from_slice(style.word(yes).as_bytes()),
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self.style.line_end {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
        });
    }
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    if !blank(text.first()) && !blank(text.last()) && !text.iter().any(special) {
        return out.extend_from_slice(text);
    }
    out.push(b'"');
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
