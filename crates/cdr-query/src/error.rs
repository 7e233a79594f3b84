//! Errors in queries.

use cdr_model::{FieldError, FieldKind, Timestamp};
use thiserror::Error;

/// Why a query is invalid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The window ends before it starts.
    #[error("the window ends at {until}, before it begins at {from}")]
    Backwards {
        /// Its lower bound.
        from: Timestamp,
        /// Its upper bound.
        until: Timestamp,
    },
    /// The operand is of another kind than the field.
    #[error("field `{field}` holds {kind} and cannot be compared with {operand}")]
    WrongKind {
        /// The field's name.
        field: &'static str,
        /// The kind of value it holds.
        kind: FieldKind,
        /// The operand of the comparison.
        operand: String,
    },
    /// The field is a name from the directory, which is looked up on printing. Queries use numbers.
    #[error("field `{field}` is looked up in the directory; use `{instead}`")]
    DirectoryWord {
        /// The field's name.
        field: &'static str,
        /// The field to use instead.
        instead: &'static str,
    },
    /// The field is looked up for printing only.
    #[error("field `{field}` is printed, but not compared")]
    NotCompared {
        /// The field's name.
        field: &'static str,
    },
    /// An unknown field, or a text that does not fit it.
    #[error(transparent)]
    Field(#[from] FieldError),
}
