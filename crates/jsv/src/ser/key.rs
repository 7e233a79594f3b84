//! Keys of maps: any value that is written as a single text.

use std::fmt::Display;

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::float;
use crate::error::{Error, Result};

/// Writes a key without quotes.
pub(super) struct KeySerializer<'a> {
    pub(super) key: &'a mut String,
}

impl KeySerializer<'_> {
    fn put(self, text: &str) -> Result<()> {
        self.key.push_str(text);
        Ok(())
    }
}

const fn refuse<T>(found: &'static str) -> Result<T> {
    Err(Error::Key { found })
}

macro_rules! integers {
    ($($of:ident $write:ident),*) => {$(
        fn $write(self, value: $of) -> Result<()> {
            self.put(itoa::Buffer::new().format(value))
        }
    )*};
}

impl Serializer for KeySerializer<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    integers!(i8 serialize_i8, i16 serialize_i16, i32 serialize_i32, i64 serialize_i64, i128 serialize_i128);
    integers!(u8 serialize_u8, u16 serialize_u16, u32 serialize_u32, u64 serialize_u64, u128 serialize_u128);

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.put(if value { "True" } else { "False" })
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.put(&float::single(value))
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        self.put(&float::double(value))
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.put(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.put(value)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<()> {
        self.put(&value.to_string())
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result<()> {
        self.put(variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<()> {
        refuse("nothing")
    }

    fn serialize_unit(self) -> Result<()> {
        refuse("nothing")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<()> {
        refuse("an object")
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<()> {
        refuse("bytes")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<()> {
        refuse("an object")
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq> {
        refuse("a list")
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple> {
        refuse("a list")
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Self::SerializeTupleStruct> {
        refuse("a list")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        refuse("an object")
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap> {
        refuse("an object")
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self::SerializeStruct> {
        refuse("an object")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant> {
        refuse("an object")
    }
}
