//! What can be wrong with a question.

use cdr_model::{FieldError, FieldKind, Timestamp};
use thiserror::Error;

/// Why a query cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The window ends before it begins.
    #[error("the window ends at {until}, before it begins at {from}")]
    Backwards {
        /// Its lower bound.
        from: Timestamp,
        /// Its upper bound.
        until: Timestamp,
    },
    /// The operand is of another kind than the field.
    #[error("field `{field}` holds {kind}, it cannot be compared with {operand}")]
    WrongKind {
        /// The field's name.
        field: &'static str,
        /// What it holds.
        kind: FieldKind,
        /// What it was to be compared with.
        operand: String,
    },
    /// Words of the directory are looked up when a record is printed; queries ask by number.
    #[error("field `{field}` is looked up in the directory; ask for `{instead}`")]
    DirectoryWord {
        /// The field's name.
        field: &'static str,
        /// The field to ask for.
        instead: &'static str,
    },
    /// No such field, or a text that does not fit it.
    #[error(transparent)]
    Field(#[from] FieldError),
}
