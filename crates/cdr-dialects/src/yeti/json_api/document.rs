//! Documents: resource objects, alone or in lists, with their links.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::MEDIA_TYPE;
use super::members::Members;
use super::page::PageLinks;
use super::schema::Schema;
use super::sparse::Shape;

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

/// What names a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Identifier {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) id: String,
}

/// What a relationship of a resource leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The relationship.
    pub(crate) name: &'static str,
    /// What it leads to; nothing, perhaps.
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
    /// The resource of a type below `site`, the address that all paths of the API begin with; of its attributes and
    /// relationships it has those that are wanted.
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
                // An identifier is two texts: that cannot fail.
                relationship.push("data", serde_json::to_value(to).unwrap_or_default());
            }
            relationships.push(*name, relationship);
        }
        Object { id, kind, links: SelfLink { address }, attributes, relationships, meta: Members::default() }
    }

    /// The same with what is known beyond its attributes.
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

/// Answers with one resource, and with what it includes if that was asked for.
pub(crate) fn one(status: StatusCode, data: Object, included: Option<Vec<Object>>) -> HttpResponse {
    answer(status, &One { data, included })
}

/// Answers with a page of a list that has so many resources in all, and with what they include if that was asked for.
pub(crate) fn many(data: Vec<Object>, included: Option<Vec<Object>>, total: u64, links: PageLinks) -> HttpResponse {
    let meta = Members::default().with("total-count", total);
    answer(StatusCode::OK, &Many { data, included, meta, links })
}

/// Answers with what the relationship of a resource leads to.
pub(crate) fn linkage(schema: &Schema, id: impl Display, site: &str, linked: Linked) -> HttpResponse {
    let links = RelationLinks::of(&format!("{site}/{}/{id}", schema.kind), linked.name);
    answer(StatusCode::OK, &Linkage { data: linked.to, links })
}

/// Answers with a document.
pub(crate) fn answer(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(document) {
        Ok(body) => HttpResponse::build(status).content_type(MEDIA_TYPE).body(body),
        Err(problem) => super::Fault::from(std::io::Error::from(problem)).answer(),
    }
}
