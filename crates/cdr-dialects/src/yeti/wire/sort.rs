//! The order of a list.

use std::cmp::Ordering;

use cdr_model::Value;

use super::query::Params;
use super::schema::Schema;
use crate::yeti::fault::Problem;

/// A sort key of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    /// An attribute as documents spell it, or `id`.
    pub(crate) name: &'static str,
    /// Whether the greatest value comes first.
    pub(crate) descending: bool,
}

impl Params {
    /// The sort keys of the list, the most significant first; empty without `sort`.
    ///
    /// # Errors
    /// Code 114 for each unknown name, and each attribute that cannot be sorted by.
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
    /// Compares two values of this attribute: text by bytes, `false` before `true`, null after every value, as in
    /// PostgreSQL.
    pub(crate) fn compare(self, left: &Value<'_>, right: &Value<'_>) -> Ordering {
        let ascending = left.compare(right);
        if self.descending { ascending.reverse() } else { ascending }
    }
}
