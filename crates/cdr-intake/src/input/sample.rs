//! The beginning of a file, by which feeds recognise their own.

use crate::text::text;

/// The rows that are looked at.
const ROWS: usize = 200;
/// The bytes of the beginning that are looked at whatever lines they are.
const BEGINNING_BYTES: usize = 8 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The beginning of a file. Quotes are read tolerantly: one closes a field if the field ends there.
#[derive(Clone, Debug, Default)]
pub struct FileSample {
    beginning: String,
    lines: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl FileSample {
    /// The sample of these bytes, which may be a whole file.
    pub(crate) fn of(bytes: &[u8], is_all: bool) -> FileSample {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let beginning = text(&bytes[..bytes.len().min(BEGINNING_BYTES)]).into_owned();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |last| &bytes[..last]);
        let bytes = if is_all { bytes } else { whole };
        let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let lines: Vec<String> =
            lines.filter(|line| !line.is_empty()).take(ROWS).map(|line| text(line).into_owned()).collect();
        let rows = lines.iter().map(|line| split(line, ',')).collect();
        FileSample { beginning, lines, rows }
    }

    /// The first bytes, at most 8 KiB, of whole lines or not.
    pub fn beginning(&self) -> &str {
        &self.beginning
    }

    /// The physical lines that are not empty, at most 200.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The fields of these lines, which commas separate.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The fields of these lines, with another separator.
    pub(crate) fn rows_by(&self, separator: char) -> impl Iterator<Item = Vec<String>> {
        self.lines.iter().map(move |line| split(line, separator))
    }

    /// Whether there are rows, and most of them are as `is_one` says.
    pub fn most(&self, is_one: impl Fn(&[String]) -> bool) -> bool {
        let ones = self.rows.iter().filter(|row| is_one(row)).count();
        ones * 2 > self.rows.len()
    }
}

/// The fields of a line, of which a quote closes one only where it ends.
pub(crate) fn split(line: &str, separator: char) -> Vec<String> {
    let (mut fields, mut rest) = (Vec::new(), line);
    loop {
        let quoted = rest.strip_prefix('"').and_then(|inner| {
            let closes = |(at, _): &(usize, char)| {
                let after = &inner[at + 1..];
                after.is_empty() || after.starts_with(separator)
            };
            inner.char_indices().filter(|(_, c)| *c == '"').find(closes).map(|(at, _)| inner.split_at(at))
        });
        let (field, after) = match quoted {
            Some((field, after)) => (field.replace("\"\"", "\""), &after[1..]),
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(separator) {
            Some(more) => rest = more,
            None => return fields,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileSample;

    #[test]
    fn rows_are_split_even_if_their_quotes_are_not_doubled() {
        let rows = |text: &str| FileSample::of(text.as_bytes(), true).rows;
        assert_eq!(rows("\u{feff}a,\"b, c\",\"\"\r\n\n\"d"), [vec!["a", "b, c", ""], vec!["\"d"]]);
        assert_eq!(rows("\"\"Ada\" <1>\",\"\"\"Bea\"\" <2>\",x"), [["\"Ada\" <1>", "\"Bea\" <2>", "x"]]);
        assert!(rows("").is_empty());
    }

    #[test]
    fn a_line_that_goes_on_after_the_sample_is_left_out() {
        assert_eq!(FileSample::of(b"a\nb", false).lines, ["a"]);
        assert_eq!(FileSample::of(b"a\nb", true).lines, ["a", "b"]);
        assert!(FileSample::of(b"ab", false).lines.is_empty());
    }
}
