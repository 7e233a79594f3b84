//! Values in the bodies of requests, read as leniently as Ruby on Rails reads them: the wrong type becomes the right one.

use cdr_model::Timestamp;
use serde_json::Value;

use super::json_api::page::leading_integer;
use super::values;

/// An instant, from a text; cut to the millisecond, as it is repeated.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    let at = values::read_time(value.as_str()?)?;
    Some(at.plus_micros(-at.micros().rem_euclid(1000)))
}

/// A whole number: what a text begins with, 0 if that is none; numbers without their fraction.
pub(super) fn integer(value: &Value) -> Option<i64> {
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
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "t" } else { "f" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{boolean, integer, text, time};
    use crate::yeti::values;

    fn or_null<T: Into<Value>>(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }

    #[test]
    fn the_wrong_type_becomes_the_right_one() {
        for (value, as_integer, as_boolean, as_text) in [
            (json!("60"), json!(60), json!(true), json!("60")),
            (json!(60.9), json!(60), json!(true), json!("60.9")),
            (json!("12abc"), json!(12), json!(true), json!("12abc")),
            (json!("abc"), json!(0), json!(true), json!("abc")),
            (json!("no"), json!(0), json!(true), json!("no")),
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
            assert_eq!(or_null(integer(&value)), as_integer, "{value}");
            assert_eq!(or_null(boolean(&value)), as_boolean, "{value}");
            assert_eq!(or_null(text(&value)), as_text, "{value}");
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
            assert_eq!(or_null(time(&value).map(values::time)), expected, "{value}");
        }
    }
}
