//! Decoding text of unknown encoding.

use std::borrow::Cow;

/// Decodes the bytes as UTF-8, or if they are not valid UTF-8, as Latin-1 (ISO 8859-1), which is lossless.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Converts the index of a byte in a line to the position of its character, from 1.
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
    fn bytes_that_are_not_utf8_are_read_as_latin_1() {
        for (bytes, expected) in [(&b"J\xf6rg"[..], "Jörg"), ("Jörg".as_bytes(), "Jörg"), (&b"\xff\x80"[..], "ÿ\u{80}")]
        {
            assert_eq!(text(bytes), expected);
        }
    }

    #[test]
    fn positions_count_characters() {
        assert_eq!(character("äb".as_bytes(), 2), 2);
        assert_eq!(character(b"\xe4b", 1), 2);
    }
}
