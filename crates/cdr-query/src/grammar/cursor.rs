//! A read position in a text.

use super::error::{Found, Part, XsDateTimeError};

/// A read position. It only moves past ASCII, so the number of bytes passed is the number of characters passed.
pub(super) struct Cursor<'a> {
    text: &'a str,
    passed: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, passed: 0 }
    }

    /// The position of the next character, counted from 1.
    pub(super) fn at(&self) -> usize {
        self.passed + 1
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.passed).copied()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.passed == self.text.len()
    }

    /// Consumes `wanted`, which is ASCII, if it is next.
    pub(super) fn eat(&mut self, wanted: u8) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.passed += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, wanted: u8, expected: &'static str) -> Result<(), XsDateTimeError> {
        if self.eat(wanted) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    pub(super) fn expect_end(&self, expected: &'static str) -> Result<(), XsDateTimeError> {
        if self.is_at_end() { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Consumes one digit if one is next.
    pub(super) fn digit(&mut self) -> Option<u8> {
        let digit = self.peek()?.wrapping_sub(b'0');
        (digit <= 9).then(|| {
            self.passed += 1;
            digit
        })
    }

    pub(super) fn two_digits(&mut self, expected: &'static str) -> Result<u8, XsDateTimeError> {
        let tens = self.digit().ok_or_else(|| self.unexpected(expected))?;
        let ones = self.digit().ok_or_else(|| self.unexpected(expected))?;
        Ok(tens * 10 + ones)
    }

    /// The error for a next character that the grammar does not allow here.
    pub(super) fn unexpected(&self, expected: &'static str) -> XsDateTimeError {
        let next = self.text.get(self.passed..).and_then(|rest| rest.chars().next());
        XsDateTimeError { found: next.map_or(Found::End, Found::Character), at: self.at(), expected }
    }
}

/// The error for a number outside its range, with its first digit at `at`.
pub(super) fn out_of_range(part: Part, number: u8, at: usize, expected: &'static str) -> XsDateTimeError {
    XsDateTimeError { found: Found::Number(part, number), at, expected }
}
