//! Documents: resource objects, alone or in lists, with their links.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::members::Members;
use super::page::PageLinks;
use super::schema::Schema;
use super::sparse::Shape;
use crate::yeti::fault::Fault;
use crate::yeti::name::MEDIA_TYPE;

/// A resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Object {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    links: SelfLink,
    #[serde(skip_serializing_if = "Members::is_empty")]
    attributes: Members,
    #[serde(skip_serializing_if = "Members::is_empty")]
    relationships: Members,
    #[serde(skip_serializing_if = "Members::is_empty")]
    meta: Members,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct SelfLink {
    #[serde(rename = "self")]
    address: String,
}

/// The identifier of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Identifier {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) id: String,
}

/// A relationship of a resource, with its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The relationship.
    pub(crate) name: &'static str,
    /// Its target, if there is one.
    pub(crate) to: Option<Identifier>,
}

/// A document about one resource.
#[derive(Serialize)]
struct One {
    data: Object,
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<Vec<Object>>,
}

/// A document about a list of resources.
#[derive(Serialize)]
struct Many {
    data: Vec<Object>,
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<Vec<Object>>,
    meta: Members,
    links: PageLinks,
}

/// A document about a relationship.
#[derive(Serialize)]
struct Linkage {
    data: Option<Identifier>,
    links: RelationLinks,
}

#[derive(Serialize)]
struct RelationLinks {
    #[serde(rename = "self")]
    address: String,
    related: String,
}

impl Object {
    /// A resource of a type below `site`, the prefix of all addresses of the API, with the attributes and relationships
    /// that `shape` selects.
    pub(crate) fn new(
        schema: &'static Schema,
        id: impl Display,
        site: &str,
        mut attributes: Members,
        linked: &[Linked],
        shape: &Shape,
    ) -> Object {
        let (id, kind) = (id.to_string(), schema.kind);
        let address = format!("{site}/{kind}/{id}");
        attributes.retain(|name| shape.shows(kind, name));
        let mut relationships = Members::default();
        for (name, _) in schema.relationships.iter().filter(|(name, _)| shape.shows(kind, name)) {
            let links = RelationLinks::of(&address, name);
            let links = Members::default().with("self", links.address).with("related", links.related);
            let mut relationship = Members::default().with("links", links);
            if let Some(Linked { to, .. }) = linked.iter().find(|it| it.name == *name && shape.includes(name)) {
                // Serializing two texts cannot fail.
                relationship.push("data", serde_json::to_value(to).unwrap_or_default());
            }
            relationships.push(*name, relationship);
        }
        Object { id, kind, links: SelfLink { address }, attributes, relationships, meta: Members::default() }
    }

    /// The same with meta members.
    pub(crate) fn with_meta(self, meta: Members) -> Object {
        Object { meta, ..self }
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.links.address
    }
}

impl RelationLinks {
    fn of(address: &str, name: &str) -> RelationLinks {
        RelationLinks { address: format!("{address}/relationships/{name}"), related: format!("{address}/{name}") }
    }
}

/// Answers with one resource, and with included resources if they were requested.
pub(crate) fn one(status: StatusCode, data: Object, included: Option<Vec<Object>>) -> HttpResponse {
    answer(status, &One { data, included })
}

/// Answers with a page of a list of `total` resources, and with included resources if they were requested.
pub(crate) fn many(data: Vec<Object>, included: Option<Vec<Object>>, total: u64, links: PageLinks) -> HttpResponse {
    let meta = Members::default().with("total-count", total);
    answer(StatusCode::OK, &Many { data, included, meta, links })
}

/// Answers with the target of a relationship.
pub(crate) fn linkage(schema: &Schema, id: impl Display, site: &str, linked: Linked) -> HttpResponse {
    let links = RelationLinks::of(&format!("{site}/{}/{id}", schema.kind), linked.name);
    answer(StatusCode::OK, &Linkage { data: linked.to, links })
}

/// Answers with a document.
pub(crate) fn answer(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(document) {
        Ok(body) => HttpResponse::build(status).content_type(MEDIA_TYPE).body(body),
        Err(problem) => Fault::from(std::io::Error::from(problem)).answer(),
    }
}
