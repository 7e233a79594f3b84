//! Tokens: where they begin and end.

use std::borrow::Cow;

use super::scalar::{BLANKS, Scalar};
use super::{Deserializer, Place};
use crate::error::{Error, Position, Result};

impl<'de> Deserializer<'de> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.after_blanks();
    }

    /// Goes over the white space that does not belong to the next token.
    ///
    /// In the compact form it does, unless a quote, brace or bracket follows: a text with one of these would be in
    /// quotes.
    pub(super) fn skip_to_token(&mut self) {
        let at = self.after_blanks();
        let belongs = !matches!(self.source.as_bytes().get(at), Some(b'"' | b'{' | b'['));
        if self.pretty || !belongs {
            self.at = at;
        }
    }

    /// As [`Self::skip_to_token`], where only a brace or bracket can be right.
    pub(super) fn skip_to_bracket(&mut self) -> Option<u8> {
        let at = self.after_blanks();
        let found = self.source.as_bytes().get(at).copied().filter(|byte| matches!(byte, b'{' | b'['));
        if found.is_some() {
            self.at = at;
        }
        found
    }

    /// Whether there is no value here: a null.
    pub(super) fn is_null(&mut self) -> bool {
        if self.place != Place::Root {
            self.skip_to_token();
        }
        self.peek().is_none_or(|byte| self.place.ends_at(byte))
    }

    /// The next value as a text, whatever it is.
    pub(super) fn scalar(&mut self) -> Result<Scalar<'de>> {
        if self.place != Place::Root {
            self.skip_to_token();
        }
        let at = self.at;
        let text = match self.peek() {
            _ if self.place == Place::Root => self.take(self.source.len()).into(),
            Some(b'"') => self.quoted()?,
            Some(b'{' | b'[') => self.bracketed()?.into(),
            _ => {
                let place = self.place;
                self.raw(|byte| place.ends_at(byte)).into()
            }
        };
        Ok(Scalar::new(text, self.source, at))
    }

    /// The name of a member, up to and over its colon.
    pub(super) fn name(&mut self) -> Result<Scalar<'de>> {
        self.skip_to_token();
        let at = self.at;
        let text = match self.peek() {
            Some(b'"') => self.quoted()?,
            Some(b'{' | b'[') => self.bracketed()?.into(),
            _ => self.raw(|byte| matches!(byte, b':' | b',' | b'{' | b'}')).into(),
        };
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:` after a name"));
        }
        self.at += 1;
        Ok(Scalar::new(text, self.source, at))
    }

    /// Goes on to the next member or element of what was opened at `opened`; no more are left at `end`.
    pub(super) fn next(&mut self, end: u8, opened: usize, expected: &'static str) -> Result<bool> {
        self.skip_blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(found) if found == end => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => Err(self.expected(expected)),
            None => Err(self.unclosed(opened)),
        }
    }

    pub(super) fn unclosed(&self, opened: usize) -> Error {
        let bracket = if self.source.as_bytes().get(opened) == Some(&b'[') { '[' } else { '{' };
        Error::Unclosed { bracket, position: Position::of(self.source, opened) }
    }

    /// A text in quotes, the first of which is next.
    fn quoted(&mut self) -> Result<Cow<'de, str>> {
        let opened = self.at;
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let part = self.until(|byte| byte == b'"');
            if text.is_empty() {
                text = part.into();
            } else {
                text.to_mut().push_str(part);
            }
            self.at += 1;
            if self.at > self.source.len() {
                self.at = self.source.len();
                return Err(Error::UnclosedQuote { position: Position::of(self.source, opened) });
            }
            if self.peek() != Some(b'"') {
                return Ok(text);
            }
            self.at += 1;
            text.to_mut().push('"');
        }
    }

    /// All that stands between a brace or bracket, which is next, and its counterpart, and both of them.
    pub(super) fn bracketed(&mut self) -> Result<&'de str> {
        let opened = self.at;
        let open = self.peek();
        let close = if open == Some(b'[') { b']' } else { b'}' };
        let (mut deep, mut in_quotes) = (0_usize, false);
        for (length, byte) in self.source.as_bytes()[opened..].iter().enumerate() {
            match *byte {
                b'"' => in_quotes = !in_quotes,
                _ if in_quotes => {}
                found if Some(found) == open => deep += 1,
                found if found == close => {
                    deep -= 1;
                    if deep == 0 {
                        return Ok(self.take(opened + length + 1));
                    }
                }
                _ => {}
            }
        }
        Err(self.unclosed(opened))
    }

    /// A text without quotes, and without the white space after it in the pretty form.
    fn raw(&mut self, ends: impl Fn(u8) -> bool) -> &'de str {
        let text = self.until(ends);
        if self.pretty { text.trim_end_matches(BLANKS) } else { text }
    }

    /// What stands before the first byte that ends it, which is ASCII.
    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'de str {
        let rest = &self.source.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        self.take(self.at + length)
    }

    fn take(&mut self, end: usize) -> &'de str {
        let taken = &self.source[self.at..end];
        self.at = end;
        taken
    }

    fn after_blanks(&self) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = self.at;
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(at) {
            at += 1;
        }
        at
    }
}

impl Place {
    fn ends_at(self, byte: u8) -> bool {
        match self {
            Self::Root => false,
            Self::Bare => byte == b',',
            Self::List => matches!(byte, b',' | b']'),
            Self::Object => matches!(byte, b',' | b'}'),
        }
    }
}
