//! Values of fields, and how they are read from text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use uuid::Uuid;

use thiserror::Error;

use crate::money::{Money, MoneyError};
use crate::time::Timestamp;

/// The kind of value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A whole number.
    Integer,
    /// Text as received.
    Text,
    /// An instant.
    Time,
    /// A duration in microseconds.
    Duration,
    /// True or false.
    Boolean,
    /// An exact amount.
    Money,
    /// A universally unique identifier.
    Uuid,
}

/// The value of a field of one record.
///
/// `Null` and an empty text are different: `""` is a value that the switch sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// An instant.
    Time(Timestamp),
    /// A duration in microseconds.
    Duration(i64),
    /// True or false.
    Boolean(bool),
    /// An exact amount; trailing zeros do not matter for equality.
    Money(Money),
    /// A UUID.
    Uuid(Uuid),
}

impl Value<'_> {
    /// Compares two values of one field: text by bytes, amounts regardless of trailing zeros, `false` before `true`,
    /// null greater than every value. Values of different kinds are equal.
    pub fn compare(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Value::Time(left), Value::Time(right)) => left.cmp(right),
            (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
            (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
            (Value::Money(left), Value::Money(right)) => left.cmp(right),
            (Value::Uuid(left), Value::Uuid(right)) => left.cmp(right),
            (left, right) => (*left == Value::Null).cmp(&(*right == Value::Null)),
        }
    }

    /// Its kind; `None` for [`Value::Null`], which fits every field.
    pub fn kind(&self) -> Option<FieldKind> {
        Some(match self {
            Value::Null => return None,
            Value::Integer(_) => FieldKind::Integer,
            Value::Text(_) => FieldKind::Text,
            Value::Time(_) => FieldKind::Time,
            Value::Duration(_) => FieldKind::Duration,
            Value::Boolean(_) => FieldKind::Boolean,
            Value::Money(_) => FieldKind::Money,
            Value::Uuid(_) => FieldKind::Uuid,
        })
    }

    /// The same value, owning its text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Integer(n) => Value::Integer(n),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Time(time) => Value::Time(time),
            Value::Duration(micros) => Value::Duration(micros),
            Value::Boolean(yes) => Value::Boolean(yes),
            Value::Money(amount) => Value::Money(amount),
            Value::Uuid(uuid) => Value::Uuid(uuid),
        }
    }

    /// The text of a [`Value::Text`].
    pub fn into_text(self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
}

impl FieldKind {
    /// Reads a value as the native feed writes it: integers and microseconds as digits, instants as RFC 3339,
    /// `true` and `false`, amounts as plain decimals. The field's name is used in the error message.
    pub fn read(self, field: &'static str, text: &str) -> Result<Value<'static>, FieldError> {
        let unreadable = || FieldError::Unreadable { field, kind: self, text: text.to_owned() };
        Ok(match self {
            FieldKind::Integer => Value::Integer(text.parse().map_err(|_| unreadable())?),
            FieldKind::Text => Value::Text(Cow::Owned(text.to_owned())),
            FieldKind::Time => Value::Time(text.parse().map_err(|_| unreadable())?),
            FieldKind::Duration => {
                Value::Duration(text.parse().ok().filter(|micros| *micros >= 0).ok_or_else(unreadable)?)
            }
            FieldKind::Boolean => Value::Boolean(text.parse().map_err(|_| unreadable())?),
            FieldKind::Money => {
                Value::Money(text.parse().map_err(|error: MoneyError| FieldError::Money { field, error })?)
            }
            FieldKind::Uuid => Value::Uuid(text.parse().map_err(|_| unreadable())?),
        })
    }
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldKind::Integer => "a whole number",
            FieldKind::Text => "text",
            FieldKind::Time => "an instant such as 2026-11-21T10:00:00.000000Z",
            FieldKind::Duration => "whole microseconds, zero or more",
            FieldKind::Boolean => "true or false",
            FieldKind::Money => "a decimal amount",
            FieldKind::Uuid => "a UUID",
        })
    }
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Value::Integer(n)
    }
}

impl From<bool> for Value<'_> {
    fn from(yes: bool) -> Self {
        Value::Boolean(yes)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Value::Time(time)
    }
}

impl From<Money> for Value<'_> {
    fn from(amount: Money) -> Self {
        Value::Money(amount)
    }
}

impl From<Uuid> for Value<'_> {
    fn from(uuid: Uuid) -> Self {
        Value::Uuid(uuid)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Why a text does not fit a field, or a name does not name a field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldError {
    /// No field has this name.
    #[error("there is no field `{name}`{}", near.map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The name that was given.
        name: String,
        /// The most similar field name.
        near: Option<&'static str>,
    },
    /// The text does not fit the field's kind.
    #[error("field `{field}` takes {kind}, not `{text}`")]
    Unreadable {
        /// The field's name.
        field: &'static str,
        /// The kind of the field.
        kind: FieldKind,
        /// The text that was given.
        text: String,
    },
    /// An amount that cannot be stored exactly.
    #[error("field `{field}`: {error}")]
    Money {
        /// The field's name.
        field: &'static str,
        /// Why the amount is invalid.
        error: MoneyError,
    },
    /// The field is computed, numbered by the store, or a name from the directory.
    #[error("field `{0}` is read-only: a feed cannot provide it")]
    NotGiven(&'static str),
}
