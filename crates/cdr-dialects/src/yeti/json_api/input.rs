//! The resource that a client wants to be created, taken apart: its structure is checked here, its values are not.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::Problem;
use super::schema::Schema;

/// What a client says of a new resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Input {
    /// Attributes, each of which may be given.
    pub(crate) attributes: Map<String, Value>,
    /// Relationships, each of which may be given, and the identifier of what they are to lead to.
    relationships: Vec<(&'static str, Uuid)>,
}

impl Input {
    /// Takes a body apart. Of the attributes and relationships, those that a client may give are named. The first thing
    /// that is wrong is told.
    ///
    /// # Errors
    /// Codes 101, 103, 105, 106, 115, 116 and 122.
    pub(crate) fn read(
        body: &Map<String, Value>,
        schema: &Schema,
        attributes: &[&str],
        relationships: &[&str],
    ) -> Result<Input, Problem> {
        let data = match body.get("data") {
            Some(Value::Object(data)) if !data.is_empty() => data,
            Some(found) if !is_blank(found) => return Err(Problem::invalid_data_format("Data")),
            _ => return Err(Problem::parameter_missing("data")),
        };
        check_type(data.get("type"), schema)?;
        let known = |name: &&String| matches!(name.as_str(), "type" | "attributes" | "relationships");
        if let Some(name) = data.keys().find(|name| !known(name)) {
            return Err(Problem::param_not_allowed(name));
        }
        let mut input = Input::default();
        for (name, value) in members(data, "attributes")? {
            if !attributes.contains(&name.as_str()) {
                return Err(Problem::param_not_allowed(name));
            }
            input.attributes.insert(name.clone(), value.clone());
        }
        for (name, value) in members(data, "relationships")? {
            let relationship = schema.relationships.iter().find(|(it, _)| it == name && relationships.contains(it));
            let (name, kind) = *relationship.ok_or_else(|| Problem::param_not_allowed(name))?;
            input.relationships.extend(linked(value, kind)?.map(|id| (name, id)));
        }
        Ok(input)
    }

    /// What a relationship is to lead to.
    pub(crate) fn linked(&self, relationship: &str) -> Option<Uuid> {
        self.relationships.iter().find(|(name, _)| *name == relationship).map(|(_, id)| *id)
    }
}

/// What Ruby on Rails calls blank: nothing, no, an empty text, list or object.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn check_type(found: Option<&Value>, schema: &Schema) -> Result<(), Problem> {
    match found {
        Some(Value::String(kind)) if kind.replace('_', "-") == schema.kind => Ok(()),
        Some(found) if !is_blank(found) => Err(Problem::invalid_resource(&shown(found))),
        _ => Err(Problem::parameter_missing("type")),
    }
}

/// The members of a member that has to be an object, if it is there.
fn members<'a>(
    data: &'a Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Problem> {
    match data.get(name) {
        Some(Value::Object(members)) => Ok(Some(members).into_iter().flatten()),
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(_) if name == "attributes" => Err(Problem::invalid_data_format("Attributes")),
        Some(_) => Err(Problem::invalid_data_format("Relationships")),
    }
}

/// What a relationship leads to: exactly a type and an identifier, or nothing.
fn linked(relationship: &Value, kind: &str) -> Result<Option<Uuid>, Problem> {
    let data = match relationship {
        Value::Null => return Ok(None),
        Value::Object(members) => members.get("data").unwrap_or(&Value::Null),
        _ => return Err(Problem::invalid_links_object()),
    };
    let (found, id) = match data {
        Value::Null => return Ok(None),
        Value::Object(members) if members.len() == 2 => match (members.get("type"), members.get("id")) {
            (Some(found), Some(id)) => (found, id),
            _ => return Err(Problem::invalid_links_object()),
        },
        _ => return Err(Problem::invalid_links_object()),
    };
    if found.as_str().is_none_or(|found| found.replace('_', "-") != kind) {
        return Err(Problem::type_mismatch(&shown(found)));
    }
    let uuid = id.as_str().filter(|id| id.len() == 36).and_then(|id| id.parse().ok());
    uuid.map(Some).ok_or_else(|| Problem::invalid_field_value(shown(id), "id"))
}

/// A value in a message: texts without their quotes.
pub(crate) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
