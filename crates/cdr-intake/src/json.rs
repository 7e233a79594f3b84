//! The members of JSON objects, with their values as written: numbers are read digit by digit.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::fault::{Fault, shown};

/// The names of the members of an object.
pub(crate) fn names(line: &str) -> Option<Vec<String>> {
    let Members(members) = serde_json::from_str(line).ok()?;
    Some(members.into_iter().map(|(name, _)| name).collect())
}

/// The text of a value; `None` for `null`.
pub(crate) fn scalar<'a>(name: &str, value: &'a RawValue) -> Result<Option<Cow<'a, str>>, Fault> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(json)
            .map(|text| Some(Cow::Owned(text)))
            .map_err(|error| Fault::new("not-json", format!("{}: {error}", shown(name)))),
        Some(b'n') => Ok(None),
        Some(b'{' | b'[') => {
            Err(Fault::unreadable("field-unreadable", name, json, "a string, a number, true, false or null"))
        }
        _ => Ok(Some(Cow::Borrowed(json))),
    }
}

/// The members of an object in order, including duplicates, with their raw values.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'de>, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
