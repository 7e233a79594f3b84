//! Native NDJSON: one object per line.

use std::borrow::Cow;
use std::fmt;

use cdr_mediation::Content;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::Column;
use super::given::Given;
use super::record::content;
use crate::fault::{Fault, shown};
use crate::feed::InputSheet;
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// The objects of a sheet.
pub(super) struct Objects {
    pub(super) sheet: InputSheet,
}

impl LineMapping for Objects {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        let line = text(line);
        let Members(members) = serde_json::from_str(&line).map_err(|error| {
            Fault::new("not-json", format!("{error}; expected an object such as {{\"started_at\":\"…\"}}"))
        })?;
        let mut columns = Vec::with_capacity(members.len());
        for (at, (name, _)) in members.iter().enumerate() {
            if members[..at].iter().any(|(before, _)| before == name) {
                return Err(Fault::new("field-twice", format!("the object names {} twice", shown(name))));
            }
            columns.push(Column::named(self.sheet, name).map_err(|wrong| Fault::new("field-unknown", wrong))?);
        }
        let mut given = Vec::with_capacity(members.len());
        for ((name, value), column) in members.iter().zip(&columns) {
            let text = scalar(name, value)?;
            given.push(Given { name, column, is_null: text.is_none(), text: text.unwrap_or_default() });
        }
        content(self.sheet, given).map(|content| (content, None))
    }
}

/// The names of the members of an object.
pub(super) fn names(line: &str) -> Option<Vec<String>> {
    let Members(members) = serde_json::from_str(line).ok()?;
    Some(members.into_iter().map(|(name, _)| name).collect())
}

/// The text of a value; `None` for `null`.
pub(in crate::feed) fn scalar<'a>(name: &str, value: &'a RawValue) -> Result<Option<Cow<'a, str>>, Fault> {
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
pub(in crate::feed) struct Members<'a>(pub(in crate::feed) Vec<(String, &'a RawValue)>);

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
