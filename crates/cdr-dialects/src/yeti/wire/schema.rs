//! Types of resources.

/// A type of resource.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Its name in documents and paths, such as `cdr-exports`.
    pub(crate) kind: &'static str,
    /// Its attributes as documents spell them, in their order. The identifier is not one of them.
    pub(crate) attributes: &'static [&'static str],
    /// Attributes it cannot be sorted by.
    pub(crate) unsortable: &'static [&'static str],
    /// Its relationships, each to one resource: their names and target types.
    pub(crate) relationships: &'static [(&'static str, &'static str)],
}

/// All types of an API.
pub(crate) type Types = &'static [&'static Schema];

impl Schema {
    /// The target type of a relationship.
    pub(crate) fn relationship(&self, name: &str) -> Option<&'static str> {
        self.relationships.iter().find(|(it, _)| *it == name).map(|(_, kind)| *kind)
    }

    /// The sortable attribute, as documents spell it, for a name with hyphens, underscores or capitals; `id` is one.
    pub(crate) fn sortable(&self, name: &str) -> Option<&'static str> {
        let spelled = underscored(name).replace('_', "-");
        let all = std::iter::once("id").chain(self.attributes.iter().copied());
        all.filter(|it| !self.unsortable.contains(it)).find(|it| *it == spelled)
    }

    /// Whether documents have a member of this name that a client can choose: an attribute, a relationship, or the
    /// identifier.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        name == "id" || self.attributes.contains(&name) || self.relationship(name).is_some()
    }
}

/// Converts a name with hyphens or capitals to underscores, as filters and attributes are named in messages: `statusEq` and
/// `status-eq` are `status_eq`.
pub(crate) fn underscored(name: &str) -> String {
    let mut underscored = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for it in name.chars() {
        if it.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            underscored.push('_');
        }
        underscored.push(if it == '-' { '_' } else { it.to_ascii_lowercase() });
        before = it;
    }
    underscored
}

#[cfg(test)]
mod tests {
    use super::underscored;

    #[test]
    fn names_are_converted_from_every_spelling() {
        for name in ["time_start_gteq", "time-start-gteq", "timeStartGteq", "TimeStartGteq"] {
            assert_eq!(underscored(name), "time_start_gteq");
        }
        assert_eq!(underscored("foo_bar"), "foo_bar");
    }
}
