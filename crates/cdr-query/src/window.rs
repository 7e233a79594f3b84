//! Windows: which instant of a record, between which bounds.

use cdr_model::{Anchor, Record, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::QueryError;

/// An anchor and two bounds, half-open: a record is in it if `from ≤ t < until`, where `t` is its instant for the anchor.
///
/// Of any chain of adjacent windows, a record that has the instant is in exactly one; a record that has not is in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Which of a record's instants decides.
    pub anchor: Anchor,
    /// The first instant in it; [`Timestamp::MIN`] for no bound.
    pub from: Timestamp,
    /// The first instant after it; [`Timestamp::MAX`] for no bound.
    pub until: Timestamp,
}

impl Window {
    /// A window between two bounds. An empty one (`from == until`) is a window with nothing in it.
    ///
    /// # Errors
    /// [`QueryError::Backwards`] if it would end before it begins.
    pub fn new(anchor: Anchor, from: Timestamp, until: Timestamp) -> Result<Window, QueryError> {
        if from > until { Err(QueryError::Backwards { from, until }) } else { Ok(Window { anchor, from, until }) }
    }

    /// Everything that has the anchor's instant.
    pub const fn all(anchor: Anchor) -> Window {
        Window { anchor, from: Timestamp::MIN, until: Timestamp::MAX }
    }

    /// Whether an instant lies in it. Without an upper bound, the last instant there is does too.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && (at < self.until || self.until == Timestamp::MAX)
    }

    /// Whether a record's instant lies in it.
    pub fn contains<R: Record>(&self, record: &R) -> bool {
        record.instant(self.anchor).is_some_and(|at| self.covers(at))
    }
}
