//! Text of others on its way to a person: a terminal, a log, a page.

use std::borrow::Cow;

/// Whether a character shows as itself on a line. These do not: control characters (C0, DEL and C1), line and paragraph
/// separators, and the characters that change the direction of text around them (Unicode 17, section 23.2, and UAX #9).
pub fn is_printable(c: char) -> bool {
    let is_separator_or_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !(c.is_control() || is_separator_or_direction)
}

/// A text with every character that is not [printable](is_printable) spelled out as Rust spells it: `\n`, `\u{7f}`. The rest
/// stays as it is, backslashes too, so a text can go through here more than once.
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
    let mut spelled = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_printable(c) {
            spelled.push(c);
        } else {
            spelled.extend(c.escape_default());
        }
    }
    Cow::Owned(spelled)
}

#[cfg(test)]
mod tests {
    use super::{is_printable, printable};

    #[test]
    fn whatever_would_not_show_is_spelled_out_once() {
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
            assert_eq!(printable(&printable(text)), shown, "twice is as once");
        }
        assert!(('\0'..=char::MAX).filter(|c| c.is_control()).all(|c| !is_printable(c)));
    }
}
