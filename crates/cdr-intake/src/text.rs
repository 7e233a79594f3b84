//! Text of bytes whose encoding nobody states.

use std::borrow::Cow;

/// The bytes as UTF-8, or if they are none, byte by byte as Latin-1 (ISO 8859-1), which loses nothing.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// The place of a byte among the characters of a line, from 1.
pub(crate) fn character(line: &[u8], byte: usize) -> usize {
    match std::str::from_utf8(line) {
        Ok(line) => line.char_indices().take_while(|(at, _)| *at < byte).count() + 1,
        Err(_) => byte + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{character, text};

    #[test]
    fn bytes_that_are_no_utf8_are_read_as_latin_1() {
        for (bytes, expected) in [(&b"J\xf6rg"[..], "Jörg"), ("Jörg".as_bytes(), "Jörg"), (&b"\xff\x80"[..], "ÿ\u{80}")]
        {
            assert_eq!(text(bytes), expected);
        }
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(character("äb".as_bytes(), 2), 2);
        assert_eq!(character(b"\xe4b", 1), 2);
    }
}
