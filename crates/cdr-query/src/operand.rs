//! Operands of conditions.

use std::fmt;

use cdr_model::{FieldError, FieldKind, Money, Timestamp, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A value in a condition: a [`Value`] that is owned, not null, and can be serialized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operand {
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// An instant.
    Time(Timestamp),
    /// A duration in microseconds.
    Duration(i64),
    /// True or false.
    Boolean(bool),
    /// An exact amount.
    Money(Money),
    /// A UUID.
    Uuid(Uuid),
}

impl Operand {
    /// Reads the operand of a field from text, as the native feed writes values.
    ///
    /// # Errors
    /// If the text does not fit the field's kind.
    pub fn read(field: &'static str, kind: FieldKind, text: &str) -> Result<Operand, FieldError> {
        kind.read(field, text).map(|value| Operand::of(value).unwrap_or_else(|| Operand::Text(String::new())))
    }

    /// The operand that equals a value; `None` for a null.
    pub fn of(value: Value<'_>) -> Option<Operand> {
        Some(match value {
            Value::Null => return None,
            Value::Integer(n) => Operand::Integer(n),
            Value::Text(text) => Operand::Text(text.into_owned()),
            Value::Time(at) => Operand::Time(at),
            Value::Duration(micros) => Operand::Duration(micros),
            Value::Boolean(yes) => Operand::Boolean(yes),
            Value::Money(amount) => Operand::Money(amount),
            Value::Uuid(uuid) => Operand::Uuid(uuid),
        })
    }

    /// The operand as a value.
    pub fn as_value(&self) -> Value<'_> {
        match self {
            Operand::Integer(n) => Value::Integer(*n),
            Operand::Text(text) => Value::Text(text.into()),
            Operand::Time(at) => Value::Time(*at),
            Operand::Duration(micros) => Value::Duration(*micros),
            Operand::Boolean(yes) => Value::Boolean(*yes),
            Operand::Money(amount) => Value::Money(*amount),
            Operand::Uuid(uuid) => Value::Uuid(*uuid),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> FieldKind {
        match self {
            Operand::Integer(_) => FieldKind::Integer,
            Operand::Text(_) => FieldKind::Text,
            Operand::Time(_) => FieldKind::Time,
            Operand::Duration(_) => FieldKind::Duration,
            Operand::Boolean(_) => FieldKind::Boolean,
            Operand::Money(_) => FieldKind::Money,
            Operand::Uuid(_) => FieldKind::Uuid,
        }
    }

    /// Compares a field's value with the operand: text by bytes, amounts regardless of trailing zeros, `false` before
    /// `true`. `None` if the value is null or of another kind.
    pub fn compare(&self, value: &Value<'_>) -> Option<std::cmp::Ordering> {
        Some(match (value, self) {
            (Value::Integer(value), Operand::Integer(operand)) => value.cmp(operand),
            (Value::Text(value), Operand::Text(operand)) => value.as_bytes().cmp(operand.as_bytes()),
            (Value::Time(value), Operand::Time(operand)) => value.cmp(operand),
            (Value::Duration(value), Operand::Duration(operand)) => value.cmp(operand),
            (Value::Boolean(value), Operand::Boolean(operand)) => value.cmp(operand),
            (Value::Money(value), Operand::Money(operand)) => value.cmp(operand),
            (Value::Uuid(value), Operand::Uuid(operand)) => value.cmp(operand),
            _ => return None,
        })
    }
}

impl fmt::Display for Operand {
    /// The operand in the command line syntax: a duration with its unit, control characters escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Integer(n) => n.fmt(f),
            Operand::Duration(micros) if micros % 1_000_000 == 0 => write!(f, "{}s", micros / 1_000_000),
            Operand::Duration(micros) => write!(f, "{micros}us"),
            Operand::Text(text) => text.escape_debug().fmt(f),
            Operand::Time(at) => at.fmt(f),
            Operand::Boolean(yes) => yes.fmt(f),
            Operand::Money(amount) => amount.fmt(f),
            Operand::Uuid(uuid) => uuid.fmt(f),
        }
    }
}

impl From<&str> for Operand {
    fn from(text: &str) -> Operand {
        Operand::Text(text.to_owned())
    }
}

impl From<i64> for Operand {
    fn from(n: i64) -> Operand {
        Operand::Integer(n)
    }
}

impl From<bool> for Operand {
    fn from(yes: bool) -> Operand {
        Operand::Boolean(yes)
    }
}

impl From<Timestamp> for Operand {
    fn from(at: Timestamp) -> Operand {
        Operand::Time(at)
    }
}

impl From<Money> for Operand {
    fn from(amount: Money) -> Operand {
        Operand::Money(amount)
    }
}
