//! Values in requests, read as leniently as in Ruby on Rails: values of the wrong type are converted.

use cdr_model::{LocalZone, Timestamp};
use cdr_query::grammar::{Rounding, XsdVersion, read_bound};
use serde_json::Value;

use super::wire::page::leading_integer;
use super::{date, to_wire};

/// The type that a value is converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueType {
    Time,
    Integer,
    Boolean,
    Text,
    /// A list, or one text with commas or line breaks between its items.
    List,
    /// The two letters of a country (ISO 3166-1).
    Country,
}

/// The converted value, which is also echoed; `None` for a blank value.
///
/// # Errors
/// For a text that cannot be a country code.
pub(super) fn cast(kind: ValueType, value: &Value) -> Result<Option<Value>, ()> {
    Ok(match kind {
        ValueType::Time => time(value).map(|at| to_wire::time(at).into()),
        ValueType::Integer => integer(value).map(Value::from),
        ValueType::Boolean => boolean(value).map(Value::from),
        ValueType::Text => text(value).map(Value::from),
        ValueType::List => list(value),
        ValueType::Country => match text(value) {
            None => None,
            Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => Some(code.into()),
            Some(_) => return Err(()),
        },
    })
}

/// Reads an instant as Ruby on Rails does: in ISO 8601, or as [`date`] describes, with a zone or in UTC. Digits beyond
/// the microsecond are rounded up.
pub(crate) fn read_time(text: &str) -> Option<Timestamp> {
    read_iso(text).or_else(|| date::read(text))
}

/// Reads a date, or a date and a time separated by a space or a `T`.
fn read_iso(text: &str) -> Option<Timestamp> {
    let mut text = text.trim().to_owned();
    if text.as_bytes().get(10) == Some(&b' ') {
        text.replace_range(10..11, "T");
    }
    if let Some(plain) = text.strip_suffix("UTC") {
        text = format!("{}Z", plain.trim_end());
    }
    // Browsers omit seconds.
    if text.is_char_boundary(16) && text.as_bytes().get(13) == Some(&b':') && text.as_bytes().get(16) != Some(&b':') {
        text.insert_str(16, ":00");
    }
    // In a query string, an unescaped plus is decoded to a space.
    if let Some((time, zone)) = text.rsplit_once(' ') {
        let sign = if zone.starts_with(['+', '-']) { "" } else { "+" };
        text = format!("{time}{sign}{zone}");
    }
    if let Some(at) = text.rfind(['+', '-']).filter(|at| *at > 10) {
        match text.len() - at {
            3 => text.push_str(":00"),
            5 if text.is_char_boundary(at + 3) => text.insert(at + 3, ':'),
            _ => (),
        }
    }
    read_bound(&text, &LocalZone::UTC, XsdVersion::V1_0, Rounding::Up).ok()
}

/// An instant from a text, cut to the millisecond, as it is echoed.
fn time(value: &Value) -> Option<Timestamp> {
    let at = read_time(value.as_str()?)?;
    Some(at.plus_micros(-at.micros().rem_euclid(1000)))
}

/// A whole number: the one at the beginning of a text, or 0; numbers without their fraction.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            // `as` saturates between floats and integers.
            number.as_i64().or_else(|| number.as_f64().map(|number| number as i64))
        }
        Value::String(text) if !text.trim().is_empty() => Some(leading_integer(text)),
        Value::Bool(yes) => Some((*yes).into()),
        _ => None,
    }
}

/// True, unless the value is one of those for false.
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => Some(number.as_i64() != Some(0)),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(!matches!(text.as_str(), "0" | "f" | "F" | "false" | "FALSE" | "off" | "OFF")),
        Value::Array(_) | Value::Object(_) => Some(true),
    }
}

/// A text; numbers are converted to digits.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "t" } else { "f" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The items that are not blank, trimmed; `None` if all are blank.
fn list(value: &Value) -> Option<Value> {
    let texts: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).iter().flat_map(|text| text.split([',', '\n', '\r'])).map(str::to_owned).collect(),
    };
    let items: Vec<&str> = texts.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).collect();
    (!items.is_empty()).then(|| items.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ValueType, cast, read_time};

    fn or_null(kind: ValueType, value: &Value) -> Value {
        cast(kind, value).unwrap().unwrap_or_default()
    }

    #[test]
    fn values_of_the_wrong_type_are_converted() {
        for (value, as_integer, as_boolean, as_text) in [
            (json!("60"), json!(60), json!(true), json!("60")),
            (json!(60.9), json!(60), json!(true), json!("60.9")),
            (json!("12abc"), json!(12), json!(true), json!("12abc")),
            (json!("abc"), json!(0), json!(true), json!("abc")),
            (json!("no"), json!(0), json!(true), json!("no")),
            (json!(" 49 "), json!(49), json!(true), json!(" 49 ")),
            (json!(""), json!(null), json!(null), json!(null)),
            (json!(null), json!(null), json!(null), json!(null)),
            (json!(true), json!(1), json!(true), json!("t")),
            (json!(false), json!(0), json!(false), json!("f")),
            (json!(0), json!(0), json!(false), json!("0")),
            (json!("0"), json!(0), json!(false), json!("0")),
            (json!("FALSE"), json!(0), json!(false), json!("FALSE")),
            (json!("off"), json!(0), json!(false), json!("off")),
            (json!("False"), json!(0), json!(true), json!("False")),
            (json!(u64::MAX), json!(i64::MAX), json!(true), json!(u64::MAX.to_string())),
            (json!([1]), json!(null), json!(true), json!(null)),
        ] {
            assert_eq!(or_null(ValueType::Integer, &value), as_integer, "{value}");
            assert_eq!(or_null(ValueType::Boolean, &value), as_boolean, "{value}");
            assert_eq!(or_null(ValueType::Text, &value), as_text, "{value}");
        }
    }

    #[test]
    fn instants_are_cut_to_the_millisecond() {
        for (value, expected) in [
            (json!("2019-01-01"), json!("2019-01-01T00:00:00.000Z")),
            (json!("2019-01-01 00:00:00.123999"), json!("2019-01-01T00:00:00.123Z")),
            (json!("2019-01-01T02:00:00+02:00"), json!("2019-01-01T00:00:00.000Z")),
            (json!("soon"), json!(null)),
            (json!(1), json!(null)),
            (json!(""), json!(null)),
        ] {
            assert_eq!(or_null(ValueType::Time, &value), expected, "{value}");
        }
    }

    #[test]
    fn h21_to_h68_lists_may_have_any_separators() {
        for (value, expected) in [
            (json!(",, ,,11,2"), json!(["11", "2"])),
            (json!(" 11 , 2 ,3\t"), json!(["11", "2", "3"])),
            (json!("11\n2\n\n 3 \r\n4"), json!(["11", "2", "3", "4"])),
            (json!("11,2\n3, ,4"), json!(["11", "2", "3", "4"])),
            (json!(", , ,,\n  \n"), Value::Null),
            (json!(""), Value::Null),
            (json!(["11", "", " ", "2"]), json!(["11", "2"])),
            (json!([]), Value::Null),
        ] {
            assert_eq!(or_null(ValueType::List, &value), expected, "{value}");
        }
    }

    #[test]
    fn countries_have_two_letters() {
        for (value, expected) in [
            (json!("UA"), Ok(Some(json!("UA")))),
            (json!(""), Ok(None)),
            (json!(null), Ok(None)),
            (json!("invalid"), Err(())),
            (json!(38), Err(())),
        ] {
            assert_eq!(cast(ValueType::Country, &value), expected, "{value}");
        }
    }

    #[test]
    fn instants_are_read_in_many_spellings() {
        for (text, expected) in [
            ("2019-01-01", "2019-01-01T00:00:00Z"),
            ("2019-01-01 00:00:00", "2019-01-01T00:00:00Z"),
            (" 2019-01-01 10:20:30.5 ", "2019-01-01T10:20:30.5Z"),
            ("2019-01-01T10:20:30Z", "2019-01-01T10:20:30Z"),
            ("2019-01-01 10:20:30 UTC", "2019-01-01T10:20:30Z"),
            ("2019-01-01T10:20:30+02:00", "2019-01-01T08:20:30Z"),
            ("2019-01-01T10:20:30 02:00", "2019-01-01T08:20:30Z"),
            ("2019-01-01 10:20:30 +0200", "2019-01-01T08:20:30Z"),
            ("2019-01-01 10:20:30-02", "2019-01-01T12:20:30Z"),
            ("2019-01-01T10:20", "2019-01-01T10:20:00Z"),
            ("2019-01-01 10:20Z", "2019-01-01T10:20:00Z"),
            ("2019-01-01 10:20 +02:00", "2019-01-01T08:20:00Z"),
            ("2019-01-01 10:20:30 CET", "2019-01-01T09:20:30Z"),
            ("2019-01-01T10:2", "2019-01-01T10:02:00Z"),
        ] {
            assert_eq!(read_time(text), Some(expected.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2019-13-01",
            "2019-01-01 25:00:00",
            "2019-01-01T",
            "2019-01-01T10",
            "2019-01-01 10:20é",
            "é",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
