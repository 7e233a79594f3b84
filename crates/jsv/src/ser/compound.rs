//! Lists and objects.

use std::io::Write;

use serde::{Serialize, ser};

use super::key::KeySerializer;
use super::{Pending, Serializer};
use crate::error::{Error, Result};

/// A list that is being written. Its opening bracket is written with the first element.
#[derive(Debug)]
pub struct List<'a, W> {
    pub(super) serializer: &'a mut Serializer<W>,
    pub(super) first: bool,
    /// Whether it follows a name.
    pub(super) after_name: bool,
    /// Whether it is the value of an enum's variant, which has its own braces.
    pub(super) variant: bool,
}

/// An object that is being written. Its opening brace is written with the first member that is not null.
#[derive(Debug)]
pub struct Object<'a, W> {
    pub(super) serializer: &'a mut Serializer<W>,
    pub(super) first: bool,
    /// Whether it follows a name.
    pub(super) after_name: bool,
    /// Whether it is the value of an enum's variant, which has its own braces.
    pub(super) variant: bool,
}

impl<W: Write> List<'_, W> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        if self.first {
            self.serializer.open(b'[', self.after_name)?;
            self.first = false;
        } else {
            self.serializer.next()?;
        }
        value.serialize(&mut *self.serializer)
    }

    fn finish(self) -> Result<()> {
        if self.first {
            self.serializer.open_and_close(*b"[]", self.after_name)?;
        } else {
            self.serializer.close(b']')?;
        }
        if self.variant { self.serializer.close(b'}') } else { Ok(()) }
    }
}

impl<W: Write> Object<'_, W> {
    /// Writes a member. Its name is `field`, or the serializer's `key`.
    fn member<T: Serialize + ?Sized>(&mut self, field: Option<&'static str>, value: &T) -> Result<()> {
        self.serializer.pending = Some(Pending { field, first: self.first, after_name: self.after_name });
        value.serialize(&mut *self.serializer)?;
        // A null leaves the name pending.
        if self.serializer.pending.take().is_none() {
            self.first = false;
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        if self.first {
            self.serializer.open_and_close(*b"{}", self.after_name)?;
        } else {
            self.serializer.close(b'}')?;
        }
        if self.variant { self.serializer.close(b'}') } else { Ok(()) }
    }
}

impl<W: Write> ser::SerializeMap for Object<'_, W> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.serializer.key.clear();
        key.serialize(KeySerializer { key: &mut self.serializer.key })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.member(None, value)
    }

    fn end(self) -> Result<()> {
        self.finish()
    }
}

macro_rules! lists {
    ($($of:ident $element:ident),*) => {$(
        impl<W: Write> ser::$of for List<'_, W> {
            type Ok = ();
            type Error = Error;

            fn $element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }

            fn end(self) -> Result<()> {
                self.finish()
            }
        }
    )*};
}

lists!(SerializeSeq serialize_element, SerializeTuple serialize_element);
lists!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! objects {
    ($($of:ident),*) => {$(
        impl<W: Write> ser::$of for Object<'_, W> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.member(Some(name), value)
            }

            fn end(self) -> Result<()> {
                self.finish()
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);
