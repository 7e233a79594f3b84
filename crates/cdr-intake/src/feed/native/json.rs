//! Native NDJSON: one object per line.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use cdr_mediation::{Content, Incoming};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::Column;
use super::given::Given;
use super::record::content;
use crate::delimited::{Delimited, FoundRow};
use crate::error::IntakeError;
use crate::fault::{Fault, shown};
use crate::feed::{InputSheet, Records};
use crate::rows::waits;
use crate::text::text;

/// The records of an NDJSON file.
pub(super) struct Objects<R> {
    lines: Delimited<R>,
    file: String,
    sheet: InputSheet,
    ended: bool,
}

impl<R: Read> Objects<R> {
    pub(super) fn new(lines: Delimited<R>, file: &str, sheet: InputSheet) -> Objects<R> {
        Objects { lines, file: file.to_owned(), sheet, ended: false }
    }

    fn content(&self, found: &FoundRow) -> Result<Content, Fault> {
        if let Some(fault) = &found.fault {
            return Err(fault.clone());
        }
        let line = text(&found.raw);
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
        content(self.sheet, given)
    }
}

impl<R: Read> Iterator for Objects<R> {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let position = |file: &str, line: u64| format!("{file}:{line}");
        match self.lines.next_line() {
            Ok(Some(found)) => {
                let content = self.content(&found).unwrap_or_else(Fault::into_content);
                Some(Ok(Incoming { position: position(&self.file, found.line), raw: found.raw, content }))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(source) => {
                self.ended = true;
                Some(Err(IntakeError::Input { position: position(&self.file, self.lines.line()), source }))
            }
        }
    }
}

impl<R: Read> Records for Objects<R> {
    fn warnings(&self) -> Vec<String> {
        self.lines.waiting().map(|waiting| waits(&self.file, waiting)).into_iter().collect()
    }
}

/// The names of the members of an object.
pub(super) fn names(line: &str) -> Option<Vec<String>> {
    let Members(members) = serde_json::from_str(line).ok()?;
    Some(members.into_iter().map(|(name, _)| name).collect())
}

/// The text of a value; `None` for `null`.
fn scalar<'a>(name: &str, value: &'a RawValue) -> Result<Option<Cow<'a, str>>, Fault> {
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
struct Members<'a>(Vec<(String, &'a RawValue)>);

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
