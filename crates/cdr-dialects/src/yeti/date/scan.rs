//! The text that is still to be read.

use std::ops::RangeInclusive;

/// The rest of a text, in lower case and with spaces as its only white space. A copy marks a place to return to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a>(&'a str);

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits<'a> {
    pub(super) text: &'a str,
    pub(super) value: u32,
}

impl<'a> Scan<'a> {
    pub(super) fn of(text: &'a str) -> Scan<'a> {
        Scan(text)
    }

    pub(super) fn rest(self) -> &'a str {
        self.0
    }

    pub(super) fn is_done(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn next_is_digit(self) -> bool {
        self.0.starts_with(|it: char| it.is_ascii_digit())
    }

    /// Reads a text, if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Reads one of these characters.
    pub(super) fn eat_one<const N: usize>(&mut self, of: [char; N]) -> Option<char> {
        let next = self.0.chars().next().filter(|it| of.contains(it))?;
        self.0 = &self.0[next.len_utf8()..];
        Some(next)
    }

    /// Skips these characters. Returns whether there were any.
    pub(super) fn skip<const N: usize>(&mut self, of: [char; N]) -> bool {
        let rest = self.0.trim_start_matches(of);
        let any = rest.len() < self.0.len();
        self.0 = rest;
        any
    }

    /// Reads all digits that follow, if their number is in this range and they fit.
    pub(super) fn digits(&mut self, length: RangeInclusive<usize>) -> Option<Digits<'a>> {
        let mut after = *self;
        let text = after.all_digits();
        let value = length.contains(&text.len()).then(|| text.parse().ok())??;
        *self = after;
        Some(Digits { text, value })
    }

    /// Reads all digits that follow; empty if there are none.
    pub(super) fn all_digits(&mut self) -> &'a str {
        self.all(|it| it.is_ascii_digit())
    }

    /// Reads all letters that follow; empty if there are none.
    pub(super) fn letters(&mut self) -> &'a str {
        self.all(|it| it.is_ascii_alphabetic())
    }

    fn all(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let (text, rest) = self.0.split_at(self.0.find(|it| !of(it)).unwrap_or(self.0.len()));
        self.0 = rest;
        text
    }
}
