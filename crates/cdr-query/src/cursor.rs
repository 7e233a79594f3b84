//! Cursors for reading a result page by page.

use std::cmp::Ordering;

use cdr_model::{Record, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::operand::Operand;
use crate::order::SortBy;
use crate::query::CdrQuery;

/// The position of a record in the order of a query. The next page starts after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The record's value under each key of the order; `None` for null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Option<Operand>>,
    /// The record's instant in the order; [`Timestamp::MIN`] if the query is ordered by number only.
    pub at: Timestamp,
    /// The record number.
    pub number: i64,
}

impl Cursor {
    /// A position in an order without keys.
    pub const fn new(at: Timestamp, number: i64) -> Cursor {
        Cursor { keys: Vec::new(), at, number }
    }

    /// The position of a record in the order of a query.
    pub fn of<R: Record>(record: &R, query: &CdrQuery) -> Cursor {
        let keys = query.order.keys.iter().map(|key| Operand::of(key.of(record)));
        Cursor { keys: keys.collect(), at: query.order.instant(&query.window, record), number: record.number() }
    }
}

impl CdrQuery {
    /// Whether a record comes after a position in the query's order, in either direction. This defines the content of
    /// the next page.
    pub fn follows<R: Record>(&self, cursor: &Cursor, record: &R) -> bool {
        self.compare_to(cursor, record).is_gt()
    }

    /// Which of two positions in the query's order comes first.
    pub fn compare_positions(&self, left: &Cursor, right: &Cursor) -> Ordering {
        for ((key, left), right) in self.order.keys.iter().zip(&left.keys).zip(&right.keys) {
            let compared = key.compare(&value(left), &value(right));
            if compared.is_ne() {
                return compared;
            }
        }
        self.order.directed(match self.order.by {
            SortBy::Anchor => (left.at, left.number).cmp(&(right.at, right.number)),
            SortBy::Number => left.number.cmp(&right.number),
        })
    }

    fn compare_to<R: Record>(&self, cursor: &Cursor, record: &R) -> Ordering {
        for (key, place) in self.order.keys.iter().zip(&cursor.keys) {
            let compared = key.compare(&key.of(record), &value(place));
            if compared.is_ne() {
                return compared;
            }
        }
        self.order.directed(match self.order.by {
            SortBy::Anchor => {
                let at = self.order.instant(&self.window, record);
                (at, record.number()).cmp(&(cursor.at, cursor.number))
            }
            SortBy::Number => record.number().cmp(&cursor.number),
        })
    }
}

/// The value under a key.
fn value(place: &Option<Operand>) -> Value<'_> {
    place.as_ref().map_or(Value::Null, Operand::as_value)
}
