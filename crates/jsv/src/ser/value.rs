//! Writing of each kind of value.

use std::fmt::{Display, Write as _};
use std::io::Write;
use std::mem;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, ser};

use super::compound::{List, Object};
use super::{Serializer, float};
use crate::error::{Error, Result};
use crate::unquoted::UNQUOTED;

macro_rules! integers {
    ($($of:ident $write:ident),*) => {$(
        fn $write(self, value: $of) -> Result<()> {
            self.plain(itoa::Buffer::new().format(value))
        }
    )*};
}

impl<'a, W: Write> ser::Serializer for &'a mut Serializer<W> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = List<'a, W>;
    type SerializeTuple = List<'a, W>;
    type SerializeTupleStruct = List<'a, W>;
    type SerializeTupleVariant = List<'a, W>;
    type SerializeMap = Object<'a, W>;
    type SerializeStruct = Object<'a, W>;
    type SerializeStructVariant = Object<'a, W>;

    integers!(i8 serialize_i8, i16 serialize_i16, i32 serialize_i32, i64 serialize_i64, i128 serialize_i128);
    integers!(u8 serialize_u8, u16 serialize_u16, u32 serialize_u32, u64 serialize_u64, u128 serialize_u128);

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.plain(if value { "True" } else { "False" })
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.plain(&float::single(value))
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        self.plain(&float::double(value))
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.text(&STANDARD.encode(value))
    }

    fn serialize_none(self) -> Result<()> {
        self.nothing();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<()> {
        let after_name = self.begin()?;
        self.depth += 1;
        self.open_and_close(*b"{}", after_name)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result<()> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<()> {
        if name != UNQUOTED {
            return value.serialize(self);
        }
        // The name of the member precedes the value, and its colons require quotes.
        self.after_name = self.begin()?;
        self.colons = true;
        let written = value.serialize(&mut *self);
        self.colons = false;
        written
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.variant(variant)?;
        value.serialize(&mut *self)?;
        self.close(b'}')
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<List<'a, W>> {
        let after_name = self.begin()?;
        Ok(self.list(after_name, false))
    }

    fn serialize_tuple(self, len: usize) -> Result<List<'a, W>> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<List<'a, W>> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<List<'a, W>> {
        self.variant(variant)?;
        let after_name = mem::take(&mut self.after_name);
        Ok(self.list(after_name, true))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Object<'a, W>> {
        let after_name = self.begin()?;
        Ok(self.object(after_name, false))
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Object<'a, W>> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Object<'a, W>> {
        self.variant(variant)?;
        let after_name = mem::take(&mut self.after_name);
        Ok(self.object(after_name, true))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<()> {
        let mut printed = mem::take(&mut self.printed);
        printed.clear();
        write!(printed, "{value}").map_err(|error| Error::Message(error.to_string()))?;
        self.text(&printed)?;
        self.printed = printed;
        Ok(())
    }
}

impl<W: Write> Serializer<W> {
    fn list(&mut self, after_name: bool, variant: bool) -> List<'_, W> {
        self.depth += 1;
        List { serializer: self, first: true, after_name, variant }
    }

    fn object(&mut self, after_name: bool, variant: bool) -> Object<'_, W> {
        self.depth += 1;
        Object { serializer: self, first: true, after_name, variant }
    }

    /// Writes the opening brace and the name of a variant that has a value.
    fn variant(&mut self, name: &'static str) -> Result<()> {
        let after_name = self.begin()?;
        self.depth += 1;
        self.open(b'{', after_name)?;
        self.quote_if_needed(name)?;
        self.colon()?;
        self.after_name = true;
        Ok(())
    }
}
