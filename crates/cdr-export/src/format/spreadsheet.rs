//! Text that a spreadsheet shows as text, and does not take for a formula (OWASP, "CSV Injection").

use std::borrow::Cow;

use super::encoder::{Cell, Encoder, Format};
use crate::layout::{Layout, Spreadsheet};

/// What a text begins with that a spreadsheet shows as text.
const MARK: char = '\'';

/// Whether the files of a layout in a format guard texts.
pub(crate) fn guards(layout: &Layout, format: &dyn Format) -> bool {
    layout.spreadsheet == Spreadsheet::Safe && format.is_for_spreadsheets()
}

/// Writes the cells of another encoder, with a mark before each text that a spreadsheet would take for a formula.
pub(crate) struct Guarding(pub(crate) Box<dyn Encoder>);

impl Encoder for Guarding {
    fn heading(&self, out: &mut Vec<u8>) {
        self.0.heading(out);
    }

    fn cell(&self, at: usize, cell: Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Text(text) => self.0.cell(at, Cell::Text(&guarded(text)), out),
            other => self.0.cell(at, other, out),
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        self.0.end(out);
    }
}

/// A text as it is written.
fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

/// A text as it was before it was guarded.
pub(crate) fn unguarded(text: &str) -> &str {
    text.strip_prefix(MARK).filter(|text| is_formula(text)).unwrap_or(text)
}

/// Whether a spreadsheet would take a text for a formula. A text that looks guarded counts too, so that a mark can be
/// told from an apostrophe of the text.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(MARK);
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    begins && !is_telephone_number(text) && !is_number(text)
}

/// Whether a text is a telephone number as E.164 writes it: `+` and digits.
fn is_telephone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(are_digits)
}

/// Whether a text is a negative number in plain digits, with a fraction or without.
fn is_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix('-') else { return false };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    are_digits(whole) && are_digits(fraction)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{guarded, is_formula, unguarded};

    #[test]
    fn texts_that_a_spreadsheet_takes_for_formulas_are_guarded() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("+1-1", "'+1-1"),
            ("-1+1", "'-1+1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠1", "'＠1"),
            ("+", "'+"),
            ("-", "'-"),
            ("-.5", "'-.5"),
            ("-1.", "'-1."),
            ("-1.2.3", "'-1.2.3"),
            ("-1e5", "'-1e5"),
            ("+1.5", "'+1.5"),
            ("+49 30", "'+49 30"),
            ("+٣", "'+٣"),
            // One that looks guarded.
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
        ] {
            assert_eq!(guarded(text), expected, "{text:?}");
        }
        for text in ["", "1", "a=1", " =1", "1-1", "+4930", "-1", "-1.5", "-0.0190", "'", "'a", "'+4930", "＃1", "\n=1"]
        {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_reads_back_and_is_no_formula(
            text in prop_oneof![any::<String>(), "['=+\\-@\t\r＝＋－＠]{0,4}[0-9.a]{0,4}"],
        ) {
            let guarded = guarded(&text);
            prop_assert_eq!(unguarded(&guarded), &text);
            prop_assert_eq!(guarded == text, !is_formula(&text));
            let first = guarded.chars().next();
            let is_plain = text.strip_prefix(['+', '-']).is_some_and(|rest| rest.parse::<f64>().is_ok());
            prop_assert!(is_plain || !first.is_some_and(|first| "=+-@\t\r＝＋－＠".contains(first)), "{:?}", guarded);
        }
    }
}
