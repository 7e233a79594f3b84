//! Conditions on the fields of a call.

use std::cmp::Ordering;
use std::fmt;

use cdr_model::{Cdr, CdrField, ConferenceRecord, Directory, Field, FieldKind, Record, RecordKind, Value};
use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::operand::Operand;

/// One condition: a field and what it has to be like. A field that holds nothing meets no comparison, not even
/// [`Test::NotEq`]; ask with [`Test::Missing`] for those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    field: CdrField,
    test: Test,
}

/// What a field has to be like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equal.
    Eq(Operand),
    /// There, and not equal.
    NotEq(Operand),
    /// Less.
    Lt(Operand),
    /// Less or equal.
    Lte(Operand),
    /// Greater.
    Gt(Operand),
    /// Greater or equal.
    Gte(Operand),
    /// One of these. Of none, nothing is one.
    In(Vec<Operand>),
    /// There, and none of these.
    NotIn(Vec<Operand>),
    /// Text with another in it.
    Text {
        /// Where the other stands.
        part: TextPart,
        /// The other.
        text: String,
        /// Whether ASCII letters count as equal in both cases; other letters never do.
        fold_case: bool,
    },
    /// Nothing.
    Missing,
    /// Something.
    Present,
}

/// Where in a text another stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPart {
    /// At its beginning.
    Starts,
    /// At its end.
    Ends,
    /// Anywhere.
    Contains,
}

impl Test {
    /// Text that begins with this, byte for byte.
    pub fn starts_with(text: &str) -> Test {
        Test::Text { part: TextPart::Starts, text: text.to_owned(), fold_case: false }
    }

    /// Text with this in it, byte for byte.
    pub fn contains(text: &str) -> Test {
        Test::Text { part: TextPart::Contains, text: text.to_owned(), fold_case: false }
    }

    fn operands(&self) -> &[Operand] {
        match self {
            Test::Eq(one) | Test::NotEq(one) | Test::Lt(one) | Test::Lte(one) | Test::Gt(one) | Test::Gte(one) => {
                std::slice::from_ref(one)
            }
            Test::In(many) | Test::NotIn(many) => many,
            Test::Text { .. } | Test::Missing | Test::Present => &[],
        }
    }
}

impl Condition {
    /// A condition on a field.
    ///
    /// # Errors
    /// When an operand is of another kind than the field, or the field is a word of the directory.
    pub fn new(field: CdrField, test: Test) -> Result<Condition, QueryError> {
        if let Some(instead) = number_of(field) {
            return Err(QueryError::DirectoryWord { field: field.name(), instead: instead.name() });
        }
        let wrong = |operand| QueryError::WrongKind { field: field.name(), kind: field.kind(), operand };
        if let Some(operand) = test.operands().iter().find(|operand| operand.kind() != field.kind()) {
            return Err(wrong(format!("{operand:?}")));
        }
        if matches!(test, Test::Text { .. }) && field.kind() != FieldKind::Text {
            return Err(wrong("a part of a text".to_owned()));
        }
        Ok(Condition { field, test })
    }

    /// That a record is of one of these kinds.
    pub fn of_kinds(kinds: &[RecordKind]) -> Condition {
        let name = |kind: &RecordKind| Operand::Text(kind.name().to_owned());
        let test = match kinds {
            [one] => Test::Eq(name(one)),
            several => Test::In(several.iter().map(name).collect()),
        };
        Condition { field: CdrField::Kind, test }
    }

    /// The field it asks about.
    pub fn field(&self) -> CdrField {
        self.field
    }

    /// What the field has to be like.
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// Whether a call meets it.
    pub fn matches(&self, call: &Cdr) -> bool {
        static NO_WORDS: Directory = Directory::EMPTY;
        self.holds(&call.value(self.field, &NO_WORDS))
    }

    /// Whether a conference meets it: only conditions on instants that conferences have can be met by one. They belong to
    /// no account and have no parties.
    pub fn matches_conference(&self, conference: &ConferenceRecord) -> bool {
        match self.field {
            CdrField::StartedAt => self.holds(&conference.started_at.into()),
            CdrField::EndedAt => self.holds(&conference.ended_at.into()),
            _ => false,
        }
    }

    fn holds(&self, value: &Value<'_>) -> bool {
        let ordering = |operand: &Operand| operand.compare(value);
        match &self.test {
            Test::Eq(operand) => ordering(operand) == Some(Ordering::Equal),
            Test::NotEq(operand) => ordering(operand).is_some_and(Ordering::is_ne),
            Test::Lt(operand) => ordering(operand).is_some_and(Ordering::is_lt),
            Test::Lte(operand) => ordering(operand).is_some_and(Ordering::is_le),
            Test::Gt(operand) => ordering(operand).is_some_and(Ordering::is_gt),
            Test::Gte(operand) => ordering(operand).is_some_and(Ordering::is_ge),
            Test::In(operands) => operands.iter().any(|operand| ordering(operand) == Some(Ordering::Equal)),
            Test::NotIn(operands) => {
                *value != Value::Null && operands.iter().all(|operand| ordering(operand).is_some_and(Ordering::is_ne))
            }
            Test::Text { part, text, fold_case } => match value {
                Value::Text(value) if *fold_case => part.holds(&value.to_ascii_lowercase(), &text.to_ascii_lowercase()),
                Value::Text(value) => part.holds(value, text),
                _ => false,
            },
            Test::Missing => *value == Value::Null,
            Test::Present => *value != Value::Null,
        }
    }
}

impl fmt::Display for Condition {
    /// As people type it: `called^=49151`, `release_code=486,487`, `connected_at!`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        let list = |operands: &[Operand]| operands.iter().map(Operand::to_string).collect::<Vec<_>>().join(",");
        match &self.test {
            Test::Eq(operand) => write!(f, "={operand}"),
            Test::NotEq(operand) => write!(f, "!={operand}"),
            Test::Lt(operand) => write!(f, "<{operand}"),
            Test::Lte(operand) => write!(f, "<={operand}"),
            Test::Gt(operand) => write!(f, ">{operand}"),
            Test::Gte(operand) => write!(f, ">={operand}"),
            Test::In(operands) => write!(f, "={}", list(operands)),
            Test::NotIn(operands) => write!(f, "!={}", list(operands)),
            Test::Text { part, text, fold_case } => {
                let sign = match part {
                    TextPart::Starts => '^',
                    TextPart::Ends => '$',
                    TextPart::Contains => '~',
                };
                let folded = if *fold_case { " (whatever the case)" } else { "" };
                write!(f, "{sign}={}{folded}", text.escape_debug())
            }
            Test::Missing => f.write_str("!"),
            Test::Present => f.write_str("?"),
        }
    }
}

impl TextPart {
    fn holds(self, value: &str, text: &str) -> bool {
        match self {
            TextPart::Starts => value.starts_with(text),
            TextPart::Ends => value.ends_with(text),
            TextPart::Contains => value.contains(text),
        }
    }
}

/// The number to ask by, for a field that is looked up in the directory.
fn number_of(field: CdrField) -> Option<CdrField> {
    match field {
        CdrField::Source => Some(CdrField::SourceId),
        CdrField::Customer | CdrField::Currency => Some(CdrField::CustomerId),
        CdrField::Account => Some(CdrField::AccountId),
        CdrField::Service => Some(CdrField::ServiceId),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
