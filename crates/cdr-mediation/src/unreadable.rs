//! Stored documents that cannot be read.

use thiserror::Error;

/// Why a stored document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// A newer program wrote it.
    #[error("a newer Tollbook wrote it, in version {version}; this one reads versions up to {known}")]
    Newer {
        /// Its version.
        version: u32,
        /// The last version that this program reads.
        known: u32,
    },
    /// The document is damaged.
    #[error("{0}")]
    Damaged(String),
}
