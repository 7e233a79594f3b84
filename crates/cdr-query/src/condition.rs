//! Conditions on the fields of a call.

use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;

use cdr_model::{Cdr, CdrField, ConferenceRecord, Directory, Field, FieldKind, Record, RecordKind, Value};
use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::network::Network;
use crate::operand::Operand;

/// A field and a test of its value. A null value fails every comparison, including [`Test::NotEq`]; use
/// [`Test::Missing`] to match it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    field: CdrField,
    test: Test,
}

/// A test of a field's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equal.
    Eq(Operand),
    /// Present, and not equal.
    NotEq(Operand),
    /// Less.
    Lt(Operand),
    /// Less or equal.
    Lte(Operand),
    /// Greater.
    Gt(Operand),
    /// Greater or equal.
    Gte(Operand),
    /// Equal to one of these. An empty list matches nothing.
    In(Vec<Operand>),
    /// Present, and not equal to any of these.
    NotIn(Vec<Operand>),
    /// Text that contains another text.
    Text {
        /// Where the other text has to be.
        part: TextPart,
        /// The other text.
        text: String,
        /// Whether to ignore the case of ASCII letters. Other letters are always case-sensitive.
        fold_case: bool,
    },
    /// An IP address in one of these networks, or in none of them. An address of IPv4 that is written as one of IPv6
    /// (`::ffff:192.0.2.1`) is one of IPv4. Text that is not an address is in no network.
    Network {
        /// The networks.
        networks: Vec<Network>,
        /// Whether the address has to be in one of them.
        inside: bool,
    },
    /// All tests of at least one of these groups. An empty list of groups matches nothing.
    AnyOf(Vec<Vec<Test>>),
    /// Null.
    Missing,
    /// Not null.
    Present,
}

/// The position of a text within another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPart {
    /// At the start.
    Starts,
    /// At the end.
    Ends,
    /// Anywhere.
    Contains,
}

impl Test {
    /// Text that starts with this one, byte for byte.
    pub fn starts_with(text: &str) -> Test {
        Test::Text { part: TextPart::Starts, text: text.to_owned(), fold_case: false }
    }

    /// Text that contains this one, byte for byte.
    pub fn contains(text: &str) -> Test {
        Test::Text { part: TextPart::Contains, text: text.to_owned(), fold_case: false }
    }

    /// Whether a value passes the test. A null passes [`Test::Missing`] only. A value of another kind than the operand
    /// fails every comparison.
    pub fn matches(&self, value: &Value<'_>) -> bool {
        let ordering = |operand: &Operand| operand.compare(value);
        match self {
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
            Test::Network { networks, inside } => match value {
                Value::Text(text) => is_in(text, networks) == *inside,
                _ => false,
            },
            Test::AnyOf(groups) => groups.iter().any(|tests| tests.iter().all(|test| test.matches(value))),
            Test::Missing => *value == Value::Null,
            Test::Present => *value != Value::Null,
        }
    }

    /// Why the test does not fit a field of this kind.
    fn mismatch(&self, kind: FieldKind) -> Option<String> {
        let operands = match self {
            Test::Eq(one) | Test::NotEq(one) | Test::Lt(one) | Test::Lte(one) | Test::Gt(one) | Test::Gte(one) => {
                std::slice::from_ref(one)
            }
            Test::In(many) | Test::NotIn(many) => many,
            Test::Text { .. } => return (kind != FieldKind::Text).then(|| "a part of a text".to_owned()),
            Test::Network { .. } => return (kind != FieldKind::Text).then(|| "a network".to_owned()),
            Test::AnyOf(groups) => return groups.iter().flatten().find_map(|test| test.mismatch(kind)),
            Test::Missing | Test::Present => &[],
        };
        operands.iter().find(|operand| operand.kind() != kind).map(|operand| format!("{operand:?}"))
    }

    /// Writes the test in the command line syntax, without the field's name.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |operands: &[Operand]| operands.iter().map(Operand::to_string).collect::<Vec<_>>().join(",");
        match self {
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
                let folded = if *fold_case { " (ignoring case)" } else { "" };
                write!(f, "{sign}={}{folded}", text.escape_debug())
            }
            Test::Network { networks, inside } => {
                let networks = networks.iter().map(Network::to_string).collect::<Vec<_>>().join(",");
                write!(f, "{}{networks}", if *inside { "=" } else { "!=" })
            }
            Test::AnyOf(groups) => {
                f.write_str("(")?;
                for (at, tests) in groups.iter().enumerate() {
                    f.write_str(if at > 0 { " or " } else { "" })?;
                    for (at, test) in tests.iter().enumerate() {
                        f.write_str(if at > 0 { " and " } else { "" })?;
                        test.write(f)?;
                    }
                }
                f.write_str(")")
            }
            Test::Missing => f.write_str("!"),
            Test::Present => f.write_str("?"),
        }
    }
}

impl Condition {
    /// A condition on a field.
    ///
    /// # Errors
    /// If an operand is of another kind than the field, or if the field is a name from the directory:
    /// [`Condition::number_of`] returns the field to use instead. The key and the digest are not compared.
    pub fn new(field: CdrField, test: Test) -> Result<Condition, QueryError> {
        if let Some(instead) = Condition::number_of(field) {
            return Err(QueryError::DirectoryWord { field: field.name(), instead: instead.name() });
        }
        if matches!(field, CdrField::Key | CdrField::Digest) {
            return Err(QueryError::NotCompared { field: field.name() });
        }
        if let Some(operand) = test.mismatch(field.kind()) {
            return Err(QueryError::WrongKind { field: field.name(), kind: field.kind(), operand });
        }
        Ok(Condition { field, test })
    }

    /// A condition that the record is of one of these kinds.
    pub fn of_kinds(kinds: &[RecordKind]) -> Condition {
        let name = |kind: &RecordKind| Operand::Text(kind.name().to_owned());
        let test = match kinds {
            [one] => Test::Eq(name(one)),
            several => Test::In(several.iter().map(name).collect()),
        };
        Condition { field: CdrField::Kind, test }
    }

    /// The numeric field to query instead of a field that is looked up in the directory.
    pub fn number_of(field: CdrField) -> Option<CdrField> {
        match field {
            CdrField::Source => Some(CdrField::SourceId),
            CdrField::Customer | CdrField::Currency => Some(CdrField::CustomerId),
            CdrField::Account => Some(CdrField::AccountId),
            CdrField::Service => Some(CdrField::ServiceId),
            _ => None,
        }
    }

    /// The field it tests.
    pub fn field(&self) -> CdrField {
        self.field
    }

    /// The test of the field's value.
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// Whether a call meets the condition.
    pub fn matches(&self, call: &Cdr) -> bool {
        static DIRECTORY: Directory = Directory::EMPTY;
        self.test.matches(&call.value(self.field, &DIRECTORY))
    }

    /// Whether a conference meets the condition. It can only meet conditions on its start and its end, since
    /// conferences have neither an account nor parties.
    pub fn matches_conference(&self, conference: &ConferenceRecord) -> bool {
        match self.field {
            CdrField::StartedAt => self.test.matches(&conference.started_at.into()),
            CdrField::EndedAt => self.test.matches(&conference.ended_at.into()),
            _ => false,
        }
    }
}

impl fmt::Display for Condition {
    /// The condition in the command line syntax: `called^=49151`, `release_code=486,487`, `connected_at!`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        self.test.write(f)
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

/// Whether a text is an address in one of the networks.
fn is_in(text: &str, networks: &[Network]) -> bool {
    let address = text.parse::<IpAddr>().map(|address| address.to_canonical());
    address.is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
}

#[cfg(test)]
mod tests;
