//! Values that are read from a single text: numbers, names, bytes, and keys of maps.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::StrDeserializer;
use serde::de::{self, IntoDeserializer, Visitor};

use crate::error::{Error, Position, Result, excerpt};

/// White space that may be skipped around tokens.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// A text and its position.
#[derive(Debug)]
pub(super) struct Scalar<'de> {
    text: Cow<'de, str>,
    source: &'de str,
    at: usize,
    /// Whether it was already read as an option, since a type may nest options infinitely.
    optional: bool,
}

impl<'de> Scalar<'de> {
    pub(super) fn new(text: Cow<'de, str>, source: &'de str, at: usize) -> Self {
        Self { text, source, at, optional: false }
    }

    /// The name in a list that equals this text; if none does, one that equals it ignoring case and surrounding white
    /// space.
    pub(super) fn among(&self, names: &'static [&'static str]) -> Option<&'static str> {
        let trimmed = self.trimmed();
        let same = names.iter().find(|name| **name == self.text);
        same.or_else(|| names.iter().find(|name| name.eq_ignore_ascii_case(trimmed))).copied()
    }

    fn trimmed(&self) -> &str {
        self.text.trim_matches(BLANKS)
    }

    fn expected(&self, expected: &'static str) -> Error {
        let text = self.trimmed();
        let found = if text.is_empty() { "nothing".to_owned() } else { excerpt(text) };
        // The error position is after unquoted white space.
        let rest = &self.source[self.at..];
        let blanks = rest.len() - rest.trim_start_matches(BLANKS).len();
        let at = if rest[blanks..].starts_with(text) { self.at + blanks } else { self.at };
        Error::Expected { expected, found, position: Position::of(self.source, at) }
    }

    /// A floating-point number. `ServiceStack.Text` accepts commas between thousands, in quotes.
    fn float(&self) -> Option<f64> {
        let text = self.trimmed();
        text.parse().ok().or_else(|| {
            let fraction = text.find(['.', 'e', 'E']).unwrap_or(text.len());
            let (whole, fraction) = text.split_at(fraction);
            let digits = whole.trim_start_matches(['+', '-']).split(',').all(|group| !group.is_empty());
            digits.then(|| format!("{}{fraction}", whole.replace(',', "")).parse().ok()).flatten()
        })
    }
}

macro_rules! numbers {
    ($($of:ident $read:ident $visit:ident $what:literal),* $(,)?) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let value: $of = self.trimmed().parse().map_err(|_| self.expected($what))?;
            visitor.$visit(value).map_err(|error: Error| error.or_at(self.source, self.at))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Scalar<'de> {
    type Error = Error;

    numbers!(
        i8 deserialize_i8 visit_i8 "a whole number of 8 bits",
        i16 deserialize_i16 visit_i16 "a whole number of 16 bits",
        i32 deserialize_i32 visit_i32 "a whole number of 32 bits",
        i64 deserialize_i64 visit_i64 "a whole number of 64 bits",
        i128 deserialize_i128 visit_i128 "a whole number of 128 bits",
        u8 deserialize_u8 visit_u8 "a whole number from 0, of 8 bits",
        u16 deserialize_u16 visit_u16 "a whole number from 0, of 16 bits",
        u32 deserialize_u32 visit_u32 "a whole number from 0, of 32 bits",
        u64 deserialize_u64 visit_u64 "a whole number from 0, of 64 bits",
        u128 deserialize_u128 visit_u128 "a whole number from 0, of 128 bits",
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Self { text, source, at, .. } = self;
        match text {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
        .map_err(|error: Error| error.or_at(source, at))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let value = match self.trimmed() {
            "1" => true,
            "0" => false,
            text if text.eq_ignore_ascii_case("true") => true,
            text if text.eq_ignore_ascii_case("false") => false,
            _ => return Err(self.expected("`True` or `False`")),
        };
        visitor.visit_bool(value).map_err(|error: Error| error.or_at(self.source, self.at))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        // Parsed directly, so that it is not rounded twice.
        if let Ok(value) = self.trimmed().parse() {
            return visitor.visit_f32(value).map_err(|error: Error| error.or_at(self.source, self.at));
        }
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let value = self.float().ok_or_else(|| self.expected("a number"))?;
        visitor.visit_f64(value).map_err(|error: Error| error.or_at(self.source, self.at))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let bytes = STANDARD.decode(self.trimmed()).map_err(|_| self.expected("base64"))?;
        visitor.visit_byte_buf(bytes).map_err(|error: Error| error.or_at(self.source, self.at))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.optional {
            return Err(self.expected("something that is not optional twice"));
        }
        visitor.visit_some(Self { optional: true, ..self })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let name = self.among(variants).unwrap_or(&self.text);
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        visitor.visit_enum(name).map_err(|error| error.or_at(self.source, self.at))
    }

    serde::forward_to_deserialize_any! {
        char str string unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
