//! The fields that a query has to return.

use std::collections::BTreeSet;

use cdr_model::CdrField;

/// The fields that the reader of a result uses. A store may omit the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// `None` for every field of a record.
    fields: Option<BTreeSet<CdrField>>,
    /// Whether the reader uses the identity, which a store has to look up.
    identity: bool,
}

impl Projection {
    /// Every field but the key and the digest.
    pub const ALL: Projection = Projection { fields: None, identity: false };

    /// These fields.
    pub fn of(fields: impl IntoIterator<Item = CdrField>) -> Projection {
        let none = Projection { fields: Some(BTreeSet::new()), identity: false };
        none.and(fields)
    }

    /// These fields too.
    pub fn and(self, fields: impl IntoIterator<Item = CdrField>) -> Projection {
        let Projection { fields: mut all, mut identity } = self;
        for field in fields {
            identity |= is_identity(field);
            if let Some(all) = &mut all {
                all.insert(field);
            }
        }
        Projection { fields: all, identity }
    }

    /// The key and the digest too.
    pub fn with_identity(self) -> Projection {
        Projection { identity: true, ..self }
    }

    /// Whether the key and the digest have to be returned.
    pub fn has_identity(&self) -> bool {
        self.identity
    }

    /// Whether a field has to be returned.
    pub fn contains(&self, field: CdrField) -> bool {
        if is_identity(field) {
            return self.identity;
        }
        self.fields.as_ref().is_none_or(|fields| fields.contains(&field))
    }
}

fn is_identity(field: CdrField) -> bool {
    matches!(field, CdrField::Key | CdrField::Digest)
}
