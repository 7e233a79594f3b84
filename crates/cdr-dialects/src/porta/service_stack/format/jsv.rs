//! JSV: objects as data of serde, written by the `jsv` crate.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::porta::service_stack::dto::{Dto, Objects, Value};

/// An object in JSV.
pub(super) fn object<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    written(|broken| jsv::to_writer(out, &Object(dto, broken)))
}

/// An object in indented JSV.
pub(super) fn pretty<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    written(|broken| jsv::to_writer_pretty(out, &Object(dto, broken)))
}

/// A value in JSV, for a cell of a table. Nulls are empty.
pub(super) fn value<W: Write>(out: &mut W, value: &Value<'_>) -> io::Result<()> {
    written(|broken| jsv::to_writer(out, &Any(value, broken)))
}

/// The error that ended a list while it was read. Serde's errors hold only a message.
type Broken = RefCell<Option<io::Error>>;

fn written(write: impl FnOnce(&Broken) -> Result<(), jsv::Error>) -> io::Result<()> {
    let broken = Broken::default();
    write(&broken).map_err(|error| broken.take().unwrap_or_else(|| io::Error::other(error)))
}

struct Object<'a>(&'a dyn Dto, &'a Broken);
struct Any<'a>(&'a Value<'a>, &'a Broken);
struct List<'a>(&'a dyn Objects, &'a Broken);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Object(dto, broken) = self;
        let class = dto.class();
        let mut object = serializer.serialize_struct(class.name, class.members.len())?;
        for (member, value) in class.members.iter().zip(dto.values()) {
            match value {
                Value::Null => object.skip_field(member.name)?,
                value => object.serialize_field(member.name, &Any(&value, broken))?,
            }
        }
        object.end()
    }
}

impl Serialize for Any<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Any(value, broken) = self;
        match value {
            Value::Null => serializer.serialize_none(),
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Int(number) => serializer.serialize_i64(*number),
            // Neither has a character that requires quotes.
            Value::Decimal(number) => serializer.collect_str(number),
            Value::Date(date) => jsv::Unquoted(date.jsv()).serialize(serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Texts(texts) => texts.serialize(serializer),
            Value::Object(dto) => Object(*dto, broken).serialize(serializer),
            Value::List(rows) => List(*rows, broken).serialize(serializer),
            Value::Dict(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, rows) in *entries {
                    map.serialize_entry(key, &List(&**rows, broken))?;
                }
                map.end()
            }
        }
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let List(rows, broken) = self;
        let mut list = serializer.serialize_seq(None)?;
        let mut failed = None;
        let read = rows.each(&mut |row| {
            list.serialize_element(&Object(row, broken)).map_err(|error| {
                failed = Some(error);
                io::Error::other("the list cannot be written")
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Err(error) = read {
            let words = error.to_string();
            broken.replace(Some(error));
            return Err(S::Error::custom(words));
        }
        list.end()
    }
}
