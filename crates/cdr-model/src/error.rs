//! What can be wrong with the text of a value.

use std::fmt::Write;

use thiserror::Error;

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
