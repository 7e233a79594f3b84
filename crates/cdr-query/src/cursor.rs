//! Where a page ended.

use cdr_model::{Record, Timestamp};
use serde::{Deserialize, Serialize};

use crate::query::{CdrQuery, OrderBy};

/// The place of one record in a query's order: its instant for the anchor, and its number. The next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// The instant by which the query orders; [`Timestamp::MIN`] when it orders by number alone.
    pub at: Timestamp,
    /// The record number.
    pub number: i64,
}

impl Cursor {
    /// The place of a record in the order of a query.
    pub fn of<R: Record>(record: &R, query: &CdrQuery) -> Cursor {
        Cursor { at: query.order.instant(&query.window, record), number: record.number() }
    }
}

impl CdrQuery {
    /// Whether a record comes after a place in the query's order: what the next page may hold. This is the definition, for
    /// either direction.
    pub fn follows<R: Record>(&self, cursor: Cursor, record: &R) -> bool {
        let place = Cursor::of(record, self);
        let compared = match self.order.by {
            OrderBy::Anchor => place.cmp(&cursor),
            OrderBy::Number => place.number.cmp(&cursor.number),
        };
        if self.order.descending { compared.is_lt() } else { compared.is_gt() }
    }
}
