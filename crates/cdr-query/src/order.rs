//! The order of a result.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;

use cdr_model::{Cdr, CdrField, Directory, Field, Record, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::window::Window;

/// The order of a result: by the keys, then by the instant of the anchor unless `by` says otherwise, then by the record
/// number. No two records are equal in it. Under the talk time, a call without one is equal to a call that talked for
/// no time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SortOrder {
    /// Fields of calls, the most significant one first. Conferences are equal under each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<SortKey>,
    /// What decides between records that are equal under all keys.
    pub by: SortBy,
    /// Whether `by` and the record number sort newest (or highest) first.
    pub descending: bool,
}

/// A field to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// The field.
    pub field: CdrField,
    /// Greatest first.
    pub descending: bool,
}

/// What decides the order if there are no keys, or between records that are equal under all keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    /// The instant of the window's anchor, which every record in the window has.
    #[default]
    Anchor,
    /// The order of arrival.
    Number,
}

impl SortOrder {
    /// An order without keys.
    pub const fn new(by: SortBy, descending: bool) -> SortOrder {
        SortOrder { keys: Vec::new(), by, descending }
    }

    /// The instant that decides between records with equal keys; [`Timestamp::MIN`] if the number alone decides.
    pub fn instant<R: Record>(&self, window: &Window, record: &R) -> Timestamp {
        match self.by {
            SortBy::Anchor => record.instant(window.anchor).unwrap_or(Timestamp::MIN),
            SortBy::Number => Timestamp::MIN,
        }
    }

    /// Which of two records comes first.
    pub fn compare<R: Record>(&self, window: &Window, left: &R, right: &R) -> Ordering {
        let by_key = |key: &SortKey| key.compare(&key.of(left), &key.of(right));
        let place = |record: &R| (self.instant(window, record), record.number());
        let keys = self.keys.iter().map(by_key).find(|compared| compared.is_ne());
        keys.unwrap_or_else(|| self.directed(place(left).cmp(&place(right))))
    }

    /// An ascending comparison of instants and numbers in the direction of this order.
    pub(crate) fn directed(&self, ascending: Ordering) -> Ordering {
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl SortKey {
    /// The value of a record under this key: null for everything but calls, and for fields that are looked up in the
    /// directory. A call without a talk time talked for no time.
    pub(crate) fn of<'a, R: Record>(&self, record: &'a R) -> Value<'a> {
        static NO_WORDS: Directory = Directory::EMPTY;
        let Some(call) = (record as &dyn Any).downcast_ref::<Cdr>() else { return Value::Null };
        match (self.field, call.value(self.field, &NO_WORDS)) {
            (CdrField::Talk, Value::Null) => Value::Duration(0),
            (_, value) => value,
        }
    }

    /// Compares two values of the field: text by bytes, addresses by number, `false` before `true`, null greater than
    /// every value (as PostgreSQL sorts it).
    pub fn compare(&self, left: &Value<'_>, right: &Value<'_>) -> Ordering {
        let ascending = match (self.field, left, right) {
            (CdrField::PeerIp, Value::Text(left), Value::Text(right)) => {
                let address = |text: &str| text.parse::<IpAddr>().ok();
                address(left).cmp(&address(right))
            }
            _ => left.compare(right),
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl fmt::Display for SortOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in &self.keys {
            write!(f, "by {}{}, then ", key.field.name(), if key.descending { " descending" } else { "" })?;
        }
        f.write_str(match (self.by, self.descending) {
            (SortBy::Anchor, false) => "oldest first, then by number",
            (SortBy::Anchor, true) => "newest first, then by number",
            (SortBy::Number, false) => "in the order of arrival",
            (SortBy::Number, true) => "in the order of arrival, latest first",
        })
    }
}
