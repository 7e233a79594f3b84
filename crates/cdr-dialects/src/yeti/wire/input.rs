//! Parses the resource that a client creates. Its structure is checked here, its values are not.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::schema::Schema;
use crate::yeti::fault::Problem;

/// The parsed resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Input {
    /// Attributes, all of which the client may set.
    pub(crate) attributes: Map<String, Value>,
    /// Relationships, all of which the client may set, and the identifiers of their targets.
    relationships: Vec<(&'static str, Uuid)>,
}

impl Input {
    /// Parses a body. `attributes` and `relationships` are those that a client may set. Only the first problem is
    /// returned.
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

    /// The target of a relationship.
    pub(crate) fn linked(&self, relationship: &str) -> Option<Uuid> {
        self.relationships.iter().find(|(name, _)| *name == relationship).map(|(_, id)| *id)
    }
}

/// Whether a value is blank as in Ruby on Rails: null, false, or an empty text, list or object.
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

/// The members of a member that must be an object, if it is set.
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

/// The target of a relationship: exactly a type and an identifier, or null.
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
