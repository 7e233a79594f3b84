//! The fields of a record.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr_iter;

use crate::text::text;

/// The decoded fields of one record: without enclosing quotes, and with doubled quotes replaced by single ones.
#[derive(Default)]
pub(crate) struct Fields {
    pub(super) bytes: Vec<u8>,
    /// The place of each field in `bytes`, and whether the field was quoted.
    places: Vec<(Range<usize>, bool)>,
}

/// The fields of a record as text. A record is examined as a whole, and its fields one by one only if it is not UTF-8.
pub(crate) struct Texts<'a> {
    fields: &'a Fields,
    whole: Option<&'a str>,
}

impl<'a> Texts<'a> {
    /// The text of a field, and whether the field was quoted.
    pub(crate) fn get(&self, index: usize) -> Option<(Cow<'a, str>, bool)> {
        let (range, quoted) = self.fields.places.get(index)?;
        if range.is_empty() {
            return Some((Cow::Borrowed(""), *quoted));
        }
        // Two fields may be UTF-8 together and not apart.
        let part = self.whole.and_then(|whole| whole.get(range.clone()));
        Some((part.map_or_else(|| text(&self.fields.bytes[range.clone()]), Cow::Borrowed), *quoted))
    }
}

impl Fields {
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The decoded bytes of a field.
    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        let (range, _) = self.places.get(index)?;
        Some(&self.bytes[range.clone()])
    }

    /// The text of a field; empty if the record has no such field.
    pub(crate) fn text(&self, index: usize) -> Cow<'_, str> {
        self.get(index).map(text).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The fields as text.
    pub(crate) fn texts(&self) -> Texts<'_> {
        Texts { fields: self, whole: std::str::from_utf8(&self.bytes).ok() }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
    }

    /// Ends a field whose bytes follow those of the field before it.
    pub(super) fn end_field(&mut self, quoted: bool) {
        let begin = self.places.last().map_or(0, |(before, _)| before.end);
        self.places.push((begin..self.bytes.len(), quoted));
    }

    /// The fields of a line without quotes, of which there are none yet.
    pub(super) fn split(&mut self, line: &[u8], separator: u8) {
        self.bytes.extend_from_slice(line);
        let mut begin = 0;
        for at in memchr_iter(separator, line) {
            self.places.push((begin..at, false));
            begin = at + 1;
        }
        self.places.push((begin..line.len(), false));
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_are_read_as_utf8_or_each_as_latin_1() {
        for (parts, expected) in [
            ([&b"a"[..], "ä".as_bytes(), b""], ["a", "ä", ""]),
            ([b"J\xf6rg", "ä".as_bytes(), b"x"], ["Jörg", "ä", "x"]),
            ([b"\xc3", b"\xa4", b"x"], ["Ã", "¤", "x"]),
        ] {
            let mut fields = Fields::default();
            for (at, part) in parts.iter().enumerate() {
                fields.bytes.extend_from_slice(part);
                fields.end_field(at == 1);
            }
            let texts = fields.texts();
            for (at, expected) in expected.into_iter().enumerate() {
                assert_eq!(
                    texts.get(at).map(|(text, quoted)| (text.into_owned(), quoted)),
                    Some((expected.to_owned(), at == 1))
                );
                assert_eq!(fields.text(at), expected);
            }
            assert!(texts.get(3).is_none());
        }
    }
}
