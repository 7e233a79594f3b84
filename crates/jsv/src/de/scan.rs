//! Token boundaries.

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

    /// Skips white space that is not part of the next token.
    ///
    /// In the compact form, white space is part of the token unless a quote, brace or bracket follows, since a text
    /// with one of these would be quoted.
    pub(super) fn skip_to_token(&mut self) {
        let at = self.after_blanks();
        let belongs = !matches!(self.source.as_bytes().get(at), Some(b'"' | b'{' | b'['));
        if self.pretty || !belongs {
            self.at = at;
        }
    }

    /// Like [`Self::skip_to_token`], for a token that has to be a brace or bracket.
    pub(super) fn skip_to_bracket(&mut self) -> Option<u8> {
        let at = self.after_blanks();
        let found = self.source.as_bytes().get(at).copied().filter(|byte| matches!(byte, b'{' | b'['));
        if found.is_some() {
            self.at = at;
        }
        found
    }

    /// Whether the next value is missing, which is a null.
    pub(super) fn is_null(&mut self) -> bool {
        if self.place != Place::Root {
            self.skip_to_token();
        }
        self.peek().is_none_or(|byte| self.place.ends_at(byte))
    }

    /// The next value of any kind, as a text.
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

    /// The name of a member. Consumes the colon.
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

    /// Moves to the next member or element of the object or list opened at `opened`; false at its closing bracket
    /// `end`.
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

    /// A quoted text. The opening quote is next.
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

    /// The text from an opening brace or bracket, which is next, to the matching closing one, inclusive.
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

    /// A text without quotes; in the pretty form without trailing white space.
    fn raw(&mut self, ends: impl Fn(u8) -> bool) -> &'de str {
        let text = self.until(ends);
        if self.pretty { text.trim_end_matches(BLANKS) } else { text }
    }

    /// The text before the first byte for which `ends` is true. Such a byte is ASCII.
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
