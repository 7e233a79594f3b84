//! What can be wrong with the text of a value.

use std::fmt::Write;

use thiserror::Error;

use crate::value::FieldKind;

/// Why a text is no amount of money that can be kept exactly.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("`{0}` is not a decimal amount such as 0.0190")]
    Unreadable(String),
    /// More significant digits, or more decimals, than can be kept.
    #[error("`{0}` has more than the 38 digits that can be kept exactly")]
    TooFine(String),
    /// Beyond ±92 233 720 368.54775807.
    #[error("`{0}` lies outside ±92233720368.54775807")]
    OutOfRange(String),
}

impl MoneyError {
    /// The reason's name in a quarantine.
    pub fn reason(&self) -> &'static str {
        match self {
            MoneyError::Unreadable(_) => "amount-unreadable",
            MoneyError::TooFine(_) => "amount-too-fine",
            MoneyError::OutOfRange(_) => "amount-out-of-range",
        }
    }
}

/// A text that is no RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an instant such as 2026-11-21T10:00:00.000000Z")]
pub struct TimestampError(pub String);

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no time zone \"{}\", {}", shortened(name), cure(near.as_deref()))]
pub struct ZoneError {
    /// The text that was given.
    pub name: String,
    /// The zone that was probably meant, where there is one.
    pub near: Option<String>,
}

/// A text that is no billing period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no billing period: day, week:1, half-month, month:1 or days:14:2026-01-01")]
pub struct BillingPeriodError(pub String);

/// A text that is no level of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no level of a customer: retail, reseller or distributor")]
pub struct LevelError(pub String);

/// Why a text cannot be put into a field, or a name is no field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldError {
    /// No field has this name.
    #[error("there is no field `{name}`{}", near.map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest name there is.
        near: Option<&'static str>,
    },
    /// The text does not fit the field's kind.
    #[error("field `{field}` takes {kind}, not `{text}`")]
    Unreadable {
        /// The field's name.
        field: &'static str,
        /// What it takes.
        kind: FieldKind,
        /// What was given.
        text: String,
    },
    /// An amount that cannot be kept.
    #[error("field `{field}`: {error}")]
    Money {
        /// The field's name.
        field: &'static str,
        /// Why.
        error: MoneyError,
    },
    /// The field is computed, numbered by the store, or a word of the directory.
    #[error("field `{0}` is not given from outside")]
    NotGiven(&'static str),
}

fn cure(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00".to_owned(),
    }
}

/// Long or unprintable input must not spoil the line that reports it.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 64;
    let mut shown = String::new();
    for character in text.chars().take(SHOWN) {
        // Writing to a String cannot fail.
        let _ = write!(shown, "{}", character.escape_debug());
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
