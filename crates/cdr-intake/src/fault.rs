//! The fault of one record, as stored in quarantine.

use cdr_mediation::Content;
use cdr_model::{FieldError, MoneyError, printable};

/// The maximum number of characters of an invalid text that are shown.
const SHOWN: usize = 60;

/// Why a record cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The name of the reason, in kebab case.
    pub(crate) reason: &'static str,
    /// The position, the invalid value, and what was expected.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Fault {
        Fault { reason, detail: detail.into() }
    }

    /// The fault of a column whose text is not valid for it.
    pub(crate) fn unreadable(reason: &'static str, column: &str, found: &str, expected: &str) -> Fault {
        Fault::new(reason, format!("{column} is {}, expected {expected}", shown(found)))
    }

    /// The same fault with the heading of its column.
    pub(crate) fn under(heading: &str, fault: Fault) -> Fault {
        Fault { detail: format!("{heading}: {}", fault.detail), ..fault }
    }

    /// The content that replaces the record. The detail is printable on one line, regardless of the record.
    pub(crate) fn into_content(self) -> Content {
        Content::Unreadable { reason: self.reason, detail: printable(&self.detail).into_owned() }
    }
}

impl From<FieldError> for Fault {
    fn from(error: FieldError) -> Fault {
        let reason = match &error {
            FieldError::Money { error, .. } => error.reason(),
            FieldError::Unknown { .. } => "field-unknown",
            _ => "field-unreadable",
        };
        // The text comes from a record; it may be long and contain any characters.
        let detail = match error {
            FieldError::Unreadable { field, kind, text } => {
                format!("field `{field}` takes {kind}, not {}", shown(&text))
            }
            FieldError::Money { field, error } => FieldError::Money { field, error: shortened(error) }.to_string(),
            other => other.to_string(),
        };
        Fault { reason, detail }
    }
}

/// The same error with its text shortened.
fn shortened(error: MoneyError) -> MoneyError {
    match error {
        MoneyError::Unreadable(text) => MoneyError::Unreadable(beginning(&text)),
        MoneyError::TooFine(text) => MoneyError::TooFine(beginning(&text)),
        MoneyError::OutOfRange(text) => MoneyError::OutOfRange(beginning(&text)),
        other => other,
    }
}

/// A number of fields for messages.
pub(crate) fn number_of_fields(number: usize) -> String {
    if number == 1 { "1 field".to_owned() } else { format!("{number} fields") }
}

/// A text for messages: in backticks, escaped to one line, and shortened.
pub(crate) fn shown(text: &str) -> String {
    let shown: String = beginning(text).chars().flat_map(char::escape_debug).collect();
    format!("`{shown}`")
}

/// The beginning of a text, at most [`SHOWN`] characters.
fn beginning(text: &str) -> String {
    let mut beginning: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        beginning.push('…');
    }
    beginning
}

#[cfg(test)]
mod tests {
    use cdr_model::FieldKind;

    use super::{Fault, SHOWN};

    #[test]
    fn amounts_are_shortened_like_other_texts() {
        let (long, beginning) = ("1".repeat(70), "1".repeat(SHOWN));
        let odd = format!("{long}x");
        for (text, reason, detail) in [
            ("1.2.3", "amount-unreadable", "`1.2.3` is not a decimal amount such as 0.0190".to_owned()),
            (&odd, "amount-unreadable", format!("`{beginning}…` is not a decimal amount such as 0.0190")),
            (&long, "amount-too-fine", format!("`{beginning}…` has more than the 38 digits that can be kept exactly")),
            ("1'000.50", "amount-unreadable", "`1'000.50` is not a decimal amount such as 0.0190".to_owned()),
            ("1e30", "amount-out-of-range", "`1e30` lies outside ±92233720368.54775807".to_owned()),
        ] {
            let fault = Fault::from(FieldKind::Money.read("price", text).unwrap_err());
            assert_eq!((fault.reason, fault.detail), (reason, format!("field `price`: {detail}")));
        }
    }
}
