//! What a field is compared with.

use std::fmt;

use cdr_model::{FieldError, FieldKind, Money, Timestamp, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A value in a condition: [`Value`] without nothing, owned, and fit to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operand {
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// An instant.
    Time(Timestamp),
    /// Microseconds.
    Duration(i64),
    /// Yes or no.
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
    /// When the text does not fit the field's kind.
    pub fn read(field: &'static str, kind: FieldKind, text: &str) -> Result<Operand, FieldError> {
        kind.read(field, text).map(|value| match value {
            Value::Integer(n) => Operand::Integer(n),
            Value::Time(at) => Operand::Time(at),
            Value::Duration(micros) => Operand::Duration(micros),
            Value::Boolean(yes) => Operand::Boolean(yes),
            Value::Money(amount) => Operand::Money(amount),
            Value::Uuid(uuid) => Operand::Uuid(uuid),
            Value::Text(text) => Operand::Text(text.into_owned()),
            Value::Null => Operand::Text(String::new()),
        })
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

    /// How a field's value compares with it: text by bytes, amounts whatever their printed zeros, `false` before `true`.
    /// `None` if the value is nothing, or of another kind.
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
    /// As the native feed writes it; text without what would break a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Integer(n) | Operand::Duration(n) => n.fmt(f),
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
