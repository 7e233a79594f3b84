//! Values in the bodies of requests, read as leniently as Ruby on Rails reads them: the wrong type becomes the right one.

use cdr_model::Timestamp;
use serde_json::Value;

use super::json_api::page::leading_integer;
use super::values;

/// What a value is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Time,
    Integer,
    Boolean,
    Text,
    /// A list, or one text with commas or line breaks between its items.
    List,
    /// The two letters of a country (ISO 3166-1).
    Country,
}

/// The value as it counts and is repeated; `None` for one that says nothing.
///
/// # Errors
/// For a country that can be none.
pub(super) fn cast(kind: Kind, value: &Value) -> Result<Option<Value>, ()> {
    Ok(match kind {
        Kind::Time => time(value).map(|at| values::time(at).into()),
        Kind::Integer => integer(value).map(Value::from),
        Kind::Boolean => boolean(value).map(Value::from),
        Kind::Text => text(value).map(Value::from),
        Kind::List => list(value),
        Kind::Country => match text(value) {
            None => None,
            Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => Some(code.into()),
            Some(_) => return Err(()),
        },
    })
}

/// An instant, from a text; cut to the millisecond, as it is repeated.
fn time(value: &Value) -> Option<Timestamp> {
    let at = values::read_time(value.as_str()?)?;
    Some(at.plus_micros(-at.micros().rem_euclid(1000)))
}

/// A whole number: what a text begins with, 0 if that is none; numbers without their fraction.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            // Saturating, as `as` is between floats and integers.
            number.as_i64().or_else(|| number.as_f64().map(|number| number as i64))
        }
        Value::String(text) if !text.trim().is_empty() => Some(leading_integer(text)),
        Value::Bool(yes) => Some((*yes).into()),
        _ => None,
    }
}

/// Yes, unless it is one of the words for no.
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

/// A text; numbers as their digits.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "t" } else { "f" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The items that are not blank, without the blanks around them; `None` if there is none.
fn list(value: &Value) -> Option<Value> {
    let said: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).iter().flat_map(|text| text.split([',', '\n', '\r'])).map(str::to_owned).collect(),
    };
    let items: Vec<&str> = said.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).collect();
    (!items.is_empty()).then(|| items.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, cast};

    fn or_null(kind: Kind, value: &Value) -> Value {
        cast(kind, value).unwrap().unwrap_or_default()
    }

    #[test]
    fn the_wrong_type_becomes_the_right_one() {
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
            assert_eq!(or_null(Kind::Integer, &value), as_integer, "{value}");
            assert_eq!(or_null(Kind::Boolean, &value), as_boolean, "{value}");
            assert_eq!(or_null(Kind::Text, &value), as_text, "{value}");
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
            assert_eq!(or_null(Kind::Time, &value), expected, "{value}");
        }
    }

    #[test]
    fn h21_to_h68_lists_are_read_with_whatever_is_between() {
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
            assert_eq!(or_null(Kind::List, &value), expected, "{value}");
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
            assert_eq!(cast(Kind::Country, &value), expected, "{value}");
        }
    }
}
