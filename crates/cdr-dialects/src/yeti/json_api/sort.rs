//! The order of a list.

use std::cmp::Ordering;

use cdr_model::Value;

use super::error::Problem;
use super::query::Params;
use super::schema::Schema;

/// One thing a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    /// An attribute as documents spell it, or `id`.
    pub(crate) name: &'static str,
    /// Greatest first.
    pub(crate) descending: bool,
}

impl Params {
    /// What the list is to be sorted by, the most important first; empty if the client leaves that to us.
    ///
    /// # Errors
    /// Code 114 for each name that is none, or that cannot be sorted by.
    pub(crate) fn sort(&self, schema: &Schema) -> Result<Vec<SortKey>, Vec<Problem>> {
        let (mut keys, mut problems) = (Vec::new(), Vec::new());
        for word in self.sort.iter().flat_map(|sort| sort.split(',')).map(str::trim).filter(|word| !word.is_empty()) {
            let (name, descending) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
            match schema.sortable(name) {
                Some(name) => keys.push(SortKey { name, descending }),
                None => problems.push(Problem::invalid_sort(name, schema.kind)),
            }
        }
        if problems.is_empty() { Ok(keys) } else { Err(problems) }
    }
}

impl SortKey {
    /// How two values of this attribute stand in the list. Nothing is greater than everything, as in PostgreSQL.
    pub(crate) fn compare<T: Ord>(self, left: Option<T>, right: Option<T>) -> Ordering {
        let ascending = match (left, right) {
            (Some(left), Some(right)) => left.cmp(&right),
            (left, right) => left.is_none().cmp(&right.is_none()),
        };
        if self.descending { ascending.reverse() } else { ascending }
    }

    /// The same of two values of one kind: text by bytes, `false` before `true`.
    pub(crate) fn compare_values(self, left: &Value<'_>, right: &Value<'_>) -> Ordering {
        match (left, right) {
            (Value::Integer(left), Value::Integer(right)) => self.compare(Some(left), Some(right)),
            (Value::Duration(left), Value::Duration(right)) => self.compare(Some(left), Some(right)),
            (Value::Text(left), Value::Text(right)) => self.compare(Some(left.as_bytes()), Some(right.as_bytes())),
            (Value::Time(left), Value::Time(right)) => self.compare(Some(left), Some(right)),
            (Value::Boolean(left), Value::Boolean(right)) => self.compare(Some(left), Some(right)),
            (Value::Money(left), Value::Money(right)) => self.compare(Some(left), Some(right)),
            (Value::Uuid(left), Value::Uuid(right)) => self.compare(Some(left), Some(right)),
            (left, right) => {
                let there = |value: &Value<'_>| (*value != Value::Null).then_some(());
                self.compare(there(left), there(right))
            }
        }
    }
}
