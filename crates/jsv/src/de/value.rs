//! Reading of each kind of value.

use serde::de::{self, Visitor};

use super::enums::VariantValue;
use super::{Deserializer, Place};
use crate::error::{Error, Position, Result};

macro_rules! scalars {
    ($($read:ident),* $(,)?) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.scalar()?.$read(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Deserializer<'de> {
    type Error = Error;

    scalars!(
        deserialize_bool,
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_i128,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64,
        deserialize_u128,
        deserialize_f32,
        deserialize_f64,
        deserialize_char,
        deserialize_str,
        deserialize_string,
        deserialize_bytes,
        deserialize_byte_buf,
        deserialize_identifier,
    );

    /// Reads a map, a list, a null, or otherwise a text, since a number cannot be distinguished from a text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.skip_to_bracket() {
            Some(b'{') => self.object(visitor, None),
            Some(_) => self.list(visitor, false),
            None if self.is_null() => self.deserialize_unit(visitor),
            None => self.scalar()?.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.is_null() {
            let at = self.at;
            return visitor.visit_none().map_err(|error: Error| error.or_at(self.source, at));
        }
        self.count_option()?;
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if !self.is_null() {
            return Err(self.expected("nothing"));
        }
        let at = self.at;
        visitor.visit_unit().map_err(|error: Error| error.or_at(self.source, at))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        if self.is_null() {
            return self.deserialize_unit(visitor);
        }
        self.object(Nothing, None)?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.list(visitor, false)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.list(visitor, len == 1)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.list(visitor, len == 1)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.object(visitor, None)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.object(visitor, Some(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if self.skip_to_bracket() != Some(b'{') {
            return self.scalar()?.deserialize_enum(name, variants, visitor);
        }
        self.deeper(Place::Object, |deserializer| {
            let opened = deserializer.at;
            deserializer.at += 1;
            let value = visitor.visit_enum(VariantValue { deserializer, variants });
            let value = value.map_err(|error: Error| error.or_at(deserializer.source, opened))?;
            if deserializer.next(b'}', opened, "`}` after the value of a variant")? {
                return Err(deserializer.expected("one variant only"));
            }
            Ok(value)
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.scalar()?;
        visitor.visit_unit()
    }
}

impl Deserializer<'_> {
    /// Refuses infinitely nested options, which consume no text and would exhaust the stack.
    fn count_option(&mut self) -> Result<()> {
        let (at, count) = self.options;
        let count = if at == self.at { count + 1 } else { 1 };
        self.options = (self.at, count);
        if count <= self.depth_limit.max(1) {
            return Ok(());
        }
        Err(Error::TooDeep { limit: self.depth_limit, position: Position::of(self.source, self.at) })
    }
}

/// An object whose members are ignored.
struct Nothing;

impl<'de> Visitor<'de> for Nothing {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        while members.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
