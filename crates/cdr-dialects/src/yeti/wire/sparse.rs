//! The shape of a document: sparse fields and inclusions.

use super::query::Params;
use super::schema::{Schema, Types};
use crate::yeti::fault::Problem;

/// The members that a document shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Fields by type. A type that is not listed shows all fields.
    fields: Vec<(&'static str, Vec<String>)>,
    /// Relationships whose targets are included.
    include: Vec<&'static str>,
}

impl Params {
    /// The shape of documents of this type.
    ///
    /// # Errors
    /// Codes 101, 104 and 119 for sparse fields, 112 for inclusions.
    pub(crate) fn shape(&self, schema: &'static Schema, types: Types) -> Result<Shape, Vec<Problem>> {
        let (mut shape, mut problems) = (Shape::default(), Vec::new());
        if self.bare_fields.as_ref().is_some_and(|fields| !fields.is_empty()) {
            problems.push(Problem::invalid_field_format());
        }
        for (kind, list) in &self.fields {
            let Some(of) = types.iter().find(|it| it.kind == kind) else {
                problems.push(Problem::invalid_resource(kind));
                continue;
            };
            if list.is_empty() {
                problems.push(Problem::invalid_field("nil", of.kind));
            }
            let names = || list.split(',').filter(|name| !name.is_empty());
            let unknown = names().filter(|name| !of.has_field(name));
            problems.extend(unknown.map(|name| Problem::invalid_field(name, of.kind)));
            shape.fields.push((of.kind, names().map(str::to_owned).collect()));
        }
        for path in self.include.iter().flat_map(|list| list.split(',')).filter(|path| !path.is_empty()) {
            match included(path, schema, types) {
                Ok(name) => shape.include.push(name),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(shape) } else { Err(problems) }
    }
}

impl Shape {
    /// Whether resources of a type show this attribute or relationship.
    pub(crate) fn shows(&self, kind: &str, field: &str) -> bool {
        let wanted = self.fields.iter().find(|(it, _)| *it == kind);
        wanted.is_none_or(|(_, fields)| fields.iter().any(|it| it == field))
    }

    /// Whether the document includes the targets of a relationship.
    pub(crate) fn includes(&self, relationship: &str) -> bool {
        self.include.contains(&relationship)
    }
}

/// The first relationship of a path. Every step of the path must exist.
fn included(path: &str, schema: &'static Schema, types: Types) -> Result<&'static str, Problem> {
    let (mut at, mut first) = (schema, None);
    for step in path.split('.') {
        let found = at.relationships.iter().find(|(name, _)| *name == step);
        let (name, kind) = *found.ok_or_else(|| Problem::invalid_include(step, at.kind))?;
        first.get_or_insert(name);
        at = types.iter().copied().find(|it| it.kind == kind).ok_or_else(|| Problem::invalid_include(step, at.kind))?;
    }
    first.ok_or_else(|| Problem::invalid_include(path, schema.kind))
}
