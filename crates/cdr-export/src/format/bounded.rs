//! A bound on the length of a row that is read back, so that a forged file cannot fill the memory.

use std::io::{self, Read};

/// The longest row that is read, in bytes with its end: 16 MiB.
pub(super) const LONGEST_ROW: u64 = 16 << 20;

/// The longest row as it is told.
pub(super) const TOO_LONG: &str = "is longer than 16 MiB";

/// Passes a text on, and fails when a single row has taken more than [`LONGEST_ROW`].
pub(super) struct Bounded<'a> {
    text: &'a mut dyn Read,
    left: u64,
}

impl<'a> Bounded<'a> {
    pub(super) fn new(text: &'a mut dyn Read) -> Bounded<'a> {
        Bounded { text, left: LONGEST_ROW + 1 }
    }

    /// Begins a row.
    pub(super) fn begin(&mut self) {
        self.left = LONGEST_ROW + 1;
    }

    /// Whether the row took more than it may.
    pub(super) fn is_exceeded(&self) -> bool {
        self.left == 0
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(TOO_LONG));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.text.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read};

    use super::LONGEST_ROW;
    use crate::format::{FORMATS, Format, ReadColumn, ReadError, ReadValues};

    /// A text that never ends, and how much of it was taken.
    struct Endless {
        start: Cursor<Vec<u8>>,
        then: u8,
        taken: u64,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.start.read(buffer)?;
            buffer[read..].fill(self.then);
            self.taken += buffer.len() as u64;
            Ok(buffer.len())
        }
    }

    const COLUMN: [ReadColumn<'static>; 1] = [ReadColumn { heading: "a", values: ReadValues::ANY }];

    #[test]
    fn an_endless_row_is_refused_before_it_fills_the_memory() {
        for (name, heading, start, then, place) in [
            ("csv", false, "1\n2\n", b'x', "row 3"),
            ("csv", true, "a\n1\n2\n\"", b'x', "row 3"),
            ("csv", true, "a\n1\n2\n", b',', "row 3"),
            ("csv", true, "a\n1\n", b'\n', "row 2"),
            ("csv", true, "", b'x', "the heading"),
            ("csv", false, "", b'"', "row 1"),
            ("ndjson", false, "{\"a\":1}\n{\"a\":2}\n{\"a\":\"", b'x', "row 3"),
            ("ndjson", false, "{\"a\":", b'[', "row 1"),
        ] {
            let format = <dyn Format>::named(name).unwrap();
            let mut text = Endless { start: Cursor::new(start.into()), then, taken: 0 };
            let read = format.read(&mut text, heading, &COLUMN, &mut |_| ());
            let Err(ReadError::Text { place: found, what }) = read else { panic!("{name} {start}: {read:?}") };
            assert_eq!((found.as_str(), what.as_str()), (place, "is longer than 16 MiB"), "{name} {start}");
            assert!(text.taken < LONGEST_ROW + (1 << 17), "{name} {start}: {}", text.taken);
        }
    }

    #[test]
    fn the_longest_row_is_read_and_a_longer_one_is_not() {
        for format in FORMATS {
            let (open, close) = if format.name() == "csv" { ("", "\n") } else { ("{\"a\":\"", "\"}\n") };
            for (length, is_read) in [(LONGEST_ROW, true), (LONGEST_ROW + 1, false)] {
                let padding = usize::try_from(length).unwrap() - open.len() - close.len();
                let long = format!("{open}{}{close}", "x".repeat(padding));
                let short = format!("{open}x{close}");
                let text = format!("{short}{long}{short}");
                let read = format.read(&mut text.as_bytes(), false, &COLUMN, &mut |_| ());
                assert_eq!(read.is_ok_and(|rows| rows == 3), is_read, "{} {length}", format.name());
                let counted = format.count(&mut text.as_bytes(), false);
                assert_eq!(counted.is_ok(), is_read || format.name() != "csv", "{} {length}", format.name());
            }
        }
    }
}
