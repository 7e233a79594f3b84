//! Errors of reading values from text.

use std::fmt::Write;

use thiserror::Error;

/// A text that is not an RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an instant such as 2026-11-21T10:00:00.000000Z")]
pub struct TimestampError(pub String);

/// A text that does not name a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no time zone \"{}\", {}", shortened(name), cure(near.as_deref()))]
pub struct ZoneError {
    /// The text that was given.
    pub name: String,
    /// The zone that was probably meant, if one is similar enough.
    pub near: Option<String>,
}

/// A text that is not a billing period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a billing period: expected day, week:1, half-month, month:1 or days:14:2026-01-01")]
pub struct BillingPeriodError(pub String);

/// A text that is not a customer level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a customer level: expected retail, reseller or distributor")]
pub struct LevelError(pub String);

fn cure(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00".to_owned(),
    }
}

/// Shortens long input and escapes unprintable characters, to keep the message on one readable line.
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
