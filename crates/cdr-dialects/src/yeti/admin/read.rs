//! Values of filters, as they count and are repeated.

use serde_json::Value;

use crate::yeti::{casts, values};

/// What a value is.
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
    let said = match kind {
        Kind::Time => casts::time(value).map(|at| values::time(at).into()),
        Kind::Integer => casts::integer(value).map(Value::from),
        Kind::Boolean => casts::boolean(value).map(Value::from),
        Kind::Text => text(value).map(Value::from),
        Kind::List => list(value),
        Kind::Country => match value {
            Value::Null => None,
            Value::String(code) if code.is_empty() => None,
            Value::String(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Some(value.clone())
            }
            _ => return Err(()),
        },
    };
    Ok(said)
}

/// Blanks around it do not count, and nothing else says nothing.
fn text(value: &Value) -> Option<String> {
    casts::text(value).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The items that are not blank; `None` if there is none.
fn list(value: &Value) -> Option<Value> {
    let items: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => {
            let text = text(one).unwrap_or_default();
            text.split([',', '\n', '\r']).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        }
    };
    (!items.is_empty()).then(|| items.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, cast};

    #[test]
    fn values_are_read_leniently() {
        for (kind, value, expected) in [
            (Kind::Time, json!("2018-01-01"), json!("2018-01-01T00:00:00.000Z")),
            (Kind::Time, json!("soon"), Value::Null),
            (Kind::Time, json!(1), Value::Null),
            (Kind::Integer, json!("60"), json!(60)),
            (Kind::Integer, json!(60.9), json!(60)),
            (Kind::Integer, json!("12abc"), json!(12)),
            (Kind::Integer, json!(true), json!(1)),
            (Kind::Integer, json!(""), Value::Null),
            (Kind::Boolean, json!("true"), json!(true)),
            (Kind::Boolean, json!("no"), json!(true)),
            (Kind::Boolean, json!("off"), json!(false)),
            (Kind::Boolean, json!(0), json!(false)),
            (Kind::Text, json!(" 49 "), json!("49")),
            (Kind::Text, json!(49), json!("49")),
            (Kind::Text, Value::Null, Value::Null),
        ] {
            assert_eq!(cast(kind, &value), Ok(Some(expected).filter(|it| !it.is_null())), "{value}");
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
            assert_eq!(cast(Kind::List, &value), Ok(Some(expected).filter(|it| !it.is_null())), "{value}");
        }
    }
}
