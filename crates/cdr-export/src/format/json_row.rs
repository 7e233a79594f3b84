//! Reading one row of NDJSON: an object with the columns as keys, in order, and values as the encoder prints them.

use std::fmt;

use csv::ByteRecord;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::read::{ReadColumn, ReadError, ReadValues};

/// What is wrong with a row.
pub(super) struct RowFault {
    /// The heading of the column, if it is one value.
    column: Option<String>,
    what: String,
}

impl RowFault {
    pub(super) fn in_row(self, row: u64) -> ReadError {
        let RowFault { column, what } = self;
        match column {
            None => ReadError::row(row, what),
            Some(column) => ReadError::Text { place: format!("column `{column}` in row {row}"), what },
        }
    }
}

/// Appends the cells of a row.
pub(super) fn read_row(line: &[u8], columns: &[ReadColumn<'_>], cells: &mut ByteRecord) -> Result<(), RowFault> {
    let mut fault = None;
    let mut json = serde_json::Deserializer::from_slice(line);
    let read = RowMembers { columns, cells, fault: &mut fault }.deserialize(&mut json).and_then(|()| json.end());
    match (read, fault) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(fault)) => Err(fault),
        (Err(_), None) => Err(RowFault { column: None, what: "is not a JSON object".to_owned() }),
    }
}

struct RowMembers<'a, 'c> {
    columns: &'a [ReadColumn<'c>],
    cells: &'a mut ByteRecord,
    fault: &'a mut Option<RowFault>,
}

impl<'de> DeserializeSeed<'de> for RowMembers<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowMembers<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let RowMembers { columns, cells, fault } = self;
        let mut expected = columns.iter();
        loop {
            let column = expected.next();
            let key = map.next_key_seed(HeadingSeed(column.map(|column| column.heading)))?;
            let column = match (column, key) {
                (None, None) => return Ok(()),
                (Some(column), Some(true)) => column,
                _ => {
                    let what = "does not have the columns of the layout".to_owned();
                    *fault = Some(RowFault { column: None, what });
                    return Err(A::Error::custom(""));
                }
            };
            let value: &RawValue = map.next_value()?;
            if let Err(what) = push(value.get(), column.values, cells) {
                *fault = Some(RowFault { column: Some(column.heading.to_owned()), what });
                return Err(A::Error::custom(""));
            }
        }
    }
}

/// Whether a key is the heading of the expected column.
struct HeadingSeed<'a>(Option<&'a str>);

impl<'de> DeserializeSeed<'de> for HeadingSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for HeadingSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(self.0 == Some(key))
    }
}

/// Appends a value as text. An error is the rest of a sentence.
fn push(json: &str, values: ReadValues, cells: &mut ByteRecord) -> Result<(), String> {
    let (found, is_expected) = match json.as_bytes().first() {
        Some(b'n') => {
            cells.push_field(b"");
            return Ok(());
        }
        Some(b'"') => ("a text", values.texts),
        Some(b't' | b'f') => ("a boolean", values.booleans),
        Some(b'{') => ("an object", false),
        Some(b'[') => ("an array", false),
        _ => ("a number", values.numbers),
    };
    if !is_expected {
        return Err(format!("holds {found}, where the layout has {}", named(values)));
    }
    match found {
        "a text" => match json.trim_matches('"') {
            plain if json.len() == plain.len() + 2 && !plain.contains('\\') => cells.push_field(plain.as_bytes()),
            _ => {
                let text: String = serde_json::from_str(json).map_err(|_| "holds a text with a wrong escape")?;
                cells.push_field(text.as_bytes());
            }
        },
        "a number" if !json.parse::<i64>().is_ok_and(|number| number.to_string() == json) => {
            return Err("holds a number that is not a whole one in plain digits".to_owned());
        }
        _ => cells.push_field(json.as_bytes()),
    }
    Ok(())
}

/// The kinds of values in words.
fn named(values: ReadValues) -> String {
    let ReadValues { texts, numbers, booleans } = values;
    let kinds = [(texts, "a text"), (numbers, "a number"), (booleans, "a boolean")];
    let kinds: Vec<&str> = kinds.into_iter().filter(|(is_one, _)| *is_one).map(|(_, name)| name).collect();
    if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(" or ") }
}
