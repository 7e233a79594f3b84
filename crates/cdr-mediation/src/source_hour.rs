//! What a source delivered.

use cdr_model::Timestamp;

/// The records that a source delivered in an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHour {
    /// The name of the source.
    pub source: String,
    /// When the hour began.
    pub began_at: Timestamp,
    /// The new ones.
    pub loaded: u64,
    /// Those that were there already.
    pub known: u64,
    /// Those that went to quarantine, in this hour or before.
    pub quarantined: u64,
    /// When the last of them was received.
    pub received_at: Timestamp,
    /// The start of the latest new one.
    pub latest: Option<Timestamp>,
}
