//! Windows over the instants of records.

use cdr_model::{Anchor, Record, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::QueryError;

/// An anchor and two half-open bounds: a record is in it if `from ≤ t < until`, with its instant `t` for the anchor.
///
/// In a sequence of adjacent windows, a record with this instant is in exactly one window. A record without it is in
/// none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The instant of the record that is compared with the bounds.
    pub anchor: Anchor,
    /// The first instant in it; [`Timestamp::MIN`] for no bound.
    pub from: Timestamp,
    /// The first instant after it; [`Timestamp::MAX`] for no bound.
    pub until: Timestamp,
}

impl Window {
    /// A window between two bounds. A window with `from == until` is empty.
    ///
    /// # Errors
    /// [`QueryError::Backwards`] if it would end before it starts.
    pub fn new(anchor: Anchor, from: Timestamp, until: Timestamp) -> Result<Window, QueryError> {
        if from > until { Err(QueryError::Backwards { from, until }) } else { Ok(Window { anchor, from, until }) }
    }

    /// A window without bounds. It contains every record that has the anchor's instant.
    pub const fn all(anchor: Anchor) -> Window {
        Window { anchor, from: Timestamp::MIN, until: Timestamp::MAX }
    }

    /// Whether an instant lies in the window. Without an upper bound, [`Timestamp::MAX`] does too.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && (at < self.until || self.until == Timestamp::MAX)
    }

    /// Whether a record's instant lies in the window.
    pub fn contains<R: Record>(&self, record: &R) -> bool {
        record.instant(self.anchor).is_some_and(|at| self.covers(at))
    }
}
