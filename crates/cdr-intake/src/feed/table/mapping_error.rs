//! The error of a mapping.

use thiserror::Error;

/// Why a text is not a mapping, with the line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct MappingError(pub(super) String);
