//! How long an export waits that was postponed.

use cdr_model::Timestamp;

/// The latest instant for which an export may wait that was postponed at an instant.
pub fn longest_wait(at: Timestamp) -> Timestamp {
    at.plus_micros(600_000_000)
}

/// Whether an export that must not be claimed before `until` waits at an instant.
pub(crate) fn is_waiting(until: Timestamp, at: Timestamp) -> bool {
    until > at && until <= longest_wait(at)
}
