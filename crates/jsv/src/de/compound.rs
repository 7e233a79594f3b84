//! The members of objects and the elements of lists.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::{Deserializer, Place};
use crate::error::{Error, Result};

/// The elements of a list.
struct Elements<'a, 'de> {
    deserializer: &'a mut Deserializer<'de>,
    form: Form,
    /// The position of the opening bracket.
    opened: usize,
    first: bool,
    ended: bool,
    /// Whether empty brackets contain one null.
    lone_null: bool,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `[a,b]`
    Brackets,
    /// `a,b`, at the root only.
    Bare,
    /// `a`, a member or element that is a list of one element.
    Lone,
}

/// The members of an object.
struct Members<'a, 'de> {
    deserializer: &'a mut Deserializer<'de>,
    /// The position of the opening brace.
    opened: usize,
    first: bool,
    ended: bool,
    /// The fields of a struct; `None` for a map.
    fields: Option<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> {
    /// Reads a list. With `lone_null`, empty brackets contain one null.
    pub(super) fn list<V: Visitor<'de>>(&mut self, visitor: V, lone_null: bool) -> Result<V::Value> {
        let form = match (self.skip_to_bracket(), self.place) {
            (Some(b'['), _) => Form::Brackets,
            (_, Place::Root) => Form::Bare,
            _ => Form::Lone,
        };
        let place = match form {
            Form::Brackets => Place::List,
            Form::Bare => Place::Bare,
            Form::Lone => self.place,
        };
        self.deeper(place, |deserializer| {
            let opened = deserializer.at;
            deserializer.at += usize::from(form == Form::Brackets);
            let mut elements = Elements { deserializer, form, opened, first: true, ended: false, lone_null };
            let value = visitor.visit_seq(&mut elements);
            let value = value.map_err(|error| error.or_at(elements.deserializer.source, opened))?;
            elements.end()?;
            Ok(value)
        })
    }

    /// Reads an object; `fields` are the fields of a struct.
    pub(super) fn object<V: Visitor<'de>>(
        &mut self,
        visitor: V,
        fields: Option<&'static [&'static str]>,
    ) -> Result<V::Value> {
        if self.skip_to_bracket() != Some(b'{') {
            return Err(self.expected("`{`"));
        }
        self.deeper(Place::Object, |deserializer| {
            let opened = deserializer.at;
            deserializer.at += 1;
            let mut members = Members { deserializer, opened, first: true, ended: false, fields };
            let value = visitor.visit_map(&mut members);
            let value = value.map_err(|error| error.or_at(members.deserializer.source, opened))?;
            members.end()?;
            Ok(value)
        })
    }
}

impl Elements<'_, '_> {
    /// Moves to the next element.
    fn next(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let first = std::mem::replace(&mut self.first, false);
        let more = match self.form {
            Form::Brackets if first => self.first_in_brackets(),
            Form::Brackets => self.deserializer.next(b']', self.opened, "`,` or `]`")?,
            Form::Bare if first => self.deserializer.peek().is_some(),
            Form::Bare => self.next_bare()?,
            Form::Lone => first && !self.deserializer.is_null(),
        };
        self.ended = !more;
        Ok(more)
    }

    fn first_in_brackets(&mut self) -> bool {
        // In the compact form, blanks are part of the first element.
        if self.deserializer.pretty {
            self.deserializer.skip_blanks();
        }
        let empty = self.deserializer.peek() == Some(b']') && !self.lone_null;
        self.deserializer.at += usize::from(empty);
        !empty
    }

    fn next_bare(&mut self) -> Result<bool> {
        self.deserializer.skip_blanks();
        match self.deserializer.peek() {
            Some(b',') => {
                self.deserializer.at += 1;
                Ok(true)
            }
            None => Ok(false),
            Some(_) => Err(self.deserializer.expected("`,`")),
        }
    }

    /// Checks that the end was reached, since a visitor may stop early.
    fn end(&mut self) -> Result<()> {
        if self.form != Form::Lone && self.next()? {
            return Err(self.deserializer.expected("the end of the list"));
        }
        Ok(())
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.next()? { seed.deserialize(&mut *self.deserializer).map(Some) } else { Ok(None) }
    }
}

impl Members<'_, '_> {
    /// Moves to the next member.
    fn next(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let more = if std::mem::replace(&mut self.first, false) {
            let before = self.deserializer.at;
            self.deserializer.skip_blanks();
            let empty = self.deserializer.peek() == Some(b'}');
            // In the compact form, blanks are part of the first name.
            self.deserializer.at = if empty { self.deserializer.at + 1 } else { before };
            !empty
        } else {
            self.deserializer.next(b'}', self.opened, "`,` or `}`")?
        };
        self.ended = !more;
        Ok(more)
    }

    /// Checks that the end was reached, since a visitor may stop early.
    fn end(&mut self) -> Result<()> {
        if self.next()? { Err(self.deserializer.expected("the end of the object")) } else { Ok(()) }
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        while self.next()? {
            let name = self.deserializer.name()?;
            let Some(fields) = self.fields else {
                return seed.deserialize(name).map(Some);
            };
            // A null is treated as a missing member: the field has its default.
            if self.deserializer.is_null() {
                continue;
            }
            return match name.among(fields) {
                Some(field) => {
                    let field: StrDeserializer<'_, Error> = field.into_deserializer();
                    seed.deserialize(field).map(Some)
                }
                None => seed.deserialize(name).map(Some),
            };
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(&mut *self.deserializer)
    }
}
