//! Errors of a port, independent of the store, folder or service that implements it.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

/// Why a port could not perform an operation.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PortError {
    /// The requested object does not exist.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// The kind of object.
        what: &'static str,
        /// The name it was requested by.
        name: String,
    },
    /// An object with this name already exists.
    #[error("the {what} `{name}` already exists")]
    Exists {
        /// The kind of object.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The operation is not allowed. The text gives the reason and the cure.
    #[error("{0}")]
    Refused(String),
    /// The store is busy, not ready, or cannot be reached; the same operation may succeed later.
    #[error("{what}")]
    Unavailable {
        /// The operation that was attempted.
        what: String,
        /// Why it was not possible.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The store is full, damaged or missing.
    #[error("{what}")]
    Failed {
        /// The operation that was attempted.
        what: String,
        /// Why it failed.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The answer is no longer wanted: its reader has left, or the program stops.
    #[error("the answer is no longer wanted")]
    Cancelled,
    /// The receiver of the records failed.
    #[error("the records could not be passed on")]
    PassedOn(#[from] io::Error),
}

impl PortError {
    /// A [`PortError::Failed`] for an operation and its cause.
    pub fn failed(what: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> PortError {
        PortError::Failed { what: what.into(), source: source.into() }
    }

    /// A [`PortError::Unavailable`] for an operation and its cause.
    pub fn unavailable(what: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> PortError {
        PortError::Unavailable { what: what.into(), source: source.into() }
    }
}

/// The message of an error and of all its sources, in one line for a log.
pub fn chain(error: &dyn StdError) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}
