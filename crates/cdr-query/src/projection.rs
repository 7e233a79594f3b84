//! The fields that a query has to return.

use std::collections::BTreeSet;

use cdr_model::CdrField;

/// The fields that the reader of a result uses. A store may omit the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection(Option<BTreeSet<CdrField>>);

impl Projection {
    /// Every field.
    pub const ALL: Projection = Projection(None);

    /// These fields.
    pub fn of(fields: impl IntoIterator<Item = CdrField>) -> Projection {
        Projection(Some(fields.into_iter().collect()))
    }

    /// These fields too.
    pub fn and(self, fields: impl IntoIterator<Item = CdrField>) -> Projection {
        Projection(self.0.map(|mut all| {
            all.extend(fields);
            all
        }))
    }

    /// Whether a field has to be returned.
    pub fn contains(&self, field: CdrField) -> bool {
        self.0.as_ref().is_none_or(|fields| fields.contains(&field))
    }
}
