//! Objects of a file with one JSON object per line (RFC 8259), whose members a mapping names by dotted paths.

use std::borrow::Cow;

use cdr_mediation::Content;
use serde_json::value::RawValue;

use super::cells::Cells;
use super::document::ColumnRef;
use super::map::Map;
use crate::fault::{Fault, shown};
use crate::json::{Members, scalar};
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// The objects of a file.
pub(super) struct Objects {
    pub(super) map: Map,
    /// The members that are stored in `extra`.
    pub(super) extra: Vec<String>,
}

impl LineMapping for Objects {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        let line = text(line);
        let object = object(&line)?;
        let value = |path: &str| self.value(&object, path);
        let mut cells = Vec::with_capacity(self.map.mapping.columns.len());
        for column in &self.map.mapping.columns {
            cells.push(match column {
                ColumnRef::Name(path) => value(path)?,
                ColumnRef::Place(_) => None,
            });
        }
        let mut extra = Vec::with_capacity(self.extra.len());
        for path in &self.extra {
            extra.extend(value(path)?.map(|text| (path.clone(), text.into_owned())));
        }
        self.map.content(&Cells(cells), extra)
    }
}

impl Objects {
    /// The value of a member; `None` if there is none.
    fn value<'a>(&self, object: &Members<'a>, path: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        let Some(found) = member(object, path)? else { return Ok(None) };
        let is_text = found.get().starts_with('"');
        Ok(scalar(path, found)?.and_then(|text| self.map.mapping.cells.value(text, is_text)))
    }
}

/// The object in a line.
pub(super) fn object(line: &str) -> Result<Members<'_>, Fault> {
    serde_json::from_str(line).map_err(|error| Fault::new("not-json", format!("{error}; expected an object")))
}

/// The member at a path: of the names that the path begins with, the longest one that there is. A number is the place in a
/// list, from 0.
pub(super) fn member<'a>(Members(members): &Members<'a>, path: &str) -> Result<Option<&'a RawValue>, Fault> {
    let mut named = members.iter().filter(|(name, _)| name == path);
    if let Some((_, value)) = named.next() {
        return match named.next() {
            Some(_) => Err(Fault::new("field-twice", format!("the object names {} twice", shown(path)))),
            None => Ok(Some(*value)),
        };
    }
    for (at, _) in path.rmatch_indices('.') {
        let (name, rest) = (&path[..at], &path[at + 1..]);
        let Some((_, value)) = members.iter().find(|(known, _)| known == name) else { continue };
        if members.iter().filter(|(known, _)| known == name).count() > 1 {
            return Err(Fault::new("field-twice", format!("the object names {} twice", shown(name))));
        }
        return inside(value, rest);
    }
    Ok(None)
}

/// The value at a path within a value.
fn inside<'a>(value: &'a RawValue, path: &str) -> Result<Option<&'a RawValue>, Fault> {
    let json = value.get();
    let unread = |error: serde_json::Error| Fault::new("not-json", format!("{}: {error}", shown(path)));
    match json.as_bytes().first() {
        Some(b'{') => member(&serde_json::from_str(json).map_err(unread)?, path),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(unread)?;
            let (place, rest) = path.split_once('.').map_or((path, None), |(place, rest)| (place, Some(rest)));
            let item = place.parse::<usize>().ok().and_then(|place| items.get(place).copied());
            match (item, rest) {
                (Some(item), Some(rest)) => inside(item, rest),
                (item, _) => Ok(item),
            }
        }
        _ => Ok(None),
    }
}
