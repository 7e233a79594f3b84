//! Where a page ended.

use cdr_model::{Record, Timestamp};
use serde::{Deserialize, Serialize};

use crate::query::CdrQuery;

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
