//! What can go wrong behind a port, whichever store, folder or service is behind it.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

/// What a port answers when it cannot do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PortError {
    /// What was asked for is not there.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// What it was asked for by.
        name: String,
    },
    /// It is there already.
    #[error("the {what} `{name}` is there already")]
    Exists {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// It may not be done; the text says why, and what would help.
    #[error("{0}")]
    Refused(String),
    /// The store is busy or not ready: the same may go right in a moment.
    #[error("{what}")]
    Unavailable {
        /// What was being done.
        what: String,
        /// Why it could not be.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The store is full, broken or gone.
    #[error("{what}")]
    Failed {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The one who was given the records could not take them.
    #[error("the records could not be passed on")]
    PassedOn(#[from] io::Error),
}

impl PortError {
    /// Something failed while something was being done.
    pub fn failed(what: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> PortError {
        PortError::Failed { what: what.into(), source: source.into() }
    }

    /// Something could not be done for now.
    pub fn unavailable(what: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> PortError {
        PortError::Unavailable { what: what.into(), source: source.into() }
    }
}

/// An error with everything that led to it, in one line for a log.
pub fn chain(error: &dyn StdError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
