//! What is wrong with one record, for its place in quarantine.

use cdr_mediation::Content;
use cdr_model::{FieldError, MoneyError, printable};

/// The most characters of a found text that are shown.
const SHOWN: usize = 60;

/// Why a record cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The reason's name, in kebab case.
    pub(crate) reason: &'static str,
    /// What was found, where, and what would be right.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Fault {
        Fault { reason, detail: detail.into() }
    }

    /// A text in a column is not what the column takes.
    pub(crate) fn unreadable(reason: &'static str, column: &str, found: &str, right: &str) -> Fault {
        Fault::new(reason, format!("{column} is {}, {right} would be right", shown(found)))
    }

    /// The same, of the column of this heading.
    pub(crate) fn under(heading: &str, fault: Fault) -> Fault {
        Fault { detail: format!("{heading}: {}", fault.detail), ..fault }
    }

    /// What is handed on in place of the record. The detail shows on one line, whatever the record held.
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
        // A text that came in a record may be long and hold anything.
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

/// The same with as much of the text as is shown.
fn shortened(error: MoneyError) -> MoneyError {
    match error {
        MoneyError::Unreadable(text) => MoneyError::Unreadable(beginning(&text)),
        MoneyError::TooFine(text) => MoneyError::TooFine(beginning(&text)),
        MoneyError::OutOfRange(text) => MoneyError::OutOfRange(beginning(&text)),
        other => other,
    }
}

/// A text as it is shown to people: in backticks, on one line, and not too long.
pub(crate) fn shown(text: &str) -> String {
    let shown: String = beginning(text).chars().flat_map(char::escape_debug).collect();
    format!("`{shown}`")
}

/// As much of a text as is shown.
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
    fn an_amount_is_shown_as_far_as_other_texts_are() {
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
