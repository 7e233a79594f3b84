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

/// The names in the beginning of a JSON text, at any depth, whether it is whole or not.
pub(crate) fn names_of_beginning(beginning: &str) -> Vec<String> {
    let (mut names, mut rest) = (Vec::new(), beginning);
    while let Some((_, inner)) = rest.split_once('"') {
        let mut is_escaped = false;
        let closes = |byte: u8| {
            let closes = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            closes
        };
        let Some(end) = inner.bytes().position(closes) else { break };
        rest = &inner[end + 1..];
        if rest.trim_start().starts_with(':') {
            names.push(inner[..end].to_owned());
        }
    }
    names
}

/// The fault of a text that is not the expected JSON.
pub(crate) fn not_json(error: serde_json::Error) -> Fault {
    Fault::new("not-json", error.to_string())
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
