//! Escaping of received text for display on a terminal, in a log or on a page.

use std::borrow::Cow;

/// Whether a character can be displayed on a line as it is. The following cannot: control characters (C0, DEL and C1),
/// line and paragraph separators, and characters that change the direction of the surrounding text (Unicode 17, section
/// 23.2, and UAX #9).
pub fn is_printable(c: char) -> bool {
    let is_separator_or_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !(c.is_control() || is_separator_or_direction)
}

/// A text with every character that is not [printable](is_printable) escaped in Rust syntax: `\n`, `\u{7f}`. All other
/// characters, including backslashes, are unchanged, so applying it more than once has no further effect.
///
/// ```
/// use cdr_model::printable;
///
/// assert_eq!(printable("Zoë: C:\\calls"), "Zoë: C:\\calls");
/// assert_eq!(printable("0\u{7f}.0190\n"), "0\\u{7f}.0190\\n");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_printable(c) {
            escaped.push(c);
        } else {
            escaped.extend(c.escape_default());
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::{is_printable, printable};

    #[test]
    fn unprintable_characters_are_escaped_once() {
        for (text, shown) in [
            ("", ""),
            ("+49 30 1234", "+49 30 1234"),
            ("Zoë O'Brien \"Ünï\" 電話 👩‍👧", "Zoë O'Brien \"Ünï\" 電話 👩‍👧"),
            ("a\tb\r\nc", "a\\tb\\r\\nc"),
            ("\0\u{1b}[31mred", "\\u{0}\\u{1b}[31mred"),
            ("\u{7f}\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("\u{202e}gpj.exe\u{202c}", "\\u{202e}gpj.exe\\u{202c}"),
            ("\u{2066}\u{2069}\u{61c}\u{200e}\u{200f}", "\\u{2066}\\u{2069}\\u{61c}\\u{200e}\\u{200f}"),
            ("one\u{2028}two\u{2029}", "one\\u{2028}two\\u{2029}"),
            ("C:\\new\\u{7f}", "C:\\new\\u{7f}"),
        ] {
            assert_eq!(printable(text), shown);
            assert_eq!(printable(&printable(text)), shown, "escaped twice");
        }
        assert!(('\0'..=char::MAX).filter(|c| c.is_control()).all(|c| !is_printable(c)));
    }
}
