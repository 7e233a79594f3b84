//! NDJSON as one JSON array.

use std::io::{self, Write};

/// Turns lines with a JSON value each into one array, while they are written.
#[derive(Debug)]
pub(crate) struct JsonArray<W: Write> {
    out: W,
    /// What belongs before the next byte.
    before: &'static [u8],
}

impl<W: Write> JsonArray<W> {
    /// An array that is written to `out`.
    pub(crate) fn new(out: W) -> JsonArray<W> {
        JsonArray { out, before: b"[\n" }
    }

    /// Writes the end of the array.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn end(mut self) -> io::Result<()> {
        let end: &[u8] = if self.before == b"[\n" { b"[]\n" } else { b"\n]\n" };
        self.out.write_all(end)?;
        self.out.flush()
    }
}

impl<W: Write> Write for JsonArray<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            self.out.write_all(self.before)?;
            self.before = b"";
            match line.strip_suffix(b"\n") {
                Some(whole) => {
                    self.out.write_all(whole)?;
                    self.before = b",\n";
                }
                None => self.out.write_all(line)?,
            }
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::JsonArray;

    #[test]
    fn lines_become_an_array_however_they_are_cut() {
        for (lines, expected) in [
            ("", "[]\n"),
            ("{\"a\":1}\n", "[\n{\"a\":1}\n]\n"),
            ("{\"a\":1}\n{\"a\":2}\n{}\n", "[\n{\"a\":1},\n{\"a\":2},\n{}\n]\n"),
        ] {
            for size in 1..=lines.len() + 1 {
                let mut out = Vec::new();
                let mut array = JsonArray::new(&mut out);
                lines.as_bytes().chunks(size).for_each(|part| array.write_all(part).unwrap());
                array.end().unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), expected, "in pieces of {size}");
            }
        }
    }
}
