//! CSV: one row per line, with quotes around fields that need them or around every field.

use std::io::Read;

use super::bounded::{Bounded, LONGEST_ROW, TOO_LONG};
use super::encoder::{Cell, Encoder, Format};
use super::read::{ReadColumn, ReadError};
use super::row::ReadRow;
use crate::layout::{CsvStyle, EmptyText, LineEnd, Quotes};

/// Comma-separated values in a [`CsvStyle`].
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

    fn is_for_spreadsheets(&self) -> bool {
        true
    }

    fn encoder(&self, style: &CsvStyle, headings: &[&str]) -> Box<dyn Encoder> {
        let rows = |style| CsvEncoder { style, alone: headings.len() == 1, heading: Vec::new() };
        let mut heading = Vec::new();
        if style.heading {
            let plain = rows(CsvStyle { quotes: Quotes::Needed, ..*style });
            for (at, text) in headings.iter().enumerate() {
                plain.cell(at, Cell::Text(text), &mut heading);
            }
            plain.end(&mut heading);
        }
        Box::new(CsvEncoder { heading, ..rows(*style) })
    }

    fn count(&self, text: &mut dyn Read, heading: bool) -> Result<u64, ReadError> {
        let mut rows = CsvRows::new(text, heading);
        if heading {
            rows.next()?;
        }
        let mut count = 0;
        while rows.next()? {
            count += 1;
        }
        Ok(count)
    }

    fn read(
        &self,
        text: &mut dyn Read,
        heading: bool,
        columns: &[ReadColumn<'_>],
        each: &mut dyn FnMut(&ReadRow),
    ) -> Result<u64, ReadError> {
        let mut rows = CsvRows::new(text, heading);
        if heading {
            rows.next()?;
            if rows.row.0.iter().ne(columns.iter().map(|column| column.heading.as_bytes())) {
                let (place, what) = ("the heading".to_owned(), "is not that of the layout".to_owned());
                return Err(ReadError::Text { place, what });
            }
        }
        let mut count = 0;
        while rows.next()? {
            count += 1;
            each(&rows.row);
        }
        Ok(count)
    }
}

/// Reads a row after the other.
struct CsvRows<'a> {
    reader: ::csv::Reader<Bounded<'a>>,
    /// The last row.
    row: ReadRow,
    /// The number of rows so far, with a heading.
    count: u64,
    has_heading: bool,
}

impl<'a> CsvRows<'a> {
    fn new(text: &'a mut dyn Read, has_heading: bool) -> CsvRows<'a> {
        let reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Bounded::new(text));
        CsvRows { reader, row: ReadRow::default(), count: 0, has_heading }
    }

    /// Reads the next row, if there is one.
    fn next(&mut self) -> Result<bool, ReadError> {
        self.reader.get_mut().begin();
        let from = self.reader.position().byte();
        let read = self.reader.read_byte_record(&mut self.row.0);
        // A part of the row may have been read with the one before.
        if self.reader.get_ref().is_exceeded() || self.reader.position().byte() - from > LONGEST_ROW {
            return Err(self.too_long());
        }
        let is_there = read.map_err(std::io::Error::from)?;
        self.count += u64::from(is_there);
        Ok(is_there)
    }

    fn too_long(&self) -> ReadError {
        match self.count.checked_sub(u64::from(self.has_heading)) {
            None => ReadError::Text { place: "the heading".to_owned(), what: TOO_LONG.to_owned() },
            Some(before) => ReadError::row(before + 1, TOO_LONG),
        }
    }
}

struct CsvEncoder {
    style: CsvStyle,
    /// Whether the sheet has a single column. An empty cell would then give a blank line, which readers skip.
    alone: bool,
    heading: Vec<u8>,
}

impl Encoder for CsvEncoder {
    fn heading(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.heading);
    }

    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>) {
        if at > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Nothing | Cell::Text("") => {
                let quoted = cell != Cell::Nothing && self.style.empty_text == EmptyText::Quoted;
                if quoted || self.alone {
                    out.extend_from_slice(b"\"\"");
                }
            }
            Cell::Text(text) if self.style.quotes == Quotes::All => write_quoted(text.as_bytes(), out),
            Cell::Text(text) => write_text(text.as_bytes(), out),
            Cell::Number(text) | Cell::Printed(text) => self.write_plain(text, out),
            Cell::Boolean(yes, style) => self.write_plain(style.word(yes).as_bytes(), out),
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self.style.line_end {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
        });
    }
}

impl CsvEncoder {
    /// Writes text without special characters.
    fn write_plain(&self, text: &[u8], out: &mut Vec<u8>) {
        match self.style.quotes {
            Quotes::Needed => out.extend_from_slice(text),
            Quotes::All => {
                out.push(b'"');
                out.extend_from_slice(text);
                out.push(b'"');
            }
        }
    }
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    // Without a branch for each byte, several are compared at a time.
    let is_special = text.iter().fold(false, |found, byte| found | special(byte));
    if !blank(text.first()) && !blank(text.last()) && !is_special {
        return out.extend_from_slice(text);
    }
    write_quoted(text, out);
}

fn write_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Cell, Csv, Encoder, Format};
    use crate::layout::{BooleanStyle, CsvStyle, EmptyText, LineEnd, Quotes};

    const DMA: CsvStyle =
        CsvStyle { heading: false, line_end: LineEnd::Lf, empty_text: EmptyText::Blank, quotes: Quotes::Needed };

    fn row(encoder: &dyn Encoder, cells: &[Cell<'_>]) -> String {
        let mut out = Vec::new();
        encoder.heading(&mut out);
        cells.iter().enumerate().for_each(|(at, cell)| encoder.cell(at, *cell, &mut out));
        encoder.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_fields_that_need_quotes_are_quoted() {
        for (text, expected) in [
            ("plain", "plain"),
            ("in the middle", "in the middle"),
            ("semi;colon", "semi;colon"),
            ("'single'", "'single'"),
            ("nul\0", "nul\0"),
            (" before", "\" before\""),
            ("after ", "\"after \""),
            ("\ttab", "\"\ttab\""),
            ("tab\t", "\"tab\t\""),
            (" ", "\" \""),
            ("a,b", "\"a,b\""),
            ("say \"hello\"", "\"say \"\"hello\"\"\""),
            ("\"", "\"\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("two\rlines", "\"two\rlines\""),
            ("", ""),
        ] {
            let encoder = Csv.encoder(&DMA, &["a", "b"]);
            assert_eq!(row(&*encoder, &[Cell::Text(text), Cell::Number(b"1")]), format!("{expected},1\n"), "{text:?}");
        }
    }

    #[test]
    fn null_and_empty_text_differ_if_the_layout_requires_it() {
        let cells = [Cell::Nothing, Cell::Text(""), Cell::Boolean(true, BooleanStyle::Capital)];
        assert_eq!(row(&*Csv.encoder(&DMA, &["a", "b", "c"]), &cells), ",,TRUE\n");
        let native = CsvStyle { heading: false, ..CsvStyle::default() };
        assert_eq!(row(&*Csv.encoder(&native, &["a", "b", "c"]), &cells), ",\"\",TRUE\n");
    }

    #[test]
    fn headings_and_line_ends_follow_the_layout() {
        let style = CsvStyle { heading: true, line_end: LineEnd::CrLf, ..DMA };
        let cells = [Cell::Printed(b"0.10"), Cell::Text("x")];
        assert_eq!(row(&*Csv.encoder(&style, &["a", "b, c"]), &cells), "a,\"b, c\"\r\n0.10,x\r\n");
    }

    #[test]
    fn all_values_except_null_and_headings_are_quoted_if_the_layout_requires_it() {
        let style = CsvStyle { quotes: Quotes::All, ..CsvStyle::default() };
        let cells = [
            Cell::Text("say \"hello\""),
            Cell::Text(""),
            Cell::Nothing,
            Cell::Number(b"-7"),
            Cell::Printed(b"0.0190"),
            Cell::Boolean(true, BooleanStyle::Letter),
        ];
        let encoder = Csv.encoder(&style, &["a", "b", "c", "d, e", "f", "g"]);
        assert_eq!(row(&*encoder, &cells), "a,b,c,\"d, e\",f,g\n\"say \"\"hello\"\"\",\"\",,\"-7\",\"0.0190\",\"t\"\n");
    }

    #[test]
    fn a_row_of_one_empty_cell_is_still_a_row() {
        let encoder = Csv.encoder(&DMA, &["a"]);
        let text = [Cell::Nothing, Cell::Text(""), Cell::Text("x")].map(|cell| row(&*encoder, &[cell])).concat();
        assert_eq!(text, "\"\"\n\"\"\nx\n");
        assert_eq!(Csv.count(&mut text.as_bytes(), false).unwrap(), 3);
        assert_eq!(Csv.count(&mut text.as_bytes(), true).unwrap(), 2);
    }
}
